"""Face 1: the command `corridor`. Each command is a thin layer over what `corridor` offers.

    options     what several commands ask for, and how scenarios are found
    runs        run, batch, validate, reproduce
    analysis    compare, report
    exploration sensitivity, discover
    fitting     estimate, hindcast
    blind       blind
    observed    observed import, list, score
    listings    levers, indicators, scenarios, nationalities, evidence
    doctor      doctor
    app_page    app
    terminal    what is shown
    progress    how far it is
    completion  what the shell offers
    screen      how it is written: the one place that prints

Results go to files, summaries to standard output, progress and problems to standard error; with `--json` all is one
document on standard output. Exit codes: 0 done, 1 failed (or not equal), 2 bad input, 130 interrupted, 141 nobody reads
standard output any more. Heavy imports wait inside the commands, so that help is quick.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from corridor.cli import screen
from corridor.cli.analysis import compare, report
from corridor.cli.app_page import open_app
from corridor.cli.blind import blind
from corridor.cli.doctor import doctor
from corridor.cli.exploration import discover, sensitivity
from corridor.cli.fitting import estimate, hindcast
from corridor.cli.listings import evidence, indicators, levers, nationalities, scenarios
from corridor.cli.observed import COMMANDS as OBSERVED
from corridor.cli.runs import batch, reproduce, run, validate

DONE, FAILED, BAD_INPUT = 0, 1, 2
OUT_OF_MEMORY = (
    "out of memory: what was not written yet is lost; fewer replicates, workers or periods need less, and "
    "`corridor batch` keeps every finished run"
)
RETIRED = {"calibrate": "write `corridor estimate --write`: an ensemble took the place of least squares"}
_UsageError: Any = typer.BadParameter.__base__  # Typer shows it by this alone
COLLECT_AFTER = 10_000  # new objects, instead of Python's few hundred


def _checked(command: Callable[..., None]) -> Callable[..., None]:
    """A command that looks at the variables of the environment first."""

    @wraps(command)
    def run_checked(*words: Any, **options: Any) -> None:
        from corridor.experiments.environment import check_environment

        for each in check_environment():
            screen.note(each)
        command(*words, **options)

    return run_checked


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
    estimate,
    hindcast,
    blind,
    levers,
    indicators,
    scenarios,
    nationalities,
    evidence,
    reproduce,
    doctor,
):
    app.command()(_checked(command))
app.command("app")(_checked(open_app))
observed = typer.Typer(
    no_args_is_help=True, help="Observed figures of your own: import a file, list them, score runs on them."
)
for name, command in OBSERVED.items():
    observed.command(name)(_checked(command))
app.add_typer(observed, name="observed")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if arguments is None:  # the process is this command's own
        screen.open_standard_streams()
        screen.show_warnings()
        _collect_seldom()
        logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it does without a folder, but would say so
        os.environ.setdefault(
            "OPENBLAS_NUM_THREADS", "1"
        )  # before NumPy: its threads would start and only spin
        for stream in (sys.stdout, sys.stderr):  # help is drawn by Typer
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
    screen.begin(words)
    sys.exit(screen.finish(_exit_code(words)))


def _exit_code(words: Sequence[str]) -> int:
    from corridor.foundations.errors import CorridorError, InputError
    from corridor.foundations.extras import MissingExtra

    try:
        return app(list(words), prog_name="corridor", standalone_mode=False) or DONE
    except _UsageError as error:
        return _misused(error, words)
    except InputError as error:
        screen.problems(error.problems)
        return BAD_INPUT
    except MissingExtra as error:
        screen.failure(str(error))
        return BAD_INPUT
    except (CorridorError, OSError) as error:
        screen.failure(str(error))
    except MemoryError:  # where the estimate was overruled, or others took what was free
        screen.failure(OUT_OF_MEMORY)
    return FAILED


def _misused(error: Any, words: Sequence[str]) -> int:
    """Say what is wrong with the words of a command; without any, Typer has shown the help."""
    from corridor.foundations.errors import Problem

    command = error.ctx.command_path if error.ctx else "corridor"
    if words and (instead := RETIRED.get(words[0])):
        screen.problems([Problem(command, 0, 0, "", f"the command `{words[0]}` is no more: {instead}")])
    elif message := error.format_message():
        screen.problems([Problem(command, 0, 0, "", f"{message} (`{command} --help` says what there is)")])
    return BAD_INPUT


def _collect_seldom() -> None:
    """Let garbage wait: imports make many objects and no garbage, and what is left at the end goes with the process."""
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.freeze)


def _version(asked: bool) -> None:
    if asked:
        from corridor.version import __version__

        screen.say(f"corridor {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass
