"""One version, told the same everywhere, and a change log that is ready for it."""

import re
from importlib.metadata import PackageNotFoundError, metadata

from packaging.specifiers import SpecifierSet
from ruamel.yaml import YAML

import corridor
from tests.delivery.conftest import ROOT


def test_the_citation_gives_the_version_of_the_package():
    cited = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == corridor.__version__
    assert cited["license"] == "MIT"


def test_the_version_is_written_once_and_read_by_the_build():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in settings
    assert '[tool.hatch.version]\npath = "model/corridor/version.py"' in settings
    assert re.fullmatch(r"\d+\.\d+\.\d+", corridor.__version__)


def test_the_change_log_has_this_version_or_keeps_it_as_unreleased():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \[?([\w.]+)\]?(?: - (\d{4}-\d{2}-\d{2}))?$", text, re.M)
    assert heads, "no version in the change log"
    released = [name for name, day in heads if name != "Unreleased" and day]
    assert len(released) == len([name for name, _ in heads if name != "Unreleased"]), "a release has a date"
    assert corridor.__version__ not in released[1:], "the package has the version of an earlier release"
    assert heads[0][0] == "Unreleased" or released[0] == corridor.__version__, (
        "the latest release is another version"
    )


def test_every_version_that_is_installed_is_for_every_python_that_is_supported():
    """Pip of another Python refuses a version that is not for it, and `make` ends there: Debian 12 has 3.11.2."""
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M)
    supported = SpecifierSet(metadata("corridor")["Requires-Python"])
    pythons = [f"3.{minor}.{patch}" for minor in range(9, 16) for patch in (0, 2, 12)]
    wrong = {}
    for name in pinned:
        try:
            wanted = metadata(name).get("Requires-Python") or ""
        except PackageNotFoundError:  # for another system
            continue
        refused = [each for each in supported.filter(pythons) if each not in SpecifierSet(wanted)]
        if refused:
            wrong[name] = wanted
    assert wrong == {}
