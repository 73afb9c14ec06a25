"""Commands that list what the model is made of: levers, indicators, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corridor.cli import terminal

if TYPE_CHECKING:
    from corridor.inputs.registries.levers import Lever

AsCsv = Annotated[bool, typer.Option("--csv", help="Write CSV to standard output.")]


def levers(csv: AsCsv = False) -> None:
    """List the levers: who controls each, its range, and what raising it is said to move."""
    from corridor import LEVERS

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
    terminal.show_table("Levers", ["id", "label", "range (unit)", "for", "raising it moves"], rows)


def _moves(lever: Lever) -> str:
    return ", ".join(f"{indicator} {'+' if sign > 0 else '-'}" for indicator, sign, _ in lever.moves)


def indicators(csv: AsCsv = False) -> None:
    """List the indicators: unit, kind and breakdowns."""
    from corridor import INDICATORS

    columns = ["id", "label", "unit", "kind", "breakdowns"]
    rows = [
        [each.id, each.label, each.unit, each.kind, " ".join(each.breakdowns)] for each in INDICATORS.values()
    ]
    if csv:
        terminal.write_csv(columns, rows)
    else:
        terminal.show_table("Indicators", columns, rows)


def evidence(
    search: Annotated[str | None, typer.Option(help="Words that a record must hold, in any order.")] = None,
    csv: AsCsv = False,
) -> None:
    """Show what the numbers rest on: parameters, figures of the documents, observed series."""
    from dataclasses import fields

    from corridor import search_evidence
    from corridor.inputs.evidence.search import EvidenceRecord

    records = search_evidence(search)
    if csv:
        columns = [field.name for field in fields(EvidenceRecord)]
        terminal.write_csv(columns, [list(each.row().values()) for each in records])
    else:
        terminal.show_evidence(records)
