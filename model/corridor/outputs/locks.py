"""One writer at a time in a results folder: a lock that names its holder, and that goes with the process.

The lock is the kernel's (`flock`) on a hidden file of the folder. When the holder ends, however it ends, the kernel
lets go: a file left behind by a kill holds nobody up. The file says who holds it (process, host, since when, command),
for the words of the refusal only. Where a file system knows no locks, writing goes on without one. POSIX only, as
Corridor is; on a network folder it is as good as the `flock` of that file system.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from platform import node
from threading import get_ident

from corridor.foundations.errors import InputError, Problem

LOCK = ".corridor-lock"
SHORT = 10.0  # seconds that a writer waits for another that only writes
_LOOK_EVERY = 0.05
MADE_AGAIN = 10  # times that a folder which somebody deletes is made
_LONGEST_NOTE = 2000  # bytes
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)

_held: set[tuple[Path, int]] = set()  # folders that threads of this process hold


@contextmanager
def locked(folder: Path | str, *, wait: float = 0.0) -> Iterator[Path]:
    """Hold a folder for writing; it is made when missing, and removed again if it was and stays empty.

    A thread that holds a folder may ask for it again.

    Parameters
    ----------
    wait
        Seconds to wait for another holder before refusing.

    Raises
    ------
    InputError
        If the folder cannot be written, or another process or thread holds it.
    """
    folder = Path(folder)
    key = folder.resolve(), get_ident()
    if key in _held:
        folder.mkdir(parents=True, exist_ok=True)  # someone may have deleted it meanwhile
        yield folder
        return
    made = _make(folder)
    try:
        descriptor = _acquire(folder, wait)
        _held.add(key)
        try:
            yield folder
        finally:
            _held.discard(key)
            if descriptor is not None:
                _release(folder / LOCK, descriptor)
    finally:
        for each in made:
            _remove_empty(each)


def holder_of(folder: Path | str) -> dict[str, str] | None:
    """Who holds a folder as its lock file says (process, host, since, command); None if nobody does."""
    try:
        descriptor = _open(Path(folder) / LOCK, os.O_RDWR)
    except OSError:
        return None
    try:
        if _try(descriptor):
            return None
        return _note(descriptor)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _make(folder: Path) -> list[Path]:
    """Make a folder; those that were missing, innermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        for each in missing:
            _remove_empty(each)
        raise _unwritable(folder, error) from None
    return missing


def _acquire(folder: Path, wait: float) -> int | None:
    """An open, locked file that says who we are; None where the file system knows no locks."""
    file, until = folder / LOCK, time.monotonic() + wait
    gone = 0
    while True:
        try:
            descriptor = _open(file, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EINVAL, errno.ENXIO):
                raise _refusal(
                    folder, f"{LOCK} in it is no lock of Corridor but {error.strerror}; remove it"
                ) from None
            gone += 1
            if (
                error.errno == errno.ENOENT and gone <= MADE_AGAIN
            ):  # somebody deletes the folder at this very moment
                _make(folder)
                continue
            raise _unwritable(folder, error) from None
        try:
            if _try(descriptor):
                if _is_still(file, descriptor):
                    _introduce(descriptor)
                    return descriptor
                os.close(descriptor)  # the holder before us took its file away as we opened it
                continue
        except OSError as error:
            os.close(descriptor)
            if error.errno in _NO_LOCKS:
                return None
            raise _unwritable(folder, error) from None
        note = _note(descriptor)
        os.close(descriptor)
        if time.monotonic() >= until:
            raise _taken(folder, note)
        time.sleep(_LOOK_EVERY)


def _open(file: Path, flags: int) -> int:
    """Open a lock file as itself: what a link points to is not ours to write, and a pipe is no file."""
    try:
        descriptor = os.open(file, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a link") from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file")
    return descriptor


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(file: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except FileNotFoundError:
        return False


def _introduce(descriptor: int) -> None:
    """Say who holds the lock; on a full disk it is held by somebody without a name."""
    program = Path(sys.argv[0]).name
    note = {
        "process": str(os.getpid()),
        "host": node(),
        "since": datetime.now().astimezone().isoformat(sep=" ", timespec="seconds"),
        "command": " ".join(["corridor" if program == "__main__.py" else program, *sys.argv[1:]])[:200],
    }
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(note).encode(), 0)
    except OSError:
        return


def _note(descriptor: int) -> dict[str, str]:
    try:
        read = json.loads(os.pread(descriptor, _LONGEST_NOTE, 0))
    except (OSError, ValueError, RecursionError):
        return {}
    return {str(name): str(each) for name, each in read.items()} if isinstance(read, dict) else {}


def _release(file: Path, descriptor: int) -> None:
    """Take the file away while it is ours, then let go."""
    try:
        if _is_still(file, descriptor):
            file.unlink(missing_ok=True)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def _taken(folder: Path, note: dict[str, str]) -> InputError:
    who = "another process"
    if note.keys() >= {"process", "host", "since"}:
        who = f"process {note['process']} on {note['host']}, since {note['since']}"
        who += f" ({note['command']})" if note.get("command") else ""
    return _refusal(folder, f"is being written by {who}; wait for it, or choose another folder with --out")


def _unwritable(folder: Path, error: OSError) -> InputError:
    return _refusal(folder, f"cannot be written: {error.strerror}; choose another folder with --out")


def _refusal(folder: Path, why: str) -> InputError:
    return InputError([Problem(str(folder), 0, 0, "", why)])
