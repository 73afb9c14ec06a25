"""The variables of the environment that Corridor reads, each once here: what it may be, and what it is for.

And one that Numba reads, of which Corridor could not be imported if it were wrong.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass

from corridor.foundations.errors import InputError, Problem, nearest_name

PREFIX = "CORRIDOR_"
_MOST = 1e12
_SHOWN = 40  # characters of what was said


@dataclass(frozen=True)
class Variable:
    """A variable of the environment: a number within bounds.

    Attributes
    ----------
    default : what holds where it is not set; None: what the machine offers
    whole : only whole numbers
    """

    name: str
    default: float | None
    what: str
    whole: bool = False
    least: float = 0.0
    most: float = _MOST

    @property
    def expected(self) -> str:
        """The values that it may have, in words."""
        kind = "a whole number" if self.whole else "megabytes"
        return f"{kind} from {self.least:,g} to {self.most:,g}" if self.most < _MOST else f"{kind}, 0 or more"


VARIABLES = {
    each.name: each
    for each in (
        Variable(
            "CORRIDOR_MEMORY_MB", None, "Megabytes that a job may take, instead of what is found to be free."
        ),
        Variable(
            "CORRIDOR_STATES_MB", 1000, "Megabytes of stored states; what was used longest ago goes. 0: none."
        ),
        Variable(
            "CORRIDOR_FULL_SCALE_MB",
            200,
            "Megabytes of finished full-scale runs that the app keeps. 0: none.",
        ),
        Variable(
            "CORRIDOR_FULL_SCALE_PAIRS",
            4,
            "Pairs of full-scale runs that the app makes for a visitor. 0: none.",
            whole=True,
            most=10_000,
        ),
        Variable(
            "CORRIDOR_BEHIND_PROXY",
            0,
            "1: visitors of the app are told apart by what the proxy before it says (`corridor app --behind-proxy`).",
            whole=True,
            most=1,
        ),
        Variable("NUMBA_NUM_THREADS", None, "Threads of Numba, which ends if it is none.", True, 1, 10_000),
    )
}


def is_set(name: str) -> bool:
    """Whether the environment says something for a variable of `VARIABLES`; an empty text says nothing."""
    return bool(os.environ.get(VARIABLES[name].name))


def number_of(name: str) -> float:
    """What a variable of `VARIABLES` says, or its default.

    Raises
    ------
    InputError
        If it is not the number that is expected.
    """
    variable, said = VARIABLES[name], os.environ.get(name)
    if not said:
        assert variable.default is not None
        return variable.default
    try:
        number = float(said)
    except ValueError:
        number = math.nan
    if not variable.least <= number <= variable.most or (variable.whole and number != int(number)):
        shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}..."
        why = f"expected {variable.expected}, not {shown!r}; it is a variable of the environment"
        raise InputError([Problem(name, 0, 0, "", why)])
    return number


def check_environment() -> tuple[str, ...]:
    """Look at all variables; notes on names that Corridor does not know but nearly does.

    Raises
    ------
    InputError
        With every variable that is wrong.
    """
    problems = []
    for name in VARIABLES:
        if is_set(name):
            try:
                number_of(name)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(_misspelt())


def _misspelt() -> Iterator[str]:
    tails = [name.removeprefix(PREFIX) for name in VARIABLES]
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in VARIABLES:
            hint = nearest_name(name.removeprefix(PREFIX), tails).replace("mean '", f"mean '{PREFIX}")
            if hint:
                yield f"{name} is a variable of the environment that Corridor does not read{hint}"
