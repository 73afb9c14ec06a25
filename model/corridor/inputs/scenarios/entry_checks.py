"""What the registries and the dates allow in one intervention or one shock of a scenario file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from corridor.foundations.errors import Problem, quoted
from corridor.foundations.timeline import Timeline
from corridor.inputs.reading.yaml_source import DataPath, YamlSource
from corridor.inputs.registries.levers import LEVERS, UNLIMITED, Lever, number_of
from corridor.inputs.registries.places import VISA, countries_landed_in, visa_lever
from corridor.inputs.registries.retired import Kind, name_hint
from corridor.inputs.registries.shocks import SHOCKS, ShockKind
from corridor.inputs.scenarios.entries import parse_day, parse_level


class EntryReader:
    """Reads fields of a scenario file, and gives nothing where structure was already found wrong."""

    def __init__(self, source: YamlSource, refused: Collection[str]):
        self.source = source
        self.refused = {path for path in refused if path}
        self._above = {_joined(steps[:end]) for steps in _split(self.refused) for end in range(1, len(steps))}

    def get(self, path: DataPath) -> Any:
        """The value at a path; None if it is missing or has a problem already."""
        if self.refused:
            name = _joined(path)
            steps = name.split(".")
            whole = (_joined(steps[:end]) for end in range(1, len(steps) + 1))
            if name in self._above or any(each in self.refused for each in whole):
                return None
        return self.raw(path)

    def raw(self, path: DataPath) -> Any:
        """The value at a path, whatever is wrong inside it; None if it is missing."""
        value = self.source.data
        for step in path:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def day(self, path: DataPath) -> date | None:
        """The date at a path."""
        value = self.get(path)
        return parse_day(value) if value is not None else None

    def numbers(self, part: str) -> range:
        """Numbers of the entries of a list."""
        entries = self.raw((part,))
        return range(len(entries)) if isinstance(entries, list) else range(0)

    def words(self, path: DataPath) -> list[tuple[DataPath, str]]:
        """The names at a path, one or a list, each with its own path."""
        value = self.get(path)
        if isinstance(value, str):
            return [(path, value)]
        return (
            [((*path, number), word) for number, word in enumerate(value)] if isinstance(value, list) else []
        )

    def problem(self, path: DataPath, message: str, *, at_key: bool = False) -> Problem:
        """A problem at a path of the file."""
        return self.source.problem(path, message, at_key=at_key)


def _joined(path: Iterable[str | int]) -> str:
    return ".".join(map(str, path))


def _split(paths: Iterable[str]) -> Iterator[list[str]]:
    return (path.split(".") for path in paths)


def check_intervention(reader: EntryReader, number: int, timeline: Timeline | None) -> list[Problem]:
    """Every problem of meaning in intervention `number`; the timeline is None where the parent is not known."""
    at: DataPath = ("interventions", number)
    lever, problems = _check_lever(reader, at)
    if lever is not None:
        problems += _check_members(reader, at, lever)
        problems += _check_levels(reader, at, lever)
    problems += _check_profile(reader, at)
    problems += _check_days(reader, at, timeline)
    return problems


def _check_lever(reader: EntryReader, at: DataPath) -> tuple[Lever | None, list[Problem]]:
    name = reader.get((*at, "lever"))
    if name is None:
        return None, []
    if name not in LEVERS:
        hint = _visa_hint(name) or name_hint("lever", name, LEVERS)
        return None, [reader.problem((*at, "lever"), f"unknown lever {quoted(name)}{hint}")]
    return LEVERS[name], []


def _visa_hint(name: object) -> str:
    """Why a country has no lever of visa rules, and which countries have one; nothing for other names."""
    if not (isinstance(name, str) and name.endswith(VISA)):
        return ""
    countries = ", ".join(visa_lever(country) for country in countries_landed_in())
    return f"; a visa closes a route where people land by air, so these can be written: {countries}"


def _check_members(reader: EntryReader, at: DataPath, lever: Lever) -> list[Problem]:
    where = (*at, "for")
    words = reader.words(where)
    problems: list[Problem] = []
    if words and lever.domain is None:
        return [reader.problem(where, f"{lever.id} has one value and takes no `for:`", at_key=True)]
    if reader.get(where) == []:
        return [reader.problem(where, "`for:` names nobody; leave it out to move every member")]
    named: set[str] = set()
    for place, word in words:
        members = lever.members_named(word)
        if not members:
            known = dict.fromkeys([*lever.members, *(member.split("/")[0] for member in lever.members)])
            problems.append(
                reader.problem(
                    place, f"unknown {_in_words(lever.domain)} {quoted(word)}{_known('place', word, known)}"
                )
            )
        elif named & set(members):
            problems.append(reader.problem(place, f"{quoted(word)} is named twice"))
        named |= set(members)
    if reader.get((*at, "pooled")) is True:
        if not lever.pooled:
            problems.append(
                reader.problem((*at, "pooled"), f"{lever.id} cannot be pooled: it is not a shared cap")
            )
        elif words and not problems and len(named) == 1:
            problems.append(reader.problem((*at, "pooled"), "a pool needs at least two members in `for:`"))
    return problems


def _in_words(domain: str | None) -> str:
    return (domain or "member").replace("nationality_party", "nationality/party").replace("_", " ")


def _known(what: Kind, word: str, known: Iterable[str], limit: int = 20) -> str:
    """The nearest name, or the names themselves where there are few."""
    known = list(known)
    hint = name_hint(what, word, known)
    if hint or len(known) > limit:
        return hint
    return f"; expected one of {', '.join(known)}"


def _check_levels(reader: EntryReader, at: DataPath, lever: Lever) -> list[Problem]:
    """Values out of the lever's range: `to`, and each of `values`."""
    levels: dict[DataPath, Any] = {(*at, "to"): reader.get((*at, "to"))}
    values = reader.raw((*at, "values"))
    if isinstance(values, dict):
        levels |= {(*at, "values", day): reader.get((*at, "values", day)) for day in values}
    problems = []
    for path, value in levels.items():
        if value is None:
            continue
        level = number_of(parse_level(value))
        if value == UNLIMITED and not lever.unlimited:
            message = f"{lever.id} cannot be unlimited; its range is {lever.range_text}"
            problems.append(reader.problem(path, message))
        elif not lever.accepts(level):
            message = f"{level:,.10g} is out of range: {lever.id} takes {lever.range_text}"
            problems.append(reader.problem(path, message))
    return problems


