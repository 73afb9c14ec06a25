"""What each number of a recording is, and the linear map from the counts of a period to those numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from corridor.engine.recording.definitions import ALL, FIELDS, OFFSETS, WIDTH, Count, Definitions
from corridor.engine.recording.outlays import PAYERS, outlays
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.registries.geography import PARTIES as PARTY_NAMES
from corridor.inputs.registries.geography import Geography
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.nationalities import NATIONALITIES


@dataclass(frozen=True)
class Cells:
    """What each number of a recording is; five tuples of equal length."""

    indicator: tuple[str, ...]
    place: tuple[str, ...]
    nationality: tuple[str, ...]
    party: tuple[str, ...]
    unit: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.indicator)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Indicator, place, nationality and party of each cell."""
        return zip(self.indicator, self.place, self.nationality, self.party, strict=True)


@dataclass(frozen=True)
class CellMap:
    """The linear map from a tally to cells, and which cells are divided by what."""

    cells: Cells
    matrix: sparse.csr_matrix
    per_day: np.ndarray  # stocks
    per_arrival: np.ndarray  # means
    last_day: np.ndarray  # stocks on the last day
    distinct: np.ndarray  # different people: not a sum of shorter periods
    at: dict[tuple[str, str, str], int]  # indicator, place, nationality (party `all`) -> cell


def _breakdowns(name: str, counts: list[Count]) -> Iterator[tuple[tuple[str, str, str], list[Count]]]:
    """Groups of the counts of an indicator, by place, nationality and party: all, each margin, then crossings."""
    wanted = INDICATORS[name].breakdowns
    places = sorted({count.place for count in counts} - {ALL})
    by_nation = {
        nation: [count for count in counts if count.nation == code]
        for code, nation in enumerate(NATIONALITIES)
    }
    yield (ALL, ALL, ALL), counts
    if "nationality" in wanted:
        for nation, of_nation in by_nation.items():
            yield (ALL, nation, ALL), of_nation
    if "party" in wanted:
        for code, party in enumerate(PARTY_NAMES):
            yield (ALL, ALL, party), [count for count in counts if count.party == code]
    if "place" in wanted:
        for place in places:
            yield (place, ALL, ALL), [count for count in counts if count.place == place]
    if "nationality x place" in wanted:
        for nation, of_nation in by_nation.items():
            for place in places:
                yield (place, nation, ALL), [count for count in of_nation if count.place == place]
    if "nationality x party" in wanted:
        for nation, of_nation in by_nation.items():
            for code, party in enumerate(PARTY_NAMES):
                yield (ALL, nation, party), [count for count in of_nation if count.party == code]


def make_cell_map(
    geography: Geography, prices: Mapping[str, float], members: dict[str, tuple[str, ...]]
) -> CellMap:
    """Build the cells and the map; `members` names the places of indicators that are not counted by the kernel."""
    definitions = Definitions(geography, prices).all()
    names, rows, columns, weights = [], [], [], []
    per_day, per_arrival, last_day, distinct = [], [], [], []
    at: dict[tuple[str, str, str], int] = {}
    for name, indicator in INDICATORS.items():
        if name in definitions:
            groups = _breakdowns(name, definitions[name])
        else:
            groups = iter([((place, ALL, ALL), []) for place in members.get(name, (ALL,))])
            if name == "returns_pledged":
                groups = iter([((ALL, nation, ALL), []) for nation in (ALL, *NATIONALITIES)])
        for (place, nation, party), counts in groups:
            row = len(names)
            names.append((name, place, nation, party, indicator.unit))
            if party == ALL:
                at[name, place, nation] = row
            for count in counts:
                rows.append(row)
                columns.append(
                    OFFSETS[count.field] + int(np.ravel_multi_index(count.index, FIELDS[count.field]))
                )
                weights.append(count.weight)
            ends = name.endswith("_end")
            last_day.append(ends)
            per_day.append(indicator.kind == "stock" and not ends and name in definitions)
            per_arrival.append(indicator.kind == "mean")
            distinct.append(indicator.kind == "distinct")
    matrix = sparse.csr_matrix((weights, (rows, columns)), shape=(len(names), WIDTH))
    cells = Cells(*(tuple(column) for column in zip(*names, strict=True)))
    return CellMap(
        cells, matrix, np.array(per_day), np.array(per_arrival), np.array(last_day), np.array(distinct), at
    )


def make_series(drivers: Drivers, cell_map: CellMap) -> tuple[np.ndarray, np.ndarray]:
    """Cells that the drivers decide or add to, int64[S], and daily values, float64[S, D]: pledges, trade, outlays."""
    at = cell_map.at
    pledge = drivers.levers["mexico.return_acceptance_monthly"]
    daily = np.where(np.isfinite(pledge.values), pledge.values, 0.0) / DAYS_PER_MONTH
    sharing = np.stack(
        [(pledge.pool == pledge.pool[:, [m]]).sum(axis=1) for m in range(daily.shape[1])], axis=1
    )
    daily = daily / sharing  # a pooled cap is shown as equal parts of its members
    series = {at["returns_pledged", ALL, nation]: daily[:, code] for code, nation in enumerate(NATIONALITIES)}
    series[at["returns_pledged", ALL, ALL]] = daily.sum(axis=1)
    closed = drivers.levers["us.crossings_closed"]
    lost = closed.values * drivers.parameters["trade_loss_daily_usd"].by(closed.members)
    series |= {at["trade_lost_usd", place, ALL]: lost[:, i] for i, place in enumerate(closed.members)}
    series[at["trade_lost_usd", ALL, ALL]] = lost.sum(axis=1)
    owed = outlays(drivers.levers, drivers.parameters, drivers.relief)
    series |= {at["public_cost_usd", payer, ALL]: owed[i] for i, payer in enumerate(PAYERS)}
    series[at["public_cost_usd", ALL, ALL]] = owed.sum(axis=0)
    return np.array(list(series)), np.stack(list(series.values()))
