"""Interventions and shocks in the JSON Schema: what each lever, each kind of shock and each profile allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from corridor.inputs.registries.levers import ALL, LEVERS, SWITCH_UNIT, UNLIMITED, Lever
from corridor.inputs.registries.shocks import SHOCKS, ShockKind
from corridor.inputs.scenarios.schema.words import (
    NULL,
    Schema,
    bounded,
    described,
    one_or_several,
    plain,
    refer,
    unless,
    when,
)

SHOWN = 14
"""Members that a description names; of more it says how many there are."""


def add_interventions(parts: dict[str, Schema]) -> None:
    """Complete the part of an intervention, and add what it refers to."""
    intervention = parts["Intervention"]
    fields = intervention["properties"]
    fields["lever"] = described(
        {lever.id: describe_lever(lever) for lever in LEVERS.values()},
        type="string",
        description=fields["lever"]["description"],
    )
    for lever in LEVERS.values():
        parts[_level_name(lever)] = _level(lever)
        if lever.domain and lever.domain not in parts:
            parts.update(_members(lever.domain, lever.members))
    level: Schema = {"type": ["number", "string"]}  # the lever says which
    general = {name: fields[name].pop("description") for name in ("to", "for")}
    fields["to"] = {"type": ["number", "string", "null"]}
    fields["values"]["additionalProperties"] = level
    intervention["allOf"] = [
        unless("lever", LEVERS, _described(general)),
        *(when("lever", lever.id, _of_lever(lever)) for lever in LEVERS.values()),
        *_of_profiles(),
        {
            "if": {"properties": {"cancelled": {"type": "string"}}, "required": ["cancelled"]},
            "then": {"required": ["announced"], "properties": {"announced": {"type": "string"}}},
        },
    ]


def _described(general: Mapping[str, str]) -> Schema:
    return {"properties": {name: {"description": text} for name, text in general.items()}}


def describe_lever(lever: Lever) -> str:
    """What a person who chooses a lever should know: label, who moves it, range and unit, members."""
    return f"{lever.label}. Moved by {lever.controller}. Takes {lever.range_text}. {_whom(lever)}"


def _whom(lever: Lever) -> str:
    if lever.domain is None:
        return f"One value, {_shown(lever.default[ALL])} unless moved."
    kind = lever.domain.replace("_", " ")
    named = ", ".join(lever.members) if len(lever.members) <= SHOWN else f"{len(lever.members)} in all"
    values = set(lever.default.values())
    unless = f"; {_shown(values.pop())} unless moved" if len(values) == 1 else ""
    return f"By {kind}: {named}{unless}.{' Several can share one cap (pooled).' if lever.pooled else ''}"


def _shown(value: float) -> str:
    return UNLIMITED if value == float("inf") else f"{value:,g}"


def _level_name(lever: Lever) -> str:
    return f"value_of_{lever.id}"


def _level(lever: Lever) -> Schema:
    """A value of a lever: a number, or the word unlimited where it allows that."""
    switch = lever.unit == SWITCH_UNIT
    says = {
        "title": lever.label,
        "description": f"{lever.label}: {lever.range_text}.{' 1 is on, 0 is off.' if switch else ''}",
        **bounded(lever.low, lever.high),
    }
    examples: list[Any] = [1, 0] if switch else [plain(lever.low), plain(lever.high)]
    if not lever.unlimited:
        return {**says, "type": ["number", "null"], "examples": examples}
    word = {"type": ["number", "string", "null"], "pattern": f"^{UNLIMITED}$"}
    return {**says, **word, "examples": [*examples, UNLIMITED]}


def _of_lever(lever: Lever) -> Schema:
    level = refer(_level_name(lever))
    fields: Schema = {
        "lever": {"title": lever.label, "description": describe_lever(lever)},
        "to": level,
        "values": {"additionalProperties": level},
        "for": False if lever.domain is None else refer(f"some_{lever.domain}"),
    }
    if not lever.pooled:
        fields["pooled"] = {"const": False}
        return {"properties": fields}
    shared = {"if": {"properties": {"pooled": {"const": True}}, "required": ["pooled"]}}
    shared["then"] = {"properties": {"for": refer(f"several_{lever.domain}")}}
    return {"properties": fields, "allOf": [shared]}


def _members(domain: str, members: Iterable[str]) -> dict[str, Schema]:
    """Words of `for:` of a domain: a member, a part of pairs that stands for all of them, or all."""
    members = list(members)
    heads = list(dict.fromkeys(member.split("/")[0] for member in members if "/" in member))
    words = list(dict.fromkeys([ALL, *heads, *members]))
    alone: list[Schema] = [{"if": {"contains": {"const": ALL}}, "then": {"maxItems": 1}}]
    alone += [
        {"not": {"allOf": [{"contains": {"const": head}}, {"contains": {"pattern": f"^{head}/"}}]}}
        for head in heads
    ]
    of_one = [{"enum": members}, {"type": "array", "maxItems": 1, "items": {"enum": members}}]
    return {
        domain: {"enum": words},
        f"some_{domain}": {
            **one_or_several(domain, minItems=1, allOf=alone),
            "description": f"A {domain.replace('_', ' ')} or a list of some; left out: all of them.",
        },
        f"several_{domain}": {"not": {"anyOf": of_one}},
    }


def _of_profiles() -> list[Schema]:
    """Fields that a profile needs, and those that it does not take."""
    value: Schema = {"type": ["number", "string"]}
    day: Schema = {"type": "string"}
    lasting = {"required": ["start", "end", "to"]}
    to_an_end: Schema = {"start": day, "end": day, "to": value, "values": NULL}
    step: Schema = {
        "if": {"properties": {"profile": {"const": "step"}}},  # what it is unless said
        "then": {"required": ["start", "to"], "properties": {"start": day, "to": value, "values": NULL}},
    }
    dated: Schema = {"type": "object", "minProperties": 1}
    return [
        step,
        when("profile", "pulse", {**lasting, "properties": to_an_end}),
        when(
            "profile",
            "ramp",
            {**lasting, "properties": {**to_an_end, "to": {"type": "number"}, "pooled": {"const": False}}},
        ),
        when("profile", "series", {"required": ["values"], "properties": {"values": dated, "to": NULL}}),
    ]


def add_shocks(parts: dict[str, Schema]) -> None:
    """Complete the part of a shock, and add what it refers to."""
    shock = parts["Shock"]
    fields = shock["properties"]
    fields["kind"] = described(
        {kind.kind: _describe_shock(kind) for kind in SHOCKS.values()},
        type="string",
        description=fields["kind"]["description"],
    )
    for kind in SHOCKS.values():
        if kind.domain and kind.domain not in parts:
            parts.update(_members(kind.domain, kind.members))
    general = {name: fields[name].pop("description") for name in ("size", "for", "place")}
    shock["allOf"] = [
        unless("kind", SHOCKS, _described(general)),
        *(when("kind", kind.kind, _of_kind(kind)) for kind in SHOCKS.values()),
    ]


def _describe_shock(kind: ShockKind) -> str:
    lasts = "It happens on one night." if kind.lasts_one_night else "It lasts to its end."
    return f"{kind.label}. Size: {kind.range_text}. {lasts}"


def _of_kind(kind: ShockKind) -> Schema:
    fields: Schema = {
        "kind": {"title": kind.label, "description": _describe_shock(kind)},
        "size": {
            "title": kind.label,
            "description": f"{kind.label}: {kind.range_text}.",
            **bounded(kind.low, kind.high),
        },
        "for": {"type": "array", "maxItems": 0, "description": f"{kind.kind} takes no `for`."},
        "place": {**NULL, "description": f"{kind.kind} takes no place."},
    }
    if kind.domain:
        each = refer(kind.domain)
        whom = f"A {kind.domain.replace('_', ' ')} or a list of some; left out: all of them."
        fields["for"] = {"anyOf": [each, {"type": "array", "items": each}], "description": whom}
    if kind.places:
        fields["place"] = {"enum": list(kind.places), "description": "Where it happens."}
    if kind.lasts_one_night:
        fields["end"] = NULL
    return {"properties": fields, **({"required": ["place"]} if kind.places else {})}
