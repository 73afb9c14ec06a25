"""Comparison: what a scenario changes, replicate by replicate, and the files of a set of results.

The same keyed draws run in a scenario and in its baseline, so each replicate is compared with its own twin:
pairs are made by (draw, replicate), and the spread of the differences is what the scenario does, not the
luck of the draw.
"""

import itertools
import re
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from corridor.experiments.fates import split_by_fate
from corridor.experiments.headline import headline_rows
from corridor.experiments.projection import result_files
from corridor.experiments.shared_windows import (
    HIGH,
    LOW,
    Pair,
    SharedPeriods,
    change_between,
    choose_window,
    common_window,
    first_difference,
    pair_during,
    shared_periods,
    windows_of,
)
from corridor.foundations.errors import CorridorWarning, InputError, Problem, nearest_name, quoted
from corridor.foundations.regular_files import read_regular
from corridor.foundations.timeline import Grain, grain_of
from corridor.foundations.windows import Window, recorded_as
from corridor.inputs.registries.indicators import INDICATORS
from corridor.outputs.datapackage import DATAPACKAGE, datapackage
from corridor.outputs.files import refusal, write_files
from corridor.outputs.layout import (
    LEVELS,
    SUMS,
    WINDOW_COLUMNS,
    file_name,
    level_of,
    sums_column,
    window_columns,
)
from corridor.outputs.results import Results, cell_columns
from corridor.outputs.rows import SUMMARISED, Cell, is_crossed
from corridor.outputs.spreadsheets import too_long, too_long_in_words
from corridor.outputs.stored_results import make_way, runs_of
from corridor.outputs.tables import (
    ArrowTable,
    csv_bytes,
    for_spreadsheets,
    frame,
    label,
    repeat,
    round_values,
    spread,
)

__all__ = ["Comparison", "SharedPeriods", "compare", "shared_periods", "write_results"]

COMPARED, HEADLINED = "compare", "headline"
COMPARE, HEADLINE = f"{COMPARED}.csv", f"{HEADLINED}.csv"
SPLIT = "fates.csv"
MOST_READ = 100_000_000  # bytes of an earlier comparison that are looked at
PACKAGE, PACKAGE_TITLE = "comparison", "Scenarios beside their baselines"
RANKED = (
    "scenario",
    "baseline",
    "window",
    "difference",
    "low",
    "high",
    "relative",
    "unit",
    "pairs",
    "told_apart",
)
#: Column names of the quantiles of the difference and their shares.
DIFFERENCE_SHARES = {"p025": 0.025, "p10": 0.10, "p50": 0.50, "p90": 0.90, "p975": 0.975}


