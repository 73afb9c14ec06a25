"""The catalogue of texts: what the page says, gathered for translators, and compiled. A developer's tool.

`python -m corridor_app.catalogue` gathers every text of the code (calls of `_`, `N_` and `say`) and of the
registries of `corridor`, updates `corridor.po` of each language, compiles `corridor.mo` beside it, and names the texts
that lack a translation. A text that is gone is kept at the end of the file, marked as obsolete, and comes back with
its translation if it returns. What the row of a place, a nationality or a lever says in a language itself (`es:`) is
asked of nobody: the page reads it there. `--check` writes nothing and fails if something is missing or stale.

The files hold no line numbers and no dates, and their order is that of the texts: the same texts give the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter

import polib

import corridor
from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES, SIDE_DEALS
from corridor.inputs.registries.nationalities import load_nationalities
from corridor_app.charts import chart
from corridor_app.words import wording
from corridor_app.words.language import DOMAIN, ENGLISH, LANGUAGES, row_texts

ROOT = Path(__file__).resolve().parent
LOCALE = ROOT / "words" / "locale"
MARKERS = ("_", "N_", "say")
OUTSIDE = ("outputs/figures.py",)
"""Modules of `corridor` whose words pass through the page's `say`."""

HEADER = {
    "Project-Id-Version": "Corridor",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


def code_texts() -> set[str]:
    """Texts that stand in the code. Read from the syntax tree, for tools of gettext pass over what f-strings hold.

    Raises
    ------
    ValueError
        If an f-string is marked: it can have no translation.
    """
    found: set[str] = set()
    for file in sorted([*ROOT.rglob("*.py"), *(Path(corridor.__file__).parent / name for name in OUTSIDE)]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
                found.update(_literals(node.args[0], f"{file.name}:{node.lineno}"))
    return found


def _literals(node: ast.expr, place: str) -> Iterator[str]:
    """The texts that an argument is or chooses from; none of a name, which is marked where it is made."""
    if isinstance(node, ast.JoinedStr):
        raise ValueError(f"{place}: an f-string cannot be translated; use `.format` after `_`")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body, place)
        yield from _literals(node.orelse, place)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _literals(value, place)


def registry_texts() -> set[str]:
    """Texts that the page takes from the registries of `corridor`, as it shows them."""
    return {text for text in _registries() if text}


def _registries() -> Iterator[str]:
    for about in corridor.INDICATORS.values():
        yield from (about.label, about.unit, about.counts)
    for lever in corridor.LEVERS.values():
        yield from (lever.label, lever.controller, lever.unit, chart.unit_head(lever.unit))
        yield from _members(lever.members)
    yield from (nation.label for nation in load_nationalities().values())
    for place in corridor.load_geography().places:
        yield from (place.label.removesuffix(" custody"), wording.place_name(place.reported_as))
    for name in corridor.scenario_names():
        scenario = corridor.load_scenario(name)
        yield from (scenario.title, scenario.question)
        for shock in scenario.shocks:
            yield from (chart.shock_title(shock.id), shock.note or shock.source or "")
    for record in corridor.search_evidence():
        row = record.row()
        yield from (row["status"], row["kind"])
    for indicator in corridor.INDICATORS:
        yield from set(corridor.observed_points(indicator)["publisher"])
    yield from (deal.label for deal in SIDE_DEALS.values())
    for issue in ISSUES.values():
        yield from (issue.label, *(step.label for step in issue.steps))
    yield from (wording.place_name(party) for party in INTERESTS)
    yield corridor.load_skill()["held_out"]
    for name in corridor.blind_names():
        manifest = corridor.read_blind_record(name).manifest
        yield from (part["how"] for part in manifest["contains"].values())
        yield from manifest["notes"]


def _members(members: Iterable[str]) -> Iterator[str]:
    """Nationalities, places and parties by which a lever is told apart, as the page names them."""
    for part in {part for member in members for part in member.split("/")} - {chart.EVERYONE}:
        if part not in wording.PARTIES:
            yield part if part[0].isupper() else wording.place_name(part)


def texts() -> set[str]:
    """Every text of the page, in English."""
    return code_texts() | registry_texts()


def po_file(language: str) -> Path:
    """Where a language's translations stand."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> polib.POFile:
    """The translations of a language; none where there is no file yet."""
    file = po_file(language)
    return _sorted(polib.pofile(str(file), wrapwidth=0) if file.exists() else (), language)


def updated(
    before: polib.POFile, wanted: set[str], language: str, *, in_rows: Iterable[str] = ()
) -> polib.POFile:
    """The translations for the texts that are wanted; others are kept as obsolete, but for those that rows hold."""
    held = set(in_rows)
    kept = [entry for entry in before if entry.msgid not in held]
    for entry in kept:
        entry.obsolete = entry.msgid not in wanted
    new = wanted - held - {entry.msgid for entry in kept}
    return _sorted([*kept, *(polib.POEntry(msgid=text) for text in new)], language)


def _sorted(entries: Iterable[polib.POEntry], language: str) -> polib.POFile:
    file = polib.POFile(wrapwidth=0)
    file.metadata = {**HEADER, "Language": language}
    file.extend(sorted(entries, key=lambda each: (bool(each.obsolete), each.msgid)))
    return file


def po_bytes(file: polib.POFile) -> bytes:
    """The file as translators edit it; an obsolete text that nobody had translated is left out."""
    kept = [each for each in file if each.msgstr or not each.obsolete]
    return f"{_sorted(kept, file.metadata['Language'])}".rstrip().encode() + b"\n"


def problems(file: polib.POFile, wanted: set[str], in_rows: Mapping[str, str] | None = None) -> list[str]:
    """What is missing, stale or unfit in a language's translations, a line each; rows hold some of them."""
    held = in_rows or {}
    live = {entry.msgid: entry for entry in file if not entry.obsolete}
    done = {text for text in live if live[text].msgstr} | {text for text in held if held[text]}
    found = [f"lacks a translation: {text!r}" for text in wanted - done]
    found += [f"is no text of the page any more: {text!r}" for text in live.keys() - wanted]
    found += [f"stands in a row already: {text!r}" for text in live.keys() & held.keys()]
    for text, entry in live.items():
        if entry.fuzzy:
            found.append(f"is marked as fuzzy: {text!r}")
        if entry.msgstr and placeholders(text) != placeholders(entry.msgstr):
            found.append(f"has other placeholders than its translation: {text!r}")
    return sorted(found)


def placeholders(text: str) -> set[str]:
    """Names in braces of a text that is formatted; none of one that is not a format."""
    try:
        return {name for _text, name, *_rest in Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def stale_files(file: polib.POFile, language: str) -> list[str]:
    """Files that are not what this tool would write from a language's translations, a line each."""
    po = po_file(language)
    made = {po: po_bytes(file), po.with_suffix(".mo"): file.to_binary()}
    return [
        f"{path.relative_to(ROOT.parent)} is not as `make texts` writes it"
        for path, content in made.items()
        if not path.exists() or path.read_bytes() != content
    ]


def write(file: polib.POFile, language: str) -> None:
    """Write a language's translations, and the compiled file that the page reads."""
    po = po_file(language)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_bytes(po_bytes(file))
    po.with_suffix(".mo").write_bytes(file.to_binary())


def refresh() -> list[Path]:
    """Write the translations of every language anew; the files that changed."""
    wanted, changed = texts(), []
    for language in LANGUAGES:
        if language != ENGLISH:
            file = updated(read(language), wanted, language, in_rows=row_texts(language))
            po = po_file(language)
            stale = {each: each.read_bytes() for each in (po, po.with_suffix(".mo")) if each.exists()}
            write(file, language)
            changed += [each for each in (po, po.with_suffix(".mo")) if each.read_bytes() != stale.get(each)]
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Update or check every language; 1 if a check finds something, or a text lacks a translation."""
    parser = argparse.ArgumentParser(
        prog="python -m corridor_app.catalogue", description="Texts of the page."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something is wrong")
    check = parser.parse_args(arguments).check
    wanted = texts()
    failed = False
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        file, in_rows = read(language), row_texts(language)
        if not check:
            file = updated(file, wanted, language, in_rows=in_rows)
            write(file, language)
        found = problems(file, wanted, in_rows) + stale_files(file, language)
        for line in found:
            sys.stdout.write(f"{language}: {line}\n")
        sys.stdout.write(f"{language}: {len(wanted)} texts, {len(found)} problems\n")
        failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
