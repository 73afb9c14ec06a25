"""The part of docs/evidence.md on coverage: where each thing that the documents name lives in the model."""

from __future__ import annotations

from pathlib import Path

from corridor.inputs.registries.coverage import KINDS, Home, load_coverage
from generators.tables import between, table

PAGE = Path(__file__).parents[2] / "evidence.md"
START = "<!-- coverage: written by docs/generate.py -->"
END = "<!-- coverage: end -->"

COVERAGE_WORDS = """\
The five founding documents name 109 things: actors, policy instruments, mechanisms, figures, events. Each lives
somewhere in the model, is shown by a shipped scenario, and is checked by a test. Made from
[coverage.yaml](../model/corridor/data/coverage.yaml); an item that lacks one of the three, or names what does not
exist, fails the tests. *Lives in* and *also about* are what an item may be cited for: a number that cites it for
anything else is refused ([evidence](evidence.md#how-a-number-cites-its-source)). What governments weigh and bargain
over is thinner than what people do: most such items live in an index of satisfaction with assumed weights."""
HOMES = {
    "lever": "reference/levers.md",
    "shock": "reference/shocks.md",
    "parameter": "reference/parameters.md",
    "indicator": "reference/indicators.md",
    "figure": "../model/corridor/data/figures.yaml",
    "nationality": "../model/corridor/inputs/registries/geography.py",
    "place": "reference/places.md",
    "party": "diplomacy.md",
    "institution": "../model/corridor/engine/institutions/__init__.py",
}


def evidence_page() -> str:
    """docs/evidence.md as it stands, with a table for each kind of item between its two marks."""
    parts = [COVERAGE_WORDS]
    for kind in KINDS:
        rows = [
            [
                str(item.number),
                item.text,
                " ".join(item.documents),
                ", ".join(_home(home) for home in item.lives_in),
                ", ".join(_home(home) for home in item.also_about),
                ", ".join(f"[{name}](../scenarios/{name}.yaml)" for name in item.scenarios),
                _check(item.check),
            ]
            for item in load_coverage()
            if item.kind == kind
        ]
        head = ["item", "what", "documents", "lives in", "also about", "scenario", "check"]
        parts.append(f"### {kind.capitalize()}s ({len(rows)})\n\n{table(head, rows)}")
    return between(PAGE.read_text(encoding="utf-8"), START, END, "\n\n".join(parts))


def _home(home: Home) -> str:
    if home.kind == "code":
        return f"[`{home.name}`](../model/corridor/{home.name.replace('.', '/')}.py)"
    return f"{home.kind} [`{home.name}`]({HOMES[home.kind]})"


def _check(node: str) -> str:
    file, function = node.split("::")
    return f"[{function.removeprefix('test_').replace('_', ' ')}](../{file})"