_NEEDS = {"step": ("to",), "pulse": ("to", "end"), "ramp": ("to", "end"), "series": ("values",)}


def _check_profile(reader: EntryReader, at: DataPath) -> list[Problem]:
    """Fields that a profile needs or does not take."""
    entry = reader.raw(at)
    if not isinstance(entry, dict) or ("profile" in entry and reader.get((*at, "profile")) is None):
        return []
    profile = entry.get("profile", "step")
    place = (*at, "profile")
    problems = [
        reader.problem(place, f"a {profile} needs `{name}`")
        for name in (*_NEEDS[profile], *(() if profile == "series" else ("start",)))
        if entry.get(name) is None
    ]
    unwanted = "to" if profile == "series" else "values"
    if entry.get(unwanted) is not None:
        problems.append(reader.problem((*at, unwanted), f"a {profile} takes no `{unwanted}`", at_key=True))
    if profile == "series" and entry.get("values") == {}:
        problems.append(reader.problem((*at, "values"), "a series needs at least one dated value"))
    if profile == "ramp" and reader.get((*at, "to")) == UNLIMITED:
        problems.append(reader.problem((*at, "to"), "a ramp cannot arrive at unlimited; use a step"))
    if profile == "ramp" and reader.get((*at, "pooled")) is True:
        problems.append(
            reader.problem((*at, "pooled"), "a pooled cap moves by step, pulse or series, not by ramp")
        )
    return problems


def _check_days(reader: EntryReader, at: DataPath, timeline: Timeline | None) -> list[Problem]:
    """Dates that contradict each other or fall outside the run."""
    days = {name: reader.day((*at, name)) for name in ("start", "end", "announced", "cancelled")}
    values = reader.raw((*at, "values"))
    dated = {}
    if isinstance(values, dict):
        dated = {
            parse_day(day): (*at, "values", day)
            for day in values
            if reader.get((*at, "values", day)) is not None
        }
    start, end, announced, cancelled = days.values()
    first = start or min(dated, default=None)
    problems = []

    def refuse(name: str, message: str) -> None:
        problems.append(reader.problem((*at, name), message))

    if start and end and start > end:
        refuse("end", f"ends on {end}, before it starts on {start}")
    if start and end and start == end and reader.get((*at, "profile")) == "ramp":
        refuse("end", "a ramp needs an end after its start")
    if first and announced and announced > first:
        refuse("announced", f"announced on {announced}, after it starts on {first}")
    if cancelled and not announced:
        refuse("cancelled", "only what was announced can be cancelled: `announced` is missing")
    if cancelled and announced and cancelled < announced:
        refuse("cancelled", f"cancelled on {cancelled}, before it was announced on {announced}")
    if cancelled and first and cancelled > first:
        refuse("cancelled", f"cancelled on {cancelled}, after it starts on {first}; give it an `end` instead")
    for day, path in dated.items():
        if (start and day < start) or (end and day > end):
            window = f"from {start or 'its first date'} to {end or 'the end of the run'}"
            problems.append(reader.problem(path, f"{day} is outside the intervention, {window}", at_key=True))
    if timeline is None:
        return problems
    if start and not _matters(start, announced, timeline):
        refuse("start", f"{start} is outside the run, {timeline.start} to {timeline.end}")
    if start is None:
        for day, path in dated.items():
            if not _matters(day, announced, timeline):
                message = f"{day} is outside the run, {timeline.start} to {timeline.end}"
                problems.append(reader.problem(path, message, at_key=True))
    return problems


