"""Who fares otherwise: the difference between a scenario and its baseline, split by what becomes of the same parties.

A party has the same key in both, replicate by replicate (DESIGN section 9), so each party of either run falls into one
class:

- deterred: it departs only in the baseline; induced: only in the scenario
- stranded: still under way at the end of the scenario, and not in the baseline
- lawful_instead, returned_instead: another end, and in the scenario this one
- other_end: any other change of end, such as evading instead of surrendering
- rerouted: the same end by another route or another city of the northern border
- delayed: the same end and way, more than 30 days later
- unchanged: all others

Two runs that report other days are compared over the days of both: who departs later is in neither, and who is not yet
at an end on the last of them is under way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.outputs.fates import UNDER_WAY
from corridor.outputs.files import refusal
from corridor.outputs.results import Results
from corridor.outputs.rows import ALL
from corridor.outputs.tables import label, repeat, round_values, spread

CLASSES = (
    "deterred", "induced", "delayed", "rerouted", "lawful_instead", "returned_instead", "other_end", "stranded",
    "unchanged",
)  # fmt: skip
SHARES = {"p025": 0.025, "p10": 0.10, "p50": 0.50, "p90": 0.90, "p975": 0.975}
LAWFUL = ("lawfully_admitted",)
RETURNED = ("returned_home", "third_country")
DELAY_DAYS = 30


def split_by_fate(baseline: Results, scenario: Results) -> pa.Table:
    """People of each class and nationality: mean and quantiles over the replicates.

    Returns
    -------
    Columns scenario, baseline, class, nationality, pairs, mean, p025 to p975, unit. In each replicate the classes of a
    nationality add up to all its parties of both runs.

    Raises
    ------
    InputError
        If one of the two has no fates (`corridor run --fates`).
    """
    without = [each.scenario for each in (baseline, scenario) if each.fates is None]
    if without:
        raise refusal("fates", f"{' and '.join(without)} kept none; run again with --fates")
    counts = np.stack(list(_counts(baseline, scenario)))  # [pairs, classes, nationalities and all]
    pairs, mean, quantiles = spread(counts, list(SHARES.values()))
    rows = np.indices(mean.shape).reshape(2, -1)
    names = [ALL, *NATIONALITIES]
    return pa.table(
        {
            "scenario": repeat(scenario.scenario, rows.shape[1]),
            "baseline": repeat(baseline.scenario, rows.shape[1]),
            "class": label(CLASSES, rows[0]),
            "nationality": label(names, rows[1]),
            "pairs": pa.array(pairs.ravel()),
            "mean": pa.array(round_values(mean.ravel())),
            **{
                name: pa.array(round_values(values.ravel()))
                for name, values in zip(SHARES, quantiles, strict=True)
            },
            "unit": repeat("people", rows.shape[1]),
        }
    )


def _counts(baseline: Results, scenario: Results) -> Iterator[np.ndarray]:
    """People by class and nationality of each replicate, float64[classes, 1 + N]."""
    kept = [fates for each in (baseline, scenario) if (fates := each.fates) is not None]
    lines = [each.timeline for each in (baseline, scenario)]
    first, last = max(line.report_from for line in lines), min(line.end for line in lines)
    for draw, replicate in zip(scenario.draws.tolist(), scenario.replicates.tolist(), strict=True):
        chosen = (pc.field("draw") == draw) & (pc.field("replicate") == replicate)
        inside = chosen & (pc.field("day") >= first) & (pc.field("departed") <= last)
        before, after = (_Fates(fates.filter(inside), last) for fates in kept)
        counts = np.zeros((len(CLASSES), 1 + len(NATIONALITIES)))
        for name, nation, people in _classified(before, after):
            by_nation = np.bincount(nation, weights=people, minlength=len(NATIONALITIES))
            counts[CLASSES.index(name), 1:] += by_nation
        counts[:, 0] = counts[:, 1:].sum(axis=1)
        yield counts


class _Fates:
    """Columns of one replicate as arrays, in the order of keys, as they stand on a day."""

    def __init__(self, table: pa.Table, last: date):
        self.key = table["key"].to_numpy()
        self.nation = (self.key >> np.uint64(56)).astype(np.int64)
        self.people = table["people"].to_numpy().astype(np.float64)
        self.fate, self.route, self.city = (
            table[name].cast(pa.string()).to_numpy(zero_copy_only=False).astype(str)
            for name in ("fate", "route", "city")
        )
        self.day = table["day"].to_numpy().astype("datetime64[D]")
        self.goes_on = self.day > np.datetime64(last)
        self.fate[self.goes_on] = UNDER_WAY
        self.day[self.goes_on] = np.datetime64(last)


def _classified(before: _Fates, after: _Fates) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(class, nationality, people) of the parties of one replicate; each party once."""
    _, mine, theirs = np.intersect1d(before.key, after.key, assume_unique=True, return_indices=True)
    for name, fates, common in (("deterred", before, mine), ("induced", after, theirs)):
        alone = np.ones(len(fates.key), dtype=bool)
        alone[common] = False
        yield name, fates.nation[alone], fates.people[alone]
    was, now = before.fate[mine], after.fate[theirs]
    another_way = (before.route[mine] != after.route[theirs]) | (before.city[mine] != after.city[theirs])
    another_way &= ~(before.goes_on[mine] | after.goes_on[theirs])  # where it went later is not of these days
    later = (after.day[theirs] - before.day[mine]).astype(np.int64) > DELAY_DAYS
    rules = (
        ("stranded", (now == UNDER_WAY) & (was != UNDER_WAY)),
        ("lawful_instead", (now != was) & np.isin(now, LAWFUL)),
        ("returned_instead", (now != was) & np.isin(now, RETURNED)),
        ("other_end", now != was),
        ("rerouted", another_way),
        ("delayed", later),
        ("unchanged", np.ones(len(now), dtype=bool)),
    )
    left = np.ones(len(now), dtype=bool)
    nation, people = after.nation[theirs], after.people[theirs]
    for name, applies in rules:
        taken = left & applies
        yield name, nation[taken], people[taken]
        left &= ~applies
