"""Commands that list what the model is made of: levers, indicators, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.options import AsCsv, AsJson

if TYPE_CHECKING:
    from corridor.inputs.registries.levers import Lever


def levers(csv: AsCsv = False, json: AsJson = False) -> None:
    """List the levers: who controls each, its range, and what raising it is said to move."""
    from corridor import LEVERS

    screen.answer(
        levers=[
            {
                **{name: getattr(lever, name) for name in ("id", "label", "controller", "unit")},
                **{name: getattr(lever, name) for name in ("low", "high", "unlimited", "domain")},
                "moves": [{"indicator": name, "sign": sign} for name, sign, _ in lever.moves],
                "items": [str(item) for item in lever.items],
            }
            for lever in LEVERS.values()
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
                for lever in LEVERS.values()
            ],
        )
        return
    rows = [
        [lever.id, lever.label, lever.range_text, lever.domain or "", _moves(lever)]
        for lever in LEVERS.values()
    ]
    terminal.show_list("Levers", ["id", "label", "range (unit)", "for", "raising it moves"], rows)


def _moves(lever: Lever) -> str:
    return ", ".join(f"{indicator} {'+' if sign > 0 else '-'}" for indicator, sign, _ in lever.moves)


def indicators(csv: AsCsv = False, json: AsJson = False) -> None:
    """List the indicators: unit, kind and breakdowns."""
    from corridor import INDICATORS

    columns = ["id", "label", "unit", "kind", "breakdowns"]
    rows = [
        [each.id, each.label, each.unit, each.kind, " ".join(each.breakdowns)] for each in INDICATORS.values()
    ]
    _show("indicators", columns, rows, csv)


def scenarios(csv: AsCsv = False, json: AsJson = False) -> None:
    """List the scenarios that have a name: those that lie in the folder of scenarios."""
    from corridor import load_scenario, scenario_names

    columns = ["id", "title", "extends", "from", "to"]
    rows = []
    for name in scenario_names():
        scenario, line = (loaded := load_scenario(name)), loaded.timeline
        rows.append([name, scenario.title, scenario.extends or "", str(line.report_from), str(line.end)])
    _show("scenarios", columns, rows, csv)


def nationalities(csv: AsCsv = False, json: AsJson = False) -> None:
    """List the nationalities that a scenario may name."""
    from corridor.inputs.registries.nationalities import NATIONALITIES

    _show("nationalities", ["id"], [[name] for name in NATIONALITIES], csv)


def _show(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], csv: bool) -> None:
    screen.answer(**{name: [dict(zip(columns, row, strict=True)) for row in rows]})
    if csv:
        terminal.write_csv(columns, rows)
    else:
        terminal.show_list(name.capitalize(), columns, rows)


def evidence(
    search: Annotated[str | None, typer.Option(help="Words that a record must hold, in any order.")] = None,
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
