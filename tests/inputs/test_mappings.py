"""A mapping that a program made is read as the file that says the same: the same scenario, refusals and numbers."""

import json
import re
from collections import ChainMap
from datetime import UTC, date, datetime
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridor
from corridor.foundations.errors import InputError
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.reading.mapping_source import MAX_BYTES, key_path, read_mapping
from corridor.inputs.reading.yaml_source import read_yaml_text
from corridor.inputs.scenarios.scenario_files import scenario_folders, scenario_names
from corridor.outputs.tables import csv_bytes
from tests.for_all import for_all
from tests.inputs.scenarios.test_schema import FAULTS
from tests.random_scenarios import scenario_bodies

HEAD = "name: x\nextends: history\n"
[SCENARIOS] = scenario_folders()
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def as_a_program_has_it(data, turn=0):
    """The same data with dates, NumPy's numbers, tuples and arrays where a file has text, numbers and lists."""
    if isinstance(data, dict):
        made = {
            as_day(key, turn): as_a_program_has_it(part, turn + n)
            for n, (key, part) in enumerate(data.items())
        }
        return [dict, MappingProxyType, ChainMap][turn % 3](made)
    if isinstance(data, list):
        made = [as_a_program_has_it(part, turn + number) for number, part in enumerate(data)]
        same = len({type(part) for part in made}) == 1 and isinstance(made[0], np.generic)
        return np.array(made) if same and turn % 2 else tuple(made)
    if isinstance(data, bool) or data is None:
        return np.bool_(data) if turn % 2 and data is not None else data
    if isinstance(data, int):
        return [np.int64, np.uint32, int, np.array][turn % 4](data) if 0 <= data < 2**31 else data
    if isinstance(data, float):
        return np.float64(data) if turn % 2 else data
    return as_day(data, turn)


def as_day(text, turn):
    if not DAY.fullmatch(text):
        return np.str_(text) if turn % 2 else text
    forms = (date.fromisoformat, datetime.fromisoformat, pd.Timestamp, np.datetime64, str)
    try:
        return forms[turn % len(forms)](text)
    except ValueError:  # no such day: only a text can say it
        return text


def read_both(text):
    """A scenario from text and from a mapping."""
    data = read_yaml_text(text).data
    return corridor.parse_scenario(text), corridor.parse_scenario(as_a_program_has_it(data))


