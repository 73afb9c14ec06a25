"""Observed figures that a visitor brings: read in a bounded process, kept for the visitor alone. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import corridor
from corridor_app.jobs.reading import Ended, Readers
from corridor_app.jobs.reading_process import HowToRead
from corridor_app.jobs.uploads import label_of
from corridor_app.words.language import N_, _

MOST_MB = 16
"""Of a file, as `server.maxUploadSize` has it: 100,000 rows in CBP's layout are 12."""

ENDED = {
    Ended.TOO_LONG: N_("not read: it takes too long"),
    Ended.TOO_LARGE: N_("not read: what it stands for takes too much memory"),
    Ended.BUSY: N_("not read: too many files are being read; bring it again in a minute"),
}


@dataclass(frozen=True)
class OwnFigures:
    """A file of observed figures: what it holds, or what is wrong with it."""

    file: str
    series: corridor.ObservedSeries | None
    errors: str = ""


def read_figures(
    name: str, content: bytes, readers: Readers, visitor: str, *, locale: str, vintage: date | None
) -> OwnFigures:
    """Read a file of observed figures.

    Parameters
    ----------
    name, content
        Of the file.
    readers
        The processes that read files.
    visitor
        Whose file it is.
    locale
        How its numbers are written, ``en`` or ``es``.
    vintage
        The day on which the figures were read, if it is known.
    """
    label = label_of(name)
    if len(content) > MOST_MB * 1_000_000:
        why = _("larger than {size} MB").format(size=MOST_MB)
        return OwnFigures(label, None, f"{label}: {why}")
    how = HowToRead(locale, "" if vintage is None else f"{vintage}")
    read = readers.read(visitor, content, label, how)
    if isinstance(read, Ended):
        return OwnFigures(label, None, f"{label}: {_(ENDED[read])}")
    if read.series is None:
        more = [_("and {more} more problems").format(more=read.more)] if read.more else []
        return OwnFigures(label, None, "\n".join([*read.problems, *more]))
    return OwnFigures(label, read.series)


Scores = corridor.ObservedScores


def scores_of(
    run: corridor.Results, yours: corridor.ObservedSeries, packaged: corridor.ObservedSeries
) -> tuple[Scores | None, Scores | None]:
    """Scores of a run on a visitor's figures, and on the packaged ones of the same cells and months.

    None where the run has nothing in common with them.
    """
    cells = {row[:5] for row in yours.rows}
    same = replace(packaged, rows=tuple(row for row in packaged.rows if row[:5] in cells))
    return _scored(run, yours), _scored(run, same)


def _scored(run: corridor.Results, series: corridor.ObservedSeries) -> Scores | None:
    try:
        return corridor.score_observed(run, series)
    except corridor.InputError:
        return None
