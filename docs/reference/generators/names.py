"""python.md: every public name of `corridor`, from its signature and its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import corridor

WORDS = """\
# Python

Made from the docstrings of [corridor](../../model/corridor/__init__.py) by `make generate`; not edited by hand.
These names are the public face: the command line and the app use nothing else, and other modules may change without
notice. [Use it from Python](../how-to/python.md) has examples that run.
"""
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
ENTRY = re.compile(r"^(\S.*)\n((?:[ ]{4}.*\n|\n)*)", re.MULTILINE)
MODULE = re.compile(r"\b(?:\w+\.)+(?=\w)")
WIDEST = 100
ENTRIES = ("Parameters", "Attributes", "Raises")
"""Sections made of entries: a line that names one, and indented lines that describe it."""
OF_THEIR_OWN = ("INDICATORS", "LEVERS")
"""Registries with a page."""


def names_page() -> str:
    """Functions, then classes, then data; each in the order of the alphabet."""
    found = {name: getattr(corridor, name) for name in corridor.__all__}
    classes = [name for name, value in found.items() if inspect.isclass(value)]
    functions = [name for name, value in found.items() if callable(value) and name not in classes]
    data = [name for name in found if name not in classes and name not in functions]
    parts = [WORDS, "## Functions\n", *(_function(name, found[name]) for name in functions)]
    parts += ["## Classes\n", *(_class(name, found[name]) for name in classes)]
    parts += ["## Data\n", *(f"### {name}\n\n{_about(name, found[name])}" for name in data)]
    return "\n".join(parts)


def _function(name: str, function: Callable[..., Any]) -> str:
    return f"### {name}\n\n{_signature(name, function)}\n\n{_prose(inspect.getdoc(function))}"


def _class(name: str, kind: type) -> str:
    parts = [f"### {name}\n\n{_prose(inspect.getdoc(kind))}"]
    for member, value in _members(kind):
        shown = f"{name}.{member}"
        is_data = isinstance(value, property) or not callable(value)
        words = f"`{shown}`" if is_data else _signature(shown, value)
        parts.append(
            f"#### {shown}\n\n" + ("" if is_data else f"{words}\n\n") + _prose(inspect.getdoc(value))
        )
    return "\n".join(parts)


def _members(kind: type) -> Iterator[tuple[str, Any]]:
    """What a class of this project offers by itself, where a docstring says what it is."""
    for name, raw in vars(kind).items():
        value = getattr(kind, name) if isinstance(raw, classmethod | staticmethod) else raw
        documented = callable(value) or isinstance(value, property) or hasattr(value, "attrname")
        own = getattr(value, "__module__", None) or getattr(getattr(value, "fget", None), "__module__", "")
        if name.startswith("_") or not documented or not getattr(value, "__doc__", None):
            continue
        if own.startswith("corridor.") or hasattr(value, "attrname"):
            yield name, value


def _signature(name: str, function: Callable[..., Any]) -> str:
    """A call as it is written, on one line or on several; annotations without the modules that they come from."""
    signature = inspect.signature(function)
    parameters = [one for key, one in signature.parameters.items() if key not in ("self", "cls")]
    words: list[str] = []
    for one in parameters:
        if one.kind is one.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        default = "" if one.default is one.empty else f" = {one.default!r}"
        words.append(f"{one.name}: {_hint(one.annotation)}{default}")
    returned = f" -> {_hint(signature.return_annotation)}"
    text = f"{name}({', '.join(words)}){returned}"
    if len(text) > WIDEST:
        text = f"{name}(\n" + "".join(f"    {each},\n" for each in words) + f"){returned}"
    return f"```text\n{text}\n```"


def _hint(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    return annotation.__name__ if inspect.isclass(annotation) else MODULE.sub("", str(annotation))


def _about(name: str, value: str | Mapping[str, Any]) -> str:
    if isinstance(value, str):
        return f"`{value}` for this version.\n"
    first = (inspect.getdoc(type(value)) or "").split("\n\n")[0]
    if name in OF_THEIR_OWN:
        return f"{first} [What it holds]({name.lower()}.md).\n"
    return f"{first} It holds {', '.join(f'`{id}`' for id in value)}.\n"


def _prose(docstring: str | None) -> str:
    """A docstring in Markdown: its sections under bold words, the entries of a section as a list."""
    start, *sections = SECTION.split(f"{docstring or ''}\n")
    parts = [start.strip()]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        parts.append(f"**{title}**")
        parts.append("\n".join(_entries(body)) if title in ENTRIES else _dedented(body))
    return "\n\n".join(part for part in parts if part) + "\n"


def _entries(body: str) -> Iterator[str]:
    for name, words in ENTRY.findall(body):
        shown, _, kind = name.partition(" : ")
        about = " ".join(words.split())
        yield f"- `{shown}`" + (f", {kind}" if kind else "") + (f": {about}" if about else "")


def _dedented(body: str) -> str:
    return "\n".join(line.strip() for line in body.strip().splitlines())
