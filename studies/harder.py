"""Harder tests H1 to H19: what trials of version 0.1.0 asked beside the documents' own tests.

They look at what totals hide: one nationality, one sector, who is released, harm beside its source. Numbers that are
missing never got words (`NOT_MEASURED`). What each is about stands in cases.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from studies.checks import UNBOUNDED, Check, change, ratio
from studies.ensembles import HISTORY, Ensembles, observed
from studies.june_2019 import NAME as JUNE_2019
from studies.june_2019 import named

SEEN_TOO_FEW = 1.5  # factor allowed to what is counted badly
JUNE_POINTS = 0.15  # either way
LEFT_OF_A_PROMISE, WITHIN = 0.25, 0.05
NEVER_USED, GATE_HALF, GATE_CLOSED = "pledge-never-used", "darien-gate-60", "darien-gate-closed"
PLEDGED_TO = ("Colombia", "Ecuador", "Peru")
HARDER_VARIANTS = {
    NEVER_USED: """\
interventions:
  - {id: pledge, lever: mexico.return_acceptance_monthly, for: [Colombia, Ecuador, Peru], start: 2023-06-15, to: 5000}
  - {id: unused, lever: us.return_use_share, for: [Colombia, Ecuador, Peru], start: 2023-06-15, to: 0}
