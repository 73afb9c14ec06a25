"""Overrides, sweeps, demands and diplomacy in the JSON Schema: parameters, indicators, parties and their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corridor.inputs.parameters.parameter_file import NATIONALITY
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.parameters.parameter_values import ALL, Parameter
from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES, SIDE_DEALS, negotiable_levers
from corridor.inputs.registries.indicators import INDICATORS, Indicator
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.diplomacy import parties_of, steps_of
from corridor.inputs.scenarios.entries import Override
from corridor.inputs.scenarios.schema.words import (
    AS_DATES,
    NULL,
    Schema,
    bounded,
    described,
    holds,
    one_or_several,
    refer,
    when,
)

_SAYS = {name: field.description for name, field in Override.model_fields.items()}


def overrides() -> Schema:
    """Every parameter with its range, unit and source; nothing else."""
    return {
        "type": "object",
        "properties": {each.id: _override(each) for each in load_parameters().values()},
        "additionalProperties": False,
    }


def describe_parameter(parameter: Parameter) -> str:
    """What a person who changes a parameter should know: label, value, range, unit, how it is known."""
    by = f" By {parameter.over}." if parameter.over else ""
    value = "" if parameter.over else f" Now {parameter.value_text()}."
    return f"{_describe_range(parameter)}{by}{value} {parameter.status.capitalize()}: {parameter.source}."


def _describe_range(parameter: Parameter) -> str:
    ranges = {parameter.bounds_of(key) for key in parameter.knots}
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    return f"{parameter.label}. From {low:g} to {high:g} ({parameter.unit})."


def _override(parameter: Parameter) -> Schema:
    """A parameter's value, bare or with a note."""
    value = _value(parameter)
    bare = {key: said for key, said in value.items() if key in ("minimum", "exclusiveMinimum", "maximum")}
    kinds = [kind for kind in value["type"] if kind != "object"]
    if "array" in kinds:
        bare |= {key: value[key] for key in ("items", "minItems", "maxItems")}
    return {
        "title": parameter.label,
        "description": describe_parameter(parameter),
        "type": [*kinds, "object"],
        **bare,
        "properties": {"value": {**value, "description": _SAYS["value"]}, "note": refer("note")},
        "required": ["value"],
        "additionalProperties": False,
    }


def note() -> Schema:
    """The note beside an overridden value."""
    return {"type": "string", "description": _SAYS["note"]}


def _value(parameter: Parameter) -> Schema:
    """What the value may be: a number, values by date, by key or both, a list."""
    above = parameter.interpolate == "log-linear"  # which takes nothing that is not above zero
    keys = list(parameter.knots)

    def within(*named: str) -> Schema:
        low = max(parameter.bounds_of(key)[0] for key in named)
        high = min(parameter.bounds_of(key)[1] for key in named)
        return bounded(low, high, above=above and low <= 0)

    def dated(key: str) -> Schema:
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": AS_DATES,
            "additionalProperties": number(key),
        }

    def number(key: str) -> Schema:
        return {"type": "number", **within(key)}

    if ALL in parameter.knots:
        return {**dated(ALL), "type": ["number", "object"], **within(ALL)}
    known = list(dict.fromkeys([*keys, *(NATIONALITIES if parameter.over == NATIONALITY else ())]))
    by_key = {key: {**dated(key), "type": ["number", "object"], **within(key)} for key in known}
    same = len({parameter.bounds_of(key) for key in known}) == 1
    value: Schema = {"type": ["object"], "minProperties": 1}
    if same:
        value |= {"propertyNames": {"enum": known}, "additionalProperties": by_key[known[0]]}
    else:
        value |= {"properties": by_key, "additionalProperties": False}
    if parameter.over == NATIONALITY:
        value = {**value, "type": ["number", "object"], **within(*keys)}
    if keys == [str(place) for place in range(1, len(keys) + 1)]:
        of_list = {"items": {"type": "number", **within(*keys)}, "minItems": len(keys), "maxItems": len(keys)}
        value = {**value, "type": ["array", *value["type"]], **of_list}
    return value


