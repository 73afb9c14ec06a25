"""Commands of observed figures of one's own: observed import, list, score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.completion import observed_words
from corridor.cli.options import AsJson, refuse

if TYPE_CHECKING:
    from corridor.experiments.blind.scoring import BlindScores
    from corridor.experiments.observed_scores import ObservedScores

FOLDER = Path("observed")
MONTHS_SUFFIX = "-months"

Vintage = Annotated[
    str | None, typer.Option(help="Day on which the figures were read (YYYY-MM-DD). [default: unknown]")
]
Publisher = Annotated[
    str | None, typer.Option(help="Who published them, where rows do not say. [default: unknown]")
]
Locale = Annotated[str, typer.Option(help="How numbers are written: en (12,345) or es (12.345).")]
ScoresFile = Annotated[
    Path | None, typer.Option("--out", help="CSV file to write scores to; months go to a file beside it.")
]
Kept = Annotated[Path, typer.Option("--folder", help="Folder of imported figures.")]


def import_figures(
    file: Annotated[
        Path,
        typer.Argument(help="CSV of CBP's nationwide encounters, or tidy: indicator, period, value, ..."),
    ],
    vintage: Vintage = None,
    publisher: Publisher = None,
    locale: Locale = "en",
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
    out: ScoresFile = None,
    json: AsJson = False,
) -> None:
    """Show runs beside observed figures by month, and how far off they were (WAPE) by indicator and nationality."""
    from corridor import Results, read_observed, score_observed
    from corridor.outputs.result_folders import find_results

    check_scores_file(out)
    series = read_observed(observed, folder)
    runs = {each.resolve(): each for each in find_results(results)}
    scored = score_observed([Results.read(each) for each in runs.values()], series)
    terminal.show_observed(scored)
    terminal.show_notes([*series.notes, *scored.notes])
    write_scores(scored, out)


def check_scores_file(out: Path | None) -> None:
    """Refuse a folder where one file is meant, before anything is read.

    Raises
    ------
    InputError
        If there is a folder of that name.
    """
    if out is not None and out.is_dir():
        raise refuse("--out", f"{out} is a folder; scores are one file")


def write_scores(scored: ObservedScores | BlindScores, out: Path | None) -> None:
    """Write scores to a file and their months to one beside it, where a file was asked for; and say so."""
    from corridor.outputs.files import write_files
    from corridor.outputs.tables import csv_bytes

    if out is None:
        return
    months = f"{out.stem}{MONTHS_SUFFIX}{out.suffix}"
    files = {out.name: csv_bytes(scored.scores), months: csv_bytes(scored.months)}
    written = [str(path) for path in write_files(out.parent, files)]
    screen.answer(written=written)
    screen.say(f"\nwritten to {', '.join(written)}")


COMMANDS = {"import": import_figures, "list": list_figures, "score": score_figures}
