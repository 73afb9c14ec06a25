"""Writing files so that a reader, or an interruption, never meets a half of one; refusing those that are wrong."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from corridor.foundations.errors import InputError, Problem
from corridor.outputs.locks import SHORT, locked

ATTEMPTS = 3
"""Times that files are written where somebody deletes them meanwhile."""


def write_files(folder: Path | str, files: Mapping[str, bytes | Iterable[bytes]]) -> list[Path]:
    """Write files under a folder, all to a place beside it first, then each moved to its name at once.

    Parameters
    ----------
    folder
        Made when missing, and held while it is written (`locks`).
    files
        Path below the folder -> content, whole or in pieces; if the folder is deleted meanwhile, all is written again
        (unless a content is an iterator, which gives its pieces once). Written in this order; put last what should
        only be there when the others are.

    Returns
    -------
    The paths written.

    Raises
    ------
    InputError
        If the folder cannot be written, another process holds it, or a folder in it is a link.
    OSError
        If there is no room; nothing of what was there has changed then.
    """
    attempts = 1 if any(isinstance(content, Iterator) for content in files.values()) else ATTEMPTS
    with locked(folder, wait=SHORT) as held:
        for _ in range(attempts - 1):
            try:
                return _write_held(held, files)
            except FileNotFoundError:  # somebody deleted the folder at this very moment
                held.mkdir(parents=True, exist_ok=True)
        return _write_held(held, files)


def _write_held(folder: Path, files: Mapping[str, bytes | Iterable[bytes]]) -> list[Path]:
    _refuse_links(folder, files)
    draft = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    try:
        for number, content in enumerate(files.values()):
            with (draft / str(number)).open("wb") as file:
                file.writelines([content] if isinstance(content, bytes) else content)
        written = []
        for number, name in enumerate(files):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (draft / str(number)).replace(target)
            written.append(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def _refuse_links(folder: Path, files: Iterable[str]) -> None:
    """Refuse to write through a folder that is a link, below the one that was asked for.

    The folder itself may be one: who names it means where it leads. A file that is a link is replaced, not followed.
    """
    for name in files:
        for parent in (folder / name).parents:
            if parent == folder:
                break
            if parent.is_symlink():
                raise refusal(
                    parent,
                    "is a link, and nothing is written through it; choose another folder",
                )


def prune_folder(folder: Path, limit_bytes: int, spare: Iterable[Path] = ()) -> None:
    """Delete the files used longest ago until the folder is within its limit, or only those to spare are left."""
    spared = set(spare)
    kept = []
    for path in folder.glob("*"):
        try:
            about = path.stat()
        except OSError:
            continue  # another process has deleted it
        kept.append((path in spared, about.st_mtime, about.st_size, path))
    total = 0
    for is_spared, _, size, path in sorted(kept, reverse=True):
        total += size
        if total > limit_bytes and not is_spared:
            path.unlink(missing_ok=True)


def refusal(where: Path | str, why: str) -> InputError:
    """The error for one thing that is wrong with a file, a folder or an argument as a whole."""
    return InputError([Problem(str(where), 0, 0, "", why)])
