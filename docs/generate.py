"""The pages of docs/reference, made from the registries and data files: `python docs/generate.py`.

Run it after a change of model/data; tests/test_docs.py fails while a page is stale. Nothing on those pages is
written by hand, so nothing there can contradict the model.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from model.spec.coverage import KINDS, Home, load_coverage
from model.spec.geography import Geography, Place, load_geography
from model.spec.indicators import END_SUFFIX, INDICATORS, Indicator
from model.spec.levers import LEVERS, Lever
from model.spec.parameter_values import ALL, DEFAULT, Parameter
from model.spec.parameters import ParameterSet, load_parameters
from model.spec.shocks import SHOCKS, ShockKind

FOLDER = Path(__file__).parent / "reference"
DATA = "../../model/data"
INLINE_LENGTH = 110
"""A dated value whose text is longer than this gets a table of its own."""
MEMBERS_SHOWN = 16
"""A domain with more members than this is described by its first pairs only."""

GOVERNMENTS = {
    "us": "United States",
    "mexico": "Mexico",
    "panama": "Panama",
    "dominican_republic": "Dominican Republic",
    "guatemala": "Guatemala",
    "nicaragua": "Nicaragua",
}
FLIGHTS = ".accepts_flights"
ORIGINS = "Countries of origin"
KINDS_OF_INDICATOR = {
    "flow": "counted during the period; months add up to the year",
    "stock": f"mean of the period's days; `ID{END_SUFFIX}` is the value on the last day",
    "peak": "largest day of the period",
    "distinct": "different people within the period; sums neither over periods nor over places",
    "mean": "mean for each person who arrives in the period",
}
KINDS_OF_PLACE = {
    "leg": "Legs of the way",
    "station": "Stations of Mexico's migration institute",
    "fork": "Forks: a choice that takes no time",
    "wait": "Northern cities where people wait",
    "cross": "Crossings, one a sector",
    "custody": "Border Patrol custody, one a sector",
    "return": "After a return to northern Mexico",
    "end": "Ends of journeys",
}
STATUSES = {
    "documented": "one of the five founding documents says it",
    "published": "a statistic or a study says it",
    "fitted": "estimated by this project from observed figures, in sample",
    "assumed": "judgement; change it and see",
}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells lose line breaks, and bars are escaped."""
    lines = [list(header), ["---"] * len(header), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _head(title: str, files: Sequence[str], *paragraphs: str) -> str:
    links = " and ".join(f"[{name}]({DATA}/{name})" for name in files)
    made = f"Made from {links} by `python docs/generate.py`; not edited by hand."
    return "\n\n".join([f"# {title}", made, *paragraphs]) + "\n"


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _items(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _value(number: float) -> str:
    return "unlimited" if number == float("inf") else f"{number:,.10g}"


# --- levers -------------------------------------------------------------------------------------------------


def lever_page() -> str:
    """Every lever by who moves it, the members of each domain, and where range and default come from."""
    parts = [
        _head(
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
        [f"`{lever.id}`", lever.controller, _news_text(lever), _items(lever.items), lever.source]
        for lever in LEVERS.values()
    ]
    header = ["id", "who moves it", "news of it", "document items", "range and default from"]
    words = (
        "*News of it* says how a dated movement reaches beliefs before people see its effect. *Document items* "
        "number what the five founding documents name."
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
        return _value(values[0])
    commonest = max(dict.fromkeys(values), key=values.count)
    shared = values.count(commonest) > 1
    parts = [f"{m} {_value(v)}" for m, v in lever.default.items() if not shared or v != commonest]
    return "; ".join([f"{_value(commonest)} except {parts[0]}", *parts[1:]] if shared else parts)


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
    if len(members) <= MEMBERS_SHOWN:
        return _code(members)
    first = list(dict.fromkeys(member.split("/")[0] for member in members))
    second = list(dict.fromkeys(member.split("/")[1] for member in members))
    return f"pairs such as `{members[0]}`: {_code(first)} with {_code(second)}"


# --- shocks and indicators ----------------------------------------------------------------------------------


def shock_page() -> str:
    """Every kind of shock."""
    known = {lever.domain for lever in LEVERS.values() if lever.domain}

    def row(shock: ShockKind) -> list[str]:
        lasts = "one night" if shock.lasts_one_night else "from start to end"
        places = _code(shock.places)
        members = f"`{shock.domain}`" if shock.domain in known else _code(shock.members)
        return [
            *(f"`{shock.kind}`", shock.label, shock.range_text, members, places),
            *(lasts, _items(shock.items)),
        ]

    header = ["kind", "what", "size (unit)", "for", "place", "lasts", "document items"]
    return "\n".join(
        [
            _head(
                "Shocks",
                ["shocks.yaml"],
                "What happens on a date and nobody moves. A shock without an `end` lasts to the end of the run, unless "
                "it is one of a single night. A kind that is *to come* is refused in a scenario. Members of "
                "`nationality` and `origin` are listed with the [levers](levers.md#what-for-names).",
            ),
            table(header, map(row, SHOCKS.values())),
        ]
    )


def indicator_page() -> str:
    """Every indicator; the `_end` twins of stocks are named once."""

    def row(indicator: Indicator) -> list[str]:
        breakdowns = [
            f"{name} ({indicator.place})" if name == "place" and indicator.place else name
            for name in indicator.breakdowns
        ]
        return [
            *(f"`{indicator.id}`", indicator.label, indicator.unit, indicator.kind),
            *(indicator.counts if indicator.unit.startswith("people") else "", ", ".join(breakdowns)),
            _items(indicator.items),
        ]

    shown = [one for one in INDICATORS.values() if not one.id.endswith(END_SUFFIX)]
    header = ["id", "what", "unit", "kind", "counts", "broken down by", "document items"]
    return "\n".join(
        [
            _head(
                "Indicators",
                ["indicators.yaml"],
                "What a run reports. Units are people, never parties. *Events* can count one person several times: "
                "an encounter is an event. Each breakdown is on its own: by nationality, by party or by place, "
                "not by two of them at once ([why](../decisions/0004-marginal-breakdowns.md)).",
            ),
            f"## Kinds\n\n{table(['kind', 'meaning'], KINDS_OF_INDICATOR.items())}",
            f"## All indicators\n\n{table(header, map(row, shown))}",
        ]
    )


# --- parameters ---------------------------------------------------------------------------------------------


def parameter_page() -> str:
    """Every parameter by group, tables of long dated values, and values that contradict the ones used."""
    parameters = load_parameters()
    counts = {status: sum(one.status == status for one in parameters.values()) for status in STATUSES}
    parts = [
        _head(
            "Parameters",
            ["parameters.yaml", "demand.yaml"],
            "Every number that the model uses and that is not a lever. Keys of the column *source* are spelled out "
            f"in [SOURCES.md]({DATA}/SOURCES.md). A value with a date holds from that date on (*step*) or is "
            "interpolated to the next (*linear*, *log-linear*). `corridor evidence --search WORD` shows the notes too.",
            table(
                ["status", "meaning", "parameters"],
                [[name, words, str(counts[name])] for name, words in STATUSES.items()],
            ).rstrip("\n"),
        )
    ]
    for group in dict.fromkeys(one.group for one in parameters.values()):
        rows = [_parameter_row(one) for one in parameters.values() if one.group == group]
        header = ["id", "what", "value", "unit", "range", "status", "source"]
        parts.append(f"## {group.capitalize()}\n\n{table(header, rows)}")
    parts.append("## Long dated values\n")
    parts.extend(_dated_table(one) for one in parameters.values() if _is_long(one))
    parts.append(_contradictions(parameters))
    return "\n".join(parts)


def _is_long(parameter: Parameter) -> bool:
    return parameter.dated and len(parameter.value_text()) > INLINE_LENGTH


def _parameter_row(parameter: Parameter) -> list[str]:
    text = parameter.value_text()
    if _is_long(parameter):
        text = f"[table](#{parameter.id})"
    elif parameter.dated:
        text = f"{text} ({parameter.interpolate})"
    return [
        *(f"`{parameter.id}`", parameter.label, text, parameter.unit, _range_text(parameter)),
        *(parameter.status, parameter.source),
    ]


def _range_text(parameter: Parameter) -> str:
    parts = [
        f"{'' if key == DEFAULT else f'{key} '}{low:g} to {high:g}"
        for key, (low, high) in parameter.bounds.items()
    ]
    return "; ".join(parts)


def _dated_table(parameter: Parameter) -> str:
    """One row a date, one column a key; an empty cell keeps what stands above it."""
    plain = parameter.plain()
    days = sorted({day for knots in plain.values() for day, _ in knots})
    known = {key: dict(knots) for key, knots in plain.items()}
    names = [parameter.unit if key == ALL else key for key in known]
    rows = [[day, *(f"{knots[day]:g}" if day in knots else "" for knots in known.values())] for day in days]
    words = f"{parameter.label}, {parameter.unit}; {parameter.interpolate}."
    return f"### {parameter.id}\n\n{words}\n\n{table(['from', *names], rows)}"


def _contradictions(parameters: ParameterSet) -> str:
    def text(value: object) -> str:
        if isinstance(value, Mapping):
            return "; ".join(f"{key} {part}" for key, part in value.items())
        return str(value)

    rows = [
        [f"`{one.id}`", f"{text(other.value)} {other.unit}", other.source, other.note]
        for one in parameters.values()
        for other in one.alternatives
    ]
    words = "Other values for the same thing, kept so that a reader sees both."
    header = ["parameter", "other value", "source", "note"]
    return f"## Values that contradict the ones used\n\n{words}\n\n{table(header, rows)}"


# --- places -------------------------------------------------------------------------------------------------


def place_page() -> str:
    """Every place by kind, with a drawing of the way, the routes and the crossings that can be closed."""
    geography = load_geography()
    parts = [
        _head(
            "Places",
            ["places.yaml"],
            "The map that the engine walks. To add a place or a leg, add a row to the file; no code changes. *Days* is "
            "a number or the parameter with the mean stay. *Rank* orders places along the way: an arrival at a "
            "lower or equal rank is a setback. Where an exit is not named, it is not used. Coordinates are "
            "approximate centres.",
        ),
        f"## The way in one drawing\n\n{_drawing(geography)}",
    ]
    for kind, title in KINDS_OF_PLACE.items():
        rows = [_place_row(place) for _, place in geography.of_kind(kind)]
        header = ["id", "what", "country", "latitude, longitude", "rank", "days", "leads to"]
        shared = ""
        if len({row[-1] for row in rows}) == 1:
            shared = f"Each leads to: {rows[0][-1]}.\n\n"
            header, rows = header[:-1], [row[:-1] for row in rows]
        parts.append(f"## {title}\n\n{shared}{table(header, rows)}")
    rows = [
        [
            f"`{route.id}`",
            f"`{route.begins}`"
            + "".join(f"; {nation}: `{place}`" for nation, place in route.differs.items()),
            f"`{route.parameter}`",
            f"`{route.opened_by}`" if route.opened_by else "",
            f"`{route.closed_by}`" if route.closed_by else "",
        ]
        for route in geography.routes
    ]
    header = ["route", "begins at", "share", "opened by", "closed by"]
    parts.append(f"## Routes\n\n{table(header, rows)}")
    rows = [[f"`{name}`", row["label"], f"`{row['sector']}`"] for name, row in geography.crossings.items()]
    parts.append(f"## Crossings that can be closed\n\n{table(['id', 'what', 'in sector'], rows)}")
    return "\n".join(parts)


def _place_row(place: Place) -> list[str]:
    where = "" if place.latitude is None else f"{place.latitude:g}, {place.longitude:g}"
    days = f"`{place.days}`" if isinstance(place.days, str) else f"{place.days:g}" if place.days else ""
    leads = [f"{name.replace('_', ' ')}: `{target}`" for name, target in place.exits.items()]
    leads += [f"`{target}`" for target in place.feeds]
    if place.fate:
        leads.append(f"counted as {place.fate.replace('_', ' ')}")
    return [f"`{place.id}`", place.label, place.country or "", where, str(place.rank), days, ", ".join(leads)]


def _drawing(geography: Geography) -> str:
    """A Mermaid flowchart from the routes to the sectors; custody and ends are left out."""
    drawn = {
        place.id: place
        for place in geography.places
        if place.kind in ("leg", "station", "fork", "wait", "cross")
    }
    drawn.pop("release", None)
    words = {"detected": "detected", "moved_south": "moved south", "joined_caravan": "joins a caravan"}
    lines = ["flowchart LR"]
    lines += [f'  {place.id}["{place.label}"]' for place in drawn.values()]
    for place in drawn.values():
        for name, target in place.exits.items():
            if target in drawn:
                arrow = f"-. {words[name]} .->" if name in words else "-->"
                lines.append(f"  {place.id} {arrow} {target}")
        lines += [f"  {place.id} --> {target}" for target in place.feeds if target in drawn]
    for route in geography.routes:
        lines.append(f'  route_{route.id}(["route: {route.id}"]) --> {route.begins}')
        lines += [f'  route_{route.id} -- "{nation}" --> {place}' for nation, place in route.differs.items()]
    return "\n".join(["```mermaid", *lines, "```", ""])


# --- writing ------------------------------------------------------------------------------------------------

COVERAGE_WORDS = """\
# Coverage

The five founding documents name 109 things: actors, policy instruments, mechanisms, figures, events. Each lives
somewhere in the model, is shown by a shipped scenario, and is checked by a test. Made from
[coverage.yaml](../model/data/coverage.yaml); an item that lacks one of the three, or names what does not exist, fails
the tests. What governments weigh and bargain over is thinner than what people do: most such items live in an index of
satisfaction with assumed weights."""
HOMES = {
    "lever": "reference/levers.md",
    "shock": "reference/shocks.md",
    "parameter": "reference/parameters.md",
    "indicator": "reference/indicators.md",
    "figure": "../model/data/figures.yaml",
    "nationality": "../model/spec/geography.py",
    "place": "reference/places.md",
    "institution": "../model/engine/institutions/__init__.py",
}


def coverage_page() -> str:
    """docs/coverage.md: a table for each kind of item."""
    parts = [COVERAGE_WORDS]
    for kind in KINDS:
        rows = [
            [
                str(item.number),
                item.text,
                " ".join(item.documents),
                ", ".join(_home(home) for home in item.lives_in),
                ", ".join(f"[{name}](../scenarios/{name}.yaml)" for name in item.scenarios),
                _check(item.check),
            ]
            for item in load_coverage()
            if item.kind == kind
        ]
        head = ["item", "what", "documents", "lives in", "scenario", "check"]
        parts.append(f"## {kind.capitalize()}s ({len(rows)})\n\n{table(head, rows)}")
    return "\n\n".join(parts) + "\n"


def _home(home: Home) -> str:
    if home.kind == "code":
        return f"[`{home.name}`](../model/{home.name.replace('.', '/')}.py)"
    return f"{home.kind} [`{home.name}`]({HOMES[home.kind]})"


def _check(node: str) -> str:
    file, function = node.split("::")
    return f"[{function.removeprefix('test_').replace('_', ' ')}](../{file})"


PAGES = {
    "../coverage.md": coverage_page,
    "levers.md": lever_page,
    "shocks.md": shock_page,
    "indicators.md": indicator_page,
    "parameters.md": parameter_page,
    "places.md": place_page,
}


def main() -> None:
    """Write the pages that differ from what lies in the folder, and name them."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(Path(__file__).parent)}\n")


if __name__ == "__main__":
    main()
