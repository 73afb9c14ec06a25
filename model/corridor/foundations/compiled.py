"""The two decorators of compiled code, and a cache that an edit can never make stale.

Numba stamps a cached function with its own file only, so an edited helper would be served from an old cache. The cache
folder is therefore named after the content of every source of compiled code and the versions of Python, NumPy and
Numba. Where it cannot be written (no home, a read-only or a full disk), code is compiled all the same, and a warning
says so once.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import shutil
import warnings
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator

from corridor.foundations.caches import cache_folder
from corridor.foundations.errors import CorridorWarning

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
    parent = cache_folder("kernels")
    folder = parent / source_digest()
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    with suppress(OSError):  # it is said when something was compiled and cannot be kept
        folder.mkdir(parents=True, exist_ok=True)
        older = sorted(
            (p for p in parent.iterdir() if p != folder), key=lambda p: p.stat().st_mtime, reverse=True
        )
        for stale in older[CACHES_KEPT - 1 :]:
            shutil.rmtree(stale, ignore_errors=True)


_choose_cache()

_at_work: set[str] = set()
_said = False


def is_compiling() -> bool:
    """Whether this process compiles code just now: nothing of it was in the cache."""
    return bool(_at_work)


def not_kept(reason: str) -> str:
    """What to tell a person whose compiled code cannot be kept, and how it can be."""
    return (
        f"compiled code cannot be kept in {numba.config.CACHE_DIR} ({reason}), so every process compiles it anew, "  # type: ignore[attr-defined]
        "which may take a minute; set XDG_CACHE_HOME or NUMBA_CACHE_DIR to a folder that can be written"
    )


class _Locator(UserProvidedCacheLocator):
    """The chosen folder, whether or not it can be written: what is in it can be read."""

    @classmethod
    def from_function(cls, py_func, py_file):
        return cls(py_func, py_file)


class _CacheImpl(CompileResultCacheImpl):
    _locator_classes = (_Locator,)  # type: ignore[assignment]


class _Cache(FunctionCache):
    """Numba's cache, for which a damaged file is as good as none, and which does without a folder to write."""

    _impl_class = _CacheImpl

    def load_overload(self, sig, target_context):
        try:
            found = super().load_overload(sig, target_context)
        except Exception:  # bytes that are no pickle may raise anything
            with suppress(OSError):
                self.flush()
            found = None
        if found is None:
            _at_work.add(self._name)
        return found

    def save_overload(self, sig, data):
        global _said
        _at_work.discard(self._name)
        try:
            super().save_overload(sig, data)
        except OSError as error:
            if not _said and multiprocessing.parent_process() is None:  # workers leave it to their parent
                _said = True
                warnings.warn(not_kept(error.strerror or str(error)), CorridorWarning, stacklevel=2)


def kernel(function: Callable) -> Any:
    """Compile a function that others call; what is compiled is kept for the next process, where that can be."""
    compiled: Any = numba.njit(error_model="numpy", nogil=True)(function)
    compiled._cache = _Cache(function)
    return compiled


mechanism = numba.njit(error_model="numpy", forceinline=True)
