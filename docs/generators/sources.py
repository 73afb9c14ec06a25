"""sources.md: every source, what it says, and how many numbers cite it; and who cites which, for the tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from generators.tables import DATA, head, table
from model.spec.evidence import observed_rows
from model.spec.levers import LEVERS
from model.spec.parameters import load_parameters
from model.spec.registry import read_data_file
from model.spec.scenario import load_scenario, scenario_names
from model.spec.sources import KINDS, SOURCES, Source, read_citation

UNKNOWN = "unknown"
KIND_TITLES = {
    "document": "The five founding documents",
    "statistics": "Public statistics",
    "survey": "Surveys",
    "study": "Studies",
    "report": "Reports",
    "statement": "Statements of governments, agencies and officials",
    "law": "Laws and rules",
    "press": "Press",
    "map": "Maps",
    "own study": "The project's own work",
    "judgement": "No source",
    "not read": "Not read in a source",
}


def source_page() -> str:
    """Every source by kind, with the number of citations."""
    cited = citing()
    unknown = sum(source.date == UNKNOWN for source in SOURCES.values())
    parts = [
        head(
            "Sources",
            ["sources.yaml"],
            "Who published what the numbers rest on, and what it says. *Cited* counts parameters and values that "
            "contradict them, levers, shocks, places, issues, entries of shipped scenarios, and figures; a founding "
            "document is cited by its items, which [coverage](../coverage.md) lists. "
            f"{unknown} of {len(SOURCES)} dates are unknown. "
            "[How a citation is written](../evidence.md#how-a-number-cites-its-source).",
        )
    ]
    for kind in KINDS:
        rows = [_row(source, len(cited[source.id])) for source in SOURCES.values() if source.kind == kind]
        header = ["source", "publisher", "title", "date", "what it says", "remarks", "cited"]
        parts.append(f"## {KIND_TITLES[kind]} ({len(rows)})\n\n{table(header, rows)}")
    parts.append(
        "Leaked and preliminary counts, and press copies of agency text, are points to check against, never "
        f"targets to fit. Monthly series lie in [observed.csv]({DATA}/observed.csv), points in "
        f"[figures.yaml]({DATA}/figures.yaml).\n"
    )
    return "\n".join(parts)


def citing() -> Mapping[str, list[str]]:
    """What cites each source, by id."""
    found: dict[str, list[str]] = defaultdict(list)
    documents = {item: source.id for source in SOURCES.values() for item in source.items}
    for where, text in _citations():
        for reference in read_citation(text)[0]:
            if reference.source:
                found[reference.source.id].append(where)
            for document in {documents[item] for item in reference.items}:
                found[document].append(where)
    return found


def _citations() -> Iterator[tuple[str, str]]:
    """Every citation of the data and of the shipped scenarios: where, and its text."""
    for parameter in load_parameters().values():
        yield f"parameter {parameter.id}", parameter.source
        for other in parameter.alternatives:
            yield f"parameter {parameter.id}, another value", other.source
    for lever in LEVERS.values():
        yield f"lever {lever.id}", lever.source
    for part, entries in (
        *(
            ("shock", read_data_file("shocks.yaml")["shocks"]),
            ("issue", read_data_file("diplomacy.yaml")["issues"]),
        ),
        ("side deal", read_data_file("diplomacy.yaml")["side_deals"]),
    ):
        for entry in entries:
            yield f"{part} {entry.get('id', entry.get('kind'))}", entry["source"]
    places = read_data_file("places.yaml")
    for name, text in places["sources"].items():
        yield f"places: {name}", text
    rows: list[dict[str, Any]] = [row for part in places.values() if isinstance(part, list) for row in part]
    for row in rows:
        if "source" in row:
            yield f"place {row['id']}", row["source"]
    for name in scenario_names():
        scenario = load_scenario(name)
        for entry in (*scenario.interventions, *scenario.shocks, *scenario.demands):
            yield f"{name}: {entry.id}", entry.source
    for point in read_data_file("figures.yaml")["point_figures"]:
        yield f"figure {point['id']}", point["publisher"]
    for publisher in dict.fromkeys(row[6] for row in observed_rows()):
        yield "observed figures", publisher


def _row(source: Source, cited: int) -> list[str]:
    read = f"read through {source.read}" if source.read else ""
    items = f"items {', '.join(map(str, source.items))}" if source.items else ""
    remarks = "; ".join(part for part in (read, source.remark, items) if part)
    return [f"`{source.id}`", source.publisher, source.title, source.date, source.says, remarks, str(cited)]
