"""Fits of history: `python -m studies.fitting` (about an hour on two cores). `studies.skill` makes a page of them.

One after another, each on two processes: history from three starts; history without the months of each dated break;
history with each mechanism switched off, from the best fit and from a start drawn at random. A fit that lies in the
folder already is not made again; one that was interrupted goes on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from corridor.experiments.calibration.declared import load_declared
from corridor.experiments.calibration.fit import Fit, carried_start, fit, read_fit
from corridor.experiments.calibration.misfit import Unknowns
from corridor.experiments.calibration.trial import Setting
from corridor.inputs.parameters.accepted import fit_record
from corridor.outputs.files import write_files

FOLDER = Path("results") / "fits"
STEPS, FEWER, FEWEST = 10, 7, 4
IN_USE, CENTRE, DRAWN = "history-in-use", "history-centre", "history-drawn"


def make_fits(folder: Path = FOLDER) -> dict[str, Fit]:
    """Make what is missing and return all, by name."""
    found: dict[str, Fit] = {}

    def made(name: str, setting: Setting, **how: Any) -> None:
        path = folder / f"{name}.json"
        if not path.is_file():
            began = time.monotonic()
            checkpoint = folder / f"{name}.checkpoint"
            new = fit(setting, checkpoint=checkpoint, **how)
            write_files(folder, {path.name: new.as_json().encode()})
            checkpoint.unlink(missing_ok=True)
            took = time.monotonic() - began
            print(
                f"{name}: loss {new.loss:.1f}, data {new.data_loss:.1f}, {new.trials} trials, {took:.0f} s",
                flush=True,
            )
        found[name] = read_fit(path)

    made(CENTRE, Setting(), steps=STEPS)
    made(IN_USE, Setting(), start=stored_start, steps=FEWER)
    for name, months in without():
        made(name, Setting(), left_out=months, steps=FEWER)
    base = best_of(found)
    for id in load_declared().mechanisms:
        made(f"off-{id}-carried", Setting(off=id), start=partial(carried_start, other=base), steps=FEWEST)
    made(DRAWN, Setting(), seed=1, steps=FEWER)
    for id in load_declared().mechanisms:
        made(f"off-{id}-drawn", Setting(off=id), seed=1, steps=FEWER)
    return found


def stored_start(_: Unknowns) -> list[float]:
    """Where the packaged fit began: values found earlier, by hand and by a draw (decision 7)."""
    return fit_record()["start"]


def without() -> Iterator[tuple[str, list[str]]]:
    """Name and months of each break that is left out."""
    for id, each in load_declared().breaks.items():
        yield (
            f"without-{id}",
            [month for month in Setting().months if each.window[0] <= month <= each.window[1]],
        )


def best_of(fits: dict[str, Fit]) -> Fit:
    """The fit of history with the lowest loss."""
    return min((fits[name] for name in (IN_USE, CENTRE)), key=attrgetter("loss"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m studies.fitting", description="Make the fits.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the fits")
    make_fits(parser.parse_args().out)
