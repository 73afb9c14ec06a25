"""Ten patterns, named before circles were built, with circles and without: `python -m studies.patterns` (minutes).

Both columns are the same engine with the same parameters, which were estimated with circles; the null makes every
nationality one circle (`behaviour: mean-field`). A pattern that both show is no proof of circles, and one that neither
shows is missed. Figures by circle come from runs themselves; circles are taken as equal where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario
from corridor.outputs.rows import ALL
from studies.ensembles import HISTORY, NOT_MEXICANS, Ensembles, variant
from studies.history import cells, distance
from studies.page_command import make_page
from studies.sector_shares import counts_by_sector, mean_distance, sectors

PAGE = Path("docs") / "patterns.md"
CIRCLES, NULL = "circles", "mean-field"
PLEDGE = "{id: pledge, lever: mexico.return_acceptance_monthly, for: [Cuba, Nicaragua, Venezuela], start: 2022-06-01"
UNUSED = (
    "{id: unused, lever: us.return_use_share, for: [Cuba, Nicaragua, Venezuela], start: 2022-06-01, to: 0}"
)
SHORT = "period: {end: 2022-12-31}\n"
BODIES = {
    "history": "",
    "patrols-in-tucson": "period: {end: 2022-12-31}\ninterventions: "
    "[{id: more, lever: us.patrols, for: [tucson_sector], start: 2022-01-01, to: 3}]",
    "patrols-everywhere": "period: {end: 2022-12-31}\ninterventions: "
    "[{id: more, lever: us.patrols, start: 2022-01-01, to: 3}]",
    "certain-return": "interventions: [{id: all, lever: us.title_42, start: 2023-06-01, to: 1}, "
    "{id: wanted, lever: us.title_42_share, start: 2023-06-01, to: 1}, "
    "{id: taken, lever: mexico.return_acceptance_monthly, start: 2023-06-01, to: unlimited}]",
    "appointments": "interventions: [{id: more, lever: us.cbp_one_daily, start: 2023-06-01, to: 4000}]",
    "pledged": f"{SHORT}interventions: [{PLEDGE}, to: 60000}}, {UNUSED}]",
    "pledged-to-the-deaf": f"{SHORT}announcements: none\ninterventions: [{PLEDGE}, to: 60000}}, {UNUSED}]",
}
FOUR = ("Venezuela", "Cuba", "Nicaragua")
YEAR_2022 = [f"2022-{month:02}" for month in range(1, 13)]
SECOND_HALF = [f"2023-{month:02}" for month in range(7, 13)]


@dataclass(frozen=True)
class Runs:
    """Results of one behaviour, and how its circles fared."""

    behaviour: str
    ensembles: Ensembles
    by_circle: dict[str, np.ndarray]

    def sum(self, indicator: str, months: Sequence[str], scenario: str = "history", **where) -> float:
        """An indicator summed over months, mean of replicates."""
        name = name_of(scenario, self.behaviour)
        values = (self.ensembles.values(indicator, month, scenario=name, **where) for month in months)
        return float(sum(value.mean() for value in values))


@dataclass(frozen=True)
class Pattern:
    """What should be seen, the figure that says whether it is, and the bounds within which it counts as shown."""

    name: str
    what: str
    source: str
    figure: Callable[[Runs], float]
    low: float
    high: float
    form: str = ".2f"

    def shown(self, figure: float) -> bool:
        return bool(self.low <= figure <= self.high)


def name_of(scenario: str, behaviour: str) -> str:
    return f"{scenario}-{behaviour}"


def scenarios_of(behaviour: str) -> list[Scenario]:
    return [
        variant(name_of(name, behaviour), f"behaviour: {behaviour}\n{body}") for name, body in BODIES.items()
    ]


def departures_by_circle(behaviour: str, people_per_agent: int) -> dict[str, np.ndarray]:
    """People who leave each circle by day, of one replicate to the end of 2022: float64[days, circles] by nation."""
    policy = resolve(variant("told", f"behaviour: {behaviour}\n{SHORT}"))
    drivers = compile_drivers(policy, load_parameters(policy.overrides), people_per_agent=people_per_agent)
    simulation = Simulation(drivers, seed=1, replicate=0)
    leaving = []
    while simulation.running:
        simulation.step()
        leaving.append(simulation.world["circles"]["leaving"].copy())
    nations = simulation.world["nations"]
    simulation.release_institutions()
    days = np.array(leaving)
    found = {}
    for code, name in enumerate(NATIONALITIES):
        first, number = int(nations["first_circle"][code]), int(nations["circles"][code])
        found[name] = days[:, first : first + number]
    return found


def first_day(month: str) -> int:
    """Day of history on which a month begins."""
    return load_scenario(HISTORY).timeline.day_of(date.fromisoformat(f"{month}-01"))


def unevenness(runs: Runs) -> float:
    """Of Venezuelans who left in November 2022: spread over the mean of circles."""
    left = runs.by_circle["Venezuela"][first_day("2022-11") : first_day("2022-12")].sum(axis=0)
    return float(left.std() / left.mean())


def starting_dates(runs: Runs) -> float:
    """Days by which circles of Colombia differ in having sent a quarter of those of 2021 and 2022: their spread."""
    left = np.cumsum(runs.by_circle["Colombia"][first_day("2021-01") :], axis=0)
    return float(np.std([np.searchsorted(course, course[-1] / 4.0) for course in left.T]))


def sector_shares(runs: Runs) -> float:
    results = runs.ensembles.by_name[name_of(HISTORY, runs.behaviour)]
    months = [month for month in results.periods if len(month) == 7 and "2022-01" <= month <= "2023-12"]
    _, made, seen = counts_by_sector(results, months)
    return mean_distance(made, seen)[0]


def cascade(runs: Runs) -> float:
    month = ["2021-09"]
    there, all_of_them = (
        runs.sum("encounters_usbp", month, place=place, nationality="Haiti")
        for place in ("del_rio_sector", ALL)
    )
    return there / max(all_of_them, 1.0)


def displacement(runs: Runs) -> float:
    others = [sector for sector in sectors() if sector != "tucson_sector"]
    before, after = (
        sum(runs.sum("evasions", YEAR_2022, scenario, place=place) for place in others)
        for scenario in ("history", "patrols-in-tucson")
    )
    return after / before - 1.0


def rebound(runs: Runs) -> float:
    autumn, spring = (
        runs.sum("encounters_usbp", [month], nationality="Venezuela") for month in ("2022-09", "2023-05")
    )
    return spring / autumn


def fall(runs: Runs) -> float:
    before, after = (
        runs.sum("encounters_usbp", [month], nationality="Venezuela") for month in ("2022-09", "2022-11")
    )
    return after / before


def evasion(runs: Runs) -> float:
    shares = []
    for scenario in ("history", "certain-return"):
        hidden = runs.sum("evasions", SECOND_HALF, scenario, nationality=NOT_MEXICANS)
        shares.append(
            hidden / (hidden + runs.sum("encounters_usbp", SECOND_HALF, scenario, nationality=NOT_MEXICANS))
        )
    return shares[1] / shares[0]


def waiting(runs: Runs) -> float:
    before, after = (
        runs.sum("encounters_usbp", SECOND_HALF, scenario) for scenario in ("history", "appointments")
    )
    return after / before - 1.0


def price(runs: Runs) -> float:
    paid = [
        runs.sum("fees_paid_usd", YEAR_2022, scenario, nationality="Mexico")
        / runs.sum("departures", YEAR_2022, scenario, nationality="Mexico")
        for scenario in ("history", "patrols-everywhere")
    ]
    return paid[1] / paid[0] - 1.0


def trust_lost(runs: Runs) -> float:
    """By how much a pledge that nobody uses deters in its seventh month, against its second: 0 is wholly lost."""
    effects = []
    for month in ("2022-07", "2022-12"):
        believed, deaf = (
            runs.sum("encounters_usbp", [month], scenario, nationality=FOUR)
            for scenario in ("pledged", "pledged-to-the-deaf")
        )
        effects.append(1.0 - believed / max(deaf, 1.0))
    return effects[1] / effects[0] if effects[0] else np.nan


PATTERNS = (
    Pattern(
        "Sectors by nationality",
        "nationalities cross in sectors of their own: mean total variation of shares, nationality-"
        "months of 2022 and 2023",
        "CBP monthly tables",
        sector_shares,
        0.0,
        0.2,
        form=".3f",
    ),
    Pattern(
        "Starting dates",
        "of a new nationality some places begin months before others: spread over circles of the "
        "day by which a quarter of the Colombians of 2021 and 2022 had left, days",
        "none by place; months, from what is told of it",
        starting_dates,
        30.0,
        np.inf,
        form=".0f",
    ),
    Pattern(
        "Unevenness",
        "when return is likely some places empty and others hardly: spread over mean of circles, "
        "Venezuelans who left in November 2022",
        "none by place; more than a half",
        unevenness,
        0.5,
        np.inf,
    ),
    Pattern(
        "A cascade at one crossing",
        "in September 2021 Haitians crossed at Del Rio: share of them there",
        "CBP monthly tables: .91",
        cascade,
        0.5,
        1.0,
    ),
    Pattern(
        "Displacement",
        "patrols tripled in Tucson alone: change of those unseen in other sectors, 2022",
        "Gathmann 2008; Feigenberg 2020: they go elsewhere",
        displacement,
        0.05,
        np.inf,
        form="+.2f",
    ),
    Pattern(
        "Fall",
        "Venezuelans between ports, November over September 2022",
        "CBP monthly tables: .20",
        fall,
        0.15,
        0.25,
    ),
    Pattern(
        "Rebound",
        "the same, May 2023 over September 2022",
        "CBP monthly tables: .83",
        rebound,
        0.58,
        1.08,
    ),
    Pattern(
        "Substitution to evasion",
        "certain return for all from June 2023: share unseen of others than Mexicans, as a multiple",
        "macro study: those who hide hardly respond",
        evasion,
        1.2,
        np.inf,
    ),
    Pattern(
        "Waiting for an appointment",
        "4,000 appointments a day from June 2023: change of encounters between ports, second half",
        "macro study: Haitians and Cubans turned to ports",
        waiting,
        -np.inf,
        -0.05,
        form="+.2f",
    ),
    Pattern(
        "Price",
        "patrols tripled everywhere: change of what Mexicans pay, 2022",
        "Gathmann 2008: +.17 to +.30",
        price,
        0.17,
        0.3,
        form="+.2f",
    ),
    Pattern(
        "Trust lost",
        "a pledge that nobody uses: what is left in the seventh month of its effect in the second",
        "study of circles: nothing",
        trust_lost,
        -0.25,
        0.25,
    ),
)
"""Ten were named; a fall and its rebound are two figures of one."""


def run_both(replicates: int, people_per_agent: int) -> tuple[Runs, Runs]:
    """All scenarios with circles, and without."""
    circles, null = (
        Runs(
            behaviour,
            Ensembles(scenarios_of(behaviour), replicates=replicates, people_per_agent=people_per_agent),
            departures_by_circle(behaviour, people_per_agent),
        )
        for behaviour in (CIRCLES, NULL)
    )
    return circles, null


def page_of(circles: Runs, null: Runs, settings: str) -> str:
    """The page, in Markdown."""
    lines = [
        "# Patterns, with circles and without",
        "",
        "Made by `python -m studies.patterns`. [Circles](decisions/0027-circles.md) are people at home who hear of the",
        "same journeys. The null is the same engine with one circle a nationality (`behaviour: mean-field`), and the",
        "same parameters, which were estimated with circles. The patterns were named before circles were built. What",
        "both show is no proof of circles; what neither shows is missed.",
        "",
        settings,
        "",
        "| pattern | what | counts as shown | circles | null | shown by | source |",
        "|---|---|---|---|---|---|---|",
    ]
    shown_by = {
        (True, True): "both",
        (True, False): "circles",
        (False, True): "null",
        (False, False): "**neither**",
    }
    for pattern in PATTERNS:
        figures = [pattern.figure(runs) for runs in (circles, null)]
        bounds = f"{pattern.low:{pattern.form}} to {pattern.high:{pattern.form}}"
        if not np.isfinite(pattern.high):
            bounds = f"at least {pattern.low:{pattern.form}}"
        if not np.isfinite(pattern.low):
            bounds = f"at most {pattern.high:{pattern.form}}"
        who = shown_by[pattern.shown(figures[0]), pattern.shown(figures[1])]
        told = " | ".join(f"{figure:{pattern.form}}" for figure in figures)
        lines.append(f"| {pattern.name} | {pattern.what} | {bounds} | {told} | {who} | {pattern.source} |")
    lines += ["", "## Months, by nationality", "", *distances(circles, null)]
    return "\n".join(lines) + "\n"


def distances(circles: Runs, null: Runs) -> list[str]:
    """Distances of months (WAPE) of both from what was observed, and of one from the other."""
    lines = [
        "Border Patrol's encounters of January 2021 to June 2024: sums of absolute distances of months, over the sum.",
        "The null was not estimated again, so its distances are larger for that reason too.",
        "",
        "| nationality | circles from observed | null from observed | null from circles |",
        "|---|---|---|---|",
    ]
    results = circles.ensembles.by_name[name_of(HISTORY, CIRCLES)]
    months = [month for month in results.periods if len(month) == 7 and "2021-01" <= month <= "2024-06"]
    for nation in (ALL, *NATIONALITIES):
        made = [
            np.array([runs.sum("encounters_usbp", [month], nationality=nation) for month in months])
            for runs in (circles, null)
        ]
        apart = [
            distance(
                runs.ensembles, cells("encounters_usbp", [nation]), months, name_of(HISTORY, runs.behaviour)
            )
            for runs in (circles, null)
        ]
        between = np.abs(made[0] - made[1]).sum() / made[0].sum()
        lines.append(f"| {nation} | {apart[0]:.3f} | {apart[1]:.3f} | {between:.3f} |")
    return lines


def text_of(replicates: int, people_per_agent: int, settings: str) -> str:
    """The page, run and written."""
    return page_of(*run_both(replicates, people_per_agent), settings)


if __name__ == "__main__":
    make_page("patterns", __doc__, PAGE, text_of, replicates=8)
