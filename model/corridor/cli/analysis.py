"""Commands that read results written earlier: compare and report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.completion import scenario_words
from corridor.cli.options import AsJson, Window, refuse


def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Folders that `corridor run` or `batch` wrote, or the folder above them."),
    ],
    baseline: Annotated[
        str | None,
        typer.Option(
            help="Folder or scenario to compare with. [default: the one each names]",
            autocompletion=scenario_words,
        ),
    ] = None,
    window: Window = None,
    fates: Annotated[
        bool,
        typer.Option(
            "--fates",
            help="Only the split by what becomes of the same parties. [default: it comes last, if they were kept]",
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write; with --fates, that of the split.")
    ] = None,
    locale: Annotated[
        str,
        typer.Option(help="Of the spreadsheet that opens --out: en, or es (semicolons, decimal commas)."),
    ] = "en",
    json: AsJson = False,
) -> None:
    """Compare results written earlier, replicate by replicate."""
    from corridor import Results
    from corridor import compare as compare_results
    from corridor.experiments.compare import tell_apart
    from corridor.foundations.locales import LOCALES
    from corridor.outputs.files import write_files
    from corridor.outputs.result_folders import find_results
    from corridor.outputs.tables import csv_bytes, for_spreadsheets

    if locale not in LOCALES:
        raise refuse("--locale", f"unknown locale {locale!r}: write {' or '.join(LOCALES)}")
    found = find_results(folders)
    results = tell_apart({folder: Results.read(folder) for folder in found})
    if baseline is not None:
        named = {folder.resolve(): each.scenario for folder, each in zip(found, results, strict=True)}
        baseline = named.get(Path(baseline).resolve(), baseline)
    comparison = compare_results(results, baseline=baseline, window=window)
    written: list[Path] = []
    if fates:
        split = comparison.fates()
        if out is not None:
            written = write_files(out.parent, {out.name: for_spreadsheets(csv_bytes(split), locale)})
        terminal.show_fates(split)
    else:
        if out is not None:
            written = comparison.write(out, locale=locale)
        terminal.show_differences(comparison.headline())
        if comparison.has_fates:
            terminal.show_fates(comparison.fates())
    terminal.show_notes(comparison.notes)
    if out is not None:
        screen.answer(written=[str(path) for path in written])
        others = f" and {len(written) - 1} files by level beside it" if len(written) > 1 else ""
        screen.say(f"\nwritten to {out}{others}")


def report(
    results: Annotated[
        list[Path],
        typer.Argument(help="Folders that `corridor run` or `batch` wrote, or the folder above them."),
    ],
    window: Window = None,
    out: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    json: AsJson = False,
) -> None:
    """Write one HTML page about results, for a reader without Corridor: no script, nothing from elsewhere."""
    from corridor.foundations.extras import need

    need("report", "corridor report")
    from corridor import make_report
    from corridor.experiments.report import read_folders
    from corridor.outputs.files import write_files

    if out.is_dir():
        raise refuse("--out", f"{out} is a folder; a report is one file")
    found = read_folders(results)
    write_files(out.parent, {out.name: make_report(found, window=window)})
    screen.answer(written=[str(out)])
    screen.say(f"written to {out}")
