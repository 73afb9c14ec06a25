"""Processes that end with the one that starts them, however that ends: in order, by Ctrl-C, SIGTERM or SIGKILL.

On Linux a process can ask for a signal when its parent ends. A command is started through this file, which asks and
then becomes the command: it has the same process number, and no process stands between. What the command starts
ends with it in the program's own ways (`corridor.experiments.workers`, the full-scale runs of the app). Chromium is
started by Playwright, whose driver closes it when the pipe to the test closes.

Only tests, studies and benchmarks start processes like this: somebody may end them at any time and start them anew.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def start(command: Sequence[Any], **options: Any) -> subprocess.Popen:
    """`subprocess.Popen` of a command that ends with this process, or with the thread that calls this."""
    return subprocess.Popen(_bound(command), **options)


def run(command: Sequence[Any], **options: Any) -> subprocess.CompletedProcess:
    """`subprocess.run` of such a command."""
    return subprocess.run(_bound(command), **options)


def _bound(command: Sequence[Any]) -> list[str]:
    # Neither site packages nor the environment's settings: this interpreter lives for milliseconds.
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *map(os.fspath, command)]


def _become(parent: int, command: list[str]) -> None:
    """Ask for SIGKILL at the parent's end, and run the command in this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we asked
            sys.exit(1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and a command would inherit that
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