@for_all("name", scenario_names())
def test_a_shipped_scenario_is_the_same_from_a_mapping(name):
    from_text, from_mapping = read_both((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"))
    assert from_mapping == from_text
    assert from_mapping.to_yaml() == from_text.to_yaml()
    assert from_mapping.parent == from_text.parent


@settings(max_examples=40)
@given(scenario_bodies(most=2))
def test_a_random_scenario_is_the_same_from_a_mapping_or_refused_alike(body):
    try:
        from_text, from_mapping = read_both(HEAD + body)
    except InputError as error:
        with pytest.raises(InputError) as again:
            corridor.parse_scenario(as_a_program_has_it(read_yaml_text(HEAD + body).data))
        assert found(again.value) == found(error)
        return
    assert from_mapping == from_text and from_mapping.to_yaml() == from_text.to_yaml()
    assert resolve(from_mapping).overrides == resolve(from_text).overrides


def found(error):
    """Problems without their places; where an id was first is said by line or by place."""
    return sorted((p.path, re.sub(r"first at [^)]+", "first", p.message)) for p in error.problems)


def test_every_kind_of_fault_is_refused_alike_and_named_by_its_place_in_the_data(folder):
    folders = [folder.path, SCENARIOS]
    compared = 0
    for name, text in FAULTS.items():
        try:
            data = read_yaml_text(text).data
        except InputError:  # what no mapping can hold
            continue
        with pytest.raises(InputError) as of_text:
            corridor.parse_scenario(text, folders=folders)
        with pytest.raises(InputError) as of_mapping:
            corridor.parse_scenario(as_a_program_has_it(data), folders=folders)
        if "first" not in found(of_text.value)[0][1]:
            said = [(p.path, p.message) for p in of_mapping.value.problems]
            assert sorted(said) == found(of_text.value), name
        for problem in of_mapping.value.problems:
            assert (problem.file, problem.line) == ("<mapping>", 0)
            assert problem.path == "" or problem.at, name
        compared += 1
    assert compared > 100


def test_a_problem_names_the_key_path_all_come_at_once_and_in_the_order_of_the_data():
    wrong = {
        "name": "x",
        "extends": "history",
        "interventions": [
            {"id": f"a{number}", "lever": "us.title_42", "start": date(2022, 1, 1 + number), "to": 1}
            for number in range(11)
        ],
        "overrides": {"crossing_rate": np.float64("nan")},
        "narative": "",
    }
    wrong["interventions"][10] |= {"id": "a2", "to": 2}
    wrong["interventions"][2] |= {"start": datetime(2022, 1, 1, 12), "lever": "us.title_43"}
    wrong["interventions"].append(
        {"id": "b", "lever": "us.asylum_bar", "profile": "series", "values": {"2022-13-01": 1}}
    )
    with pytest.raises(corridor.InputError) as refused:
        corridor.parse_scenario(wrong, file="mine")
    assert str(refused.value).splitlines() == [
        "mine: interventions[2].lever: unknown lever 'us.title_43'; did you mean 'us.title_42'?",
        "mine: interventions[2].start: expected a date, not a time of a day: 2022-01-01 12:00:00",
        "mine: interventions[10].id: duplicate id 'a2' (first at interventions[2].id)",
        "mine: interventions[10].to: 2 is out of range: us.title_42 takes 0 to 1 (on/off)",
        "mine: interventions[11].values['2022-13-01']: 2022-13-01 is not a date: month must be in 1..12",
        "mine: overrides.crossing_rate: nan is not a finite number",
        "mine: narative: unknown field 'narative'; did you mean 'narrative'?",
    ]


CIRCLE: dict = {"name": "x"}
CIRCLE["narrative"] = CIRCLE
SHARED: list = ["x" * 1000]
for _ in range(18):
    SHARED = [SHARED] * 9
ODD = {
    "a set": ({"remove": {"a"}}, "remove: expected text, a number, a date, a list or a mapping, not set"),
    "a complex number": ({"run": {"seed": 1j}}, "run.seed: expected text, a number"),
    "an object": ({"title": object()}, "title: expected text, a number"),
    "bytes": ({"title": b"x"}, "title: expected text, a number"),
    "a key that is none": ({None: 1}, "a key is text or a date, not NoneType"),
    "a key that is true": ({"overrides": {True: 1}}, "overrides: a key is text or a date, not bool"),
    "a key twice": (
        {"values": {date(2023, 1, 1): 1, "2023-01-01": 2}},
        "values['2023-01-01']: duplicate key '2023-01-01'",
    ),
    "infinity": ({"run": {"seed": np.inf}}, "run.seed: inf is not a finite number"),
    "no time": ({"period": {"end": pd.NaT}}, "period.end: expected a date, not none"),
    "an hour": ({"period": {"end": datetime(2023, 1, 1, tzinfo=UTC)}}, "period.end: expected a date"),
    "half a character": ({"title": "\ud83d"}, "title: is not text that can be written"),
    "itself": (CIRCLE, "nested deeper than 20 levels"),
    "lists that repeat a list": ({"remove": SHARED}, "is too large"),
    "too long a text": ({"narrative": "x" * (MAX_BYTES + 1)}, "is too large"),
    "nothing": ({}, "name: the field 'name' is missing"),
}


@for_all("given, said", ODD.values(), ids=ODD)
def test_what_no_file_can_hold_is_refused_with_its_place(given, said):
    with pytest.raises(corridor.InputError) as refused:
        corridor.parse_scenario(given)
    assert any(line.startswith(f"<mapping>: {said}") for line in str(refused.value).splitlines()), (
        refused.value
    )


def test_a_mapping_is_not_changed_and_later_changes_of_it_reach_no_scenario():
    given = {"name": "x", "extends": "history", "overrides": {"season_index": {"value": [1.0] * 12}}}
    before = json.dumps(given)
    scenario = corridor.load_scenario(given)
    assert json.dumps(given) == before
    given["overrides"]["season_index"]["value"][0] = 9.0
    assert scenario.overrides["season_index"].value == [1.0] * 12


@st.composite
def paths(draw):
    return tuple(
        draw(st.lists(st.integers(0, 9) | st.sampled_from(["to", "x y", "2023-01-01", "it's"]), max_size=5))
    )


@given(paths())
def test_a_key_path_is_python_that_finds_the_place(path):
    data = target = {}
    for step in path:
        target[step] = target = {}
    words = key_path(path)
    if path and isinstance(path[0], str) and path[0].isidentifier():
        words = f".{words}"
    written = re.sub(r"\.([a-z]+)", r"['\1']", words)
    assert eval(f"data{written}", {"data": data}) is target


def test_the_order_of_the_data_is_that_of_the_problems():
    order = read_mapping({"b": [1, {"c": 2}], "a": 3}).order
    assert sorted(order, key=order.__getitem__) == [(), ("b",), ("b", 0), ("b", 1), ("b", 1, "c"), ("a",)]


def test_a_run_of_a_mapping_gives_the_bytes_of_the_run_of_its_file(scenario_folder):
    text = (scenario_folder / "short.yaml").read_text()
    given = as_a_program_has_it(read_yaml_text(text).data, turn=1)
    few = {"replicates": 2, "people_per_agent": 1000, "workers": 1}
    of_mapping, of_file = corridor.run_ensembles([given, scenario_folder / "short.yaml"], **few)
    assert csv_bytes(of_mapping.table()) == csv_bytes(of_file.table())
    assert of_mapping.manifest == of_file.manifest
    alone = corridor.run_ensemble(given, **few)
    assert csv_bytes(alone.table()) == csv_bytes(of_file.table())


def test_a_file_of_json_is_a_scenario(tmp_path):
    given = {"name": "mine", "extends": "history", "title": "Año", "run": {"seed": 3}}
    file = tmp_path / "mine.json"
    for indent in (None, 2, "\t"):
        file.write_text(json.dumps(given, indent=indent))
        assert corridor.load_scenario(str(file)) == corridor.parse_scenario(given)
    file.write_text(json.dumps({"name": "mine", "extends": "histroy"}, indent=2))
    with pytest.raises(corridor.InputError, match=r"mine\.json:3:14: unknown scenario 'histroy'"):
        corridor.load_scenario(file)
