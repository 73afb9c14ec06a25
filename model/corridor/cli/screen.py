r"""The one place where the command line writes: nothing else of `corridor.cli` prints.

What comes from a file, an argument or an error may hold characters that steer a terminal (escape sequences, backspaces,
overrides of the direction of text): they are written as what they are (`\x1b`), as is what the encoding of the stream
does not have. A stream that is closed is nobody's loss; a reader who went away ends the command quietly; a full disk is
said. With `--json` all that a command has to say becomes one document on standard output.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import pandas as pd

    from corridor.foundations.errors import Problem

FAILED, READER_GONE = 1, 141
AS_JSON = "--json"
_NEAREST = re.compile(r"did you mean '([^']*)'\?")
_STEERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"  # direction of text, lines
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"  # invisible, and halves of characters
)


@dataclass
class _Document:
    """What a command says with `--json`."""

    command: str
    notes: list[str] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)


_document: _Document | None = None


def begin(words: Sequence[str]) -> None:
    """Start a command: whether it answers with a document is told by its words."""
    global _document
    before = words[: words.index("--")] if "--" in words else words
    _document = _Document(words[0]) if AS_JSON in before else None


def is_document() -> bool:
    """Whether this command answers with one JSON document."""
    return _document is not None


def say(text: str = "") -> None:
    """A line on standard output; with `--json` nothing."""
    if _document is None:
        _write(sys.stdout, f"{text}\n")


def note(text: str) -> None:
    """A note on standard error, so that tables stay tables; with `--json` part of the document."""
    if _document is None:
        tell(f"note: {text}")
    else:
        _document.notes.append(text)


def tell(text: str) -> None:
    """A line on standard error: progress, or what went wrong."""
    _write(sys.stderr, f"{text}\n")


def answer(**parts: Any) -> None:
    """What a command answers with `--json`, by key; nothing without."""
    if _document is not None:
        _document.parts |= parts


def extend(key: str, *rows: Mapping[str, Any]) -> None:
    """Further rows of a list that a command answers with `--json`."""
    if _document is not None:
        _document.parts.setdefault(key, []).extend(rows)


def is_terminal() -> bool:
    """Whether a person sees standard output."""
    return sys.stdout is not None and not sys.stdout.closed and sys.stdout.isatty()


def problems(found: Iterable[Problem]) -> None:
    """All that is wrong with the input."""
    if _document is None:
        for each in found:
            tell(str(each))
    else:
        answer(problems=[asdict(each) | {"nearest": _nearest(each.message)} for each in found])


def failure(text: str) -> None:
    """Why a command failed."""
    if _document is None:
        tell(f"corridor: {text}")
    else:
        answer(error=text)


def finish(code: int) -> int:
    """End a command: write its document, if any, and what waits to be written; its exit code."""
    global _document
    ended, _document = _document, None
    if ended is not None:
        from corridor.version import __version__

        head = {"command": ended.command, "corridor": __version__, "exit_code": code, "notes": ended.notes}
        _write(sys.stdout, json.dumps(_plain(head | ended.parts), indent=1) + "\n")
    for stream in (sys.stdout, sys.stderr):
        _guarded(stream, lambda stream: stream.flush())
    return code


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, by column."""
    return table.to_dict("records")  # pyright: ignore[reportReturnType]


def clean(text: str) -> str:
    """A text in which nothing steers a terminal."""
    return _STEERS.sub(lambda found: found.group().encode("unicode_escape", "surrogatepass").decode(), text)


def open_standard_streams() -> None:
    """Give descriptors 0 to 2 to /dev/null where they are closed, or files of results would get them."""
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor < 3:
        descriptor = os.dup(descriptor)
    os.close(descriptor)


def show_warnings() -> None:
    """Make what Corridor warns of a note, said once."""
    from corridor.foundations.errors import CorridorWarning

    otherwise = warnings.showwarning

    def show(message, category, *place, **more) -> None:
        if issubclass(category, CorridorWarning):
            note(str(message))
        else:
            otherwise(message, category, *place, **more)

    warnings.showwarning = show


def _nearest(message: str) -> str | None:
    found = _NEAREST.search(message)
    return found.group(1) if found else None


def _plain(value: Any) -> Any:
    """A value as JSON knows it: what is no number is null, and NumPy's numbers are numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if abs(value) != float("inf") and value == value else None
    return value if value is None or isinstance(value, str | int) else str(value)


def _write(stream: TextIO | None, text: str) -> None:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = clean(text).encode(encoding, "backslashreplace").decode(encoding)
    _guarded(stream, lambda stream: stream.write(shown))


def _guarded(stream: TextIO | None, use) -> None:
    """Use a stream, if it is there; one that cannot be written ends the command where it is standard output."""
    if stream is None or stream.closed:
        return
    try:
        use(stream)
    except OSError as error:
        _give_up(stream)
        if stream is sys.stdout:
            if isinstance(error, BrokenPipeError):
                raise SystemExit(READER_GONE) from None
            _write(sys.stderr, f"corridor: standard output cannot be written: {error.strerror}\n")
            raise SystemExit(FAILED) from None


def _give_up(stream: TextIO) -> None:
    """Let what still waits in a stream go nowhere, or Python would try again as it ends, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):  # a stream that has no descriptor
        pass
    finally:
        os.close(nowhere)
