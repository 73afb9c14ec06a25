"""The page docs/discovery.md: where what three sides want holds at once, in a sample of levers and uncertainties."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corridor.experiments.discovery import DENSE, Discovery, discover
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.inputs.scenarios.sweep import Sweep
from studies.benchmarks.page import table

SCENARIO = "demands-together"
PAGE = Path("docs") / "discovery.md"
RARELY = 0.05
NEAR = 0.2  # of a lever's range, either way
EXTREMES = {
    "encounters_usbp 2023": "fewest encounters between ports",
    "deaths 2023": "fewest deaths",
    "waiting_north_mexico 2023": "fewest people waiting in northern Mexico",
    "public_cost_usd": "least public cost",
}
WORDS = """\
# What three sides want, at once

Written by `make study`; every number is computed. The scenario [`demands-together`](scenarios.md) says what the US,
Mexico and humanitarians want in 2023, and varies five levers and two things that nobody knows. `corridor discover
demands-together` looks for a region of these in which all demands hold (PRIM), and for points at which nothing can be
had more of without giving up something else (the Pareto set). {settings}

**Read it as what this model holds, not as what a policy would do.** The figures of the demands are assumed, as are
several of the ranges; a demand is met or not by the mean of few replicates. Harm is counted badly everywhere.
"""


@dataclass(frozen=True)
class Study:
    """The whole sample, and a second one with levers near the points at which all demands hold, if there are any."""

    whole: Discovery
    close: Discovery | None


def run_study(people_per_agent: int, replicates: int, generations: int, points: int | None = None) -> Study:
    """Run it; `points` cuts the sample short."""
    scenario = load_scenario(SCENARIO)
    sweep = scenario.sweep
    assert sweep is not None
    if points is not None:
        sweep = sweep.model_copy(update={"size": points})

    def run(sweep: Sweep, generations: int) -> Discovery:
        return discover(
            scenario.model_copy(update={"sweep": sweep}),
            replicates=replicates,
            people_per_agent=people_per_agent,
            generations=generations,
            seed=scenario.run.seed,
        )

    whole = run(sweep, generations)
    holds = whole.points.loc[whole.points["all met"] == 1]
    return Study(whole, run(_nearer(sweep, holds), 0) if len(holds) else None)


def _nearer(sweep: Sweep, holds: pd.DataFrame) -> Sweep:
    """Levers within a fifth of their range around the points that hold; what nobody knows is varied as before."""
    nearer = []
    for each in sweep.over:
        low, high = each.range or (0.0, 0.0)
        if each.intervention is not None:
            reach = NEAR * (high - low)
            first, last = holds[each.name].min(), holds[each.name].max()
            each = each.model_copy(update={"range": (max(low, first - reach), min(high, last + reach))})
        nearer.append(each)
    return sweep.model_copy(update={"over": tuple(nearer), "seed": sweep.seed + 1})


def write_discovery(study: Study, settings: str, file: Path = PAGE) -> None:
    """Write the page."""
    parts = [WORDS.format(settings=settings), *_demands(study.whole), *_region(study.whole, "All at once")]
    if study.close is not None:
        parts += [
            *_region(study.close, "A closer look"),
            f"A second sample, of fresh points: levers within {NEAR:.0%} of their range of the points above at which "
            "all demands hold, and what nobody knows varied as widely as before. Demands met there:",
            _met(study.close),
        ]
    parts += _trade_offs(study.whole)
    file.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")


def _demands(found: Discovery) -> list[str]:
    alone = found.demands.set_index("demand")["met"]
    conflicts = []
    for each in found.together.to_dict("records"):
        scarcer = min(alone[each["first"]], alone[each["second"]])
        if each["together"] < RARELY <= scarcer:
            conflicts.append([each["first"], each["second"], f"{scarcer:.0%}", f"{each['together']:.1%}"])
    never = [name for name, share in alone.items() if share == 0.0]
    words = "Every demand is met somewhere." if not never else f"Met nowhere: {', '.join(map(str, never))}."
    parts = [
        "## Each demand by itself",
        f"Of {len(found.points):,} points. The best is the figure that comes closest to the bound, or goes furthest "
        "past it.",
        _met(found),
        words,
    ]
    if conflicts:
        parts += [
            f"Pairs that can each be met alone, and are met together at fewer than {RARELY:.0%} of points:",
            table(["demand", "and demand", "the scarcer alone", "together"], conflicts),
        ]
    return parts


def _met(found: Discovery) -> str:
    rows = [
        [each["demand"], each["of"], f"{each['bound']:,.0f}", f"{each['met']:.0%}", f"{each['best']:,.0f}"]
        for each in found.demands.to_dict("records")
    ]
    return table(["demand", "of", "bound", "met at", "best"], rows)


def _region(found: Discovery, title: str) -> list[str]:
    points, together = len(found.points), int(found.points["all met"].sum())
    heading = f"## {title}"
    if found.box is None:
        most = 1 - (1 - 0.95) ** (1 / points)
        return [
            heading,
            f"**The sample holds no point at which all demands hold**: none of {points:,}. If points of the whole "
            f"space met them with a probability above {most:.1%}, one would have been found in 95 of 100 such samples.",
        ]
    box = found.box
    rows = []
    for name, (low, high) in box.limits.items():
        restricted = name in box.chance
        rows.append(
            [
                name,
                f"{low:,.4g} to {high:,.4g}",
                f"{box.chance[name]:.2g}" if restricted else "not restricted",
            ]
        )
    return [
        heading,
        f"All demands hold at {together:,} of {points:,} points ({together / points:.1%}). "
        + (
            "**The region** found"
            if box.density >= DENSE
            else "**There is no dense region**: the densest box found"
        )
        + " holds "
        f"{box.mass:.0%} of all points and {box.coverage:.0%} of those at which all hold (coverage); of its points "
        f"{box.density:.0%} are such (density).",
        table(["varied", "within the region", "chance"], rows),
        "Chance: how probable a density as high would be without that one restriction (quasi-p-value); above 0.05 the "
        "restriction may be an accident of the sample.",
    ]


def _trade_offs(found: Discovery) -> list[str]:
    front = found.pareto
    rows = [
        [words, *(f"{front.loc[at, column]:,.0f}" for column in EXTREMES)]
        for column, words in EXTREMES.items()
        for at in [front[column].idxmin()]
    ]
    heads = ["point", "encounters", "deaths", "waiting", "public cost, USD"]
    return [
        "## What trades off",
        f"The search kept {len(front):,} points of which none is better in one objective and no worse in all others. "
        "Those at the ends of four objectives:",
        table(heads, rows),
        "Rank correlations among these points (Spearman): a positive one means that both fall together.",
        table(*_correlations(front)),
    ]


def _correlations(front: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    names = list(EXTREMES)
    shares: np.ndarray = front.loc[:, names].corr(method="spearman").to_numpy()
    short = [name.removesuffix(" 2023") for name in names]
    rows = [[name, *(f"{shares[i, j]:.2f}" for j in range(len(names)))] for i, name in enumerate(short)]
    return ["", *short], rows
