"""Comparison: what a scenario changes, replicate by replicate, and the files of a set of results.

The same keyed draws run in a scenario and in its baseline, so each replicate is compared with its own twin:
pairs are made by (draw, replicate), and the spread of the differences is what the scenario does, not the
luck of the draw.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from corridor.experiments.fates import split_by_fate
from corridor.foundations.errors import InputError, Problem, nearest_name
from corridor.foundations.timeline import ONE_DAY, Timeline, ends_of, grain_of, span_name
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.files import refusal, write_files
from corridor.outputs.results import Results, cell_columns, period_order
from corridor.outputs.rows import Cell, is_crossed
from corridor.outputs.tables import ArrowTable, csv_bytes, frame, label, repeat, round_values, spread

COMPARE = "compare.csv"
SPLIT = "fates.csv"
RANKED = ("scenario", "baseline", "difference", "low", "high", "relative", "unit")
#: Column names of the quantiles of the difference and their shares.
DIFFERENCE_SHARES = {"p025": 0.025, "p10": 0.10, "p50": 0.50, "p90": 0.90, "p975": 0.975}


@dataclass(frozen=True)
class LeftOut:
    """Days that one run reports and another does not cover.

    Attributes
    ----------
    span : str
        The days, such as `2024-07 to 2024-12`.
    scenario : str
        The run that does not cover them, since it ends or begins inside or before them.
    day : date
        Its last day, or its first one reported.
    ends : bool
        Whether it ends on that day, rather than begins.
    """

    span: str
    scenario: str
    day: date
    ends: bool


@dataclass(frozen=True)
class SharedPeriods:
    """What two runs can be compared over: the periods that both cover wholly.

    Attributes
    ----------
    parts : dict of str to tuple of str
        Each period by name (days, months, then years), and the recorded periods that it is the sum of in both: itself,
        or the months of a year that one of the two does not report whole.
    span : str
        All that is compared, such as `2021-01 to 2024-06`; empty where no month is.
    left_out : tuple of LeftOut
        What only one of the two reports.
    """

    parts: Mapping[str, tuple[str, ...]]
    span: str
    left_out: tuple[LeftOut, ...]

    @property
    def years(self) -> tuple[str, ...]:
        """Of the periods the years, and parts of years."""
        return tuple(period for period in self.parts if grain_of(period) == "year")

    def recorded(self, years: Sequence[str] | None = None) -> list[str]:
        """The recorded periods that some years (all, if none are named) are the sum of."""
        return [part for year in (self.years if years is None else years) for part in self.parts[year]]

    def words(self) -> str:
        """What is compared, and what is left out and why; nothing where all is compared."""
        if not self.left_out or not self.span:
            return ""
        why = [
            f"{each.span} is left out since {each.scenario} {'ends' if each.ends else 'begins'} on {each.day}"
            for each in self.left_out
        ]
        return f"compared over {self.span}, which both cover; {', and '.join(why)}"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios beside their baselines.

    Attributes
    ----------
    pairs : (baseline, scenario) in the order of the table
    notes
        What a reader should know, such as results that come from different versions of the code.
    """

    pairs: tuple[tuple[Results, Results], ...]
    notes: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """The rows of compare.csv."""
        return frame(self._rows())

    def csv(self) -> bytes:
        """The content of compare.csv."""
        return csv_bytes(self._rows())

    def ranking(self, indicator: str) -> pd.DataFrame:
        """Scenarios by what they change in one indicator, largest fall first.

        Returns
        -------
        Columns scenario, baseline, difference (mean of the pairs, over all months that both cover wholly), low and high
        (80% of pairs), relative, unit.
        """
        rows = [_total_change(before, after, Cell(indicator)) for before, after in self.pairs]
        return ranked(pd.DataFrame(rows, columns=list(RANKED)))

    def fates(self) -> ArrowTable:
        """The rows of fates.csv: the differences split by what becomes of the same parties (`fates`)."""
        return pa.concat_tables(split_by_fate(*pair) for pair in self.pairs).unify_dictionaries()

    def write(self, path: Path | str) -> None:
        """Write compare.csv under any name."""
        path = Path(path)
        write_files(path.parent, {path.name: self.csv()})

    def _rows(self) -> pa.Table:
        tables = [_paired_rows(baseline, scenario) for baseline, scenario in self.pairs]
        return pa.concat_tables(tables).unify_dictionaries()


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a ranking, largest relative fall first."""
    return rows.sort_values("relative", kind="stable", ignore_index=True)


def shared_periods(one: Results, other: Results) -> SharedPeriods:
    """The periods that two runs both cover wholly: all that a comparison of them may look at.

    A year that one of them leaves in June is no year of both: its months to June are, and are one period by their own
    name, `2024-01 to 2024-06`. The same rule holds wherever a scenario stands beside its baseline.
    """
    timeline = one.timeline.shared_with(other.timeline)
    return SharedPeriods(
        shared_parts(timeline, set(one.periods) & set(other.periods)),
        span_name(timeline.report_from, timeline.end) if timeline else "",
        tuple(_left_out(one, other, timeline)) if timeline else (),
    )


def shared_parts(timeline: Timeline | None, both: Set[str]) -> dict[str, tuple[str, ...]]:
    """As `SharedPeriods.parts`: of the days that two runs share, by the names of the periods that both record."""
    months = timeline.months() if timeline else []
    parts: dict[str, tuple[str, ...]] = {
        period: (period,) for period in both if grain_of(period) == "day" or period in months
    }
    for year in timeline.years() if timeline else ():
        if year in both:
            parts[year] = (year,)
        elif set(inside := months_of(year)) <= both:
            parts[year] = tuple(inside)
    return {period: parts[period] for period in sorted(parts, key=period_order)}


def months_of(year: str) -> list[str]:
    """The months of a year, or of part of one."""
    first, last = ends_of(year)
    return Timeline(first, last, first).months()


def _left_out(one: Results, other: Results, shared: Timeline) -> Iterator[LeftOut]:
    """The days at both ends of a comparison that only one of two runs reports."""
    by_start, by_end = (
        sorted((one, other), key=lambda each: getattr(each.timeline, name)) for name in ("report_from", "end")
    )
    begins, ends = by_start[0].timeline.report_from, by_end[1].timeline.end
    if begins < shared.report_from:
        later = by_start[1]
        span = span_name(begins, shared.report_from - ONE_DAY)
        yield LeftOut(span, later.scenario, later.timeline.report_from, ends=False)
    if ends > shared.end:
        earlier = by_end[0]
        yield LeftOut(
            span_name(shared.end + ONE_DAY, ends), earlier.scenario, earlier.timeline.end, ends=True
        )


def total_by_replicate(results: Results, cell: Cell, shared: SharedPeriods) -> np.ndarray:
    """Each replicate's total over all that is shared, float64[R].

    Of what does not add up, the mean of the years, in which part of a year counts by its months; parts for which it
    cannot be told (different people) are left out.
    """
    if not shared.years:
        return np.full(len(results.values), np.nan)
    values = np.column_stack([results.over(shared.parts[year], [cell]) for year in shared.years])
    if INDICATORS[cell.indicator].kind == "flow":
        return values.sum(axis=1)
    months = np.array([len(months_of(year)) for year in shared.years], dtype=np.float64)
    known = np.array([shared.parts[year] == (year,) for year in shared.years]) | ~np.isnan(values).all(axis=0)
    if not known.any():
        return np.full(len(values), np.nan)
    return np.average(values[:, known], axis=1, weights=months[known])


def _total_change(before: Results, after: Results, cell: Cell) -> tuple:
    shared = shared_periods(after, before)
    was, now = (total_by_replicate(each, cell, shared) for each in (before, after))
    low, high = np.percentile(now - was, [10, 90])
    mean, base = float((now - was).mean()), float(was.mean())
    unit = INDICATORS[cell.indicator].unit
    return after.scenario, before.scenario, mean, low, high, mean / base if base else np.nan, unit


def compare(results: Sequence[Results], *, baseline: str | None = None) -> Comparison:
    """Pair each result with its baseline.

    Parameters
    ----------
    results
        Of different scenarios, with the same seed, replicates, scale and cells.
    baseline
        Name of the scenario that the others are compared with. None: each with the baseline that its
        scenario names; if none of these is here, with the first of the list.

    Raises
    ------
    InputError
        If there is nothing to compare, or a pair does not match; it says in what.
    """
    by_name = {each.scenario: each for each in results}
    if len(by_name) < len(results):
        names = [each.scenario for each in results]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise refusal("compare", f"given twice: {', '.join(twice)}; results are told apart by scenario")
    if baseline is not None and baseline not in by_name:
        hint = nearest_name(baseline, by_name)
        raise refusal("compare", f"the baseline {baseline!r} is not among {', '.join(by_name)}{hint}")
    chosen, notes = _choose_pairs(results, by_name, baseline)
    if not chosen:
        raise refusal("compare", "a comparison needs two scenarios or more")
    problems = [
        Problem("compare", 0, 0, "", f"{scenario.scenario} and {against.scenario} do not pair: {why}")
        for against, scenario in chosen
        for why in _mismatches(against, scenario)
    ]
    if problems:
        raise InputError(problems)
    notes += [note for against, scenario in chosen for note in _differences_of_origin(against, scenario)]
    notes += [
        f"{scenario.scenario} against {against.scenario}: {words}"
        for against, scenario in chosen
        if (words := shared_periods(scenario, against).words())
    ]
    return Comparison(tuple(chosen), tuple(notes))


def _choose_pairs(
    results: Sequence[Results], by_name: dict[str, Results], baseline: str | None
) -> tuple[list[tuple[Results, Results]], list[str]]:
    """(baseline, scenario) pairs, and a note for each scenario whose own baseline is absent."""
    if baseline is not None:
        return [(by_name[baseline], each) for each in results if each.scenario != baseline], []
    named = [(each, each.manifest["baseline"]) for each in results]
    pairs = [(by_name[name], each) for each, name in named if name in by_name]
    if not pairs:
        return [(results[0], each) for each in results[1:]], []
    absent = [(each, name) for each, name in named if name is not None and name not in by_name]
    return pairs, [f"{each.scenario} is not compared: its baseline {name} is absent" for each, name in absent]


def write_results(
    results: Sequence[Results], folder: Path | str, *, baseline: str | None = None
) -> list[Path]:
    """Write what `corridor run --out FOLDER` writes, and nothing if a part of it cannot be made.

    Each result goes to `FOLDER/NAME/{replicates.csv, summary.csv, manifest.json}`; with two or more results,
    `FOLDER/compare.csv` holds their comparison, and, where all kept fates, `FOLDER/fates.csv` its split.

    Parameters
    ----------
    baseline
        As for `compare`.

    Returns
    -------
    The paths written.
    """
    files: dict[str, bytes] = {}
    for each in results:
        files |= {f"{each.scenario}/{name}": content for name, content in each.files().items()}
    if len(results) > 1:
        comparison = compare(results, baseline=baseline)
        files[COMPARE] = comparison.csv()
        if all(each.fates is not None for each in results):
            files[SPLIT] = csv_bytes(comparison.fates())
    return write_files(folder, files)


def _mismatches(baseline: Results, scenario: Results) -> Iterator[str]:
    ours, theirs = scenario.manifest["run"], baseline.manifest["run"]
    for name, words in (("seed", "seed"), ("people_per_agent", "people per agent")):
        if ours[name] != theirs[name]:
            yield f"{words} {ours[name]} against {theirs[name]}"
    runs = [
        sorted(zip(each.draws.tolist(), each.replicates.tolist(), strict=True))
        for each in (scenario, baseline)
    ]
    if runs[0] != runs[1]:
        yield f"other replicates or parameter draws ({len(runs[0])} against {len(runs[1])})"
    if scenario.manifest["hashes"]["cells"] != baseline.manifest["hashes"]["cells"]:
        yield "they do not report the same indicators and breakdowns"
    if not shared_periods(scenario, baseline).parts:
        yield f"no period in common ({_span(scenario)} against {_span(baseline)})"


def _span(results: Results) -> str:
    return f"{results.periods[0]} to {results.periods[-1]}"


def _differences_of_origin(baseline: Results, scenario: Results) -> Iterator[str]:
    for name, words in (("code", "code"), ("data", "data files")):
        if scenario.manifest["hashes"][name] != baseline.manifest["hashes"][name]:
            yield (
                f"{scenario.scenario} and {baseline.scenario} come from different versions of the {words}; "
                "run both again to be sure that only the scenario differs"
            )


def _paired_rows(baseline: Results, scenario: Results) -> pa.Table:
    """Rows of compare.csv for one pair, over the periods and cells that both have; crossed cells are in no CSV."""
    shared = shared_periods(scenario, baseline).parts
    cells = [cell for cell in scenario.cells if cell in baseline.index and not is_crossed(cell)]
    before, after = (
        np.stack([each.over(parts, cells) for parts in shared.values()], axis=1)
        for each in (baseline, scenario)
    )
    missing = np.isnan(before) | np.isnan(after)
    before, after = np.where(missing, np.nan, before), np.where(missing, np.nan, after)
    _, before_mean, _ = spread(before, ())
    _, after_mean, _ = spread(after, ())
    pairs, mean, quantiles = spread(after - before, list(DIFFERENCE_SHARES.values()))
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(before_mean == 0, np.nan, mean / before_mean)
    rows = period, cell = np.nonzero(pairs)
    return pa.table(
        {
            "scenario": repeat(scenario.scenario, period.size),
            "baseline": repeat(baseline.scenario, period.size),
            **cell_columns(list(shared), cells, period, cell),
            "pairs": pa.array(pairs[rows]),
            "baseline_mean": pa.array(round_values(before_mean[rows])),
            "scenario_mean": pa.array(round_values(after_mean[rows])),
            "difference_mean": pa.array(round_values(mean[rows])),
            **{
                f"difference_{name}": pa.array(round_values(values[rows]))
                for name, values in zip(DIFFERENCE_SHARES, quantiles, strict=True)
            },
            "relative": pa.array(round_values(relative[rows])),
            "unit": label([scenario.units[scenario.index[each]] for each in cells], cell),
        }
    )
