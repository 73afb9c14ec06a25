"""The core alone: what it does without a page and figures, and what it says when they are asked for."""

import re
import sys
import sysconfig
import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from corridor.foundations.extras import EXTRAS, MissingExtra, need
from tests.delivery.conftest import ROOT, install_wheel, run_alone

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SMALL = ["--replicates", "1", "--people-per-agent", "2000", "--workers", "1"]
MODULES = sorted({module for modules in EXTRAS.values() for module in modules})
#: The modules that need an extra to be imported at all, and which.
NEEDING = {
    "corridor.experiments.report": "report",
    "corridor.experiments.report_figures": "report",
    "corridor.outputs.figures": "report",
}


def closure(requirements):
    """The names of all distributions that the requirements bring, here."""
    found, waiting = set(), [Requirement(line) for line in requirements]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        found.add(name)
        for line in distribution(name).requires or []:
            needed = Requirement(line)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in wanted.extras or {""}
            ):
                waiting.append(needed)
    return found


def modules_of(requirements):
    names = {canonicalize_name(Requirement(line).name) for line in requirements}
    return {
        module
        for module, owners in packages_distributions().items()
        if names & {canonicalize_name(owner) for owner in owners}
    }


@pytest.fixture(scope="session")
def core(built, tmp_path_factory):
    """The folder of commands of an environment with the wheel and what it needs without any extra."""
    lent = tmp_path_factory.mktemp("core-packages")
    packages = Path(sysconfig.get_path("purelib"))
    for name in closure(PROJECT["dependencies"]):
        for file in distribution(name).files or []:
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (lent / top).exists():
                (lent / top).symlink_to(packages / top)
    return install_wheel(built, tmp_path_factory.mktemp("core"), lent)


def test_the_core_has_none_of_what_the_extras_bring(core, tmp_path):
    code = f"from importlib.util import find_spec; print([m for m in {MODULES!r} if find_spec(m)])"
    assert run_alone([core / "python", "-c", code], tmp_path).stdout.strip() == "[]"


def test_every_module_of_the_library_is_imported_with_the_core_alone_but_those_that_say_so(core, tmp_path):
    code = """
import pkgutil, sys
from importlib import import_module
import corridor
for module in pkgutil.walk_packages(corridor.__path__, "corridor."):
    if module.name.endswith("__main__"):
        continue
    try:
        import_module(module.name)
    except ImportError:
        print(module.name)
"""
    done = run_alone([core / "python", "-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(NEEDING)


@pytest.mark.slow
def test_with_the_core_alone_scenarios_run_in_batches_and_are_compared(core, tmp_path):
    corridor = core / "corridor"
    for words in (
        ["doctor", "--no-timing"],
        ["validate", "funds-last-december"],
        ["batch", "history", "funds-last-december", *SMALL],
        ["compare", "results/history", "results/funds-last-december"],
        ["reproduce", "results/funds-last-december"],
    ):
        done = run_alone([corridor, *words], tmp_path)
        assert done.returncode == 0, (words, done.stderr)
    assert (tmp_path / "results" / "funds-last-december" / "summary.csv").is_file()


@pytest.mark.parametrize(
    "words, extra",
    [
        (["app"], "app"),
        (["report", "results"], "report"),
        (["sensitivity", "history"], "report"),
        (["batch", "history", "--scheduler", "tcp://127.0.0.1:1"], "cluster"),
        (["hindcast"], "hindcast"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_command_without_its_extra_says_in_one_line_what_to_install_and_does_nothing(
    core, tmp_path, words, extra
):
    done = run_alone([core / "corridor", *words], tmp_path)
    assert done.returncode == 2
    assert re.fullmatch(rf"corridor: .* needs .*: pip install 'corridor\[{extra}\]'\n", done.stderr), (
        done.stderr
    )
    assert done.stdout == "" and list(tmp_path.iterdir()) == []


def test_a_public_name_without_its_extra_is_an_import_error_that_says_what_to_install(core, tmp_path):
    code = """
import corridor
for name in corridor.__all__:
    try:
        getattr(corridor, name)
    except ImportError as error:
        assert f"corridor.{name} needs" in str(error) and "pip install 'corridor[report]'" in str(error)
        print(name)
"""
    done = run_alone([core / "python", "-c", code], tmp_path)
    assert done.stdout.split() == ["deal_chart", "fan_chart", "make_report"], done.stderr


def test_what_is_imported_from_elsewhere_is_named_by_the_core_or_by_the_extra_of_its_room():
    graph = grimp.build_graph("corridor", "corridor_app", include_external_packages=True)
    extras = PROJECT["optional-dependencies"]
    core = modules_of(PROJECT["dependencies"])
    # What an extra's own packages bring is theirs to name, but Streamlit's server is used by itself.
    of_the_app = core | modules_of([*extras["app"], "starlette", "typer"])
    allowed = {
        "corridor": core | {name for names in EXTRAS.values() for name in names},
        "corridor_app": of_the_app,
    }
    foreign = {
        (module, imported)
        for module in graph.modules
        if not graph.is_module_squashed(module)
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.is_module_squashed(imported) and imported not in sys.stdlib_module_names
    }
    assert len(foreign) > 50
    strangers = {
        (module, imported)
        for module, imported in foreign
        if imported not in allowed[module.partition(".")[0]]
    }
    # Translators use it from a clone.
    assert strangers == {("corridor_app.catalogue", "polib")}


def test_the_extras_are_those_that_the_package_declares():
    for extra, modules in EXTRAS.items():
        brought = modules_of(closure(PROJECT["optional-dependencies"][extra]))
        assert set(modules) <= brought


def test_an_extra_that_is_there_is_not_asked_for(monkeypatch):
    for extra in EXTRAS:
        need(extra, "this")
    monkeypatch.setattr("corridor.foundations.extras.find_spec", lambda name: None)
    with pytest.raises(
        MissingExtra, match=r"this needs streamlit, altair, pydeck: pip install 'corridor\[app\]'"
    ):
        need("app", "this")
