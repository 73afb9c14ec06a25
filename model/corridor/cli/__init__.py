"""Face 1: the command `corridor`. Each command is a thin layer over what `corridor` offers.

    options     what several commands ask for, and how scenarios are found
    runs        run, batch, validate, reproduce
    analysis    compare, report
    exploration sensitivity, discover
    fitting     calibrate, estimate, hindcast
    listings    levers, indicators, evidence
    doctor      doctor
    app_page    app
    terminal    what is shown

Results go to files, summaries to standard output, progress and problems to standard error. Exit codes: 0 done,
1 failed (or not equal), 2 bad input, 130 interrupted. Heavy imports wait inside the commands, so that help is quick.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from corridor.cli.analysis import compare, report
from corridor.cli.app_page import open_app
from corridor.cli.doctor import doctor
from corridor.cli.exploration import discover, sensitivity
from corridor.cli.fitting import calibrate, estimate, hindcast
from corridor.cli.listings import evidence, indicators, levers
from corridor.cli.runs import batch, reproduce, run, validate

BAD_INPUT = 2
FAILED = 1
OUT_OF_MEMORY = (
    "out of memory: what was not written yet is lost; fewer replicates, workers or periods need less, and "
    "`corridor batch` keeps every finished run"
)
COLLECT_AFTER = 10_000  # new objects, instead of Python's few hundred

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Scenarios of migrant flows through Panama, Mexico and the US border.",
)
for command in (
    run,
    batch,
    validate,
    compare,
    report,
    sensitivity,
    discover,
    calibrate,
    estimate,
    hindcast,
    levers,
    indicators,
    evidence,
    reproduce,
    doctor,
):
    app.command()(command)
app.command("app")(open_app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    from corridor.foundations.errors import CorridorError, InputError

    if arguments is None:  # the process is this command's own
        _collect_seldom()
        os.environ.setdefault(
            "OPENBLAS_NUM_THREADS", "1"
        )  # before NumPy: its threads would start and only spin
    try:
        app(None if arguments is None else list(arguments))
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(BAD_INPUT)
    except (CorridorError, OSError) as error:
        print(f"corridor: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except MemoryError:  # where the estimate was overruled, or others took what was free
        print(f"corridor: {OUT_OF_MEMORY}", file=sys.stderr)
        sys.exit(FAILED)


def _collect_seldom() -> None:
    """Let garbage wait: imports make many objects and no garbage, and what is left at the end goes with the process."""
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.freeze)


def _version(asked: bool) -> None:
    if asked:
        from corridor.version import __version__

        print(f"corridor {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass
