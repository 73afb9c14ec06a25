"""What the estimate says, and how far to trust it: `python -m studies.estimates` writes docs/estimates.md.

It takes the estimates of `studies.fitting` from results/, and makes what is missing: two hours on two cores from
nothing, minutes if all is there. Whatever is simulated runs on sixteen seeds that no estimate has used.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridor.experiments.estimation.declared import load_estimation
from corridor.experiments.estimation.estimate import run_member
from corridor.experiments.estimation.priors import DEMAND, STOP_CHANCE, Event, load_declared
from corridor.experiments.estimation.series import Data
from corridor.experiments.estimation.tables import UNSEEN
from corridor.experiments.estimation.twins import summary_table, unidentified
from corridor.experiments.scores import relative_difference, wape
from corridor.experiments.workers import run_tasks
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.observations import last_published, observed_values
from corridor.outputs.rows import ALL, Cell
from studies.fitting import (
    FOLDER,
    PAIR,
    STARTS,
    TWINS,
    Made,
    breaks_up_to,
    history,
    left_out_months,
    make_fits,
    scale_options,
    twin,
    unseen_months,
    without_breaks,
    without_months,
)
from studies.pages import table, write

PAGE = Path(__file__).parent.parent / "docs" / "estimates.md"
REASONS = Path(__file__).with_name("estimates_words.md")
FACTOR = 1.5
HELD = (0.7, 0.9)  # share of known values that 80% intervals of twins should hold
RESAMPLES = 2000
USBP = tuple(Cell("encounters_usbp", ALL, nation, ALL) for nation in (ALL, *NATIONALITIES))
PORTS = tuple(Cell("encounters_ofo", ALL, nation, ALL) for nation in (ALL, *NATIONALITIES))
Runs = NDArray[np.float64]  # [seeds, cells, months]
WORDS = """\
# Estimates

What the data say about Corridor's parameters, and how far to trust it. Written by `python -m studies.estimates`. How
the estimate is made: [decision 14](decisions/0014-ensemble-smoother.md). How far off projections have been is on
another page: the [hindcast](hindcast.md).

