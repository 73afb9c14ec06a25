"""The page docs/performance.md, made of the sections that the benchmarks left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PAGE = Path("docs") / "performance.md"
INTRODUCTION = """\
# Performance

What Corridor costs in time and memory, measured by `make bench` (`python -m studies.benchmarks`), which writes this
page. Times are processor time where it says CPU: it counts the work done, whatever else the machine was doing. Wall
times and all ratios depend on the machine's load, which stands beside each table; read ratios, which were taken in one
run.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def write_page(sections: Sequence[dict], file: Path = PAGE) -> None:
    """Write the page: targets first, then one table a benchmark."""
    machines = dict.fromkeys(section["machine"] for section in sections)
    parts = [INTRODUCTION, *(f"Machine and versions: {machine}." for machine in machines), "## Targets"]
    targets = [row for section in sections for row in section["targets"]]
    parts.append(table(["job", "target", "measured", "met"], targets))
    for section in sections:
        began, ended = section["load"]
        parts += [f"## {section['title']}", table(section["head"], section["rows"]), *section["notes"]]
        parts.append(f"Load average {began:.1f} when it began, {ended:.1f} when it ended.")
    file.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
