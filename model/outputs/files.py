"""Writing files so that a reader, or an interruption, never meets a half of one; refusing those that are wrong."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from model.foundations.errors import InputError, Problem


def write_files(folder: Path | str, files: Mapping[str, bytes | Iterable[bytes]]) -> list[Path]:
    """Write files under a folder, all to a place beside it first, then each moved to its name at once.

    Parameters
    ----------
    folder
        Made when missing.
    files
        Path below the folder -> content, whole or in pieces. Written in this order; put last what should only be
        there when the others are.

    Returns
    -------
    The paths written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
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


def refusal(where: Path | str, why: str) -> InputError:
    """The error for one thing that is wrong with a file, a folder or an argument as a whole."""
    return InputError([Problem(str(where), 0, 0, "", why)])
