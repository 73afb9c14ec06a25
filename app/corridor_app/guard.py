"""What stands between the network and Streamlit's server: headers of every answer, and what is not answered.

There is no setting of Streamlit for either. `Guard` is ASGI middleware around all that Streamlit does itself.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corridor_app.widgets.scripts import all_scripts

METRICS = "/_stcore/metrics"
"""Counts of sessions and memory, for Prometheus: nobody's business but the operator's."""

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def content_policy() -> str:
    """The Content-Security-Policy: nothing comes from, or goes to, another host, and no script runs but known ones.

    Inline scripts are those of Streamlit's own page and of `all_scripts`, each by its hash. Styles are written by
    scripts (`unsafe-inline`).
    """
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    known = [*INLINE.findall(page.read_text(encoding="utf-8")), *all_scripts()]
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'", *map(_hash, known)],
        "worker-src": ["'self'", "blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in rules.items())


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def headers() -> dict[str, str]:
    """Headers of every answer."""
    return {
        "Content-Security-Policy": content_policy(),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


class Guard:
    """Middleware that adds `headers` and answers 404 for `METRICS`, unless they are opened.

    Parameters
    ----------
    app
        What answers otherwise.
    opens_metrics
        Whether whoever reaches the server may read `METRICS`.
    """

    def __init__(self, app: ASGIApp, *, opens_metrics: bool = False):
        self._app = app
        self._headers = headers()
        self._closed: Iterable[str] = () if opens_metrics else (METRICS,)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        path = re.sub(r"/+", "/", scope["path"]).rstrip("/")
        app = PlainTextResponse("Not Found", 404) if path.endswith(tuple(self._closed)) else self._app
        await app(scope, receive, answer)
