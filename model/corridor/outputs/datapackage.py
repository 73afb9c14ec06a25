"""datapackage.json: what the CSV files of a folder hold, for programs and people who do not know Corridor.

Follows the Data Package standard (Frictionless, version 2): a resource a file, with the type of each column, its title
in English and Spanish, and what it is. The columns are described once, in data/columns.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from corridor.inputs.reading.registry import read_data_file
from corridor.outputs.manifest import canonical_json
from corridor.version import __version__

DATAPACKAGE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
LEVELS = {"place": "by place", "nationality": "by nationality", "party": "by kind of party"}
STEMS = {
    "summary": "Mean and quantiles over the replicates",
    "projection": "Months after the last published one: mean, bands and what they hold",
    "replicates": "Values of each replicate",
    "compare": "Scenario less baseline, in pairs of replicates",
    "headline": "Headline indicators by window: scenario, baseline and difference",
    "deals": "Rounds, offers, agreements and breaches of governments that bargain",
    "fates": "Differences split by what becomes of the same parties",
}
GRAINS = {"_years": "calendar years, or parts of them", "_days": "days"}
CITATION = (
    f"Corridor {__version__}: a scenario simulation engine for migrant flows. Simulated figures: cite the version and "
    "the scenario, and read docs/limits.md first."
)


@cache
def columns() -> Mapping[str, Mapping[str, str]]:
    """Every column of a CSV file of results by name: type, titles, and what it is."""
    return {each["name"]: each for each in read_data_file("columns.yaml")["columns"]}


def datapackage(name: str, title: str, files: Mapping[str, bytes], *, locale: str = "en") -> bytes:
    """The content of datapackage.json for the CSV files among some files.

    Parameters
    ----------
    name, title
        Of the package: in small letters without spaces, and in words.
    files
        Name -> content, of which the first line is read.
    locale
        For which the files are written, as `for_spreadsheets` does it.
    """
    described = [
        _resource(file, content.split(b"\n", 1)[0].decode().split(","), locale)
        for file, content in files.items()
        if file.endswith(".csv")
    ]
    return canonical_json(
        {
            "$schema": PROFILE,
            "name": name,
            "title": title,
            "version": __version__,
            "description": CITATION,
            "sources": [{"title": "Corridor, a simulation; its manifest says how to make it again"}],
            "licenses": [{"name": "MIT", "title": "MIT licence"}],
            "resources": described,
        }
    )


def _resource(file: str, names: Sequence[str], locale: str) -> dict[str, Any]:
    spanish = locale == "es"
    stem = file.removesuffix(".csv")
    return {
        "name": stem.lower(),
        "title": title_of(stem),
        "path": file,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": [_field(name, spanish) for name in names], "missingValues": [""]},
        **({"dialect": {"delimiter": ";"}} if spanish else {}),
    }


def title_of(stem: str) -> str:
    """A file in words; `mine_headline` is a headline that somebody named."""
    kind, _, level = stem.partition("_by_")
    grain = next((words for mark, words in GRAINS.items() if kind.endswith(mark)), "months")
    kind = kind.removesuffix("_years").removesuffix("_days")
    stem = next((each for each in STEMS if kind == each or kind.endswith(f"_{each}")), kind)
    words = STEMS.get(stem, kind)
    if stem in ("deals", "fates"):
        return words
    window = "" if stem == "headline" else f", {grain}"
    return f"{words}, {LEVELS.get(level, 'totals')}{window}"


def _field(name: str, spanish: bool) -> dict[str, Any]:
    known = columns()[name]
    return {
        "name": name,
        "type": known["type"],
        "title": known["en"],
        "titles": {"en": known["en"], "es": known["es"]},
        "description": known["says"],
        **({"decimalChar": ","} if spanish and known["type"] == "number" else {}),
    }
