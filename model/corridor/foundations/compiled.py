"""The two decorators of compiled code, and a cache that an edit can never make stale.

Numba stamps a cached function with its own file only, so an edited helper would be served from an old cache. The cache
folder is therefore named after the content of every source of compiled code and the versions of Python, NumPy and
Numba.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core.caching import FunctionCache
from platformdirs import user_cache_path

CACHES_KEPT = 4
#: Folders of the package that hold compiled functions.
COMPILED = ("foundations", "engine/records", "engine/kernel", "engine/mechanisms")


def source_digest() -> str:
    """Digest of all sources of compiled code and the versions that shape the machine code."""
    digest = blake2b(digest_size=12)
    package = Path(__file__).parents[1]
    for source in sorted(file for folder in COMPILED for file in (package / folder).glob("*.py")):
        digest.update(source.relative_to(package).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    for version in (platform.python_version(), np.__version__, numba.__version__):
        digest.update(version.encode())
    return digest.hexdigest()


def _choose_cache() -> None:
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    parent = user_cache_path("corridor") / "kernels"
    folder = parent / source_digest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        older = sorted(
            (p for p in parent.iterdir() if p != folder), key=lambda p: p.stat().st_mtime, reverse=True
        )
        for stale in older[CACHES_KEPT - 1 :]:
            shutil.rmtree(stale, ignore_errors=True)
    except OSError:
        return  # no writable cache: Numba falls back to its own choice
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]


_choose_cache()


class _Cache(FunctionCache):
    """Numba's cache, in which a damaged file is as good as none: the function is compiled and written anew."""

    def load_overload(self, sig, target_context):
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # bytes that are no pickle may raise anything
            self.flush()
            return None


def kernel(function: Callable) -> Any:
    """Compile a function that others call; what is compiled is kept for the next process."""
    compiled: Any = numba.njit(error_model="numpy", nogil=True, cache=True)(function)
    compiled._cache = _Cache(function)
    return compiled


mechanism = numba.njit(error_model="numpy", forceinline=True)
