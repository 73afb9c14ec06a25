"""Commands of observed figures of one's own: observed import, list, score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.completion import observed_words
from corridor.cli.options import AsJson, refuse

FOLDER = Path("observed")
MONTHS_SUFFIX = "-months"

Kept = Annotated[Path, typer.Option("--folder", help="Folder of imported figures.")]


def import_figures(
    file: Annotated[
        Path,
        typer.Argument(help="CSV of CBP's nationwide encounters, or tidy: indicator, period, value, ..."),
    ],
    vintage: Annotated[
        str | None,
        typer.Option(help="Day on which the figures were read (YYYY-MM-DD). [default: unknown]"),
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(help="Who published them, where rows do not say. [default: unknown]")
    ] = None,
    locale: Annotated[str, typer.Option(help="How numbers are written: en (12,345) or es (12.345).")] = "en",
    name: Annotated[
        str | None, typer.Option(help="What they are called. [default: the name of the file]")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = FOLDER,
    json: AsJson = False,
) -> None:
    """Import observed figures, apart from those of the package: NAME.csv, and NAME.json on where they come from."""
    from corridor import import_observed, write_observed

    series = import_observed(file, vintage=vintage, publisher=publisher, locale=locale, name=name)
    if (out / f"{series.name}.csv").exists():
        screen.note(f"{out / series.name}.csv was there and is replaced")
    written = [str(path) for path in write_observed(series, out)]
    terminal.show_notes(series.notes)
    screen.answer(observed=series.provenance(), written=written)
    screen.say(
        f"{series.name}: {len(series.rows):,} figures of {', '.join(series.indicators)}, "
        f"{series.periods[0]} to {series.periods[-1]}"
    )
    screen.say(f"publisher {series.publisher}, vintage {series.vintage}")
    screen.say(f"written to {', '.join(written)}")


def list_figures(folder: Kept = FOLDER, json: AsJson = False) -> None:
    """Show which observed figures there are: those of the package, and what was imported."""
    from corridor import list_observed

    found = list_observed(folder)
    screen.answer(observed=found)
    columns = ["name", "months", "figures", "publisher", "vintage", "source"]
    rows = [
        [
            each["name"],
            " to ".join(each["months"]),
            f"{each['rows']:,}",
            each["publisher"],
            each["vintage"],
            each["source"],
        ]
        for each in found
    ]
    terminal.show_list("Observed figures", columns, rows)


def score_figures(
    results: Annotated[
        list[Path],
        typer.Argument(help="Folders that `corridor run` or `batch` wrote, or the folder above them."),
    ],
    observed: Annotated[
        str,
        typer.Option(
            help="Name of imported figures, `packaged`, or a file that can be imported.",
            autocompletion=observed_words,
        ),
    ] = "packaged",
    folder: Kept = FOLDER,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write scores to; months go to a file beside it.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Show runs beside observed figures by month, and how far off they were (WAPE) by indicator and nationality."""
    from corridor import Results, read_observed, score_observed
    from corridor.outputs.files import write_files
    from corridor.outputs.result_folders import find_results
    from corridor.outputs.tables import csv_bytes

    if out is not None and out.is_dir():
        raise refuse("--out", f"{out} is a folder; scores are one file")
    series = read_observed(observed, folder)
    runs = {each.resolve(): each for each in find_results(results)}
    scored = score_observed([Results.read(each) for each in runs.values()], series)
    terminal.show_observed(scored)
    terminal.show_notes([*series.notes, *scored.notes])
    if out is not None:
        files = {
            out.name: csv_bytes(scored.scores),
            f"{out.stem}{MONTHS_SUFFIX}{out.suffix}": csv_bytes(scored.months),
        }
        written = [str(path) for path in write_files(out.parent, files)]
        screen.answer(written=written)
        screen.say(f"\nwritten to {', '.join(written)}")


COMMANDS = {"import": import_figures, "list": list_figures, "score": score_figures}
