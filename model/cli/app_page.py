"""The command that opens the app."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from model.cli.options import refuse


def open_app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> None:
    """Open the app in a browser."""
    from importlib.util import find_spec

    spec = find_spec("app")
    if spec is None or not spec.submodule_search_locations:
        raise refuse("corridor app", "the app is not installed beside the model")
    server = Path(next(iter(spec.submodule_search_locations))) / "serving.py"
    # Nothing of the folder that it is started from, or of its own, is to be imported by chance (-P).
    command = [sys.executable, "-P", str(server), str(port), "false" if headless else "true"]
    # The server takes the place of this process: who stops `corridor app`, as a container does, stops the server.
    os.execv(sys.executable, command)
