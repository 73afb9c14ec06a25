"""Types for whoever uses Corridor from Python: none of the public names is of unknown type."""

import ast
import json
import os
import sys
from pathlib import Path

import pytest

import corridor
from tests.delivery.conftest import run_alone

CONSUMER = Path(__file__).with_name("consumer.py")
PYRIGHT = Path(sys.executable).with_name("pyright")
STATED_SCORE = 0.84
"""Share of all symbols below `corridor`, private modules included, whose type is known (docs/running.md)."""

UNTYPED_BASE = {"corridor.Simulation"}  # Mesa has no types


def test_the_consumer_uses_every_public_name():
    used = {
        node.attr
        for node in ast.walk(ast.parse(CONSUMER.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "corridor"
    }
    assert used == set(corridor.__all__)


@pytest.mark.slow
def test_a_strict_type_checker_finds_nothing_unknown_in_a_program_that_uses_every_public_name(
    installed, tmp_path
):
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ["."]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    (tmp_path / "consumer.py").write_bytes(CONSUMER.read_bytes())
    done = run_alone([PYRIGHT, "-p", tmp_path, "--pythonpath", installed / "python"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "consumer.py").write_text(
        "import corridor\n\ncorridor.run_ensemble('history').no_such_thing\n"
    )
    done = run_alone([PYRIGHT, "-p", tmp_path, "--pythonpath", installed / "python"], tmp_path)
    assert 'Cannot access attribute "no_such_thing" for class "Results"' in done.stdout


@pytest.mark.slow
def test_every_public_name_has_a_complete_type(installed, tmp_path):
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    command = [PYRIGHT, "--verifytypes", "corridor", "--ignoreexternal", "--outputjson"]
    found = json.loads(run_alone(command, tmp_path, PATH=path).stdout)["typeCompleteness"]
    names = {f"corridor.{name}" for name in corridor.__all__ if not name.startswith("_")}
    known = {each["name"]: each["isTypeKnown"] for each in found["symbols"]}
    assert names <= known.keys()
    assert {name for name in names if not known[name]} <= UNTYPED_BASE
    assert found["completenessScore"] >= STATED_SCORE
