"""The part of docs/evidence.md on coverage: where each thing that the documents name lives in the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corridor.inputs.registries.coverage import GROUPS, KINDS, Home, Item, load_coverage
from generators.tables import between, table

PAGE = Path(__file__).parents[2] / "evidence.md"
START = "<!-- coverage: written by docs/generate.py -->"
END = "<!-- coverage: end -->"

COVERAGE_WORDS = """\
The five founding documents name 109 things: actors, policy instruments, mechanisms, figures, events. Each lives
somewhere in the model, is shown by a shipped scenario, and is checked by a test. Made from
[coverage.yaml](../model/corridor/data/coverage.yaml); an item that lacks one of the three, or names what does not
exist, fails the tests. What the model makes of an item is its *kind*:

- **mechanism**: something else in a run comes out otherwise without it. A test switches it off, and fails if what the
  table says does not move; [coverage.yaml](../model/corridor/data/coverage.yaml) says how it is switched.
- **input**: a number, a date or a table that is put in. It may move much, but by a rule that no run answers.
- **counter**: counted, or turned into an index. Nobody in a run decides by it, or what it does is lost in luck.
- **context**: said on this page, or named by a lever without being in any run.

A mechanism is not thereby right, or large; items 1, 10, 68 and 69 act only where governments bargain. *Lives in* and
*also about* are what an item may be cited for: a number that cites it for anything else is refused
([evidence](evidence.md#how-a-number-cites-its-source)). What governments weigh and bargain over is thinner than what
people do: most such items live in an index of satisfaction with assumed weights."""
TESTS = "../tests/test_mechanisms.py"
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
    """docs/evidence.md as it stands, with a table for each group of items between its two marks."""
    parts = [COVERAGE_WORDS, _counts()]
    for group in GROUPS:
        rows = [
            [
                str(item.number),
                item.text,
                item.kind,
                " ".join(item.documents),
                ", ".join(_home(home) for home in item.lives_in),
                ", ".join(_home(home) for home in item.also_about),
                ", ".join(f"[{name}](../scenarios/{name}.yaml)" for name in item.scenarios),
                ", ".join(_checks(item)),
            ]
            for item in load_coverage()
            if item.group == group
        ]
        head = ["item", "what", "kind", "documents", "lives in", "also about", "scenario", "check"]
        parts.append(f"### {group.capitalize()}s ({len(rows)})\n\n{table(head, rows)}")
    return between(PAGE.read_text(encoding="utf-8"), START, END, "\n\n".join(parts))


def _counts() -> str:
    """How many items of each group are of each kind."""
    rows = [
        [
            f"{group}s",
            *(str(sum(i.group == group and i.kind == kind for i in load_coverage())) for kind in KINDS),
        ]
        for group in GROUPS
    ]
    rows.append(["all", *(str(sum(item.kind == kind for item in load_coverage())) for kind in KINDS)])
    return table(["the documents have it as", *KINDS], rows)


def _home(home: Home) -> str:
    if home.kind == "code":
        return f"[`{home.name}`](../model/corridor/{home.name.replace('.', '/')}.py)"
    return f"{home.kind} [`{home.name}`]({HOMES[home.kind]})"


def _checks(item: Item) -> Iterator[str]:
    yield _check(item.check)
    if switch := item.switch:
        of = ", ".join(name for name in (switch.nationality, switch.place) if name != "all")
        cell = f"`{switch.indicator}`{f' ({of})' if of else ''}"
        way = "higher" if switch.by > 0 else "lower"
        yield f"[without it]({TESTS}) {cell} at least {abs(switch.by) * 100:g}% {way}"
    elif item.test not in ("", item.check):
        yield _check(item.test)


def _check(node: str) -> str:
    file, function = node.split("::")
    return f"[{function.removeprefix('test_').replace('_', ' ')}](../{file})"
