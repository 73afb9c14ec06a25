"""History at several scales, run for run: `python -m studies.scales` writes the table of docs/limits.md.

A replicate draws the same demand at every scale, so what differs between the same replicates is the scale. Three
minutes on two cores, nearly all of it at full scale.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corridor import Results, __version__, run_ensemble
from corridor.outputs.rows import Cell
from studies.benchmarks.page import table
from studies.parts import write_part

PAGE = Path(__file__).resolve().parent.parent / "docs" / "limits.md"
MARKS = ("<!-- scales: written by studies/scales.py -->", "<!-- scales: end -->")
YEARS = ("2021", "2022", "2023")
FULL, USUAL, COARSE = 1, 50, 200
INDICATORS = (
    "encounters_usbp",
    "encounters_ofo",
    "returns_to_mexico",
    "expulsions_title_42",
    "mexico_returns",
    "waiting_north_mexico",
    "deaths",
    "releases",
    "custody",
    "removals_by_flight",
    "street_releases",
    "encounters_peak_day",
)


def values(results: Results, cell: Cell, year: str) -> NDArray[np.float64]:
    """One number a replicate, float64[R]."""
    return results.values[:, results.periods.index(year), results.index[cell]]


def away(coarse: NDArray[np.float64], full: NDArray[np.float64]) -> str:
    """Mean difference between the same replicates in percent of full scale, and its standard error."""
    differences = 100.0 * (coarse - full) / full.mean()
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return f"{differences.mean():+.1f} ± {error:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.scales", description="Compare scales.")
    parser.add_argument("--replicates", type=int, default=20, help="two at least")
    replicates = parser.parse_args().replicates
    full, usual, coarse = (
        run_ensemble("history", replicates=replicates, people_per_agent=scale)
        for scale in (FULL, USUAL, COARSE)
    )
    rows, last = [], YEARS[-1]
    for cell in map(Cell, INDICATORS):
        exact = values(full, cell, last)
        rows.append(
            [
                f"`{cell.indicator}`",
                f"{exact.mean():,.0f}",
                f"{100.0 * exact.std(ddof=1) / exact.mean():.1f}",
                *(away(values(usual, cell, year), values(full, cell, year)) for year in YEARS),
                away(values(coarse, cell, last), exact),
            ]
        )
    head = ["indicator", f"{last}, full scale", "spread of runs, %"]
    head += [f"1:{USUAL}, {year}" for year in YEARS]
    words = f"Corridor {__version__}, {replicates} replicates, seed 1; written by `python -m studies.scales`."
    text = f"{words}\n\n{table([*head, f'1:{COARSE}, {last}'], rows)}"
    write_part(PAGE, MARKS, text)


if __name__ == "__main__":
    main()
