"""What `corridor app` becomes: the server of the app, which asks nothing and says where the page is.

Started as `python serving.py PORT true|false [OPTION...]`, with whether a browser is to be opened and any of `OPTIONS`,
it stays this process: who stops `corridor app`, as a container does, stops the server.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

import typer
from starlette.middleware import Middleware
from streamlit import config, runtime
from streamlit.web import cli
from streamlit.web.server import server, server_util
from streamlit.web.server.starlette import starlette_app

from corridor_app.guard import Guard
from corridor_app.jobs.kept_uploads import BoundedUploads
from corridor_app.jobs.visitors import BEHIND_PROXY

POLL_SECONDS = 0.05
"""Seconds between two looks at whether the server has started."""

PAGE = Path(__file__).resolve().parent / "entry" / "main.py"


METRICS, PROXY = "--metrics", "--behind-proxy"
OPTIONS = (METRICS, PROXY)
"""Whether /_stcore/metrics answers; whether the address of a visitor is what a proxy in front of the server says."""


def main(port: str, opens_browser: str, *options: str) -> None:
    _open_standard_streams()
    _stand_guard(opens_metrics=METRICS in options)
    if PROXY in options:
        os.environ[BEHIND_PROXY] = "1"
    # uvicorn would take whatever comes from this machine, such as a proxy that passes a visitor's own headers on, for
    # a proxy that says the truth about addresses. Who wants that names the proxy in this variable of uvicorn.
    os.environ.setdefault("FORWARDED_ALLOW_IPS", "")
    # Streamlit has no setting for how many files it keeps.
    server.MemoryUploadedFileManager = BoundedUploads  # pyright: ignore[reportPrivateImportUsage]
    # Streamlit would ask for an e-mail address before it serves, once an account and whenever its file of it cannot
    # be read, and would end where nobody can answer. There is a setting for the first alone.
    cli.check_credentials = lambda: None  # pyright: ignore[reportPrivateImportUsage]
    threading.Thread(target=_announce, daemon=True).start()
    settings = {
        "server.port": port,
        "server.headless": "false" if opens_browser == "true" and _has_screen() else "true",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    cli.main(
        ["run", str(PAGE), *(f"--{name}={value}" for name, value in settings.items())],
        prog_name="corridor app",
    )


def _stand_guard(*, opens_metrics: bool) -> None:
    """Put `Guard` around the server. Streamlit's own way to take middleware, `st.App`, opens no browser."""
    theirs = starlette_app.create_streamlit_middleware
    guard = Middleware(Guard, opens_metrics=opens_metrics)
    starlette_app.create_streamlit_middleware = lambda: [guard, *theirs()]


def _has_screen() -> bool:
    """Whether a browser can show itself: one without a screen would take the terminal over."""
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _open_standard_streams() -> None:
    """Give descriptors 0 to 2 to /dev/null where they are closed, or the server's own sockets would get them."""
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor < 3:
        descriptor = os.dup(descriptor)
    os.close(descriptor)


def _announce() -> None:
    """Print the address of the page when the server has started; nothing where it cannot."""
    while not runtime.exists() or runtime.get_instance().state is runtime.RuntimeState.INITIAL:
        time.sleep(POLL_SECONDS)
    address = config.get_option("server.address") or "localhost"
    url = server_util.get_url(server_util.get_display_address(address))
    with contextlib.suppress(OSError):  # nobody reads it
        typer.echo(f"Corridor is at {url} (Ctrl-C ends it)")


if __name__ == "__main__":
    main(*sys.argv[1:])
