"""Everything the numbers rest on, to search and to cite: parameters, figures of documents, observed series, sources.

Rests on the parameter files, model/corridor/data/figures.yaml (the five founding documents, items 75-106, and points
of other publishers), model/corridor/data/observed.csv (monthly statistics) and sources.yaml beside them. The command
line and the app show these records; scoring uses `load_observed` through the outputs layer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.inputs.parameters.parameter_set import Parameter, load_parameters
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.observed import OBSERVED_COLUMNS, OBSERVED_FILE, ObservedRow, observed_rows
from corridor.inputs.registries.sources import SOURCES, Source

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
OBSERVED_ONLY = {
    "honduras_entries": "Irregular entries registered in Honduras",
    "cbp_one_appointments": "CBP One appointments kept",
    "paroles_at_ports": "Paroles at ports",
    "transfers_to_hhs": "Children handed over to the health department",
    "title_8_repatriations": "Repatriations under ordinary law from the border",
}
"""Labels of observed series that the model has no indicator for."""
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class EvidenceRecord:
    """One thing that a number rests on.

    Attributes
    ----------
    id : str
        Parameter id, ``item-75`` for a document figure, the id of a point, ``observed-`` and an indicator, or the id of
        a source.
    kind : str
        ``parameter``, ``document figure``, ``point figure``, ``observed series`` or ``source``.
    label, value, unit : str
        What it is, its value in words, and what its numbers measure. A source has what it says for its value.
    status : str
        Of a parameter: documented, published, fitted, assumed. Of a figure: input, target, check, context. Of a
        series: observed. Of a source: source.
    source, note : str
        Who says so (ids of sources.yaml), and what a reader should know.
    contradictions : tuple of str
        Other values for the same thing.
    range : str
        Of a parameter: the range that its value may lie in.
    concerns : tuple of str
        Of a figure or a series: the indicators, levers and shocks that it bears on.
    """

    id: str
    kind: str
    label: str
    value: str
    unit: str
    status: str
    source: str
    note: str = ""
    contradictions: tuple[str, ...] = ()
    range: str = ""
    concerns: tuple[str, ...] = ()

    def row(self) -> dict[str, str]:
        """Return the record as a row of text, by column: what `corridor evidence --csv` and the app write."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return found | {
            "contradictions": " / ".join(self.contradictions),
            "concerns": ", ".join(self.concerns),
        }

    def has(self, word: str) -> bool:
        """Whether a word is anywhere in the record, whatever its case and accents."""
        return _folded(word) in self._text

    @property
    def _text(self) -> str:
        return _folded(" ".join(self.row().values()))


def search_evidence(text: str | None = None) -> list[EvidenceRecord]:
    """List the records that hold every word of a text; all of them without one.

    Parameters
    ----------
    text : str, optional
        Words in any order, matched anywhere in a record, whatever their case and accents.
    """
    words = (text or "").split()
    return [record for record in _all_records() if all(record.has(word) for word in words)]


def document_figures() -> tuple[Mapping[str, Any], ...]:
    """Return the records of figures.yaml for the items of the founding documents, in order."""
    return tuple(read_data_file("figures.yaml")["figures"])


def load_observed(indicator: str | None = None) -> pd.DataFrame:
    """Load the observed monthly figures, in the columns of `OBSERVED_COLUMNS` and `vintage`.

    Values are people unless the indicator says otherwise; ``all`` marks what is not broken down; breakdowns are
    marginal (by nationality, by party, or by place, never crossed). A month without a row was not published. The
    vintage is that of the publisher in sources.yaml: the day on which the figures were read, or ``unknown``.

    Parameters
    ----------
    indicator : str, optional
        Only this series.

    Raises
    ------
    InputError
        If there is no such series.
    """
    import pandas as pd

    rows = [row for row in observed_rows() if indicator in (None, row[0])]
    if not rows:
        known = {row[0] for row in observed_rows()}
        message = f"no observed series {indicator!r}{nearest_name(str(indicator), known)}"
        raise InputError([Problem(OBSERVED_FILE, 0, 0, "", message)])
    dated = [(*row, SOURCES[row[6]].vintage) for row in rows]
    return pd.DataFrame(dated, columns=[*OBSERVED_COLUMNS, "vintage"])


