"""The schema that editors read: it knows what the registries know, and agrees with the check of scenario files."""

import json
import re
import textwrap
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from corridor.foundations.errors import InputError
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import ALL
from corridor.inputs.reading.yaml_source import read_yaml_file, read_yaml_text
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.scenarios.scenario_files import parse_scenario, scenario_folders, scenario_names
from corridor.inputs.scenarios.schema import NOT_EXPRESSIBLE, scenario_schema
from tests.for_all import for_all
from tests.inputs.scenarios.test_diplomacy import ONE_PROBLEM as IN_DIPLOMACY
from tests.inputs.scenarios.test_sweep import HEAD as OF_SWEEP
from tests.inputs.scenarios.test_sweep import MISTAKES
from tests.inputs.test_scenario_problems import ONE_PROBLEM
from tests.random_scenarios import interventions, scenario_bodies

[SCENARIOS] = scenario_folders()
SCHEMA = scenario_schema()
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(["date"]))
HEAD = "name: x\nextends: history\n"
FIRST, LAST = date(2022, 1, 1), date(2023, 6, 1)

OTHERS = {
    "a demand on an unknown indicator": "demands: [{id: a, of: us, indicator: encounter, at_most: 1}]",
    "a demand of an unknown nationality": "demands: [{id: a, of: us, indicator: deaths, nationality: Xanadu, "
    "at_most: 1}]",
    "a demand with two bounds": "demands: [{id: a, of: us, indicator: deaths, at_most: 1, at_least: 0}]",
    "a demand without a bound": "demands: [{id: a, of: us, indicator: deaths}]",
    "a demand by nationality and place": "demands: [{id: a, of: us, indicator: encounters_usbp, nationality: Cuba, "
    "place: tucson_sector, at_most: 1}]",
    "a demand by what is not reported": "demands: [{id: a, of: us, indicator: encounters_peak_day, nationality: Cuba, "
    "at_most: 1}]",
    "two demands of one id": "demands: [{id: a, of: us, indicator: deaths, at_most: 1}, "
    "{id: a, of: us, indicator: deaths, at_most: 2}]",
    "an override of a nationality out of range": "overrides: {evasion_share: {value: {Cuba: 7}}}",
    "an override of an unknown nationality": "overrides: {worth_of_journey: {value: {Xanadu: 7}}}",
    "an override without a value": "overrides: {crossing_rate: {note: n}}",
    "an override left empty": "overrides: {crossing_rate: }",
    "an override by no key": "overrides: {season_index: {value: {}}}",
    "an override with too short a list": "overrides: {season_index: [1, 1]}",
    "all and another": "interventions: [{id: a, lever: us.mpp_share, for: [all, Cuba], start: 2023-06-01, to: 1}]",
    "an item that does not exist": "interventions: [{id: a, lever: us.title_42, start: 2023-06-01, to: 1, "
    "source: item 999}]",
    "a parent that does not exist": "extends: histroy",
    "a parent that is a path": "extends: ../history",
    "nothing extended and no period": "extends:",
    "nothing extended and a removal": "extends:\nperiod: {start: 2023-01-01, end: 2023-02-01}\nremove: [a]",
    "years that nobody runs": "extends:\nperiod: {start: 1066-01-01, end: 2023-02-01}",
    "a period of eleven years": "extends:\nperiod: {start: 2020-01-01, end: 2031-02-01}",
    "a seed with a point": "run: {seed: 1.0}",
}

LEFT_TO_THE_CHECK = {
    "an order of dates": [
        "an end before its start",
        "a start before the run",
        "a start after the run",
        "a series that begins outside the run",
        "an announcement after the start",
        "a cancellation before the announcement",
        "a cancellation after the start",
        "a ramp of one day",
        "a date of a series before its start",
        "a date of a series after its end",
        "a period more than 24 months past the parent's",
        "a period that ends before anything is reported",
        "a period of eleven years",
        "a shock that ends before it starts",
        "a shock outside the run",
        "diplomacy: talks before there are statistics",
    ],
    "an order of numbers": [
        "sweep: a range goes from the lower to the higher value",
        "diplomacy: red lines of one party that contradict",
        "diplomacy: red lines of two parties that contradict",
    ],
    "an id used twice": ["an id used twice", "two demands of one id"],
    "what another entry says": [
        "two movements that begin together",
        "two movements of one member that begin together",
        "sweep: no intervention 'gard' in this file; did you mean 'guard'?",
        "sweep: 200,000 is out of range: mexico.guard_deployed",
        "diplomacy: a lever that is fixed by an intervention and negotiated",
    ],
    "what a parent says": [
        "a ramp from unlimited",
        "an id taken by a parent",
        "a removal of what is not there",
        "a baseline that does not exist",
        "a parent that does not exist",
    ],
    "a whole number written with a point": ["a seed with a point"],
    "document items in free words": ["an item that does not exist"],
    "the product of lists": ["sweep: 15,000 points are more than 10,000"],
}


