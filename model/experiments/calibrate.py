"""First fit: latent demand and a few rates by least squares on monthly log counts.

Gauss-Newton on common random numbers (SciPy `least_squares`), with the knots of demand shrunk towards their
neighbours so that they cannot explain away a policy break. Every month of 2021 to 2023 is used, so nothing here is a
score. Run it with `python -m model.experiments.calibrate`; it rewrites `model/data/demand.yaml`
and the fitted rates in `model/data/parameters.yaml`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import resources
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from scipy.optimize import least_squares

from model.engine.simulation import Simulation
from model.outputs.observations import observed_values
from model.outputs.results import Cell
from model.spec.drivers import compile_drivers
from model.spec.geography import NATIONALITIES
from model.spec.parameters import ParameterSet, load_parameters
from model.spec.policy import resolve
from model.spec.scenario import load_scenario

DEMAND, SECTORS = "latent_demand", "sector_weight"
KNOT_SD = 0.6  # of the change from knot to knot, log points
DAMPING = 100.0  # events below which a month's log count is blurred
LEAST_DEMAND = 2.0  # people a day at which a knot starts
STEP = 0.08  # of a finite difference, log points: wide, because counts are whole people

# Rates fitted beside demand: id, key (None: every key alike), prior sd in log points.
RATES: tuple[tuple[str, str | None, float], ...] = (
    ("inm_return_capacity_daily", None, 0.2),
    ("crossing_rate", None, 0.4),
    ("waiting_reference", None, 0.4),
    ("waiting_value", None, 0.3),
    ("departure_response", None, 0.15),
    ("crossing_response", None, 0.15),
    ("contention_delay", None, 0.3),
    ("contention_friction", None, 0.4),
    ("news_acceptance_days", None, 0.25),
    ("news_rule_days", None, 0.25),
    ("belief_origin_days", None, 0.3),
    ("belief_border_days", None, 0.3),
    ("approach_days", None, 0.2),
    ("learning_days", None, 0.2),
    ("news_rule_weight", None, 0.2),
    ("news_relief_weight", None, 0.5),
    ("rush_strength", None, 0.4),
    ("give_up_rate", None, 0.4),
    ("news_spillover", None, 0.5),
    ("retry_evader_title_42", None, 0.1),
    ("asylum_bar_removal_gain", None, 0.4),
    ("title_8_removal_single", None, 0.2),
)
DETECTION = "detection_probability"
DETECTION_SD = 0.3


@dataclass(frozen=True)
class Target:
    """A monthly series to fit: indicator, nationality, relative error, place."""

    indicator: str
    nationality: str
    error: float
    place: str = "all"

    @property
    def cell(self) -> Cell:
        """Indicator, place, nationality and party."""
        return Cell(self.indicator, self.place, self.nationality, "all")


# People waiting in northern Mexico, May 2023: about 65,000 (chief of the Border Patrol); a point, not a series.
WAITING = Target("waiting_north_mexico", "all", 0.15)
WAITING_POINT = ("2023-05", 65_000.0)

TARGETS = (
    WAITING,
    *(Target("encounters_usbp", nation, 0.25) for nation in NATIONALITIES),
    Target("encounters_usbp", "all", 0.06),
    *(Target("darien_entries", nation, 0.3) for nation in ("Venezuela", "Haiti", "Ecuador", "all")),
    Target("mexico_detections", "all", 0.12),
    Target("mexico_detections", "Venezuela", 0.4),
    Target("mexico_returns", "all", 0.2),
    Target("expulsions_title_42", "all", 0.15),
    *(Target("encounters_ofo", nation, 0.4) for nation in ("Cuba", "Haiti", "Venezuela", "Mexico")),
)


ENCOUNTERS = (
    *(Target("encounters_usbp", nation, 0.25) for nation in NATIONALITIES),
    *(Target("encounters_ofo", nation, 0.25) for nation in NATIONALITIES),
    *(Target("darien_entries", nation, 0.25) for nation in NATIONALITIES),
)
THROUGH_DARIEN = ("Venezuela", "Haiti")  # most of whom it counts: their knots answer for it as much
REPORTED_FROM = 2021
SCALING_STEP = 0.6
LARGE = 5000.0  # events in a half year above which a miss counts
MOST_DEMAND = 6000.0  # people a day


@dataclass(frozen=True)
class Point:
    """A place in parameter space: log factors on the starting values, in the order of `names`."""

    names: tuple[tuple[str, str | None, str | None], ...]
    start: np.ndarray
    spread: np.ndarray

    def values(self, x: np.ndarray) -> dict[str, Any]:
        """Overrides of `ParameterSet.with_values` at `x`."""
        found: dict[str, Any] = {}
        for (name, key, date), value in zip(self.names, np.exp(x), strict=True):
            if date is None:
                found[name] = value if key is None else {**found.get(name, {}), key: value}
            elif key is None:
                found.setdefault(name, {})[date] = value
            else:
                found.setdefault(name, {}).setdefault(key, {})[date] = value
        return found


def declare(parameters: ParameterSet) -> Point:
    """The parameters to fit: demand knots by nationality, detection knots, and the rates."""
    names, start, spread = [], [], []
    for nation in NATIONALITIES:
        for date, value in dict(parameters[DEMAND].plain())[nation]:
            names.append((DEMAND, nation, date))
            start.append(np.log(max(value, LEAST_DEMAND)))
            spread.append(2.0)
    for date, value in next(iter(parameters[DETECTION].plain().values())):
        names.append((DETECTION, None, date))
        start.append(np.log(value))
        spread.append(DETECTION_SD)
    for name, key, sd in RATES:
        names.append((name, key, "factor"))
        start.append(0.0)
        spread.append(sd)
    return Point(tuple(names), np.array(start), np.array(spread))


def overrides(point: Point, x: np.ndarray, parameters: ParameterSet) -> dict[str, Any]:
    """Values at `x`; a rate is its present value times a factor, for each of its keys."""
    dated = [i for i, name in enumerate(point.names) if name[2] != "factor"]
    values = Point(tuple(point.names[i] for i in dated), point.start, point.spread).values(x[dated])
    for (name, _, date), log in zip(point.names, x, strict=True):
        if date == "factor":
            parameter = parameters[name]
            scaled = {}
            for key, knots in parameter.plain().items():
                low, high = parameter.bounds_of(key)
                scaled[key] = float(np.clip(knots[0][1] * np.exp(log), low, high))
            values[name] = next(iter(scaled.values())) if len(scaled) == 1 else scaled
    return values


def simulate(
    values: Mapping[str, Any],
    replicates: Sequence[int],
    people_per_agent: int,
    targets: Sequence[Target] = TARGETS,
) -> np.ndarray:
    """Mean monthly values of the targets, float64[T, M], with demand noise at its least."""
    parameters = load_parameters().with_values({**values, "demand_noise_sd": 0.05})
    drivers = compile_drivers(
        resolve(load_scenario("history")), parameters, people_per_agent=people_per_agent
    )
    total = np.zeros(1)
    for replicate in replicates:
        simulation = Simulation(drivers, seed=7, replicate=replicate)
        recording = simulation.run()
        simulation.disband()
        row = {cell: index for index, cell in enumerate(recording.cells.rows())}
        months = [index for index, period in enumerate(recording.periods) if "-" in period]
        total = total + recording.values[months][:, [row[target.cell] for target in targets]].T
    return total / len(replicates)


class Residuals:
    """Residuals of the targets and the prior, and their derivatives by finite differences on two processes."""

    def __init__(
        self, point: Point, pool: ProcessPoolExecutor, replicates: Sequence[int], people_per_agent: int
    ):
        self.point, self.pool = point, pool
        self.parameters = load_parameters()
        self.how = (list(replicates), people_per_agent)
        months = resolve(load_scenario("history")).timeline.months()
        self.observed = observed_values((target.cell for target in TARGETS), months).T
        self.observed[TARGETS.index(WAITING), months.index(WAITING_POINT[0])] = WAITING_POINT[1]
        self.error = np.array([target.error for target in TARGETS])[:, None]
        self.calls = 0

    def _misfit(self, simulated: np.ndarray) -> np.ndarray:
        gap = np.log(simulated + DAMPING) - np.log(self.observed + DAMPING)
        return np.nan_to_num(gap / self.error, nan=0.0).ravel()

    def _prior(self, x: np.ndarray) -> np.ndarray:
        pull = (x - self.point.start) / self.point.spread
        rough = []
        for nation in NATIONALITIES:
            knots = [i for i, name in enumerate(self.point.names) if name[:2] == (DEMAND, nation)]
            rough.append(np.diff(x[knots]) / KNOT_SD)
        return np.concatenate([pull, *rough])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        self.calls += 1
        simulated = self.pool.submit(simulate, overrides(self.point, x, self.parameters), *self.how).result()
        residuals = np.concatenate([self._misfit(simulated), self._prior(x)])
        sys.stderr.write(f"evaluation {self.calls}: loss {0.5 * (residuals**2).sum():.1f}\n")
        return residuals

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """Central differences in the simulation, exact in the prior."""
        jobs = []
        for sign in (1.0, -1.0):
            for index in range(len(x)):
                moved = x.copy()
                moved[index] += sign * STEP
                jobs.append(
                    self.pool.submit(simulate, overrides(self.point, moved, self.parameters), *self.how)
                )
        misfits = [self._misfit(job.result()) for job in jobs]
        count = len(x)
        columns = [(misfits[i] - misfits[count + i]) / (2 * STEP) for i in range(count)]
        base = self._prior(x)
        prior = np.stack([(self._prior(x + np.eye(count)[i]) - base) for i in range(count)], axis=1)
        return np.concatenate([np.stack(columns, axis=1), prior])


def write_demand(values: Mapping[str, Mapping[str, float]]) -> None:
    """Rewrite the knots of `data/demand.yaml`, keeping its other words."""
    path = Path(str(resources.files("model").joinpath("data/demand.yaml")))
    yaml = YAML()
    yaml.width = 4096
    content = yaml.load(path.read_text(encoding="utf-8"))
    for nation, knots in values.items():
        for date, value in knots.items():
            for known, row in content[DEMAND]["dated"].items():
                if str(known) == str(date):
                    row[nation] = float(f"{value:.3g}")
    text = StringIO()
    yaml.dump(content, text)
    path.write_text(text.getvalue(), encoding="utf-8")


def write_rates(rates: Mapping[str, Any]) -> None:
    """Rewrite the values of fitted rates in `data/parameters.yaml`, line by line, so that its layout is kept."""
    path = Path(str(resources.files("model").joinpath("data/parameters.yaml")))
    text = path.read_text(encoding="utf-8")
    for name, given in rates.items():
        start = text.index(f"\n{name}:\n")
        following = re.compile(r"\n(?=\S)").search(text, start + 1)
        end = following.start() if following else len(text)
        entry = text[start:end]
        if isinstance(given, Mapping):
            for key, value in given.items():
                entry = re.sub(rf"(\b{key}: )[-0-9.e]+", rf"\g<1>{value:.3g}", entry, count=1)
        else:
            entry = re.sub(r"(\n  value: )[-0-9.e]+", rf"\g<1>{given:.3g}", entry, count=1)
        text = text[:start] + entry + text[end:]
    path.write_text(text, encoding="utf-8")


def scale_demand(
    parameters: ParameterSet, *, rounds: int, replicates: int, people_per_agent: int
) -> dict[str, Any]:
    """Knots of demand scaled until each half year's encounters are met: iterative proportional fitting.

    People are encountered about a month after they would have left, so a knot answers for the three months before and
    after it, a month later. Steps are damped, because what people hear of others makes the response more than linear.
    """
    months = resolve(load_scenario("history")).timeline.months()
    observed = observed_values((target.cell for target in ENCOUNTERS), months).T
    knots = {nation: dict(parameters[DEMAND].plain()[nation]) for nation in NATIONALITIES}
    for turn in range(rounds):
        simulated = simulate({DEMAND: knots}, range(replicates), people_per_agent, targets=ENCOUNTERS)
        worst = 0.0
        for row, nation in enumerate(NATIONALITIES):
            for date in knots[nation]:
                centre = (int(date[:4]) - REPORTED_FROM) * 12 + int(date[5:7])  # the month after the knot's
                window = slice(max(0, centre - 3), max(0, centre + 3))
                rows, darien = [row, row + len(NATIONALITIES)], row + 2 * len(NATIONALITIES)
                seen, made = np.nansum(observed[rows][:, window]), simulated[rows][:, window].sum()
                if window.stop > 0 and seen + made > 0:
                    ratio = (seen + DAMPING) / (made + DAMPING)
                    if nation in THROUGH_DARIEN:
                        before = slice(max(0, centre - 4), max(0, centre + 2))
                        entered = np.nansum(observed[darien, before]) + DAMPING
                        passed = entered / (simulated[darien, before].sum() + DAMPING)
                        ratio = ratio**0.4 * passed**0.6
                    worst = max(worst, abs(np.log(ratio)) * float(seen > LARGE))
                    factor = float(np.clip(ratio**SCALING_STEP, 0.6, 1.7))
                    knots[nation][date] = float(
                        np.clip(knots[nation][date] * factor, LEAST_DEMAND, MOST_DEMAND)
                    )
        sys.stderr.write(f"round {turn + 1}: worst half year off by a factor {np.exp(worst):.2f}\n")
    return {DEMAND: knots}


def scale_sectors(parameters: ParameterSet, *, rounds: int, replicates: int) -> dict[str, dict[str, float]]:
    """Attraction of sectors from date to date (quarters, mostly), scaled until the shares of encounters are met.

    Word of mouth keeps people where others went, so a sector that draws more people must attract more than its share.
    """
    knots = {sector: dict(dated) for sector, dated in parameters[SECTORS].plain().items()}
    dates = list(next(iter(knots.values())))
    targets = [Target("encounters_usbp", "all", 0.0, sector) for sector in knots]
    months = resolve(load_scenario("history")).timeline.months()
    observed = observed_values((target.cell for target in targets), months).T
    for turn in range(rounds):
        simulated = simulate({SECTORS: knots}, range(replicates), 50, targets=targets)
        distance = 0.0
        firsts = [(int(date[:4]) - REPORTED_FROM) * 12 + int(date[5:7]) - 1 for date in dates]
        for date, first, following in zip(dates, firsts, [*firsts[1:], len(months)], strict=True):
            if first < 0:
                continue
            seen, made = (counts[:, first:following].sum(axis=1) for counts in (observed, simulated))
            seen, made = seen / seen.sum(), made / made.sum()
            distance += np.abs(seen - made).sum() / 2.0
            for row, sector in enumerate(knots):
                knots[sector][date] *= ((seen[row] + 0.002) / (made[row] + 0.002)) ** SCALING_STEP
            whole = sum(knots[sector][date] for sector in knots)
            for sector in knots:
                knots[sector][date] = round(knots[sector][date] / whole, 4)
        sys.stderr.write(
            f"round {turn + 1}: sector shares off by {distance / sum(first >= 0 for first in firsts):.3f}\n"
        )
    return knots


def write_sectors(knots: Mapping[str, Mapping[str, float]]) -> None:
    """Rewrite the dated rows of `sector_weight` in `data/parameters.yaml`."""
    path = Path(str(resources.files("model").joinpath("data/parameters.yaml")))
    before, rest = path.read_text(encoding="utf-8").split(f"\n{SECTORS}:", 1)
    for date in next(iter(knots.values())):
        row = ", ".join(f"{sector}: {dated[date]:g}" for sector, dated in knots.items())
        rest = re.sub(rf"\n    {date}: {{[^}}]*}}", f"\n    {date}: {{{row}}}", rest, count=1)
    path.write_text(f"{before}\n{SECTORS}:{rest}", encoding="utf-8")


def fit(
    *, replicates: int = 2, people_per_agent: int = 50, iterations: int = 5, workers: int = 2
) -> dict[str, Any]:
    """Fit and return the overrides that were found."""
    parameters = load_parameters()
    point = declare(parameters)
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        residuals = Residuals(point, pool, range(replicates), people_per_agent)
        found = least_squares(
            residuals,
            point.start,
            jac=residuals.jacobian,  # pyright: ignore[reportArgumentType]  # SciPy's stubs know names only
            loss="soft_l1",
            f_scale=2.0,
            x_scale=0.3,
            max_nfev=iterations,
            bounds=(point.start - 3.0, point.start + 3.0),
        )
    return overrides(point, found.x, parameters)


def main(iterations: int, rounds: int) -> None:
    """Scale demand, fit everything together, scale demand again; write what was found into the data."""
    if iterations:
        fitted = fit(iterations=iterations)
        write_demand(fitted.pop(DEMAND))
        write_rates(fitted)
    scaled = scale_demand(load_parameters(), rounds=rounds, replicates=2, people_per_agent=50)
    write_demand(scaled[DEMAND])
    write_sectors(scale_sectors(load_parameters(), rounds=rounds, replicates=2))


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:3] or ("5", "8"))))
