"""Fit the pull of sectors, one number each for all months: `python -m studies.sector_pull [--rounds N]` (minutes).

Multiplied by observed over simulated shares until the share of each sector in encounters between ports of the months
`FIRST` to `LAST` is the observed one. In sample: those months are then no score of the shares of sectors over all of
them, but what moves from month to month and what tells nationalities apart is left to leanings.
"""

from __future__ import annotations

import argparse

import numpy as np

from corridor.experiments.estimation.trial import Setting, simulate
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell

PULL = "sector_pull"
FIRST, LAST = "2021-01", "2023-12"
STEP = 0.25  # of a logarithm: a pull works again and again as leanings follow it


def fit_pulls(rounds: int, setting: Setting) -> dict[str, float]:
    """Pulls by sector, with a geometric mean of 1."""
    pulls = {sector: knots[0][1] for sector, knots in load_parameters()[PULL].knots.items()}
    cells = [Cell("encounters_usbp", sector, ALL, ALL) for sector in pulls]
    months = [month for month in setting.months if month >= FIRST]
    seen = observed_values(cells, months).sum(axis=0)
    for _ in range(rounds):
        made = simulate({PULL: pulls}, setting, cells)[:, -len(months) :].sum(axis=1)
        moved = np.array(list(pulls.values())) * ((seen / seen.sum()) / (made / made.sum())) ** STEP
        moved /= np.exp(np.log(moved).mean())
        pulls = {sector: round(float(pull), 3) for sector, pull in zip(pulls, moved, strict=True)}
        print(
            pulls, "largest distance of a share:", f"{abs(made / made.sum() - seen / seen.sum()).max():.4f}"
        )
    return pulls


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.sector_pull", description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--people-per-agent", type=int, default=100)
    asked = parser.parse_args()
    fit_pulls(asked.rounds, Setting(LAST, replicates=2, people_per_agent=asked.people_per_agent))


if __name__ == "__main__":
    main()
