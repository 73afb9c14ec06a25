"""What points of a sweep came to, stored as it is found, so that an analysis that was interrupted goes on.

The same store as that of a batch (`stored_runs`), in the folder of the results: one file a run, flushed at once, here
with the few numbers that the analysis asks of it. A store belongs to one analysis, and is thrown away when anything
that the numbers depend on is another.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corridor.experiments.stored_runs import STORE, keep_values, no_room, read_run
from corridor.inputs.scenarios.scenario import Scenario
from corridor.outputs.manifest import code_hash, data_hash, digest

ANALYSIS = "analysis.json"


@dataclass(frozen=True)
class PointStore:
    """The store of one analysis.

    Attributes
    ----------
    folder : where it lies, from the root
    key : hash of all that is the same in every run of the analysis
    kept : runs that an earlier, interrupted analysis had finished
    notes : what to tell who asked to go on
    """

    folder: Path
    key: str
    kept: int = 0
    notes: tuple[str, ...] = ()

    def value_of(
        self, point: Sequence[float], replicate: int, work_out: Callable[[], np.ndarray]
    ) -> np.ndarray:
        """What a run came to: from the store, or worked out and stored.

        Raises
        ------
        RunError
            If there is no room to store it.
        """
        name = digest(f"{self.key} {tuple(map(float, point))!r}".encode())
        file = self.folder / f"{name}-{replicate}.run"
        stored = read_run(file)
        if stored is not None:
            return stored[0]
        values = work_out()
        try:
            keep_values(file, values)
        except OSError as error:
            raise no_room(self.folder.parent, error) from None
        return values

    def discard(self) -> None:
        """Delete it: the analysis is written."""
        shutil.rmtree(self.folder, ignore_errors=True)


def open_points(out: Path, scenario: Scenario, settings: Mapping[str, Any], *, resume: bool) -> PointStore:
    """The store of an analysis in the folder of its results; `out` is held meanwhile.

    Parameters
    ----------
    settings
        All that the analysis was asked for, by the name that a person knows it by.
    resume
        Keep what an earlier analysis of the same kind had finished; without it, begin anew.
    """
    folder = out.absolute() / STORE
    about = {
        "scenario": digest("".join(each.model_dump_json() for each in scenario.chain).encode()),
        "code": digest(f"{code_hash()} {data_hash()}".encode()),
        **{name: repr(value) for name, value in settings.items()},
    }
    before, notes = _read(folder), ()
    changed = [name for name in about if before.get(name) != about[name]]
    if resume and not before:
        notes = (f"nothing was kept in {out}: the analysis begins anew",)
    elif resume and changed:
        notes = (f"other than before: {', '.join(changed)}; the analysis begins anew",)
    if changed or not resume:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob("*.part"):
            unfinished.unlink(missing_ok=True)
        (folder / ANALYSIS).write_text(json.dumps(about, indent=1), encoding="ascii")
    except OSError as error:
        raise no_room(out, error) from None
    kept = len(list(folder.glob("*.run")))
    return PointStore(folder, digest(json.dumps(about).encode()), kept, notes)


def _read(folder: Path) -> dict[str, str]:
    try:
        read = json.loads((folder / ANALYSIS).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