def add_sweep(parts: dict[str, Schema]) -> None:
    """Complete a sweep and what it varies: parameters that are one number, within their ranges."""
    single = {each.id: each for each in load_parameters().values() if set(each.knots) == {ALL}}
    dimension, sweep = parts["Dimension"], parts["Sweep"]
    fields = dimension["properties"]
    names = described({each.id: _describe_range(each) for each in single.values()}, type="string")
    fields["parameter"] = {"anyOf": [names, NULL], "description": fields["parameter"]["description"]}
    dimension["oneOf"] = [
        {"required": [name], "properties": {name: {"type": "string"}, other: NULL}}
        for name, other in (("intervention", "parameter"), ("parameter", "intervention"))
    ]
    by_range: dict[tuple[float, float], list[str]] = {}
    for each in single.values():
        by_range.setdefault(each.bounds_of(ALL), []).append(each.id)
    for limits, ids in by_range.items():
        inside = {"items": bounded(*limits)}
        dimension.setdefault("allOf", []).append(
            when("parameter", ids, {"properties": {"range": inside, "values": inside}})
        )
    many: Schema = {"type": "array", "minItems": 1, "uniqueItems": True}
    listed = {"items": {"required": ["values"], "properties": {"values": many, "range": NULL}}}
    ranged = {"items": {"required": ["range"], "properties": {"range": {"type": "array"}, "values": NULL}}}
    sweep["properties"]["over"]["minItems"] = 1
    sweep["allOf"] = [
        {"if": {"properties": {"method": {"const": "grid"}}}, "then": {"properties": {"over": listed}}},
        when(
            "method",
            ("latin_hypercube", "sobol"),
            {"required": ["size"], "properties": {"size": {"type": "integer"}, "over": ranged}},
        ),
    ]


def add_demands(parts: dict[str, Schema]) -> None:
    """Complete a demand: indicators, and by what each is reported."""
    demand = parts["Demand"]
    fields = demand["properties"]
    fields["indicator"] = described(
        {each.id: _describe_indicator(each) for each in INDICATORS.values()},
        type="string",
        description=fields["indicator"]["description"],
    )
    fields["nationality"] |= {"enum": [ALL, *NATIONALITIES]}
    others = {"not": {"const": ALL}}
    demand["allOf"] = [
        {
            "not": {
                "required": ["nationality", "place"],
                "properties": {"nationality": others, "place": others},
            }
        },
        *(
            when(
                "indicator",
                [each.id for each in INDICATORS.values() if by not in each.margins],
                {"properties": {by: {"const": ALL}}},
            )
            for by in ("nationality", "place")
        ),
    ]
    demand["oneOf"] = [
        {"required": [bound], "properties": {bound: {"type": "number"}, other: NULL}}
        for bound, other in (("at_most", "at_least"), ("at_least", "at_most"))
    ]


def _describe_indicator(indicator: Indicator) -> str:
    by = f", by {' or '.join(indicator.margins)}" if indicator.margins else ""
    return f"{indicator.label} ({indicator.unit}; a {indicator.kind}{by})"


def add_diplomacy(parts: dict[str, Schema]) -> None:
    """Complete the block of governments that bargain: levers on the table, parties, interests and steps."""
    block = parts["Diplomacy"]
    fields = block["properties"]
    levers = negotiable_levers()
    parts["negotiable"] = described({name: LEVERS[name].label for name in levers})
    for name in ("fixed", "given"):
        fields[name] = {**one_or_several("negotiable"), "description": fields[name]["description"]}
    interests = {
        party: _mapping({interest: {"type": "number", **bounded(0, 100)} for interest in named})
        for party, named in INTERESTS.items()
    }
    fields["weights"] |= _mapping(interests)
    issues = (*ISSUES, *SIDE_DEALS)
    fields["red_lines"] |= _mapping(
        {
            party: _mapping({name: _limit(parts, name) for name in issues if party in parties_of(name)})
            for party in INTERESTS
        }
    )
    parts.update({f"holds_{name}": holds(name) for name in levers})
    everything = [refer(f"holds_{name}") for name in dict.fromkeys(issue.lever for issue in ISSUES.values())]
    some = {"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1}], "not": {"allOf": everything}}
    talks = {"required": ["from"], "properties": {"from": {"type": "string"}}}
    none = {"type": "array", "maxItems": 0}
    block["allOf"] = [
        when("mode", ("negotiated", "mixed"), talks),
        when("mode", "mixed", {"required": ["fixed"], "properties": {"fixed": some}}),
        when("mode", "negotiated", {"properties": {"fixed": none}}),
        *(
            {
                "not": {
                    "type": "object",
                    "required": ["fixed", "given"],
                    "properties": dict.fromkeys(("fixed", "given"), refer(f"holds_{name}")),
                }
            }
            for name in levers
        ),
    ]


def _limit(parts: Mapping[str, Schema], name: str) -> Schema:
    """How far a party goes on an issue or a side deal."""
    owner: Any = ISSUES.get(name) or SIDE_DEALS[name]
    step = {"enum": [*steps_of(name), None]}
    said = parts["Limit"]["properties"]
    fields = {side: {**step, "description": said[side]["description"]} for side in said}
    return {**_mapping(fields), "description": f"{owner.label}."}


def _mapping(fields: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(fields), "additionalProperties": False}
