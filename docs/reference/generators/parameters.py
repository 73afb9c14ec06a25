"""parameters.md: every parameter, its long dated values, and values that contradict the ones used."""

from __future__ import annotations

from collections.abc import Mapping

from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters
from corridor.inputs.parameters.parameter_values import ALL, DEFAULT, Parameter
from generators.tables import head, table

INLINE_LENGTH = 110
"""A dated value whose text is longer than this gets a table of its own."""
STATUSES = {
    "documented": "an item of the five founding documents gives it",
    "published": "a statistic or a study that somebody else published says it, and was read",
    "fitted": "estimated by this project from observed figures, in sample",
    "assumed": "judgement, or a proposal of the project's own study; change it and see",
}


def parameter_page() -> str:
    """Every parameter by group, tables of long dated values, and values that contradict the ones used."""
    parameters = load_parameters()
    counts = {status: sum(one.status == status for one in parameters.values()) for status in STATUSES}
    parts = [
        head(
            "Parameters",
            ["parameters.yaml"],
            "Every number that the model uses and that is not a lever. Keys of the column *source* are spelled out "
            "in [sources](sources.md). A value with a date holds from that date on (*step*) or is "
            "interpolated to the next (*linear*, *log-linear*). `corridor evidence --search WORD` shows the notes too.",
            table(
                ["status", "meaning", "parameters"],
                [[name, words, str(counts[name])] for name, words in STATUSES.items()],
            ).rstrip("\n"),
        )
    ]
    for group in dict.fromkeys(one.group for one in parameters.values()):
        rows = [_parameter_row(one) for one in parameters.values() if one.group == group]
        header = ["id", "what", "value", "unit", "range", "status", "source"]
        parts.append(f"## {group.capitalize()}\n\n{table(header, rows)}")
    parts.append("## Long dated values\n")
    parts.extend(_dated_table(one) for one in parameters.values() if _is_long(one))
    parts.append(_contradictions(parameters))
    return "\n".join(parts)


def _is_long(parameter: Parameter) -> bool:
    return parameter.dated and len(parameter.value_text()) > INLINE_LENGTH


def _parameter_row(parameter: Parameter) -> list[str]:
    text = parameter.value_text()
    if _is_long(parameter):
        text = f"[table](#{parameter.id})"
    elif parameter.dated:
        text = f"{text} ({parameter.interpolate})"
    return [
        *(f"`{parameter.id}`", parameter.label, text, parameter.unit, _range_text(parameter)),
        *(parameter.status, parameter.source),
    ]


def _range_text(parameter: Parameter) -> str:
    parts = [
        f"{'' if key == DEFAULT else f'{key} '}{low:g} to {high:g}"
        for key, (low, high) in parameter.bounds.items()
    ]
    return "; ".join(parts)


def _dated_table(parameter: Parameter) -> str:
    """One row a date, one column a key; an empty cell keeps what stands above it."""
    plain = parameter.plain()
    days = sorted({day for knots in plain.values() for day, _ in knots})
    known = {key: dict(knots) for key, knots in plain.items()}
    names = [parameter.unit if key == ALL else key for key in known]
    rows = [[day, *(f"{knots[day]:g}" if day in knots else "" for knots in known.values())] for day in days]
    words = f"{parameter.label}, {parameter.unit}; {parameter.interpolate}."
    return f"### {parameter.id}\n\n{words}\n\n{table(['from', *names], rows)}"


def _contradictions(parameters: ParameterSet) -> str:
    def text(value: object) -> str:
        if isinstance(value, Mapping):
            return "; ".join(f"{key} {part}" for key, part in value.items())
        return str(value)

    rows = [
        [f"`{one.id}`", f"{text(other.value)} {other.unit}", other.source, other.note]
        for one in parameters.values()
        for other in one.alternatives
    ]
    words = "Other values for the same thing, kept so that a reader sees both."
    header = ["parameter", "other value", "source", "note"]
    return f"## Values that contradict the ones used\n\n{words}\n\n{table(header, rows)}"
