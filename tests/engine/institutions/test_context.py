"""What institutions see and set is their context, and nothing of the simulation."""

import ast
import gc
from dataclasses import fields
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from corridor.engine import diplomacy, institutions
from corridor.engine.institutions.context import Context
from corridor.engine.simulation import Simulation
from tests.small_runs import live_to, simulation_of

NEGOTIATED = "diplomacy: {mode: negotiated, from: 2022-12-01}"


def reads_of_the_model(text: str) -> list[int]:
    """Lines on which a module asks for something of Mesa's model, or for the model itself."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Attribute) and "model" in (node.attr, getattr(node.value, "id", "")))
        or (isinstance(node, ast.Constant) and node.value == "model")
    ]


def test_no_institution_reads_the_model():
    found = [
        f"{path.name}:{line}"
        for room in (institutions, diplomacy)
        for path in sorted(Path(str(room.__file__)).parent.glob("*.py"))
        for line in reads_of_the_model(path.read_text(encoding="utf-8"))
    ]
    assert not found, found


@pytest.mark.parametrize(
    "text", ["self.model.today", "model.fields", "self.model = None", 'getattr(self, "model")']
)
def test_a_read_of_the_model_is_found(text):
    assert reads_of_the_model(text)


def test_passing_the_model_on_to_mesa_is_no_read():
    assert not reads_of_the_model("super().__init__(model)")


@pytest.mark.parametrize("body", ["", NEGOTIATED], ids=["fixed", "negotiated"])
def test_the_simulation_cannot_be_reached_from_the_context(body):
    simulation = simulation_of(body)
    seen, ahead = set(), [simulation.context]
    while ahead:
        thing = ahead.pop()
        if id(thing) in seen or isinstance(thing, type | ModuleType | FunctionType):
            continue
        seen.add(id(thing))
        assert not isinstance(thing, Simulation | institutions.Institution)
        ahead += gc.get_referents(thing)
    assert len(seen) > len(fields(Context))


def test_nothing_can_be_added_to_a_context():
    with pytest.raises(AttributeError):
        simulation_of("").context.offices = []  # type: ignore[attr-defined]


def test_every_institution_has_the_context_of_its_replicate_and_a_memory_of_its_own():
    one, other = simulation_of(NEGOTIATED), simulation_of(NEGOTIATED, replicate=1)
    for simulation in (one, other):
        assert all(agent.context is simulation.context for agent in simulation.agents)
        rows = [agent.memory.__array_interface__["data"][0] for agent in simulation.agents]
        assert len(set(rows)) == len(rows) > 20
    assert one.context is not other.context


def test_the_day_of_the_context_is_that_of_the_simulation():
    simulation = live_to(simulation_of(""), 3)
    assert simulation.context.today == simulation.today == 3


def test_institutions_are_numbered_from_one_in_every_replicate():
    for _ in range(2):
        assert [agent.unique_id for agent in simulation_of("").agents][:3] == [1, 2, 3]
