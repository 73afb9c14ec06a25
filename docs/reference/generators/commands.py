"""commands.md: every command of the command line, its arguments and options, from what the commands declare."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo

from corridor.cli import app
from generators.tables import table

WORDS = """\
# Commands

Made from [the command line](../../model/corridor/cli/__init__.py) by `make generate`; not edited by hand.

Results go to files, summaries to standard output, progress and problems to standard error. Exit codes: 0 done, 1 failed
(or not equal), 2 bad input, 130 interrupted, 141 nobody reads standard output any more. `corridor COMMAND --help` says
the same as this page; [Use commands in scripts](../how-to/command-line.md) tells of JSON, completion and variables of
the environment."""
TYPES = {int: "whole number", str: "text", Path: "path", float: "number", bool: ""}
OWN_DEFAULT = re.compile(r"\s*\[default: (.*)\]$")
"""A help text that says itself what holds where nothing is given."""


def command_page() -> str:
    """Every command in the order of `corridor --help`."""
    parts = [WORDS]
    for registered in app.registered_commands:
        assert registered.callback is not None
        parts.append(_section(registered.name or registered.callback.__name__, registered.callback))
    for group in app.registered_groups:
        assert group.typer_instance is not None
        for registered in group.typer_instance.registered_commands:
            assert registered.callback is not None
            parts.append(_section(f"{group.name} {registered.name}", registered.callback))
    return "\n\n".join(parts) + "\n"


def _section(name: str, command: Callable[..., Any]) -> str:
    rows = list(_rows(command))
    arguments = [row[0].strip("`") for row in rows if not row[0].startswith("`-")]
    usage = " ".join(["corridor", name, *arguments, *(["[OPTIONS]"] if len(rows) > len(arguments) else [])])
    words = inspect.cleandoc(command.__doc__ or "")
    shown = f"\n\n{table(['option', 'takes', 'default', 'what'], rows).rstrip()}" if rows else ""
    return f"## {name}\n\n{words}\n\n```text\n{usage}\n```{shown}"


def _rows(command: Callable[..., Any]) -> Iterator[list[str]]:
    defaults = inspect.signature(command).parameters
    for name, hint in get_type_hints(command, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            continue
        kind, declared = get_args(hint)[:2]
        default = defaults[name].default
        required = default is inspect.Parameter.empty
        if isinstance(declared, ArgumentInfo):
            many = get_origin(kind) is list
            shown = f"{name.upper()}{'...' if many else ''}"
            shown = shown if required else f"[{shown}]"
        else:
            shown = ", ".join(declared.param_decls or ()) or f"--{name.replace('_', '-')}"
        words = declared.help or ""
        own = OWN_DEFAULT.search(words)
        usual = own.group(1) if own else "required" if required else _default(default)
        yield [f"`{shown}`", _takes(kind, declared.min, declared.max), usual, OWN_DEFAULT.sub("", words)]


def _default(value: object) -> str:
    return "" if value is None or value is False or value == [] else f"`{value}`"


def _takes(kind: Any, low: float | None, high: float | None) -> str:
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    word = TYPES[get_args(kind)[0] if get_origin(kind) is list else kind]
    if low is not None and high is not None:
        return f"{word}, {low:,} to {high:,}"
    return word if low is None else f"{word}, {low:,} or more"
