"""levers.md: every lever by who moves it, what `for` names, and sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corridor.inputs.registries.levers import LEVERS, Lever
from generators.tables import code, head, items, table, value

MEMBERS_SHOWN = 16
"""A domain of pairs with more members than this is described by its first pair only."""
GOVERNMENTS = {
    "us": "United States",
    "mexico": "Mexico",
    "panama": "Panama",
    "colombia": "Colombia",
    "dominican_republic": "Dominican Republic",
    "guatemala": "Guatemala",
    "nicaragua": "Nicaragua",
    "el_salvador": "El Salvador",
    "ecuador": "Ecuador",
    "brazil": "Brazil",
}
FLIGHTS = ".accepts_flights"
ORIGINS = "Countries of origin"


def lever_page() -> str:
    """Every lever by who moves it, the members of each domain, and where range and default come from."""
    parts = [
        head(
            "Levers",
            ["levers.yaml"],
            "What a government or agency can move. `for` names the domain whose members an intervention may pick. "
            "The default holds where nothing moves the lever; the scenario "
            "[history](../../scenarios/history.yaml) moves many of them. *Raising it moves* names indicators and the "
            "sign that is claimed.",
        )
    ]
    for title, levers in _levers_by_mover():
        rows = [
            [
                f"`{lever.id}`",
                lever.label,
                lever.range_text,
                f"`{lever.domain}`" if lever.domain else "",
                _default_text(lever),
                _moves_text(lever),
            ]
            for lever in levers
        ]
        header = ["id", "what", "range (unit)", "for", "default", "raising it moves"]
        parts.append(f"## {title}\n\n{table(header, rows)}")
    domains = {lever.domain: lever.members for lever in LEVERS.values() if lever.domain}
    rows = [[f"`{name}`", _members_text(members)] for name, members in domains.items()]
    words = "`all` stands for every member; the first part of a pair stands for all its pairs."
    parts.append(f"## What `for` names\n\n{words}\n\n{table(['domain', 'members'], rows)}")
    rows = [
        [
            f"`{lever.id}`",
            lever.controller,
            code(lever.sets),
            _news_text(lever),
            items(lever.items),
            lever.source,
        ]
        for lever in LEVERS.values()
    ]
    header = ["id", "who moves it", "sets", "news of it", "document items", "range and default from"]
    words = (
        "*Sets* names the fields of the [records](../../model/corridor/engine/records/layout.py) that it acts through. "
        "*News of it* says how a dated movement reaches beliefs before people see its effect. *Document items* "
        "number what the five founding documents name. Defaults that differ by place have their own sources: "
        "[places](places.md#defaults-of-levers)."
    )
    parts.append(f"## Who moves them, and sources\n\n{words}\n\n{table(header, rows)}")
    return "\n".join(parts)


def _levers_by_mover() -> Iterator[tuple[str, list[Lever]]]:
    flights = [lever for lever in LEVERS.values() if lever.id.endswith(FLIGHTS)]
    others = [lever for lever in LEVERS.values() if not lever.id.endswith(FLIGHTS)]
    for mover in dict.fromkeys(lever.id.split(".")[0] for lever in others):
        yield GOVERNMENTS[mover], [lever for lever in others if lever.id.startswith(f"{mover}.")]
    yield ORIGINS, flights


def _default_text(lever: Lever) -> str:
    """The default in words: one value, or the commonest and what differs from it."""
    values = [lever.default[member] for member in lever.members]
    if len(set(values)) == 1:
        return value(values[0])
    commonest = max(dict.fromkeys(values), key=values.count)
    shared = values.count(commonest) > 1
    parts = [f"{m} {value(v)}" for m, v in lever.default.items() if not shared or v != commonest]
    return "; ".join([f"{value(commonest)} except {parts[0]}", *parts[1:]] if shared else parts)


def _moves_text(lever: Lever) -> str:
    def one(indicator: str, sign: int, where: str | tuple[str, ...] | None) -> str:
        members = [where] if isinstance(where, str) else where or ()
        return f"`{indicator}` {'+' if sign > 0 else '-'}" + (f" ({', '.join(members)})" if members else "")

    return ", ".join(one(*move) for move in lever.moves)


def _news_text(lever: Lever) -> str:
    if lever.news is None:
        return ""
    return f"{lever.news['kind']}; raising it {'tightens' if lever.news['tightening'] > 0 else 'loosens'}"


def _members_text(members: Sequence[str]) -> str:
    if len(members) <= MEMBERS_SHOWN or "/" not in members[0]:
        return code(members)
    first = list(dict.fromkeys(member.split("/")[0] for member in members))
    second = list(dict.fromkeys(member.split("/")[1] for member in members))
    return f"pairs such as `{members[0]}`: {code(first)} with {code(second)}"
