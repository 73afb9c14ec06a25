"""sources.md: every source by kind, and what it says."""

from __future__ import annotations

from corridor.inputs.registries.sources import KINDS, SOURCES, Source
from generators.tables import DATA, head, table

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
    """Every source by kind."""
    unknown = sum(source.date == UNKNOWN for source in SOURCES.values())
    parts = [
        head(
            "Sources",
            ["sources.yaml"],
            "Who published what the numbers rest on, and what it says. A founding document is cited by its items, "
            f"which [coverage](../evidence.md#coverage) lists. {unknown} of {len(SOURCES)} dates are unknown. "
            "`corridor evidence --search NAME` finds the parameters and figures that cite a source. "
            "[How a citation is written](../evidence.md#how-a-number-cites-its-source).",
        )
    ]
    for kind in KINDS:
        rows = [_row(source) for source in SOURCES.values() if source.kind == kind]
        header = ["source", "publisher", "title", "date", "what it says", "remarks"]
        parts.append(f"## {KIND_TITLES[kind]} ({len(rows)})\n\n{table(header, rows)}")
    parts.append(
        "Leaked and preliminary counts, and press copies of agency text, are points to check against, never "
        f"targets to fit. Monthly series lie in [observed.csv]({DATA}/observed.csv), points in "
        f"[figures.yaml]({DATA}/figures.yaml).\n"
    )
    return "\n".join(parts)


def _row(source: Source) -> list[str]:
    read = f"read through {source.read}" if source.read else ""
    items = f"items {', '.join(map(str, source.items))}" if source.items else ""
    remarks = "; ".join(part for part in (read, source.remark, items) if part)
    return [f"`{source.id}`", source.publisher, source.title, source.date, source.says, remarks]