@lru_cache(maxsize=1)
def _all_records() -> tuple[EvidenceRecord, ...]:
    points = read_data_file("figures.yaml")
    return (
        *map(_parameter_record, load_parameters().values()),
        *map(_figure_record, points["figures"]),
        *map(_point_record, points["point_figures"]),
        *_series_records(),
        *map(_source_record, SOURCES.values()),
    )


def _parameter_record(parameter: Parameter) -> EvidenceRecord:
    other = (
        f"{in_words(alternative.value)} {alternative.unit} ({alternative.source})"
        + (f": {alternative.note}" if alternative.note else "")
        for alternative in parameter.alternatives
    )
    low, high = parameter.bounds["default"]
    return EvidenceRecord(
        id=parameter.id,
        kind="parameter",
        label=parameter.label,
        value=parameter.value_text(),
        unit=parameter.unit,
        status=parameter.status,
        source=parameter.source,
        note=parameter.note,
        contradictions=tuple(other),
        range=f"{low:g} to {high:g}",
    )


def _figure_record(figure: Mapping[str, Any]) -> EvidenceRecord:
    document = SOURCES[figure["document"]]
    return EvidenceRecord(
        id=f"item-{figure['item']}",
        kind="document figure",
        label=figure["figure"],
        value=f"{in_words(figure['value'])} ({figure['date']})",
        unit=figure["unit"],
        status=figure["role"],
        source=f"{document.id}: {document.publisher}, {document.date}",
        note=figure["verification"],
        contradictions=(figure["contradiction"],) if "contradiction" in figure else (),
        concerns=tuple(figure["concerns"]),
    )


def _point_record(point: Mapping[str, Any]) -> EvidenceRecord:
    return EvidenceRecord(
        id=point["id"],
        kind="point figure",
        label=point["figure"],
        value=f"{in_words(point['value'])} ({point['date']})",
        unit=point["unit"],
        status="check",
        source=point["publisher"],
        note=f"{point['note']}." if "note" in point else "",
        concerns=tuple(point["concerns"]),
    )


def _source_record(source: Source) -> EvidenceRecord:
    items = f"Items {', '.join(map(str, source.items))}." if source.items else ""
    read = f"Read through {source.read}." if source.read else ""
    return EvidenceRecord(
        id=source.id,
        kind="source",
        label=source.title,
        value=source.says,
        unit="",
        status="source",
        source=f"{source.publisher}, {source.date} ({source.kind})",
        note=" ".join(part for part in (read, source.remark, items) if part),
    )


def _series_records() -> Iterator[EvidenceRecord]:
    for indicator in dict.fromkeys(row[0] for row in observed_rows()):
        rows = [row for row in observed_rows() if row[0] == indicator]
        # Deaths are published by place only: then the places together are the whole.
        whole = [row for row in rows if row[2:5] == (ALL, ALL, ALL)] or rows
        members = sorted({member for row in rows for member in row[2:5]} - {ALL})
        known = INDICATORS.get(indicator)
        yield EvidenceRecord(
            id=f"observed-{indicator}",
            kind="observed series",
            label=known.label if known else OBSERVED_ONLY[indicator],
            value="; ".join(_year_texts(whole)),
            unit=known.unit if known else "people",
            status="observed",
            source=rows[0][6],
            note=f"Monthly, {rows[0][1]} to {rows[-1][1]}; {', '.join(members) or 'total only'}. "
            f"Vintage: {SOURCES[rows[0][6]].vintage}.",
            concerns=(indicator,) if known else (),
        )


def _year_texts(rows: Sequence[ObservedRow]) -> Iterator[str]:
    """Sum of every year in words, saying how many months it has if not all."""
    for year in sorted({row[1][:4] for row in rows}):
        months = {row[1] for row in rows if row[1].startswith(year)}
        total = sum(row[5] for row in rows if row[1] in months)
        short = f" in {len(months)} months" if len(months) < MONTHS_A_YEAR else ""
        yield f"{year} {total:,}{short}"


def in_words(value: Any) -> str:
    """Put a figure in words: a number with its thousands apart, text as it is, several by name."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(part)}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _folded(text: str) -> str:
    """Text without case and accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
