"""What deals change in one replicate: its own copy of levers, outlook and reported series, changed from a day on.

Everything else that is compiled from a scenario stays shared by all replicates. A change touches the days ahead
alone, and only what follows from the lever: nothing is compiled again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from corridor.engine.plan import Plan
from corridor.engine.recording.outlays import PAYERS, bear_on_outlays, outlays
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.compiling.news import announcer_of, combine, hear
from corridor.inputs.compiling.origins import LEAST_AID, MOST_TAKEN
from corridor.inputs.compiling.sponsors import most_sponsored, sponsored_interest
from corridor.inputs.registries.bargain_items import Move
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES, codes_of_programme, worker_programmes
from corridor.inputs.scenarios.lever_path import LeverPath, News

COUNT = len(NATIONALITIES)
MOST_PAROLED = 1e6  # people a month: stands for unlimited


class Enactment:
    """The levers in force in one replicate.

    Attributes
    ----------
    bargaining : Bargaining
        What is bargained over, from when on.
    drivers : Drivers
        As compiled, with paths of its own for what deals have changed.
    outlook : numpy.ndarray
        The days ahead as the kernel reads them, of its own.
    series : numpy.ndarray
        Daily values of cells that levers decide, of its own.
    """

    def __init__(self, compiled: Drivers, plan: Plan):
        assert compiled.bargaining is not None
        self.bargaining = bargaining = compiled.bargaining
        self.compiled, self.reading = compiled, plan.reading
        self.moved = frozenset(move.lever for move in bargaining.moves()) - set(bargaining.fixed)
        self.drivers = replace(compiled, levers=dict(compiled.levers), relief=compiled.relief.copy())
        self.outlook = plan.outlook.copy()
        self.series = plan.reading.series.copy()
        self.parameters = compiled.parameters
        self._rows = self._find_rows()
        self._counted_from = np.zeros(COUNT, dtype=np.int64)  # day from which a parole total is counted

    def _find_rows(self) -> dict[str, list[int]]:
        """Rows of the series that levers decide, by indicator: the total first, then each member of the lever."""
        row_of = {cell: row for row, cell in enumerate(self.reading.decided.tolist())}
        at, members = self.reading.map.at, self.compiled.levers["us.crossings_closed"].members
        pledged = [("returns_pledged", "all", nation) for nation in ("all", *NATIONALITIES)]
        lost = [("trade_lost_usd", member, "all") for member in ("all", *members)]
        owed = [("public_cost_usd", payer, "all") for payer in ("all", *PAYERS)]
        return {cells[0][0]: [row_of[at[cell]] for cell in cells] for cells in (pledged, lost, owed)}

    def today(self, lever: str, day: int) -> np.ndarray:
        """Values of a lever on a day, one a member."""
        return self.drivers.levers[lever].values[day]

    def enact(self, moves: Iterable[Move], first: int, announced: int, share: float = 1.0) -> list[str]:
        """Put promises in force from a day on, in full or in part; return the levers that change.

        Parameters
        ----------
        announced : int
            Day on which people learn of it.
        share : float
            Of the way from the timeline's value to the promised one (compliance).
        """
        changed = []
        for move in moves:
            if move.lever in self.moved:
                pool = min(move.columns) if move.pooled else np.array(move.columns)
                if self._set(move, self._promised(move, first, share), pool, first, announced):
                    changed.append(move.lever)
        return changed

    def withdraw(self, moves: Iterable[Move], first: int) -> list[str]:
        """Put what the timeline says back in force from a day on; return the levers that change."""
        changed = []
        for move in moves:
            if move.lever in self.moved:
                base, columns = self.compiled.levers[move.lever], list(move.columns)
                if self._set(move, base.values[first:, columns], base.pool[first:, columns], first, first):
                    changed.append(move.lever)
        return changed

    def _promised(self, move: Move, first: int, share: float) -> np.ndarray | float:
        """Daily values of a promise, float64[days ahead, columns], or one value for all of them."""
        if share == 1.0 and move.to == move.after_title_42:
            return move.to
        base = self.compiled.levers[move.lever].values[first:, list(move.columns)]
        if np.isnan(move.to):
            values = base * move.times
        else:
            over = self.compiled.levers["us.title_42"].values[first:, [0]] == 0.0
            values = np.where(over, move.after_title_42, move.to) + np.zeros_like(base)
        return values if share == 1.0 else base + share * (values - base)

    def _set(
        self, move: Move, values: np.ndarray | float, pool: np.ndarray | int, first: int, announced: int
    ) -> bool:
        path, columns = self._own(move.lever), list(move.columns)
        if first >= len(path.values):
            return False
        before, pools = path.values[first:, columns], path.pool[first:, columns]  # copies: columns are a list
        if (before == values).all() and (pools == pool).all():
            return False
        path.values[first:, columns] = values
        path.pool[first:, columns] = pool
        after = path.values[first, columns]
        self._tell(move, before[0], after, first, announced)
        self._follow(move.lever, columns, before[0], after, first)
        if bear_on_outlays(move.lever):
            owed = outlays(self.drivers.levers, self.parameters, self.drivers.relief, first)
            self._report("public_cost_usd", list(range(len(PAYERS))), owed.T, first)
        return True

    def _own(self, lever: str) -> LeverPath:
        """The path of a lever that this replicate may write in: a copy from its first change on."""
        path = self.drivers.levers[lever]
        if path is self.compiled.levers[lever]:
            path = LeverPath(path.lever, path.members, path.values.copy(), path.pool.copy())
            self.drivers.levers[lever] = path
        return path

    # --- what follows from a lever ----------------------------------------------------------------------------

    def _tell(self, move: Move, before: np.ndarray, after: np.ndarray, first: int, announced: int) -> None:
        """Let people hear of it; members that had the same value before hear the same."""
        if LEVERS[move.lever].news is None or not self.compiled.announcements_heard:
            return
        clock, who = np.arange(announced, len(self.outlook)), announcer_of(move.lever)
        ahead = self.outlook[announced:]
        for value in np.unique(before):
            members = tuple(member for member, was in zip(move.members, before, strict=True) if was == value)
            news = News(move.lever, members, announced, first, None, None, value, float(after[0]))
            if value != after[0]:
                for name, more in hear(news, self.parameters, clock).items():
                    ahead[name][:, :COUNT, who] = combine(name, ahead[name][:, :COUNT, who], more)

    def _follow(
        self, lever: str, columns: list[int], before: np.ndarray, after: np.ndarray, first: int
    ) -> None:
        """Renew what is compiled from a lever: demand, parole, what is reported."""
        p, demand = self.parameters, self.outlook["demand"][first:, :COUNT]
        members = self.drivers.levers[lever].members
        nations = [NATIONALITIES.index(members[c]) for c in columns if members[c] in NATIONALITIES]
        if lever == "us.sanctions_relief":
            felt = self._felt(after - before, p["sanctions_lag_days"].scalar(), first)
            self.drivers.relief[first:, nations] += felt
            demand[:, nations] *= np.exp(p["sanctions_relief_departures"].scalar() * felt)
        elif lever == "us.aid_origin":
            change = np.log(np.maximum(after, LEAST_AID) / np.maximum(before, LEAST_AID))
            felt = self._felt(change, p["aid_lag_days"].scalar(), first)
            demand[:, nations] *= np.exp(-p["aid_departures"].scalar() * felt)
        elif lever in ("us.worker_visas_monthly", *worker_programmes()):
            nations = nations or codes_of_programme(lever)
            felt = self._felt(after - before, p["worker_visa_build_up_days"].scalar(), first)
            taken = p["worker_visa_from_pool"].scalar() * felt / DAYS_PER_MONTH
            demand[:, nations] = np.maximum(
                demand[:, nations] - taken, (1.0 - MOST_TAKEN) * demand[:, nations]
            )
        elif lever in ("us.parole_monthly_cap", "us.parole_cap_total"):
            if lever == "us.parole_cap_total":
                self._counted_from[nations] = first
            self._spread_parole(nations, first)
        elif lever == "mexico.return_acceptance_monthly":
            path = self.drivers.levers[lever]
            shared = (path.pool[first][:, None] == path.pool[first]).sum(axis=1)[columns]
            self._report(
                "returns_pledged", columns, path.values[first:, columns] / shared / DAYS_PER_MONTH, first
            )
        elif lever == "us.crossings_closed":
            price = p["trade_loss_daily_usd"].by(members)[columns]
            lost = self.drivers.levers[lever].values[first:, columns] * price
            self._report("trade_lost_usd", columns, lost, first)

    def _report(self, indicator: str, columns: list[int], daily: np.ndarray, first: int) -> None:
        """Report other daily values of some members from a day on, and their sum with it."""
        rows = self._rows[indicator]
        total, members = rows[0], rows[1:]
        for column, values in zip(columns, daily.T, strict=True):
            self.series[total, first:] += values - self.series[members[column], first:]
            self.series[members[column], first:] = values

    def _felt(self, change: np.ndarray, days: float, first: int) -> np.ndarray:
        """A change from a day on, as it is felt little by little; float64[days ahead, columns]."""
        since = np.arange(1, len(self.outlook) - first + 1)[:, None]
        return change * (1.0 - (1.0 - 1.0 / days) ** since)

    def _spread_parole(self, nations: list[int], first: int) -> None:
        """People a day by parole from a day on, as `compiling.drivers.spread_parole` has it for the whole timeline."""
        monthly = self.drivers.levers["us.parole_monthly_cap"]
        total = self.drivers.levers["us.parole_cap_total"].values[first]
        interest, sponsored = sponsored_interest(self.parameters), most_sponsored(self.parameters)
        build_up = self.parameters["parole_build_up_days"].scalar()
        paroled = self.outlook["parole"]
        pool, cap = monthly.pool[first], np.minimum(monthly.values[first], MOST_PAROLED)
        ahead = np.arange(1, len(self.outlook) - first + 1)
        for nation in nations:
            known = np.count_nonzero(monthly.values[:first, nation] > 0)
            ramp = np.minimum(1.0, (known + ahead) / build_up)
            sharing = pool == pool[nation]
            share = interest[nation] / interest[sharing].sum() if sharing.sum() > 1 else 1.0
            used = float(paroled[self._counted_from[nation] : first, nation].sum())
            places = share * cap[nation] / DAYS_PER_MONTH
            people = np.cumsum(ramp * min(places, sponsored[nation]))
            left = np.minimum(people, max(0.0, total[nation] - used))
            paroled[first:, nation] = np.diff(left, prepend=0.0)
