"""Scenario files that a visitor brings: read within bounds, refused with their place, run, and packed.

Nothing of an uploaded file is executed, and no name in it reaches a file: parents and baselines are shipped
scenarios, looked up by name. A file is parsed in a process of its own (`corridor_app.jobs.reading`). No Streamlit
widgets here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

import corridor
from corridor_app.charts.headlines import HEADLINES, measure
from corridor_app.jobs.reading import Ended, Readers
from corridor_app.jobs.runs import Outcome
from corridor_app.jobs.zipped import zipped
from corridor_app.words.language import N_, _
from corridor_app.words.wording import change, rounded, span

MOST_FILES = 10
MOST_BYTES = 256 * 1024

LONGEST_LABEL = 80

MOST_ENDED = 2
"""Files of one visitor that are not read to their end, at a time; those after them are not begun."""

ENDED = {
    Ended.TOO_LONG: N_("not read: it takes too long; a scenario file is read in well under a second"),
    Ended.TOO_LARGE: N_("not read: what it stands for takes too much memory"),
    Ended.BUSY: N_("not read: too many files are being read; bring it again in a minute"),
}


@dataclass(frozen=True)
class Upload:
    """An uploaded file: the scenario that it holds, or what is wrong with it."""

    file: str
    scenario: corridor.Scenario | None
    errors: str = ""
    yaml: str = ""
    ended: bool = False


def read_uploads(files: Sequence[tuple[str, bytes]], readers: Readers, visitor: str) -> list[Upload]:
    """Read (name, content) of uploaded files; a wrong one says why and stops no other.

    Only the first `MOST_FILES` are read. A scenario must extend a shipped one, under a name of its own.

    Parameters
    ----------
    readers
        The processes that read them.
    visitor
        Whose files they are.
    """
    uploads: list[Upload] = []
    for number, (name, content) in enumerate(files):
        taken = {each.scenario.name for each in uploads if each.scenario is not None}
        label = label_of(name)
        if number == MOST_FILES:
            why = _("{more} more files are not read: at most {files} at a time")
            said = why.format(more=len(files) - number, files=MOST_FILES)
            return [*uploads, Upload(label, None, f"{label}: {said}")]
        if sum(each.ended for each in uploads) >= MOST_ENDED:
            why = _("not read: files before it could not be read to their end")
            uploads.append(Upload(label, None, f"{label}: {why}"))
        else:
            uploads.append(_read(label, content, taken, readers, visitor))
    return uploads


def label_of(name: str) -> str:
    """The last part of a file's name, without what could disturb a line of text."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(each if each.isprintable() else "?" for each in last)[:LONGEST_LABEL] or "file"


def _read(label: str, content: bytes, taken: set[str], readers: Readers, visitor: str) -> Upload:
    if len(content) > MOST_BYTES:
        why = _("larger than {size} KB").format(size=MOST_BYTES // 1024)
        return Upload(label, None, f"{label}: {why}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        return Upload(label, None, f"{label}:{line}:{column}: {_('is not UTF-8 text')}")
    read = readers.read(visitor, text, label)
    if isinstance(read, Ended):
        return Upload(label, None, f"{label}: {_(ENDED[read])}", ended=True)
    scenario = read.scenario
    if scenario is None:
        more = [_("and {more} more problems").format(more=read.more)] if read.more else []
        return Upload(label, None, "\n".join([*read.problems, *more]))
    shipped = corridor.scenario_names()
    place = _place_of("name", text, label)
    if scenario.name in shipped:
        why = _("{name} is the name of a shipped scenario; choose another").format(name=scenario.name)
        return Upload(label, None, f"{place}: {why}")
    if scenario.name in taken:
        why = _("another uploaded file has the name {name}").format(name=scenario.name)
        return Upload(label, None, f"{place}: {why}")
    if scenario.extends is None:
        why = _("must extend a shipped scenario, such as `extends: history`")
        return Upload(label, None, f"{label}:1:1: {why}")
    if scenario.sweep is not None:
        place = _place_of("sweep", text, label)
        why = _("a sweep is too many runs for this page; use `corridor batch`")
        return Upload(label, None, f"{place}: {why}")
    return Upload(label, scenario, yaml=read.yaml)


def _place_of(key: str, text: str, label: str) -> str:
    """File, line and column of a key at the start of a line; of the file's start where it is written otherwise."""
    lines = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(rf"['\"]?{key}['\"]?\s*:", line)
    ]
    return f"{label}:{lines[0] if lines else 1}:1"


def summary_table(outcomes: Sequence[Outcome], window: corridor.Window) -> pd.DataFrame:
    """The headline numbers of each scenario during one window, and their differences with 80% intervals."""
    rows = []
    for each in outcomes:
        for headline in HEADLINES:
            found = measure(each.scenario, each.baseline, window, headline.indicator)
            if found is not None:
                interval = span(change(found.low), change(found.high))
                words = (rounded(found.scenario), rounded(found.baseline), change(found.difference), interval)
                rows.append((each.scenario.scenario, _(headline.title), *words))
    columns = [_("scenario"), _("number"), _("value"), _("baseline"), _("difference"), _("80% interval")]
    return pd.DataFrame(rows, columns=columns)


def pack(outcomes: Sequence[Outcome], yaml: Mapping[str, str], window: str | None = None) -> bytes:
    """A zip of what `corridor run` writes for each scenario, and its YAML; the same input gives the same bytes.

    Parameters
    ----------
    window
        As `Outcome.files` takes it.
    """
    files: dict[str, bytes] = {}
    for each in outcomes:
        name = each.scenario.scenario
        files |= {f"{name}/{file}": content for file, content in each.files(window).items()}
        files[f"{name}/{name}.yaml"] = yaml[name].encode()
    return zipped(files)
