"""What the command line shows: tables of headline figures, lists, notes.

Used only by `corridor.cli`. Nothing here decides a number: the files hold them all.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from io import StringIO
from textwrap import fill
from typing import TYPE_CHECKING

from corridor.cli import screen

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from corridor.experiments.deals import DealSpace
    from corridor.experiments.discovery import Discovery
    from corridor.experiments.observed_scores import ObservedScores
    from corridor.experiments.sensitivity import Sensitivity
    from corridor.inputs.evidence.search import EvidenceRecord
    from corridor.outputs.results import Results

NO_FOLD = 10_000
SHOWN = (
    "departures",
    "darien_entries",
    "mexico_detections",
    "mexico_returns",
    "encounters_usbp",
    "encounters_ofo",
    "evasions",
    "releases",
    "lawful_admissions",
    "deaths",
)


def show_levels(results: Results) -> None:
    """Headline indicators by year, beside what was observed."""
    from corridor.outputs.observations import observed_values
    from corridor.outputs.rows import Cell

    years = results.years
    cells = [Cell(name) for name in SHOWN if Cell(name) in results.index]
    columns = [results.index[cell] for cell in cells]
    means = [results.values[:, results.periods.index(year), columns].mean(axis=0) for year in years]
    observed = observed_values(cells, years)
    rows = []
    for row, cell in enumerate(cells):
        shown = [cell.indicator]
        for column, year in enumerate(years):
            level = {"scenario": results.scenario, "indicator": cell.indicator, "period": year}
            screen.extend("levels", level | {"mean": means[column][row], "observed": observed[column, row]})
            shown += [_number(means[column][row]), _number(observed[column, row])]
        rows.append(shown)
    run, count = results.manifest["run"], len(results.replicates)
    realisations = "one replicate" if count == 1 else f"mean of {count} replicates"
    scale = "full scale" if run["people_per_agent"] == 1 else f"1:{run['people_per_agent']}"
    headers = [word for year in years for word in (year, "observed")]
    show_table(f"{results.scenario}: {realisations} at {scale}", ["indicator", *headers], rows)


def show_differences(rows: pd.DataFrame) -> None:
    """Headline indicators of each pair, by window: rows of `Comparison.headline`."""
    from corridor.experiments.headline import CHANCE, HOLDS, worth_showing

    screen.extend("differences", *screen.records(rows))
    for pair in worth_showing(rows, SHOWN):
        columns = ["window", "indicator", "baseline", "scenario", "difference", "80% of pairs", "relative"]
        if pair.rows:
            shown = [
                [
                    row["days"],
                    row["indicator"],
                    _number(row["baseline_value"]),
                    _number(row["value"]),
                    _signed(row["difference"]),
                    f"{_signed(row['difference_p10'])} to {_signed(row['difference_p90'])}",
                    _signed(row["relative"], ".1%"),
                ]
                for row in pair.rows
            ]
            title = f"{pair.scenario} against {pair.baseline}, {_pairs(row['pairs'] for row in pair.rows)}"
            held = " alone" if pair.rows[0][HOLDS] == CHANCE else " and parameters"
            show_table(f"{title}; intervals hold chance{held}", columns, shown)
        else:
            screen.say(f"\n{pair.scenario} against {pair.baseline}: no difference in {', '.join(pair.quiet)}")


def _pairs(counts: Iterable[int]) -> str:
    """How many pairs of replicates numbers rest on."""
    least, most = min(counted := set(counts)), max(counted)
    words = f"{most}" if least == most else f"{least} to {most}"
    return "1 pair" if most == 1 else f"{words} pairs"


def show_observed(found: ObservedScores) -> None:
    """The whole of each indicator by month beside what was observed, then errors by indicator and nationality."""
    screen.extend("months", *screen.records(found.months))
    screen.extend("scores", *screen.records(found.scores))
    months, cells = screen.records(found.months), screen.records(found.scores)
    drawn = [row for row in months if row["place"] == row["nationality"] == row["party"] == "all"]
    for scenario, indicator in dict.fromkeys((row["scenario"], row["indicator"]) for row in drawn):
        rows = [
            [row["period"], _number(row["observed"]), _number(row["simulated"]), _signed(row["error"])]
            for row in drawn
            if (row["scenario"], row["indicator"]) == (scenario, indicator)
        ]
        show_table(f"{scenario}: {indicator}", ["month", "observed", "run", "run less observed"], rows)
    whole = {row["indicator"] for row in drawn}
    for scenario in dict.fromkeys(row["scenario"] for row in cells):
        rows = [
            [
                row["indicator"],
                next((row[by] for by in ("nationality", "party", "place") if row[by] != "all"), "all"),
                str(row["months"]),
                _number(row["observed"]),
                _number(row["simulated"]),
                "" if row["wape"] != row["wape"] else f"{row['wape']:.1%}",
            ]
            for row in cells
            if row["scenario"] == scenario
            and (row["place"] == row["party"] == "all" or row["indicator"] not in whole)
        ]
        columns = ["indicator", "of", "months", "observed", "run", "WAPE"]
        show_table(f"{scenario} against {found.observed}", columns, rows)


def show_ranking(ranking: pd.DataFrame, indicator: str) -> None:
    """Scenarios by the difference that they make to one indicator."""
    screen.answer(by=indicator, ranking=screen.records(ranking))
    rows = [
        [
            row["scenario"],
            row["baseline"],
            _signed(row["difference"]) or "not known",
            "" if row["low"] != row["low"] else f"{_signed(row['low'])} to {_signed(row['high'])}",
            _signed(row["relative"], ".1%"),
            {"no": "not told apart from the one above"}.get(row["told_apart"], ""),
        ]
        for row in ranking.to_dict("records")
    ]
    columns = ["scenario", "baseline", "difference", "80% of pairs", "relative", ""]
    if rows:
        title = f"{indicator}, {ranking['window'].iloc[0]}, {_pairs(ranking['pairs'])}"
        show_table(f"{title}; intervals hold chance alone", columns, rows)  # a batch draws no parameters
    if ranking["difference"].isna().to_numpy().any():
        screen.say("\nNot known: it has no value there, or is no sum of the months of this window.")


def show_deals(found: DealSpace) -> None:
    """What opens agreement, and what cannot be met together."""
    from corridor.inputs.registries.bargain_items import ISSUES

    screen.answer(agreed=found.agreed, futures=found.futures)
    screen.answer(concessions=screen.records(found.concessions), demands=screen.records(found.demands))
    share, futures = f"{found.agreed:.0%}", "1 future" if found.futures == 1 else f"{found.futures:,} futures"
    screen.say(f"{found.scenario}: both sides prefer some package to no agreement in {share} of {futures}")
    if found.agreed == 0.0:
        return
    rows = []
    for each in found.concessions.to_dict("records"):
        issue = ISSUES[each["issue"]]
        step = next(step for step in issue.steps if step.id == each["step"])
        rows.append([each["giver"], f"{issue.label}: {step.label}", f"{each['opens']:.0%}"])
    head = ["giver", "concession", "opens agreement"]
    show_table("One concession alone, against whatever the other side gives", head, rows)
    pairs = [
        [each["first"], each["second"], f"{each['alone']:.0%}", f"{each['together']:.0%}"]
        for each in found.impossible.to_dict("records")
    ]
    if pairs:
        head = ["demand", "and demand", "the scarcer alone", "together"]
        show_table("Demands that cannot be met together (fewer than 5% of futures)", head, pairs)
    else:
        screen.say(
            "\nEvery two demands that can be met at all can be met together in at least 5% of futures."
        )


def show_indices(found: Sensitivity) -> None:
    """Total and first-order indices of each indicator, largest first."""
    screen.answer(indices=screen.records(found.table))
    screen.answer(why_none=dict(found.why_none))
    for indicator, rows in found.table.groupby("indicator", sort=False):
        if why := found.why_none.get(str(indicator)):
            screen.say(f"\n{indicator}: {why}")
            continue
        luck = rows["luck"].iloc[0]
        shown = [
            [
                row["varied"],
                f"{row['total']:.2f}",
                f"{row['total_low']:.2f} to {row['total_high']:.2f}",
                f"{row['first']:.2f}",
            ]
            for row in rows.to_dict("records")
        ]
        share = f"{luck:.1%} of the variance" if luck < 1.0 else "all of the variance, so these say nothing"
        title = f"{indicator} (luck alone: {share})"
        show_table(title, ["varied", "total index", "90% interval", "alone"], shown)


def show_discovery(found: Discovery) -> None:
    """How often demands hold, where they hold together, and which pairs exclude each other."""
    screen.answer(points=len(found.points), demands=screen.records(found.demands))
    screen.answer(together=screen.records(found.together), box=found.box and asdict(found.box))
    screen.answer(pareto=screen.records(found.pareto))
    rows = [
        [row["demand"], row["of"], _number(row["bound"]), f"{row['met']:.0%}", _number(row["best"])]
        for row in found.demands.to_dict("records")
    ]
    show_table(
        f"{found.scenario}: {len(found.points):,} points", ["demand", "of", "bound", "met", "best"], rows
    )
    never = found.together.loc[found.together["together"] == 0.0]
    if len(never):
        pairs = [[row["first"], row["second"]] for row in never.to_dict("records")]
        show_table("Never met together in this sample", ["demand", "and demand"], pairs)
    if found.box is None:
        screen.say("\nNo point of this sample meets all demands.")
    elif found.points["all met"].to_numpy().all():
        screen.say("\nEvery point of this sample meets all demands.")
    else:
        box = found.box
        shown = [
            [name, _number(low), _number(high), f"{box.chance[name]:.2g}" if name in box.chance else ""]
            for name, (low, high) in box.limits.items()
        ]
        title = f"All hold in {box.density:.0%} of this region ({box.mass:.0%} of the sample)"
        show_table(title, ["varied", "from", "to", "by chance"], shown)
    points = "1 point" if len(found.pareto) == 1 else f"{len(found.pareto):,} points"
    screen.say(f"\n{points} that no other beats in every objective: pareto.csv")


def show_fates(split: pa.Table) -> None:
    """What becomes of the same parties, in people, for all nationalities."""
    rows = split.to_pandas()
    rows = rows[rows["nationality"] == "all"]
    screen.answer(fates=screen.records(rows))
    for _, pair in rows.groupby(["scenario", "baseline"], observed=True, sort=False):
        shown = [
            [row["class"], _number(row["mean"]), f"{_number(row['p10'])} to {_number(row['p90'])}"]
            for row in pair.to_dict("records")
        ]
        scenario, baseline = pair["scenario"].iloc[0], pair["baseline"].iloc[0]
        title = f"{scenario} against {baseline}: fates, in people, {_pairs(pair['pairs'])}"
        show_table(title, ["class", "mean", "80% of pairs"], shown)


def _number(value: float) -> str:
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def show_notes(notes: Sequence[str]) -> None:
    """Notes on standard error, so that a table on standard output stays a table."""
    for note in notes:
        screen.note(note)


def show_evidence(records: Sequence[EvidenceRecord]) -> None:
    """Each record as a paragraph: what it is, its value, and who says so."""
    screen.answer(records=[each.row() for each in records])
    for record in records:
        screen.say(f"{record.id} ({record.kind}, {record.status}): {record.label}")
        parts = [
            ("value", f"{record.value} {record.unit}".rstrip()),
            ("range", record.range),
            ("source", record.source),
        ]
        parts += [("concerns", ", ".join(record.concerns)), ("note", record.note)]
        parts += [("but also", other) for other in record.contradictions]
        for name, text in parts:
            if text:
                screen.say(fill(text, width=_width(), initial_indent=f"  {name}: ", subsequent_indent="    "))
        screen.say()
    screen.say(f"{len(records)} records" if len(records) != 1 else "1 record")


def write_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A list on standard output, as CSV; here text may hold commas, and is quoted then."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    screen.say(text.getvalue().removesuffix("\n"))


def show_list(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A list: a table on a terminal; elsewhere its columns with a tab between them, as `awk` and `cut` like them."""
    if screen.is_terminal():
        show_table(title, columns, rows)
    else:
        for row in (columns, *rows):
            screen.say("\t".join(" ".join(text.split()) for text in row))


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table for the terminal; numbers to the right."""
    if screen.is_document():
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_edge=False)
    for position, column in enumerate(columns):
        numeric = all(_is_number(row[position]) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(screen.clean, row))
    drawn = StringIO()  # without colours: whatever steers a terminal in it is of others
    console = Console(
        file=drawn, width=_width(), color_system=None, markup=False, emoji=False, highlight=False
    )
    console.print(table)
    screen.say()
    for line in drawn.getvalue().splitlines():
        screen.say(line.rstrip())


def _width() -> int:
    """Columns to fill; where there is no terminal, no row is folded."""
    return shutil.get_terminal_size().columns if screen.is_terminal() else NO_FOLD


def _signed(value: float, form: str = ",.0f") -> str:
    """With its sign, unless it is shown as zero."""
    if value != value:
        return ""
    plain, signed = format(abs(value), form), format(value, "+" + form)
    return plain if not plain.strip("0.,%") else signed


def _is_number(text: str) -> bool:
    return not any(character.isalpha() for character in text.replace(" to ", ""))
