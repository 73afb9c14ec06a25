"""Small pieces of JSON Schema that the parts of a scenario share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]

NULL: Schema = {"type": "null"}
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
DAY: Schema = {"type": "string", "format": "date", "pattern": DAY_PATTERN}
AS_DATES: Schema = {"$ref": "#/$defs/day"}
"""Keys of values by date."""


def refer(name: str, **more: Any) -> Schema:
    """What stands under this name in `$defs`, with what is said here about it."""
    return {"$ref": f"#/$defs/{name}", **more}


def when(field: str, values: str | Iterable[str], then: Schema) -> Schema:
    """What holds where a field has a value, or one of several."""
    wanted: Schema = {"const": values} if isinstance(values, str) else {"enum": list(values)}
    return {"if": {"properties": {field: wanted}, "required": [field]}, "then": then}


def unless(field: str, values: Iterable[str], then: Schema) -> Schema:
    """What holds where a field has none of these values: descriptions, until it is known what another would say."""
    return {"if": {"properties": {field: {"enum": list(values)}}, "required": [field]}, "else": then}


def described(choices: Mapping[str, str], **more: Any) -> Schema:
    """One of some names, each with what an editor shows beside it."""
    return {"enum": list(choices), "enumDescriptions": list(choices.values()), **more}


def one_or_several(name: str, words: Iterable[str] | None = None, **of_several: Any) -> Schema:
    """A name, or a list of names, of those that stand in `$defs`; `words` leaves some of them."""
    each = refer(name) if words is None else {"enum": list(words)}
    return {"anyOf": [each, {"type": "array", "items": each, "uniqueItems": True, **of_several}]}


def holds(name: str) -> Schema:
    """A field of names, one or several, that holds this one."""
    return {"anyOf": [{"const": name}, {"type": "array", "contains": {"const": name}}]}


def bounded(low: float, high: float, *, above: bool = False) -> Schema:
    """The bounds of a number, itself allowed unless `above` the lower; other types are not touched."""
    return {"exclusiveMinimum" if above else "minimum": plain(low), "maximum": plain(high)}


def plain(number: float) -> float | int:
    """A number as a person writes it."""
    return int(number) if float(number).is_integer() else float(number)
