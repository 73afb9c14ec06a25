"""Where Corridor keeps what it would otherwise make again: compiled code, stored states, parsed registries."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder(name: str) -> Path:
    """A folder of the user's caches; it need not be there, nor can it always be made.

    An account without a home folder has none: the path lies below ``/dev/null`` then, where nothing can be made, so
    that nothing is written into whatever folder the process was started from.
    """
    folder = user_cache_path("corridor") / name
    return folder if folder.is_absolute() else Path(os.devnull) / "no-home" / name
