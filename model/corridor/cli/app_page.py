"""The command that opens the app."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from corridor.cli.options import refuse
from corridor.foundations.children import without_current_folder


def open_app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    metrics: Annotated[
        bool,
        typer.Option("--metrics", help="Answer at /_stcore/metrics: counts of sessions, for Prometheus."),
    ] = False,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="Take the last X-Forwarded-For as a visitor's address: a proxy of yours sets it.",
        ),
    ] = False,
) -> None:
    """Open the app in a browser."""
    from importlib.util import find_spec

    from corridor.foundations.extras import need

    need("app", "corridor app")
    spec = find_spec("corridor_app")
    if spec is None or not spec.submodule_search_locations:
        raise refuse("corridor app", "the app (package corridor_app) is not installed beside the library")
    server = Path(next(iter(spec.submodule_search_locations))) / "serving.py"
    # Nothing of the folder that it is started from, or of its own, is to be imported by chance (-P).
    command = [sys.executable, "-P", str(server), str(port), "false" if headless else "true"]
    options = {"--metrics": metrics, "--behind-proxy": behind_proxy}
    command += [option for option, given in options.items() if given]
    # The server takes the place of this process: who stops `corridor app`, as a container does, stops the server.
    os.execve(sys.executable, command, without_current_folder(os.environ))
