"""The studies at toy sizes: every acceptance test runs and can fail, and the pages say what came of it."""

from dataclasses import replace

import numpy as np
import pytest

from corridor import compare, run_ensembles
from studies import pages
from studies.acceptance import CASES, run_cases
from studies.checks import Check, longest_spell
from studies.harder import NOT_MEASURED, largest_step
from studies.pages import passes, write_scenarios, write_validation


@pytest.fixture(scope="module")
def study():
    with np.errstate(divide="ignore", invalid="ignore"):
        return run_cases(replicates=2, people_per_agent=1000)


def test_every_acceptance_test_has_checks_that_can_fail(study):
    _, cases = study
    numbers = [case.number for case, _ in cases]
    assert numbers == [c.number for c in CASES]
    assert numbers[:10] == [f"T{number}" for number in range(1, 11)]
    harder = {f"H{number}" for number in range(1, 20)}
    assert {*numbers[10:], *NOT_MEASURED} == harder and not set(numbers) & set(NOT_MEASURED)
    for _, checks in cases:
        assert checks
        for check in checks:
            assert check.low < check.high
            assert not replace(check, values=np.array([-1e12])).passes, "no figure would fail it"


def test_a_mean_outside_its_bounds_fails_and_so_does_the_test():
    good = Check("share", 0.2, 0.4, 0.3, np.array([0.1, 0.5]))
    assert good.passes and passes([good])
    assert not passes([good, replace(good, values=np.array([0.5, 0.5]))])


def test_the_longest_spell_is_unbroken():
    days = np.array([[1, 1, 0, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1]], dtype=bool)
    assert longest_spell(days).tolist() == [3, 0, 7]


def test_no_test_passes_by_what_was_put_in_alone(study):
    _, cases = study
    for case, checks in cases:
        assert not all(check.certain for check in checks), case.number


def test_the_page_shows_failures_with_their_reason_and_refuses_one_that_nobody_looked_at(
    study, tmp_path, monkeypatch
):
    runs, cases = study
    reasons = tmp_path / "failures.yaml"
    failed = [case.number for case, checks in cases if not passes(checks)]
    assert failed, "at toy sizes some test fails"
    monkeypatch.setattr(pages, "FAILURES", reasons)
    reasons.write_text("".join(f"{name}: {{looked: 2026-11-24, why: too few people}}\n" for name in failed))
    write_validation(cases, runs, "toy sizes", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    of_documents = [number for number in failed if number.startswith("T")]
    assert f"{10 - len(of_documents)} of 10 acceptance tests pass, and " in page
    assert page.count("too few people") == len(failed)
    table = page.split("## Every test with its figures")[1].split("\n### ")[0]
    for case, checks in cases:
        assert table.count(f"| {case.number} |") == len(checks)
    assert all(f"| {name} | not measured: {why}" in table for name, why in NOT_MEASURED.items())
    for check in (check for _, checks in cases for check in checks):
        assert check.what in page
    assert "| 2023-12 |" in page and page.count("| **2023** |") == 1
    reasons.write_text("{}")
    with pytest.raises(ValueError, match=failed[0]):
        write_validation(cases, runs, "toy sizes", tmp_path / "page.md")


def test_the_page_of_scenarios_has_a_section_and_a_row_each(tmp_path):
    library = run_ensembles(
        ["history", "returns-60000", "funds-last-december", "june-2019"],
        replicates=2,
        people_per_agent=1000,
        workers=1,
    )
    write_scenarios(compare(library), "toy sizes", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    for name in ("returns-60000", "funds-last-december"):
        assert f"\n## {name}\n" in page and f"| [{name}](#{name}) | history |" in page
    assert "How much of the December 2023 record" in page
    assert "\n## june-2019\n" not in page, "it is compared with nothing"


def test_the_largest_step_of_demand_is_between_means_of_half_years():
    assert largest_step("Mexico") < 3.0 < largest_step("Colombia")