""",
    GATE_HALF: "interventions: [{id: gate, lever: panama.darien_gate, start: 2022-06-01, to: 0.6}]",
    GATE_CLOSED: "interventions: [{id: gate, lever: panama.darien_gate, start: 2022-06-01, to: 1}]",
}
NO_WORDS = "the list that it comes from gives it no words"
NOT_MEASURED = dict.fromkeys(("H3", "H5", "H6", "H7", "H10", "H11", "H14", "H15"), NO_WORDS)


def venezuelans(runs: Ensembles) -> Iterator[Check]:
    for month in ("2022-11", "2023-04"):
        made, seen = ratio(runs, "encounters_usbp", month, "2022-09", nationality="Venezuela")
        label = f"Venezuelans between ports, {month} over September 2022 (25% either way)"
        yield Check(label, 0.75 * seen, 1.25 * seen, seen, made, ".2f")


def expelled(runs: Ensembles) -> Iterator[Check]:
    where = {"nationality": "Venezuela"}
    for month in ("2023-01", "2023-04"):
        made = runs.values("expulsions_title_42", month, **where)
        made = made / runs.values("encounters_usbp", month, **where)
        seen = observed("expulsions_title_42", month, **where) / observed("encounters_usbp", month, **where)
        yield Check(f"Title 42 for a Venezuelan, {month}", seen - 0.1, seen + 0.1, seen, made, ".2f")


def el_paso(runs: Ensembles) -> Iterator[Check]:
    for month in ("2022-10", "2022-11", "2022-12", "2023-01"):
        made = runs.values("encounters_usbp", month, place="el_paso_sector")
        seen = observed("encounters_usbp", month, place="el_paso_sector")
        yield Check(f"El Paso, {month} (10% either way)", 0.9 * seen, 1.1 * seen, seen, made)


def met(runs: Ensembles, month: str) -> tuple[np.ndarray, float]:
    """All encounters, between ports and at them: simulated by replicate, and observed."""
    both = ("encounters_usbp", "encounters_ofo")
    return sum(runs.values(name, month) for name in both), sum(observed(name, month) for name in both)


def outcomes(runs: Ensembles) -> Iterator[Check]:
    for month in ("2022-12", "2023-02", "2023-12"):
        made, seen = met(runs, month)
        share = observed("releases", month) / seen
        label = f"released of all encountered, {month}"
        yield Check(label, share - 0.05, share + 0.05, share, runs.values("releases", month) / made, ".2f")
    month = "2023-12"  # after Title 42, so nobody returned to Mexico was expelled
    made, seen = met(runs, month)
    names = ("returns_to_mexico", "removals_by_flight", "third_country_returns")
    removed = sum(runs.values(name, month) for name in names)
    share = observed("title_8_repatriations", month) / seen
    label = f"returned or removed under ordinary law, of all encountered, {month}"
    yield Check(label, share - 0.05, share + 0.05, share, removed / made, ".2f")


def waiting(runs: Ensembles) -> Iterator[Check]:
    for month, place, people in (("2023-05", "all", 65_000.0), ("2022-12", "tijuana", 9_000.0)):
        made = runs.values("waiting_north_mexico", month, place=place)
        where = "the north" if place == "all" else "Tijuana"
        label = f"waiting in {where}, {month} (30% either way)"
        yield Check(label, 0.7 * people, 1.3 * people, people, made)


def harm(runs: Ensembles) -> Iterator[Check]:
    taken = runs.values("kidnappings", "2023") / runs.values("mexico_entries", "2023")
    label = "kidnapped per transit of Mexico, 2023 (.05 to .09, a factor 1.5 beyond)"
    yield Check(label, 0.05 / SEEN_TOO_FEW, 0.09 * SEEN_TOO_FEW, 0.07, taken, ".3f")
    sectors = sorted({cell.place for cell in runs.by_name[HISTORY].index if cell.place.endswith("_sector")})
    at_border = sum(runs.values("deaths", "2022", place=sector) for sector in sectors)
    jungle = runs.values("deaths", "2023", place="darien")
    for label, seen, made in (
        ("deaths in the Darién, 2023", 93.0, jungle), ("deaths at the US border, 2022", 718.0, at_border),
    ):  # fmt: skip
        yield Check(f"{label} (factor 1.5)", seen / SEEN_TOO_FEW, seen * SEEN_TOO_FEW, seen, made)


def stops_after_the_fire(runs: Ensembles) -> Iterator[Check]:
    for month in ("2023-04", "2023-05"):
        seen = observed("mexico_detections", month)
        made = runs.values("mexico_detections", month)
        yield Check(f"Mexico's stops, {month} (25% either way)", 0.75 * seen, 1.25 * seen, seen, made)


def promise_never_kept(runs: Ensembles) -> Iterator[Check]:
    """What a pledge that nobody uses does at first, and what of it is left three months later."""
    early, late = (
        change(runs, "encounters_usbp", month, NEVER_USED, nationality=PLEDGED_TO)
        for month in ("2023-07", "2023-10")
    )
    least = min(LEFT_OF_A_PROMISE * float(early.mean()), -WITHIN)
    yield Check(
        "encounters of those named by a pledge that nobody uses, July 2023",
        -1.0,
        WITHIN,
        np.nan,
        early,
        ".1%",
    )
    label = "the same in October: a quarter of that is left, or 5 points"
    yield Check(label, least, UNBOUNDED, np.nan, late, ".1%")


def roads(runs: Ensembles) -> Iterator[Check]:
    half, closed = (change(runs, "darien_entries", "2023", name) for name in (GATE_HALF, GATE_CLOSED))
    yield Check("entries to a closed Darién, 2023", -1.0, 0.0, np.nan, closed, ".0%")
    label = "entries to the Darién closed, less those to one closed for 60 of 100"
    yield Check(label, -1.0, 0.0, np.nan, closed - half, ".0%")


def june_2019(runs: Ensembles) -> Iterator[Check]:
    for what, who in (("others than Mexicans", named()), ("Mexicans", ("Mexico",))):
        may, september = (
            runs.values("encounters_usbp", month, scenario=JUNE_2019, nationality=who)
            for month in ("2019-05", "2019-09")
        )
        seen = observed("encounters_usbp", "2019-09", nationality=who)
        seen = seen / observed("encounters_usbp", "2019-05", nationality=who) - 1.0
        label = f"{what}, September over May 2019 (15 points either way)"
        yield Check(label, seen - JUNE_POINTS, seen + JUNE_POINTS, seen, september / may - 1.0, ".0%")


def demand_is_smooth(runs: Ensembles) -> Iterator[Check]:
    largest = max(largest_step(nation) for nation in NATIONALITIES)
    label = "largest step of anyone's latent demand, half-year over half-year, from 2021 on (up or down)"
    yield Check(label, 1.0, 3.0, np.nan, np.full(runs.replicates, largest), ".1f")


def largest_step(nation: str) -> float:
    """The largest factor, up or down, between the mean demand of half-years, of a nationality."""
    by_half: dict[tuple[int, int], list[float]] = {}
    for day, value in load_parameters()["latent_demand"].knots_of(nation):
        at = date.fromordinal(max(day, 1))
        by_half.setdefault((at.year, at.month > 6), []).append(np.log(value))
    means = [np.mean(values) for half, values in sorted(by_half.items()) if half >= (2021, False)]
    return float(np.exp(np.abs(np.diff(means)).max(initial=0.0)))


HARDER_CHECKS = {
    "H1": venezuelans,
    "H2": expelled,
    "H4": el_paso,
    "H8": outcomes,
    "H9": waiting,
    "H12": harm,
    "H13": stops_after_the_fire,
    "H16": promise_never_kept,
    "H17": roads,
    "H18": june_2019,
    "H19": demand_is_smooth,
}
