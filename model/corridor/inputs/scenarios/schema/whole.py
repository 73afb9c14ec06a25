"""The whole JSON Schema: what Pydantic knows of the parts of a scenario, completed by what the registries allow."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from corridor.inputs.reading.data_files import record_names
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import scenario_names
from corridor.inputs.scenarios.schema.blocks import (
    add_demands,
    add_diplomacy,
    add_sweep,
    note,
    overrides,
)
from corridor.inputs.scenarios.schema.entries import add_interventions, add_shocks
from corridor.inputs.scenarios.schema.words import DAY, DAY_PATTERN, NULL, Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

NOT_EXPRESSIBLE = {
    "an order of dates": "JSON Schema compares no two values: ends before starts, announcements, the days of a run",
    "an order of numbers": "JSON Schema compares no two values: a range from high to low, contradictory red lines",
    "an id used twice": "JSON Schema compares whole entries of a list, not one field of them",
    "what another entry says": "the interventions that a sweep names, two movements at once, what is negotiated",
    "what a parent says": "scenarios of other files, their ids, the value from which a ramp starts",
    "the name of the file": "JSON Schema knows the content of a file alone",
    "a whole number written with a point": "1.0 is a whole number to JSON Schema",
    "document items in free words": "JSON Schema reads no numbers out of a sentence",
    "the product of lists": "JSON Schema does not multiply: a grid of more than 10,000 points",
}
"""Kinds of fault that `corridor validate` finds and no schema can, with the reason."""


class _WithoutTitles(GenerateJsonSchema):
    """Fields are not titled after their own names: an editor would show each twice."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors: fields, names, ranges and members that the registries know.

    It accepts every file that `corridor validate` accepts, and refuses the others but for what `NOT_EXPRESSIBLE` names.
    """
    schema = Scenario.model_json_schema(by_alias=True, mode="validation", schema_generator=_WithoutTitles)
    fields, parts = schema["properties"], schema["$defs"]
    fields["overrides"] = overrides() | {"description": fields["overrides"]["description"]}
    parts |= {"note": note(), "day": DAY}
    for add in (add_interventions, add_shocks, add_sweep, add_demands, add_diplomacy):
        add(parts)
    for unused in ("Override", "Limit"):
        parts.pop(unused, None)
    _refine_whole(fields)
    for section in ("Diplomacy", "Period", "Run", "Sweep"):
        parts[section]["type"] = ["object", "null"]
    _simplify(schema)
    return {
        "$schema": DIALECT,
        **schema,
        "title": "Corridor scenario",
        "description": "A scenario: its differences from the scenario that it extends.",
        **_of_roots(),
    }


def _refine_whole(fields: dict[str, Schema]) -> None:
    """Names to begin with; a list without repetitions; a section left empty counts as left out."""
    for name in ("extends", "baseline"):
        fields[name]["examples"] = scenario_names()
    fields["parameters"] = {
        "type": ["string", "null"],
        "enum": [*record_names(), None],
        "description": fields["parameters"]["description"],
    }
    fields["remove"]["anyOf"][1]["uniqueItems"] = True
    for name, field in fields.items():
        if name == "name":
            continue
        if isinstance(field.get("type"), str):
            field["type"] = [field["type"], "null"]
        elif NULL in field.get("anyOf", ()) and "$ref" in field["anyOf"][0]:  # the part itself may be empty
            field |= field.pop("anyOf")[0]
        elif "anyOf" in field and NULL not in field["anyOf"]:
            field["anyOf"].append(NULL)


def _of_roots() -> Schema:
    """A scenario that extends none says when it starts and ends and removes nothing; others do not start anew."""
    year: Schema = {"type": "string", "pattern": r"^(199\d|20\d\d|2100)-"}
    period = {"type": "object", "required": ["start", "end"], "properties": {"start": year, "end": year}}
    return {
        "if": {"properties": {"extends": {"type": "string"}}, "required": ["extends"]},
        "then": {
            "properties": {"period": {"properties": {"start": NULL, "report_from": NULL}}},
        },
        "else": {
            "required": ["period"],
            "properties": {"period": period, "remove": {"type": ["array", "null"], "maxItems": 0}},
        },
    }


def _simplify(schema: Any) -> None:
    """Write every date with its pattern, and "this or nothing" as one type: editors then say plainly what is wrong.

    A format alone is only a remark to many readers of schemas.
    """
    if isinstance(schema, list):
        for part in schema:
            _simplify(part)
    elif isinstance(schema, dict):
        if schema.get("format") == DAY["format"]:
            schema["pattern"] = DAY_PATTERN
        if "default" in schema and not isinstance(schema["default"], str | int):
            del schema["default"]  # an editor would write it into the file: `end: null`, `remove: []`
        elif schema.get("default") == "":
            del schema["default"]
        kinds = schema.get("anyOf", ())
        if (
            len(kinds) == 2
            and kinds[1] == NULL
            and isinstance(kinds[0].get("type"), str)
            and "enum" not in kinds[0]
        ):
            schema |= {**schema.pop("anyOf")[0], "type": [kinds[0]["type"], "null"]}
        for part in schema.values():
            _simplify(part)