All runs here are history, on sixteen seeds that no estimate has used. Months that an estimate has not seen are unseen
by the smoother alone: the structure of the model, the centres of priors and the dated inputs (policies, places,
Mexico's returns month by month) come from people and counts that knew them.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.estimates", description="Examine the estimate.")
    parser.add_argument("--fits", type=Path, default=FOLDER, help="folder of the estimates")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page")
    parser.add_argument("--seeds", type=int, default=len(UNSEEN), help="seeds of each set of values")
    parser.add_argument("--only-made", action="store_true", help="make no estimate; say what is missing")
    scale_options(parser)
    asked = parser.parse_args()
    until = asked.until or last_published()
    fits = make_fits(
        asked.fits, members=asked.members, people_per_agent=asked.people_per_agent, until=until,
        only_made=asked.only_made,
    )  # fmt: skip
    runs = simulated(fits, UNSEEN[: asked.seeds])
    write(asked.page, [WORDS, *sections(fits, runs, until)])


def sections(fits: Mapping[str, Made], runs: Mapping[str, Runs], until: str) -> list[str]:
    """All sections of the page; one whose estimates are not all there says so."""
    alone = [history()]
    needed = {
        "Do starts agree?": ([history(seed) for seed in STARTS], lambda: starts(fits, runs)),
        "Policy breaks that the estimate had not seen": (
            alone,
            lambda: breaks(fits, runs),
        ),
        "What each mechanism is worth": (
            [
                *alone,
                *(without_breaks(off, seed) for off in ("", *load_declared().mechanisms) for seed in PAIR),
            ],
            lambda: worth(fits, runs),
        ),
        "Twins: does the command find what is known?": ([*map(twin, TWINS)], lambda: twins(fits)),
        "Shares, in the measure that Flee reports": (alone, lambda: shares(fits[alone[0]], runs[alone[0]])),
        "What the data identify": (alone, lambda: identified(fits[alone[0]])),
    }
    parts = []
    for title, (names, section) in needed.items():
        missing = [name for name in names if name not in fits]
        if missing:
            parts += [f"## {title}", f"Not made yet for this version: {len(missing)} estimates are missing."]
        else:
            parts += [f"## {title}", *section()]
    return parts


def sectors() -> list[Cell]:
    """Encounters between ports by sector."""
    return [Cell("encounters_usbp", sector, ALL, ALL) for sector in load_parameters()["sector_pull"].plain()]


def all_cells() -> list[Cell]:
    """Everything that this page looks at, each once."""
    declared, events = load_estimation(), load_declared().events.values()
    looked_at = [cell for event in events for cell in event.cells]
    return list(
        dict.fromkeys([*(each.cell for each in declared.series), *USBP, *PORTS, *looked_at, *sectors()])
    )


def simulated(fits: Mapping[str, Made], seeds: Sequence[int]) -> dict[str, Runs]:
    """Runs of each estimate's values; twins are not run."""
    cells = all_cells()
    names = [name for name, made in fits.items() if not made.record["twin"]]
    tasks = [(fits[name].values, fits[name].setting, cells, seed) for name in names for seed in seeds]
    found = run_tasks(run_member, tasks, workers=2)
    kept: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for place, each in enumerate(found):
        if not isinstance(each, str):
            kept[names[place // len(seeds)]].append(each)
    return {name: np.stack(each) for name, each in kept.items()}


class Compared:
    """Runs beside what was published, in the errors of the estimate, of some months.

    Parameters
    ----------
    made : Made
        Whose scale and months are taken.
    months : collection of str
        That are compared; all unless given.
    """

    def __init__(self, made: Made, months: Sequence[str] = ()):
        declared = load_estimation()
        self.months = made.setting.months
        hidden = [month for month in self.months if months and month not in months]
        scale = made.setting.people_per_agent
        self.data = Data(self.months, declared, people_per_agent=scale, left_out=hidden)
        self.cells = all_cells()
        self._rows = [self.cells.index(cell) for cell in self.data.cells]
        self._shown = [month not in hidden for month in self.months]

    def squares(self, run: np.ndarray) -> NDArray[np.float64]:
        """Squared gaps over errors by month, added up over series, float64[T]."""
        gaps = (self.data.made(run[self._rows]) - self.data.observed) / self.data.error
        return np.bincount(self.data.columns, gaps**2, minlength=len(self.months))

    @property
    def counts(self) -> NDArray[np.float64]:
        """Series compared in each month, float64[T]."""
        return np.bincount(self.data.columns, minlength=len(self.months)).astype(float)

    def misfit(self, run: np.ndarray) -> float:
        """Mean square of gaps over errors."""
        return float(self.squares(run).sum() / self.counts.sum())

    def wape(self, run: np.ndarray, cells: Sequence[Cell]) -> float:
        """Absolute distances of months over what was published, of cells taken together."""
        rows = [self.cells.index(cell) for cell in cells]
        seen = observed_values(list(cells), self.months).T
        return wape(run[rows][:, self._shown], seen[:, self._shown])


def starts(fits: Mapping[str, Made], runs: Mapping[str, Runs]) -> list[str]:
    """Estimates with other first members, on the same seeds."""
    compared = Compared(fits[history()])
    rows, means = [], []
    for seed in STARTS:
        each = runs[history(seed)]
        by_seed = [compared.misfit(run) for run in each]
        whole = each.mean(axis=0)
        means.append((np.mean(by_seed), np.std(by_seed, ddof=1) if len(by_seed) > 1 else np.nan))
        distances = [compared.wape(whole, cells) for cells in (USBP[:1], USBP[1:], PORTS[:1])]
        rows.append(
            [str(seed), f"{means[-1][0]:.2f}", f"{means[-1][1]:.2f}", *(f"{one:.3f}" for one in distances)]
        )
    apart = max(means)[0] - min(means)[0]
    noise = float(np.mean([spread for _, spread in means]))
    agree = "agree" if apart <= noise else "**do not agree**"
    head = ["start", "misfit", "spread over seeds", "encounters between ports", "by nationality", "at ports"]
    return [
        f"The same estimate from {len(STARTS)} sets of first members. Misfit is the mean square of gaps over errors "
        "of one run; the other columns are absolute distances of the mean of all runs over what was published, in "
        "sample.",
        table(head, rows),
        f"Misfits of the starts lie {apart:.2f} apart, one run's own spread over seeds is {noise:.2f}: they {agree} "
        f"within chance. {how_far_apart([fits[history(seed)].unknowns for seed in STARTS])}",
    ]


def how_far_apart(found: Sequence[pd.DataFrame]) -> str:
    """The mean distance of unknowns between two starts, in spreads of the last members, in words."""
    kinds = kinds_of(found[0])
    parts = []
    for kind in dict.fromkeys(kinds):
        rows = (kinds == kind).to_numpy()
        apart = [
            np.abs(np.log(one["value"][rows]) - np.log(other["value"][rows])).mean()
            / ((one["spread"][rows] + other["spread"][rows]) / 2.0).mean()
            for one, other in combinations(found, 2)
        ]
        parts.append(f"{kind} {np.mean(apart):.2f}")
    return f"Two starts differ, in spreads of their members, on average: {', '.join(parts)}."


def kinds_of(unknowns: pd.DataFrame) -> pd.Series:
    """Demand, stops or rates, of each row."""
    return unknowns["parameter"].where(unknowns["parameter"].isin([DEMAND, STOP_CHANCE]), "rates")


def breaks(fits: Mapping[str, Made], runs: Mapping[str, Runs]) -> list[str]:
    """Dated breaks, observed, estimated, and when their months are left out, of those whose estimates are there."""
    used = fits[history()]
    months, cells = used.setting.months, all_cells()
    shown, signs, sizes, count = [], 0, 0, 0

    def ratios(event: Event, *names: str) -> list[float]:
        seen = event.ratio(observed_values(list(event.cells), months).T, list(event.cells), months)
        return [seen, *(event.ratio(runs[name].mean(axis=0), cells, months) for name in names)]

    all_breaks = breaks_up_to(used.setting.until)
    there = {id: each for id, each in all_breaks.items() if without_months(id) in fits}
    if not there:
        return ["Not made yet for this version."]
    for id, each in there.items():
        for event in (each.event, *each.beside):
            seen, inside, outside = ratios(event, history(), without_months(id))
            sign = (outside < 1.0) == (seen < 1.0)
            close = bool(np.exp(abs(np.log(outside) - np.log(seen))) <= FACTOR)
            if event is each.event:
                signs, sizes, count = signs + sign, sizes + close, count + 1
            changes = [f"{value - 1:+.0%}" for value in (seen, inside, outside)]
            verdicts = ["yes" if sign else "**no**", "yes" if close else "no"]
            shown.append([event.label, " to ".join(each.window), *changes, *verdicts])
    head = [
        "break", "months left out", "observed", "in the estimate", "left out", "sign right",
        f"within a factor {FACTOR}",
    ]  # fmt: skip
    return [
        "The months of one break at a time are left out of an estimate from all others (its prior does not know "
        "them either), and then simulated. The centres of priors of rates, and the events and inputs of history, "
        "were made by people who knew these breaks. Target: the sign of each, and the size within the factor of at "
        "least five of seven.",
        table(head, shown),
        f"Sign right: {signs} of {count}. Size within the factor: {sizes} of {count}."
        + (
            f" {len(all_breaks) - count} of {len(all_breaks)} are not made yet."
            if count < len(all_breaks)
            else ""
        ),
    ]


def worth(fits: Mapping[str, Made], runs: Mapping[str, Runs]) -> list[str]:
    """What each mechanism is worth: error in the months of all breaks, none of them seen, when it is switched off."""
    until = fits[history()].setting.until
    unseen = unseen_months(until)
    compared = Compared(fits[history()], unseen)
    blocks = blocks_of(until, compared.months)
    rows = []
    for id, mechanism in load_declared().mechanisms.items():
        changes, others = [], []
        for seed in PAIR:
            full, off = (runs[without_breaks(each, seed)].mean(axis=0) for each in ("", id))
            changes.append(compared.squares(off) - compared.squares(full))
            others.append(
                [compared.wape(off, cells) - compared.wape(full, cells) for cells in (USBP[:1], USBP[1:])]
            )
        low, high = interval(np.mean(changes, axis=0), compared.counts, blocks)
        by_seed = [each.sum() / compared.counts.sum() for each in changes]
        verdict = verdict_of(by_seed, low, high)
        rows.append(
            [
                mechanism.label, mechanism.off, f"{np.mean(by_seed):+.2f} ({low:+.2f} to {high:+.2f})",
                " and ".join(f"{each:+.2f}" for each in by_seed),
                *(f"{each:+.3f}" for each in np.mean(others, axis=0)), verdict,
            ]
        )  # fmt: skip
    base = [compared.misfit(runs[without_breaks("", seed)].mean(axis=0)) for seed in PAIR]
    head = [
        "mechanism", "switched off", "change of misfit", "by start", "encounters between ports", "by nationality",
        "verdict",
    ]  # fmt: skip
    return [
        f"The months of all breaks ({len(unseen)} of {len(compared.months)}) are left out of an estimate, with "
        "everything and with one mechanism switched off; then they are simulated. Change of misfit: mean square of "
        "gaps over errors in these months without the mechanism, less that with all of them "
        f"({' and '.join(f'{each:.2f}' for each in base)} from two starts); in brackets its 95% interval, from "
        "breaks drawn with replacement. The two columns after it are changes of absolute distances over what was "
        "published. Above 0 the mechanism helps. A change is resolved if the interval and both starts lie on one "
        "side of 0.",
        table(head, rows),
        REASONS.read_text(encoding="utf-8"),
    ]


def blocks_of(until: str, months: Sequence[str]) -> list[list[int]]:
    """Places of the months of each break; a month of two breaks is of the first."""
    taken: set[str] = set()
    blocks = []
    for _, window in left_out_months(until):
        blocks.append([months.index(month) for month in window if month not in taken])
        taken |= set(window)
    return [block for block in blocks if block]


def interval(
    changes: NDArray[np.float64], counts: NDArray[np.float64], blocks: Sequence[Sequence[int]]
) -> tuple[float, float]:
    """Ends of the 95% interval of a mean change, when blocks are drawn with replacement."""
    sums = np.array([[changes[block].sum(), counts[block].sum()] for block in map(list, blocks)])
    rng = np.random.default_rng(len(blocks))
    drawn = sums[rng.integers(0, len(blocks), (RESAMPLES, len(blocks)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], (0.025, 0.975))
    return float(low), float(high)


def verdict_of(by_seed: Sequence[float], low: float, high: float) -> str:
    """What a change says."""
    if low > 0.0 and min(by_seed) > 0.0:
        return "helps"
    if high < 0.0 and max(by_seed) < 0.0:
        return "**hurts**"
    return "not resolved"


def twins(fits: Mapping[str, Made]) -> list[str]:
    """Known values that estimates from twins recover."""
    tables = [fits[twin(number)].unknowns for number in TWINS]
    rows, off = [], []
    for kind in dict.fromkeys(kinds_of(tables[0])):
        each = [summary_table(recovered).set_index("parameter").loc[kind] for recovered in tables]
        held = [one["held"] for one in each]
        if not HELD[0] <= np.mean(held) <= HELD[1]:
            off.append(kind)
        rows.append(
            [
                kind, f"{each[0]['count']:.0f}", *(f"{one:.0%}" for one in held), f"{np.mean(held):.0%}",
                f"{np.mean([one['identified'] for one in each]):.0%}",
            ]
        )  # fmt: skip
    first, *others = map(unidentified, tables)
    seldom = [name for name in first if all(name in each for each in others)]
    head = ["unknowns", "count", *(f"twin {number}" for number in TWINS), "mean", "identified"]
    low, high = HELD
    return [
        "A twin is data that the model made with known values, with the gaps and errors of the published data. It "
        "is estimated by the same command (`corridor estimate --twin 1`). Held: share of known values within the "
        f"80% interval of the last members; target {low:.0%} to {high:.0%}. Identified: share of unknowns of which "
        "the data left less than eight tenths of the prior's spread.",
        table(head, rows),
        f"Off target: {', '.join(off)}." if off else "All on target.",
        f"Unidentified in all twins, so known from their priors alone: {', '.join(seldom)}."
        if seldom
        else "",
    ]


def shares(used: Made, runs: Runs) -> list[str]:
    """How far shares of nationalities and sectors are off in the months of the estimate."""
    cells, made = all_cells(), runs.mean(axis=0)
    rows = []
    for name, group in (("nationalities", USBP[1:]), ("sectors", sectors())):
        seen = observed_values(list(group), used.setting.months).T
        simulated = made[[cells.index(cell) for cell in group]]
        rows.append([name, f"{relative_difference(simulated, seen):.2f}"])
    return [
        "Averaged relative difference of monthly shares of encounters between ports, in sample (below 0.6 in ten "
        "conflicts that Flee was tried on; target here 0.25).",
        table(["shares of", "averaged relative difference"], rows),
    ]


def identified(used: Made) -> list[str]:
    """What the data say about each rate, and about demand and stops on the whole."""
    unknowns = used.unknowns
    kept = unknowns["spread"] / unknowns["prior_spread"]
    kinds = kinds_of(unknowns)
    rows = [
        [f"{row.parameter} ({row.key})" if row.key else row.parameter, f"{row.value:.2f}", f"{share:.2f}"]
        for row, share in zip(unknowns[kinds == "rates"].itertuples(), kept[kinds == "rates"], strict=True)
    ]
    on_the_whole = [f"{id} {kept[kinds == id].mean():.2f}" for id in (DEMAND, STOP_CHANCE)]
    return [
        "Factor on the centre of the prior, and the spread of the last members over that of the first: 1 means that "
        "the data say nothing. Rates believe the data twelve times less than demand does, so that their intervals hold "
        f"known values of twins. Mean over all knots: {', '.join(on_the_whole)}.",
        table(["rate", "factor found", "spread kept"], rows),
    ]


if __name__ == "__main__":
    main()
