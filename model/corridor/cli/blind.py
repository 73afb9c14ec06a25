"""The command `blind`: a frozen record beside what came. It never runs the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.completion import blind_words
from corridor.cli.observed import Locale, Publisher, ScoresFile, Vintage, check_scores_file, write_scores
from corridor.cli.options import AsJson

if TYPE_CHECKING:
    from corridor.experiments.blind.scoring import BlindScores

CLAIMED = {"yes": "months of which it claims a level", "no": "months of which it claims nothing"}


def blind(
    record: Annotated[
        str,
        typer.Argument(
            help="Folder of a frozen record, or the name of one that Corridor comes with.",
            autocompletion=blind_words,
        ),
    ],
    observed: Annotated[Path, typer.Argument(help="CSV of observed figures, in CBP's layout or tidy.")],
    vintage: Vintage = None,
    publisher: Publisher = None,
    locale: Locale = "en",
    out: ScoresFile = None,
    json: AsJson = False,
) -> None:
    """Score a frozen record on months that came after it, beside two simple forecasts. The model is not run."""
    from corridor import import_observed, read_blind_record, score_blind

    check_scores_file(out)
    frozen = read_blind_record(record)
    series = import_observed(observed, vintage=vintage, publisher=publisher, locale=locale, name="observed")
    scored = score_blind(frozen, series)
    _show(scored)
    terminal.show_notes([*series.notes, *scored.notes])
    write_scores(scored, out)


def _show(scored: BlindScores) -> None:
    """First how often it failed, then every series: totals before breakdowns, what is claimed before the rest."""
    frozen, rows = scored.record, screen.records(scored.scores)
    screen.answer(
        record={
            "name": frozen.name,
            "hash": frozen.seal,
            "scenario": frozen.manifest["scenario"],
            "known_to": frozen.manifest["known_to"],
            "claimed_to": frozen.manifest["claimed_to"],
        }
    )
    screen.extend("scores", *rows)
    screen.extend("months", *screen.records(scored.months))
    screen.say(
        f"record {frozen.name}, scenario {frozen.manifest['scenario']}, known to {frozen.manifest['known_to']}"
    )
    screen.say(f"hash {frozen.seal}")
    for claimed, words in CLAIMED.items():
        group = [row for row in rows if row["claimed"] == claimed]
        if not group:
            continue
        judged = [row for row in group if row["wape"] == row["wape"]]
        worse = sum(row["wape"] >= _best(row) for row in judged)
        held, months = (sum(row[name] for row in group) for name in ("in_80", "months"))
        screen.say(
            f"\n{words}: no better than the better opponent in {worse} of {len(judged)} series; "
            f"the 80% band held {held} of {months} months"
        )
        columns = [
            "indicator",
            "of",
            "months",
            "observed",
            "record",
            "WAPE",
            "last month",
            "last year",
            "in 80%",
        ]
        group.sort(key=_of)  # keeps the order of the record within each
        terminal.show_table(f"{frozen.name}: {words}", columns, [_line(row) for row in group])


def _of(row: dict) -> bool:
    return any(row[name] != "all" for name in ("place", "nationality", "party"))


def _best(row: dict) -> float:
    """The smaller WAPE of the two opponents; none where neither has one."""
    found = [row[name] for name in ("wape_last_month", "wape_last_year") if row[name] == row[name]]
    return min(found, default=float("inf"))


def _line(row: dict) -> list[str]:
    part = next((row[name] for name in ("nationality", "party", "place") if row[name] != "all"), "all")
    shares = [
        "" if row[name] != row[name] else f"{row[name]:.2f}"
        for name in ("wape", "wape_last_month", "wape_last_year")
    ]
    totals = [f"{row[name]:,.0f}" for name in ("observed", "projected")]
    return [
        row["indicator"],
        part,
        str(row["months"]),
        *totals,
        *shares,
        f"{row['in_80']} of {row['months']}",
    ]
