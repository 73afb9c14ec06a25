"""Files as one zip, for a visitor to take away; the same files give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

ZIPPED_AT = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, ZIPPED_AT)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, files[path])
    return buffer.getvalue()
