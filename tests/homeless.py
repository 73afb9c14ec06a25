"""Processes of an account without a home: they may read everything, as where packages are installed for all, and write
nothing that is not everybody's."""

import os
import shutil

WORDS: tuple[str, ...] = ()
"""What stands before a command, for root to start it as such an account; nothing where that cannot be done."""

if os.geteuid() == 0 and shutil.which("setpriv"):
    WORDS = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    WORDS += ("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search")


def environment(home, **more):
    """The variables of its processes: little more than where programs are; `home` counts where there is no `WORDS`."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    return kept | ({} if WORDS else {"HOME": str(home)}) | more
