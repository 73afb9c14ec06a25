"""Reading a file that somebody else chose: only regular files, and no more of one than is allowed.

A pipe or a device would be waited for, or never end. What is not regular is told at once, as the system tells of a file
that cannot be read (`OSError`), so that a reader's message names the file and the reason.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_regular(path: Path | str, most_bytes: int) -> bytes:
    """The content of a regular file; a link to one counts as one.

    Parameters
    ----------
    most_bytes
        A larger file is not read at all.

    Raises
    ------
    OSError
        If it cannot be read, is no regular file (`EINVAL`), or is larger than allowed (`EFBIG`).
    """
    descriptor = os.open(
        path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    )  # a pipe without a writer does not block
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(about.st_mode):
            kind = KINDS.get(stat.S_IFMT(about.st_mode), "something else")
            raise OSError(errno.EINVAL, f"it is {kind}, not a regular file", str(path))
        content = file.read(most_bytes + 1) if about.st_size <= most_bytes else b""
    if about.st_size > most_bytes or len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes / 1_000_000:,.0f} MB", str(path))
    return content
