"""How much the same luck in two scenarios sharpens their difference."""

from __future__ import annotations

from functools import partial

import numpy as np

from corridor.experiments.ensemble import run_ensembles
from corridor.inputs.scenarios.scenario_files import parse_scenario
from corridor.outputs.results import Results
from studies.benchmarks.measuring import Section

FOUR = "for: [Venezuela, Cuba, Haiti, Nicaragua], pooled: true"
LEVERS = {
    "return acceptance: 10,000 places a month": f"lever: mexico.return_acceptance_monthly, {FOUR}, to: 10000",
    "enforcement funding: 0.3": "lever: mexico.enforcement_funding, to: 0.3",
    "parole cap: none a month": f"lever: us.parole_monthly_cap, {FOUR}, to: 0",
    "Darién gate: 0.3": "lever: panama.darien_gate, to: 0.3",
}
DIVERGES = "2023-01-06"  # the day on which history opens parole: a cap before it would be lifted again
MUST, ASPIRE = 0.3, 0.1


def encounters(results: Results) -> np.ndarray:
    """Monthly encounters over the twelve months after divergence, float64[R, 12]."""
    column = results.cells.index(("encounters_usbp", "all", "all", "all"))
    rows = [row for row, period in enumerate(results.periods) if period.startswith("2023-")]
    return results.values[:, rows, column]


def measure(quick: bool) -> Section:
    section = Section(
        "Paired against unpaired comparison",
        [
            "from 6 January 2023",
            "effect on 2023",
            "paired sd of a month",
            "unpaired sd",
            "variance ratio",
            "worst month",
        ],
    )
    replicates, scale = (4, 500) if quick else (40, 50)
    run = partial(run_ensembles, replicates=replicates, people_per_agent=scale)
    changed = [
        parse_scenario(
            f"name: changed-{number}\nextends: history\ninterventions: [{{id: x, start: {DIVERGES}, {lever}}}]"
        )
        for number, lever in enumerate(LEVERS.values())
    ]
    history, *others = run(["history", *changed], seed=1)
    elsewhere = encounters(run(["history"], seed=2)[0])
    usual, ratios = encounters(history), []
    for label, results in zip(LEVERS, others, strict=True):
        months = encounters(results)
        paired = (months - usual).var(axis=0, ddof=1)
        unpaired = (months - elsewhere).var(axis=0, ddof=1)
        ratios.append(paired.sum() / unpaired.sum())
        section.add(
            label,
            f"{(months - usual).sum(axis=1).mean() / usual.sum(axis=1).mean():+.1%}",
            f"{np.sqrt(paired.mean()):,.0f}",
            f"{np.sqrt(unpaired.mean()):,.0f}",
            f"{ratios[-1]:.3f}",
            f"{(paired / unpaired).max():.3f}",
        )
    section.notes.append(
        f"Monthly `encounters_usbp` of 2023 at 1:{scale}, {replicates} replicates; standard deviations are those of a "
        f"month. Paired: each replicate minus the replicate of history with the same seed; unpaired: minus one with "
        f"another seed. The ratio is of variances summed over the twelve months; an ensemble needs 1 / ratio times "
        f"fewer replicates when it is paired."
    )
    section.aim(
        "paired over unpaired variance, four levers",
        f"at most {MUST:g} (aspire: {ASPIRE:g})",
        f"{min(ratios):.3f} to {max(ratios):.3f}",
        max(ratios) <= MUST,
    )
    return section
