"""A new lever is at most four files by hand; one command writes the rest, and no test is edited for it."""

import re
import subprocess
import sys

from tests.copies import ROOT, copy_repository, run_there

PAGE = ROOT / "docs" / "how-to" / "add-a-lever.md"
LEVER = "panama.darien_patrols"
# What a new lever used to break: lists of levers, the schema, the Spanish texts, generated pages; what all must pass.
TESTS = (
    "tests/inputs/registries",
    "tests/inputs/scenarios/test_scenario.py",
    "tests/app/test_language.py::test_every_text_has_a_translation_with_the_same_placeholders_and_no_file_is_stale",
    "tests/test_docs.py::test_reference_pages_are_what_the_registries_say",
    "tests/test_levers_set.py",
    "tests/oracle/test_corridor.py::test_every_lever_is_moved_in_a_case_and_what_becomes_of_people_there_depends_on_it",
    "tests/oracle/test_corridor.py::test_they_agree_when_every_other_lever_is_moved",
)
PAGES_WITH_LEVERS = ("docs/how-to/python.md", "docs/how-to/write-a-scenario.md")


def diffs():
    """The changes that the page of this how-to makes by hand."""
    return re.findall(
        r"^```diff runnable\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def test_a_lever_is_four_files_by_hand_and_every_test_of_the_registry_passes(tmp_path):
    changed = {line for diff in diffs() for line in re.findall(r"^\+\+\+ b/(\S+)", diff, re.MULTILINE)}
    assert 0 < len(changed) <= 3  # and one for a scenario or a line in the changelog
    copy_repository(tmp_path)
    for diff in diffs():
        subprocess.run(["git", "apply", "--recount", "-"], cwd=tmp_path, input=diff, text=True, check=True)
    written = run_there(tmp_path, "python", "docs/generate.py", "--no-examples")
    assert written.returncode == 0, written.stderr
    assert "scenario.schema.json" in written.stdout
    assert LEVER in (tmp_path / "docs/reference/levers.md").read_text(encoding="utf-8")
    options = ["-q", "-n", "0", "-p", "no:cacheprovider"]
    tests = run_there(tmp_path, sys.executable, "-m", "pytest", *options, *TESTS)
    assert tests.returncode == 0, tests.stdout
    pages = run_there(tmp_path, "python", "docs/examples.py", *PAGES_WITH_LEVERS)
    assert pages.returncode == 0, pages.stderr
    assert pages.stdout == "", f"these pages show something else once there is a lever more: {pages.stdout}"
