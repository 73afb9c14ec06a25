"""Variables of the environment: read in one place, named when they are wrong, described in the documentation."""

import ast
import re
from pathlib import Path

import pytest

import corridor
import corridor_app
from corridor import InputError
from corridor.experiments import environment
from corridor.experiments.environment import PREFIX, VARIABLES, check_environment, is_set, number_of

ROOT = Path(__file__).parents[2]
WRONG = ("abc", "nan", "inf", "-1", "1e400", "\x1b[31m", "4 MB", "0x10", "9" * 400)


def test_no_other_module_reads_a_variable_of_corridor():
    """The name of a variable may be said in words; beside `environ` or `getenv` it may not stand anywhere else."""
    readers = set()
    for package in (corridor, corridor_app):
        for file in Path(package.__file__).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call | ast.Subscript) and re.search(
                    rf"environ.*{PREFIX}|getenv.*{PREFIX}", ast.unparse(node)
                ):
                    readers.add(file)
                elif isinstance(node, ast.Constant) and re.fullmatch(rf"{PREFIX}\w+", str(node.value)):
                    assert node.value in VARIABLES, f"{file}: {node.value} is not registered"
    assert not readers


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("said", WRONG)
def test_a_bad_value_is_named_with_what_was_expected(name, said, monkeypatch):
    monkeypatch.setenv(name, said)
    with pytest.raises(InputError) as raised:
        check_environment()
    (problem,) = raised.value.problems
    assert problem.file == name
    assert f"expected {VARIABLES[name].expected}, not " in problem.message
    assert len(problem.message) < 200


def test_all_that_is_wrong_is_said_at_once(monkeypatch):
    for name in VARIABLES:
        monkeypatch.setenv(name, "-1")
    with pytest.raises(InputError) as raised:
        check_environment()
    assert {problem.file for problem in raised.value.problems} == set(VARIABLES)


def test_what_is_not_set_or_empty_has_its_default(monkeypatch):
    monkeypatch.setenv("CORRIDOR_STATES_MB", "")
    assert not is_set("CORRIDOR_STATES_MB")
    assert number_of("CORRIDOR_STATES_MB") == VARIABLES["CORRIDOR_STATES_MB"].default
    monkeypatch.setenv("CORRIDOR_STATES_MB", "0.5")
    assert number_of("CORRIDOR_STATES_MB") == 0.5
    monkeypatch.setenv("CORRIDOR_FULL_SCALE_PAIRS", "2.5")
    with pytest.raises(InputError, match="a whole number from 0 to 10,000"):
        number_of("CORRIDOR_FULL_SCALE_PAIRS")


def test_a_misspelt_name_is_a_note(monkeypatch):
    monkeypatch.setenv("CORRIDOR_STATE_MB", "5")
    monkeypatch.setenv("CORRIDOR_XYZZY", "of somebody else")
    (note,) = check_environment()
    assert "CORRIDOR_STATE_MB" in note and "did you mean 'CORRIDOR_STATES_MB'?" in note


def test_the_documentation_describes_every_variable():
    page = (ROOT / "docs" / "how-to" / "command-line.md").read_text(encoding="utf-8")
    missing = [name for name in environment.VARIABLES if f"`{name}`" not in page]
    assert not missing
