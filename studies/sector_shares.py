"""Where people of each nationality cross, made and observed: shares of sectors by nationality and month.

CBP's table by sector names eleven nationalities to December 2023; all others are one group here, what a sector's total
leaves. The distance of two sets of shares is their total variation: half the sum of absolute differences, from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.observations import observed_values
from corridor.outputs.results import Results
from corridor.outputs.rows import ALL, Cell
from studies.sector_pull import PULL

THE_REST = "all others"


def sectors() -> list[str]:
    """Sectors in the order of their pulls."""
    return list(load_parameters()[PULL].knots)


def cells_of(group: str) -> list[Cell]:
    """Cells of a nationality, or of all people, by sector."""
    return [Cell("encounters_usbp", sector, group, ALL) for sector in sectors()]


def named_by_sector(months: Sequence[str]) -> list[str]:
    """Nationalities of which the sectors of every one of some months were published."""
    return [name for name in NATIONALITIES if np.isfinite(observed_values(cells_of(name), months)).all()]


def counts_by_sector(results: Results, months: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Groups of nationalities, and their encounters made (mean of replicates) and observed, float64[G, M, S]."""
    names = named_by_sector(months)
    rows = [results.periods.index(month) for month in months]

    def made_of(group: str) -> np.ndarray:
        columns = [results.index[cell] for cell in cells_of(group)]
        return np.asarray(results.values[:, rows][:, :, columns].mean(axis=0))

    made = np.array([made_of(name) for name in names])
    seen = np.array([observed_values(cells_of(name), months) for name in names])
    rest = made_of(ALL) - made.sum(axis=0), observed_values(cells_of(ALL), months) - seen.sum(axis=0)
    return [*names, THE_REST], np.concatenate([made, rest[:1]]), np.concatenate([seen, rest[1:]])


def total_variation(made: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Distances of shares along the last axis; NaN where nobody was observed, 1 where nobody was made."""
    whole = made.sum(axis=-1, keepdims=True), seen.sum(axis=-1, keepdims=True)
    ours = np.divide(made, whole[0], out=np.zeros_like(made, dtype=float), where=whole[0] > 0)
    theirs = np.divide(seen, whole[1], out=np.full_like(seen, np.nan, dtype=float), where=whole[1] > 0)
    distances = 0.5 * np.abs(ours - theirs).sum(axis=-1)
    return np.asarray(np.where((whole[0] > 0)[..., 0], distances, np.where(np.isnan(distances), np.nan, 1.0)))


def mean_distance(made: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """Mean total variation, each nationality-month counted by the people observed in it; and each alike."""
    distances, people = total_variation(made, seen), seen.sum(axis=-1)
    known = np.isfinite(distances)
    return float(np.average(distances[known], weights=people[known])), float(distances[known].mean())