COMPARE_COLUMNS = (
    "scenario", "baseline", *WINDOW_COLUMNS, *Cell._fields, "pairs", "baseline_mean", "scenario_mean",
    "difference_mean", *(f"difference_{name}" for name in DIFFERENCE_SHARES), "relative", "unit", SUMS,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios beside their baselines.

    Attributes
    ----------
    pairs : (baseline, scenario) in the order of the table
    notes
        What a reader should know, such as results that come from different versions of the code.
    asked
        The window that somebody named; None where nobody did.
    """

    pairs: tuple[tuple[Results, Results], ...]
    notes: tuple[str, ...] = ()
    asked: Window | None = None

    @cached_property
    def window(self) -> Window | None:
        """One window for all pairs: the one asked for, or from the first difference of any pair to the last day that
        all report; None where no month is shared by all.
        """
        return self.asked or common_window(self.pairs, self.begins)

    @cached_property
    def begins(self) -> tuple[date | None, ...]:
        """The first day on which each pair differs; None where it does not."""
        return tuple(first_difference(*pair) for pair in self.pairs)

    @cached_property
    def _windows(self) -> list[tuple[Pair, list[Window]]]:
        """Each pair, and the windows that its headlines are told for, the chosen one first."""
        found = []
        for pair, first in zip(self.pairs, self.begins, strict=True):
            windows = windows_of(*pair, first)
            found.append((pair, list(dict.fromkeys([self.asked, *windows] if self.asked else windows))))
        return found

    def table(self) -> pd.DataFrame:
        """The rows of all compare files, and of years, with the name of their period."""
        return frame(self._rows())

    def csv(self) -> bytes:
        """The content of compare.csv: totals by month."""
        return self.files()[COMPARE]

    def files(self) -> dict[str, bytes]:
        """The files of a comparison: compare.csv and headline.csv, and each by nationality, place and party; where all
        kept fates, fates.csv.

        compare.csv and its kind hold the months (and days) of each pair's window alone: before it nothing differs.
        """
        files = {}
        windows = [days[0] if days else None for _, days in self._windows]
        for grain in SUMMARISED:
            for level in LEVELS:
                made = [
                    _paired_file(*pair, window, grain, level)
                    for pair, window in zip(
                        self.pairs, map(self._of_whole_months(grain), windows), strict=True
                    )
                    if window
                ]
                rows = [each for each in made if each.num_rows]
                name = file_name(COMPARED, grain, level)
                if rows or name == COMPARE:
                    files[name] = csv_bytes(pa.concat_tables(rows) if rows else _no_rows())
        for level in LEVELS:
            rows = headline_rows(self._windows, level=level)
            if rows.num_rows or not level:
                files[file_name(HEADLINED, "month", level)] = csv_bytes(rows)
        if self.has_fates:
            files[SPLIT] = csv_bytes(self.fates())
        return files

    def ranking(self, indicator: str) -> pd.DataFrame:
        """Scenarios by what they change in one indicator during `window`, largest fall first.

        Returns
        -------
        Columns scenario, baseline, window (its name, the same in every row), difference (mean of the pairs), low and
        high (80% of pairs), relative, unit, pairs (of replicates, on which the numbers rest), told_apart: whether 80%
        of the runs put a scenario on the same side of the one above it (`yes`, `no`; nothing in the first row). No
        number where it cannot be told: different people of parts of a year.
        """
        if self.window is None:
            return pd.DataFrame(columns=list(RANKED))
        rows, values = [], []
        for before, after in self.pairs:
            was, now = (each[:, 0] for each in pair_during(before, after, self.window, [Cell(indicator)]))
            change = change_between(was, now)
            names = (after.scenario, before.scenario, self.window.name)
            unit = INDICATORS[indicator].unit
            rows.append((*names, change.difference, change.low, change.high, change.relative, unit, len(was)))
            values.append(now - was)
        order = sorted(range(len(rows)), key=lambda row: (np.isnan(rows[row][6]), rows[row][6]))
        apart = ["", *(_told_apart(values[one], values[next_]) for one, next_ in itertools.pairwise(order))]
        return pd.DataFrame(
            [(*rows[row], words) for row, words in zip(order, apart, strict=True)], columns=list(RANKED)
        )

    def headline(self) -> pd.DataFrame:
        """The rows of headline.csv: windows by scenario and indicator: value, baseline, difference."""
        return frame(headline_rows(self._windows))

    @property
    def has_fates(self) -> bool:
        """Whether all kept how every journey ended, so that the differences can be split by it."""
        return all(each.fates is not None for pair in self.pairs for each in pair)

    def fates(self) -> ArrowTable:
        """The rows of fates.csv: the differences split by what becomes of the same parties (`fates`)."""
        return self._split

    @cached_property
    def _split(self) -> ArrowTable:
        return pa.concat_tables(split_by_fate(*pair) for pair in self.pairs).unify_dictionaries()

    def _of_whole_months(self, grain: Grain) -> Callable[[Window | None], Window | None]:
        """What rows of months are chosen by: where days tell when a difference begins, from the first of its month."""

        def widened(window: Window | None) -> Window | None:
            if window is None or self.asked or grain != "month":
                return window
            return Window(window.first.replace(day=1), window.last)

        return widened

    def write(self, path: Path | str, *, locale: str = "en") -> list[Path]:
        """Write the files of a comparison under another name: of `mine.csv` also `mine_by_place.csv` and so on.

        Parameters
        ----------
        locale
            `es`: for a Spanish spreadsheet, with semicolons, decimal commas and a byte order mark.

        Returns
        -------
        The paths written.
        """
        path = Path(path)
        stem = path.name.removesuffix(".csv")
        named = {
            stem + name.removeprefix(COMPARED) if name.startswith(COMPARED) else f"{stem}_{name}": content
            for name, content in self.files().items()
        }
        package = {f"{stem}_{DATAPACKAGE}": datapackage(PACKAGE, PACKAGE_TITLE, named, locale=locale)}
        shown = {name: for_spreadsheets(content, locale) for name, content in named.items()}
        written = write_files(path.parent, shown | package)
        _warn_of_length(path.parent, shown)
        return written

    def _rows(self) -> pa.Table:
        tables = [_paired_table(baseline, scenario) for baseline, scenario in self.pairs]
        return pa.concat_tables(tables).unify_dictionaries()


def _told_apart(above: np.ndarray, here: np.ndarray) -> str:
    """Whether the changes of two scenarios, run by run, differ in the same direction in 80% of the runs."""
    if len(above) != len(here) or np.isnan(above).any() or np.isnan(here).any():
        return ""
    low, high = np.quantile(here - above, [LOW, HIGH])
    return "no" if low <= 0 <= high else "yes"


def compare(
    results: Sequence[Results], *, baseline: str | None = None, window: str | None = None
) -> Comparison:
    """Pair each result with its baseline.

    Parameters
    ----------
    results
        Of different scenarios, with the same seed, replicates, scale and cells.
    baseline
        Name of the scenario that the others are compared with. None: each with the baseline that its
        scenario names; if none of these is here, with the first of the list.
    window
        Name of the days to compare over: `2023-12`, `2023`, `FY2023`, `2023-06 to 2024-03`, or `whole` for all that
        every pair reports. None: from the first difference to the last day that all report.

    Raises
    ------
    InputError
        If there is nothing to compare, a pair does not match, or does not report the window; it says in what.
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
    notes += [note for against, scenario in chosen for note in _runs_left_out(against, scenario)]
    chosen = [_common_runs(*pair) for pair in chosen]
    notes += [
        f"{scenario.scenario} against {against.scenario}: {words}"
        for against, scenario in chosen
        if (words := shared_periods(scenario, against).words())
    ]
    asked = None if window is None else choose_window(chosen, window)
    return Comparison(tuple(chosen), tuple(notes), asked)


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


def tell_apart(by_folder: Mapping[Path, Results]) -> list[Results]:
    """Results of folders; where several are of one scenario, each is named by its folder, such as `mine@1a2b3c4d`."""
    names = [each.scenario for each in by_folder.values()]
    found = []
    for folder, each in by_folder.items():
        if names.count(each.scenario) > 1:
            same = [other for other, one in by_folder.items() if one.scenario == each.scenario]
            plain = len({other.name for other in same}) == len(same)
            words = folder.name if plain else folder.as_posix()
            each = replace(each, scenario=re.sub(r"[^\w@./~+-]", "_", words))
        found.append(each)
    return found


def replaced(folder: Path, scenarios: Collection[str]) -> str:
    """What the comparison in a folder compares besides some scenarios, in words; nothing where there is no more."""
    try:
        content = read_regular(folder / COMPARE, MOST_READ)
    except OSError:
        return ""
    names = {line.split(b",", 1)[0].decode("utf-8", "replace") for line in content.splitlines()[1:]}
    others = sorted(quoted(name) for name in names - set(scenarios))
    if not others:
        return ""
    return (
        f"{folder / COMPARE} compared {', '.join(others)} too, and is now of {', '.join(sorted(scenarios))} alone; "
        f"`corridor compare {folder} --out FILE.csv` makes one of all"
    )


def write_results(
    results: Sequence[Results], folder: Path | str, *, baseline: str | None = None, window: str | None = None
) -> list[Path]:
    """Write what `corridor run --out FOLDER` writes, and nothing if a part of it cannot be made.

    Results that are in the folder are not lost (`corridor.outputs.stored_results`): a `CorridorWarning` tells of them,
    and of files with more rows than a spreadsheet opens.
    Each result goes to `FOLDER/NAME/` (see `corridor.result_files`); with two or more results,
    `FOLDER/compare.csv` holds their comparison, `FOLDER/headline.csv` its headlines by window (both also by
    nationality, place and party), and, where all kept fates, `FOLDER/fates.csv` its split.

    Parameters
    ----------
    baseline, window
        As for `compare`.

    Returns
    -------
    The paths written.
    """
    folder = Path(folder)
    made = {each.scenario: result_files(each) for each in results}
    beside: dict[str, bytes] = {}
    comparison = compare(results, baseline=baseline, window=window) if len(results) > 1 else None
    if comparison:
        beside |= comparison.files()
    ways = {
        each.scenario: make_way(folder / each.scenario, each.manifest, made[each.scenario])
        for each in results
    }
    files = {
        f"{name}/{file}": made[name][file] for name, way in ways.items() if way.write for file in made[name]
    }
    if comparison and (words := replaced(folder, {after.scenario for _, after in comparison.pairs})):
        warnings.warn(words, CorridorWarning, stacklevel=2)
    package = {DATAPACKAGE: datapackage(PACKAGE, PACKAGE_TITLE, beside)} if beside else {}
    written = write_files(folder, files | beside | package)
    _warn_of_length(folder, files | beside)
    for way in ways.values():
        for file in way.stale:
            file.unlink(missing_ok=True)
        if way.note:
            warnings.warn(way.note, CorridorWarning, stacklevel=2)
    return written


def _warn_of_length(folder: Path, files: Mapping[str, bytes]) -> None:
    """Tell of files that a spreadsheet does not open whole."""
    if words := too_long_in_words(too_long(folder, files)):
        warnings.warn(words, CorridorWarning, stacklevel=3)


def _mismatches(baseline: Results, scenario: Results) -> Iterator[str]:
    ours_and_theirs = (scenario.manifest, baseline.manifest)
    ours, theirs = (manifest["run"] for manifest in ours_and_theirs)
    for name, words in (("seed", "seed"), ("people_per_agent", "people per agent")):
        if ours[name] != theirs[name]:
            yield f"{words} {ours[name]} against {theirs[name]}"
    if not runs_of(ours_and_theirs[0]) & runs_of(ours_and_theirs[1]):
        yield "no replicate in common"
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


def _runs_left_out(baseline: Results, scenario: Results) -> Iterator[str]:
    both = runs_of(baseline.manifest) & runs_of(scenario.manifest)
    for each in (baseline, scenario):
        if len(both) < len(each.values):
            words = f"of the {len(each.values)} runs of {each.scenario}, the {len(both)} that both have"
            yield f"{scenario.scenario} against {baseline.scenario}: {words} are compared"


def _common_runs(baseline: Results, scenario: Results) -> tuple[Results, Results]:
    """A pair with the same runs: each with its twin."""
    both = runs_of(baseline.manifest) & runs_of(scenario.manifest)
    return baseline.with_runs(both), scenario.with_runs(both)


def _paired_table(baseline: Results, scenario: Results) -> pa.Table:
    """All rows of one pair, for people, who have the name of a period."""
    shared = shared_periods(scenario, baseline).parts
    cells = [cell for cell in scenario.cells if cell in baseline.index and not is_crossed(cell)]
    columns = _paired_rows(baseline, scenario, shared, cells)
    return pa.table({name: columns[name] for name in columns if name not in (*WINDOW_COLUMNS, SUMS)})


def _paired_file(baseline: Results, scenario: Results, window: Window, grain: Grain, level: str) -> pa.Table:
    """Rows of a compare file for one pair: its window by months or days, one level."""
    shared = {
        period: parts
        for period, parts in shared_periods(scenario, baseline).parts.items()
        if grain_of(period) == grain and recorded_as(period, scenario.timeline).within(window)
    }
    cells = [cell for cell in scenario.cells if cell in baseline.index and level_of(cell) == level]
    if not shared or not cells:
        return _no_rows()
    columns = _paired_rows(baseline, scenario, shared, cells)
    return pa.table({name: columns[name] for name in COMPARE_COLUMNS})


def _no_rows() -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in COMPARE_COLUMNS})


def _paired_rows(
    baseline: Results, scenario: Results, shared: Mapping[str, tuple[str, ...]], cells: Sequence[Cell]
) -> dict[str, pa.Array]:
    """Columns of rows of one pair, over periods (each by what it is the sum of) and cells that both have."""
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
    return {
        "scenario": repeat(scenario.scenario, period.size),
        "baseline": repeat(baseline.scenario, period.size),
        **cell_columns(list(shared), cells, period, cell),
        **window_columns(list(shared), scenario.timeline, period),
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
        SUMS: sums_column(cells, cell),
    }
