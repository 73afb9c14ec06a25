"""The child process in which a full-scale job runs: low in priority, and gone when the server goes.

Started as `python -m corridor_app.jobs.full_scale_process FD NICE`; over that connection it is sent the arguments of
`corridor.run_kept` and answers with pairs (done, total), then with the results, or with a text that says what went
wrong.
"""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection
from threading import Thread


def main(descriptor: int, nice: int) -> None:
    os.nice(nice)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the server's terminal: the server decides
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends in order: no half-written file stays
    with Connection(descriptor) as server:
        try:
            work = server.recv()
        except EOFError:
            return
        Thread(target=_end_with, args=(server,), daemon=True).start()
        import corridor

        try:
            server.send(corridor.run_kept(**work, progress=lambda *count: server.send(count)))
        except (corridor.CorridorError, OSError) as error:
            server.send(str(error))


def _end_with(server: Connection) -> None:
    """End this process when the server closes its side, as it does however it ends."""
    try:
        server.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