def faults():
    """Every kind of fault that the tests of scenario files name, by name: the text of a file with it."""
    found = {name: f"name: x\nextends: root\n{text}" for name, (text, _) in ONE_PROBLEM.items()}
    found |= {f"diplomacy: {name}": HEAD + textwrap.dedent(text) for name, (text, _) in IN_DIPLOMACY.items()}
    found |= {f"sweep: {said}": f"{OF_SWEEP}sweep: {{{block}}}\n" for block, said in MISTAKES}
    found |= {name: ("name: x\n" if "extends" in text else HEAD) + text for name, text in OTHERS.items()}
    return {name: text.replace("«", "") for name, text in found.items()}


FAULTS = faults()


def problems_of(text, folders=()):
    try:
        parse_scenario(text, folders=[*folders, SCENARIOS])
    except InputError as error:
        return list(error.problems)
    return []


def marked(text):
    """What an editor marks: findings of the schema, or of a reader of YAML that gives no data at all."""
    try:
        data = read_yaml_text(text).data
    except InputError as error:
        return list(error.problems)
    return list(VALIDATOR.iter_errors(data))


def test_it_is_a_schema_and_the_one_beside_the_scenarios():
    Draft202012Validator.check_schema(SCHEMA)
    shipped = (SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == SCHEMA, "stale: run `make generate`"
    assert len(shipped) < 500_000, "an editor reads it at every start"


@for_all("name", scenario_names())
def test_every_shipped_scenario_is_accepted(name):
    found = VALIDATOR.iter_errors(read_yaml_file(SCENARIOS / f"{name}.yaml").data)
    assert [f"{error.json_path}: {error.message}" for error in found] == []


def test_whatever_is_refused_is_marked_in_an_editor_but_what_a_schema_cannot_say(folder):
    left = {name: why for why, names in LEFT_TO_THE_CHECK.items() for name in names}
    assert left.keys() <= FAULTS.keys()
    assert {*LEFT_TO_THE_CHECK, "the name of the file"} == NOT_EXPRESSIBLE.keys()
    assert [name for name, text in FAULTS.items() if not problems_of(text, [folder.path])] == []
    unmarked = [name for name, text in FAULTS.items() if not marked(text)]
    assert sorted(unmarked) == sorted(left)


@settings(max_examples=60)
@given(scenario_bodies())
def test_whatever_the_check_accepts_the_schema_accepts(body):
    if not problems_of(HEAD + body):
        assert marked(HEAD + body) == []


@st.composite
def wrong_entries(draw):
    """An intervention that is right but for one thing that no lever takes."""
    lever = draw(st.sampled_from(list(LEVERS.values())))
    entry = draw(interventions(lever, FIRST, LAST))
    out = draw(st.sampled_from([lever.low - 1, lever.high * 2 + 1, "many", True, [1]]))
    ways = ["name", "value", "field", "date"] + ["member"] * bool(lever.domain)
    way = draw(st.sampled_from(ways))
    if way == "name":
        entry["lever"] += draw(st.sampled_from(["x", "_monthly_", "."]))
    elif way == "value" and "values" in entry:
        entry["values"] = dict.fromkeys(entry["values"], out)
    elif way == "value":
        entry["to"] = out
    elif way == "field":
        entry[draw(st.sampled_from(["untill", "member", "size"]))] = 1
    elif way == "date":
        entry["announced"] = draw(st.sampled_from(["2023-02-30", "June", "2023-6-1", 20230601]))
    else:
        entry["for"] = draw(st.sampled_from(["Xanadu", ["Xanadu"], [], entry["for"] * 2, {"a": 1}]))
    return entry


@settings(max_examples=80)
@given(wrong_entries())
def test_a_wrong_name_value_member_or_date_is_refused_by_both(entry):
    text = HEAD + f"interventions: {json.dumps([entry], default=str)}\n"
    assert problems_of(text) and marked(text)


@for_all("id", list(load_parameters()))
def test_a_parameter_is_refused_by_both_outside_its_range_and_by_neither_inside(id):
    parameter = load_parameters()[id]
    key = next(iter(parameter.knots))
    low, high = parameter.bounds_of(key)
    above_zero = parameter.interpolate == "log-linear"
    for value, right in ((high, True), (low, low > 0 or not above_zero), (high + 1, False), (low - 1, False)):
        given = value if key == ALL else {"value": {key: value}}
        text = HEAD + f"overrides: {json.dumps({id: given})}\n"
        assert (not problems_of(text), not marked(text)) == (right, right), (value, problems_of(text))


def test_a_section_left_empty_counts_as_left_out_for_both():
    text = HEAD + "".join(f"{name}:\n" for name in SCHEMA["properties"] if name not in ("name", "extends"))
    assert problems_of(text) == [] and marked(text) == []


def undescribed(schema, path=""):
    """Fields that an editor would show without a word about them."""
    if isinstance(schema, list):
        return [bare for number, part in enumerate(schema) for bare in undescribed(part, f"{path}/{number}")]
    if not isinstance(schema, dict):
        return []
    found = [bare for name, part in schema.items() for bare in undescribed(part, f"{path}/{name}")]
    if schema.get("additionalProperties") is not False or "properties" not in schema:
        return found
    by_case = [case.get("else", {}).get("properties", {}) for case in schema.get("allOf", ())]
    said = {name for case in by_case for name, field in case.items() if "description" in field}
    return found + [
        f"{path}/{name}"
        for name, field in schema["properties"].items()
        if "description" not in field and name not in said and not described_elsewhere(field)
    ]


def described_elsewhere(field):
    part = SCHEMA["$defs"].get(str(field.get("$ref")).removeprefix("#/$defs/"), {})
    return "description" in part


def test_every_field_is_described():
    """Interests, parties, nationalities and keys of values are names of their own: their section is described."""
    of_names = re.compile(r"/properties/(weights|red_lines|value)/")
    assert [path for path in undescribed(SCHEMA) if not of_names.search(path)] == []
    assert "description" in SCHEMA["$defs"]["Diplomacy"]["properties"]["weights"]


def branches(part, field):
    """What the schema says of an entry, by the value of the field that decides."""
    found = {}
    for case in SCHEMA["$defs"][part]["allOf"]:
        const = case.get("if", {}).get("properties", {}).get(field, {}).get("const")
        if const is not None:
            found[const] = case["then"]["properties"]
    return found


def test_every_lever_is_offered_and_described_with_its_range_unit_and_members():
    offered = SCHEMA["$defs"]["Intervention"]["properties"]["lever"]
    words = dict(zip(offered["enum"], offered["enumDescriptions"], strict=True))
    of_lever = branches("Intervention", "lever")
    assert words.keys() == of_lever.keys() == LEVERS.keys()
    for lever in LEVERS.values():
        assert lever.label in words[lever.id] and lever.range_text in words[lever.id]
        level = SCHEMA["$defs"][of_lever[lever.id]["to"]["$ref"].removeprefix("#/$defs/")]
        assert (level["minimum"], level["maximum"]) == (lever.low, lever.high)
        assert ("unlimited" in level["examples"]) == lever.unlimited
        if lever.domain:
            assert set(SCHEMA["$defs"][lever.domain]["enum"]) >= {"all", *lever.members}


def test_every_shock_parameter_and_indicator_is_offered_and_described():
    of_kind = branches("Shock", "kind")
    assert of_kind.keys() == SHOCKS.keys()
    for kind in SHOCKS.values():
        assert kind.label in of_kind[kind.kind]["size"]["description"]
        assert kind.range_text in of_kind[kind.kind]["size"]["description"]
    parameters = load_parameters()
    assert SCHEMA["properties"]["overrides"]["properties"].keys() == parameters.keys()
    for id, field in SCHEMA["properties"]["overrides"]["properties"].items():
        parameter = parameters[id]
        for word in (parameter.label, parameter.unit, parameter.status.capitalize(), parameter.source):
            assert word in field["description"], id
    assert SCHEMA["$defs"]["Demand"]["properties"]["indicator"]["enum"] == list(INDICATORS)
    varied = SCHEMA["$defs"]["Dimension"]["properties"]["parameter"]["anyOf"][0]["enum"]
    assert varied == [each.id for each in parameters.values() if set(each.knots) == {ALL}]


@pytest.mark.parametrize("field", ["extends", "baseline"])
def test_shipped_scenarios_are_offered_and_others_allowed(field):
    assert SCHEMA["properties"][field]["examples"] == scenario_names()
    assert marked("name: x\nextends: history\n" if field == "baseline" else "name: x\nextends: mine\n") == []