def _matters(start: date, announced: date | None, timeline: Timeline) -> bool:
    """Whether an entry acts within the run: it starts in it, or is announced in it for later."""
    if start > timeline.end:
        return announced is not None and announced <= timeline.end
    return start >= timeline.start


def check_overlaps(reader: EntryReader) -> list[Problem]:
    """Two interventions of one file that take the same lever and member from the same day: neither comes first."""
    problems = []
    taken: dict[tuple[str, str, date], int] = {}
    for number in reader.numbers("interventions"):
        at: DataPath = ("interventions", number)
        name, cancelled = reader.get((*at, "lever")), reader.raw((*at, "cancelled"))
        start = reader.day((*at, "start")) or _first_of_series(reader, at)
        if name not in LEVERS or start is None or cancelled is not None:
            continue
        lever = LEVERS[name]
        words = [word for _, word in reader.words((*at, "for"))] or ["all"]
        for member in dict.fromkeys(member for word in words for member in lever.members_named(word)):
            other = taken.setdefault((name, member, start), number)
            if other != number:
                what = name if lever.domain is None else f"{name} for {member}"
                message = (
                    f"moves {what} from {start}, as does {quoted(reader.raw(('interventions', other, 'id')))}"
                )
                problems.append(reader.problem((*at, "start"), message))
                break
    return problems


def _first_of_series(reader: EntryReader, at: DataPath) -> date | None:
    values = reader.get((*at, "values"))
    return min(map(parse_day, values)) if isinstance(values, dict) and values else None


def check_shock(reader: EntryReader, number: int, timeline: Timeline | None) -> list[Problem]:
    """Every problem of meaning in shock `number`; the timeline is None where the parent is not known."""
    at: DataPath = ("shocks", number)
    problems = _check_shock_days(reader, at, timeline)
    name = reader.get((*at, "kind"))
    if name is None:
        return problems
    if name not in SHOCKS:
        return [
            *problems,
            reader.problem(
                (*at, "kind"), f"unknown kind of shock {quoted(name)}{_known('shock', name, SHOCKS)}"
            ),
        ]
    kind = SHOCKS[name]
    size = reader.get((*at, "size"))
    if size is not None and not kind.low <= size <= kind.high:
        message = f"{size:,.10g} is out of range: {name} takes {kind.range_text}"
        problems.append(reader.problem((*at, "size"), message))
    if kind.lasts_one_night and reader.raw((*at, "end")) is not None:
        problems.append(
            reader.problem((*at, "end"), f"{name} happens on one night and takes no `end`", at_key=True)
        )
    return problems + _check_shock_members(reader, at, kind)


def _check_shock_members(reader: EntryReader, at: DataPath, kind: ShockKind) -> list[Problem]:
    problems = []
    words = reader.words((*at, "for"))
    if words and not kind.members:
        problems.append(reader.problem((*at, "for"), f"{kind.kind} takes no `for:`", at_key=True))
    else:
        problems += [
            reader.problem(
                path, f"unknown {_in_words(kind.domain)} {quoted(word)}{_known('place', word, kind.members)}"
            )
            for path, word in words
            if word not in kind.members and word != "all"
        ]
    place = reader.get((*at, "place"))
    entry = reader.raw(at)
    if place is not None and not kind.places:
        problems.append(reader.problem((*at, "place"), f"{kind.kind} takes no `place:`", at_key=True))
    elif place is not None and place not in kind.places:
        problems.append(
            reader.problem(
                (*at, "place"), f"unknown place {quoted(place)}{_known('place', place, kind.places)}"
            )
        )
    elif kind.places and isinstance(entry, dict) and entry.get("place") is None:
        message = f"{kind.kind} needs a `place:`, one of {', '.join(kind.places)}"
        problems.append(reader.problem((*at, "place"), message))
    return problems


def _check_shock_days(reader: EntryReader, at: DataPath, timeline: Timeline | None) -> list[Problem]:
    start, end = reader.day((*at, "start")), reader.day((*at, "end"))
    problems = []
    if start and end and start > end:
        problems.append(reader.problem((*at, "end"), f"ends on {end}, before it starts on {start}"))
    if start and timeline and not timeline.start <= start <= timeline.end:
        message = f"{start} is outside the run, {timeline.start} to {timeline.end}"
        problems.append(reader.problem((*at, "start"), message))
    return problems
