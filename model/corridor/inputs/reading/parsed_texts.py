"""What long YAML texts say, kept from one process to the next: the registries take longer to parse than a month to run.

Kept is plain data alone, as JSON, and only of a text in which nothing was refused. An entry is named after the text,
the rules by which it was read and the versions of what read it, so that an edit can never meet an old one.
"""

from __future__ import annotations

import json
import os
import platform
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import ruamel.yaml

from corridor.foundations.caches import cache_folder

LONG = 2_000  # characters; shorter texts, such as most scenarios, are parsed sooner than looked up
TEXTS_KEPT = 100


def recall(text: str) -> Any:
    """The data of a text that is kept; None if it is not."""
    if len(text) < LONG:
        return None
    try:
        return json.loads(_file(text).read_bytes())
    except (OSError, ValueError):
        return None


def remember(text: str, data: Any) -> None:
    """Keep the data of a text if it is long; a folder that cannot be written is no reason to fail."""
    if len(text) < LONG:
        return
    file = _file(text)
    unfinished = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(data), encoding="ascii")
        unfinished.replace(file)
        newest_first = sorted(file.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in newest_first[TEXTS_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def texts_folder() -> Path:
    """Where they are kept."""
    return cache_folder("texts")


def _file(text: str) -> Path:
    digest = blake2b(_rules() + text.encode("utf-8", "surrogatepass"), digest_size=16)
    return texts_folder() / f"{digest.hexdigest()}.json"


@cache
def _rules() -> bytes:
    """What decides how a text is read, besides the text."""
    reader = (Path(__file__).parent / "yaml_source.py").read_bytes()
    return b"\0".join([reader, ruamel.yaml.__version__.encode(), platform.python_version().encode(), b""])
