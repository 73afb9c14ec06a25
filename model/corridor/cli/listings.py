"""Commands that list what the model is made of: levers, indicators, evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from corridor.cli import screen, terminal
from corridor.cli.completion import (
    evidence_words,
    indicator_words,
    lever_words,
    nationality_words,
    scenario_words,
)
from corridor.cli.options import AsCsv, AsJson

if TYPE_CHECKING:
    from corridor.inputs.registries.levers import Lever


Levers = Annotated[list[str] | None, typer.Argument(help="Ids. [default: all]", autocompletion=lever_words)]
Indicators = Annotated[
    list[str] | None, typer.Argument(help="Ids. [default: all]", autocompletion=indicator_words)
]
Named = Annotated[
    list[str] | None, typer.Argument(help="Names. [default: all]", autocompletion=scenario_words)
]
Nationalities = Annotated[
    list[str] | None, typer.Argument(help="Names. [default: all]", autocompletion=nationality_words)
]
Chosen = TypeVar("Chosen")


def levers(names: Levers = None, csv: AsCsv = False, json: AsJson = False) -> None:
    """List the levers: who controls each, its range, and what raising it is said to move."""
    from corridor import LEVERS

    chosen = _chosen("lever", names, LEVERS)
    screen.answer(
        levers=[
            {
                **{name: getattr(lever, name) for name in ("id", "label", "controller", "unit")},
                **{name: getattr(lever, name) for name in ("low", "high", "unlimited", "domain")},
                "moves": [{"indicator": name, "sign": sign} for name, sign, _ in lever.moves],
                "items": [str(item) for item in lever.items],
            }
            for lever in chosen
        ]
    )
    if csv:
        terminal.write_csv(
            [
                "id",
                "label",
                "controller",
                "unit",
                "low",
                "high",
                "unlimited",
                "domain",
                "moves",
                "items",
            ],
            [
                [
                    *(
                        lever.id,
                        lever.label,
                        lever.controller,
                        lever.unit,
                        f"{lever.low:.10g}",
                        f"{lever.high:.10g}",
                    ),
                    *("yes" if lever.unlimited else "no", lever.domain or "", _moves(lever)),
                    " ".join(str(item) for item in lever.items),
                ]
                for lever in chosen
            ],
        )
        return
    rows = [[lever.id, lever.label, lever.range_text, lever.domain or "", _moves(lever)] for lever in chosen]
    terminal.show_list("Levers", ["id", "label", "range (unit)", "for", "raising it moves"], rows)


def _moves(lever: Lever) -> str:
    return ", ".join(f"{indicator} {'+' if sign > 0 else '-'}" for indicator, sign, _ in lever.moves)


def indicators(names: Indicators = None, csv: AsCsv = False, json: AsJson = False) -> None:
    """List the indicators: unit, kind and breakdowns."""
    from corridor import INDICATORS

    columns = ["id", "label", "unit", "kind", "breakdowns"]
    rows = [
        [each.id, each.label, each.unit, each.kind, "; ".join(each.breakdowns)]
        for each in _chosen("indicator", names, INDICATORS)
    ]
    _show("indicators", columns, rows, csv)


def scenarios(names: Named = None, csv: AsCsv = False, json: AsJson = False) -> None:
    """List the scenarios that have a name: those that lie in the folder of scenarios."""
    from corridor import load_scenario, scenario_names

    columns = ["id", "title", "extends", "from", "to"]
    rows = []
    for name in _chosen("scenario", names, {each: each for each in scenario_names()}):
        scenario, line = (loaded := load_scenario(name)), loaded.timeline
        rows.append([name, scenario.title, scenario.extends or "", str(line.report_from), str(line.end)])
    _show("scenarios", columns, rows, csv)


def nationalities(names: Nationalities = None, csv: AsCsv = False, json: AsJson = False) -> None:
    """List the nationalities that a scenario may name."""
    from corridor.inputs.registries.nationalities import NATIONALITIES

    chosen = _chosen("nationality", names, {each: each for each in NATIONALITIES})
    _show("nationalities", ["id"], [[name] for name in chosen], csv)


def _chosen(kind: str, names: Sequence[str] | None, known: Mapping[str, Chosen]) -> list[Chosen]:
    """What was asked for by name, or all; every name that is unknown is refused."""
    from corridor.foundations.errors import InputError, Problem, nearest_name

    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise InputError(
            [
                Problem(kind, 0, 0, "", f"unknown {kind} {name!r}{nearest_name(name, known)}")
                for name in unknown
            ]
        )
    return [known[name] for name in dict.fromkeys(names or known)]


def _show(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], csv: bool) -> None:
    screen.answer(**{name: [dict(zip(columns, row, strict=True)) for row in rows]})
    if csv:
        terminal.write_csv(columns, rows)
    else:
        terminal.show_list(name.capitalize(), columns, rows)


def evidence(
    search: Annotated[
        str | None,
        typer.Option(help="Words that a record must hold, in any order.", autocompletion=evidence_words),
    ] = None,
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    """Show what the numbers rest on: parameters, figures of the documents, observed series."""
    from dataclasses import fields

    from corridor import search_evidence
    from corridor.inputs.evidence.search import EvidenceRecord

    records = search_evidence(search)
    if csv:
        columns = [field.name for field in fields(EvidenceRecord)]
        terminal.write_csv(columns, [list(each.row().values()) for each in records])
        screen.answer(records=[each.row() for each in records])
    else:
        terminal.show_evidence(records)
