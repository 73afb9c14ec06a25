"""One replicate: a Mesa model whose institutions decide in Python and whose people move in compiled code.

    simulation = Simulation("history", seed=1)
    recording = simulation.run()

The order of a day is `SCHEDULE`; `docs/odd.md` prints it. `run` looks in only on days on which something is due for
the institutions or the recorder; `step` does the same one day at a time, and feeds Mesa's data collector.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path
from secrets import randbelow
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from corridor.engine import institutions as inst
from corridor.engine.diplomacy.enactment import Enactment
from corridor.engine.diplomacy.statistics import Bulletin
from corridor.engine.diplomacy.talks import Talks
from corridor.engine.founding import found_institutions
from corridor.engine.guards import check_world
from corridor.engine.kernel.day import advance
from corridor.engine.plan import plan_of, report_order
from corridor.engine.recording.fates import all_fates
from corridor.engine.recording.recorder import Recorder, Recording, Sums
from corridor.engine.records.layout import CHUNK, FATE, OFFICE, OFFICES, WORLD
from corridor.engine.records.network import build_chunks, build_fates, build_tally
from corridor.engine.reporters import REPORTERS
from corridor.engine.state import State
from corridor.foundations.errors import InputError, Problem, RunError
from corridor.foundations.timeline import MONTHLY, WEEKLY
from corridor.inputs.compiling.drivers import Drivers, compile_scenario
from corridor.inputs.scenarios.entries import DEFAULT_SEED
from corridor.inputs.scenarios.request import MOST_SEED, check_request
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario

SCHEDULE = (
    ("close a period", "recorder: the tally of the day, month or year that has ended becomes indicators"),
    (
        "policy in force",
        "institutions put in force what changes today of all that they watch; one-night shocks are set up",
    ),
    ("institutions", "those due observe last week's briefing, decide, and write settings"),
    ("dawn", "allowances are renewed, beliefs become hazards, leanings towards sectors move"),
    (
        "departures",
        "circles that are due listen; people who intend to leave do, or wait; a party chooses its route",
    ),
    ("journeys", "parties that are due go on, are stopped, turned back, harmed, wait, or cross"),
    ("custody", "sectors process their queues: expel, return, remove, transfer, release"),
    ("dusk", "beliefs learn what happened; stocks are added up"),
)
RECORDS = ("places", "terms", "nations", "allowances", "offices", "rules")
KEPT = frozenset(
    {"running", "steps", "datacollector", "random", "rng"}
)  # by a copy, besides what a caller added


def _made_again(kind: type[Simulation], made_of: tuple, reached: State | int) -> Simulation:
    """A simulation made as another was, on its day: what is stored of it, or its day, to be lived again up to it."""
    drivers, seed, replicate, keep_fates, check_every = made_of
    simulation = kind.__new__(kind)  # whatever a subclass asks for was given once, and is in its attributes
    Simulation.__init__(simulation, drivers, seed, replicate, keep_fates=keep_fates, check_every=check_every)
    if isinstance(reached, State):
        simulation.resume(reached)
    else:
        simulation.run_until(reached)
    return simulation


def fields_of(records: np.ndarray) -> dict[str, np.ndarray]:
    """Plain views of the fields of an array with one record, or one row of records; a single number stays [1]."""
    views = {name: records[name] for name in records.dtype.names or ()}
    return {name: view[0] if view.ndim > 1 else view for name, view in views.items()}


class Simulation(mesa.Model):
    """A replicate of the corridor: a Mesa model, so all that Mesa does with a model works with it.

    `datacollector` is fed by `step`, once a day (`reporters.REPORTERS`), and not by `run`, which is made for speed. It
    can be pickled and copied; a copy goes on to the same numbers.

    Parameters
    ----------
    scenario : str, Path, Scenario or Drivers
        The name of a scenario, its file, what was read of it, or what was compiled.
    seed, replicate : int, optional
        Key of every draw: the same two give the same numbers, here and in `run_ensemble`. With one of them the other is
        as `run:` of the scenario says (seed) or 0 (replicate). With neither, the seed is drawn from the operating
        system, as in Mesa's own models, and `simulation.seed` tells it: so `iterations` of `mesa.batch_run` differ.
        Compiled drivers are run with 1 and 0 unless others are given.
    people_per_agent : int, optional
        Scale: one simulated party in n; as `run:` of the scenario says, unless given. Compiled drivers have theirs.
    rng : int, optional
        Another name of `seed`, which some of Mesa's tools use.
    keep_fates : bool
        Keep how every journey ended (`Recording.fates`).
    check_every : int
        Days between two looks of the guards; 0 for none.

    Raises
    ------
    InputError
        If there is no such scenario, it is wrong, or a number is none or out of range.
    RunError
        If people appear or vanish (checked at the end of every reported period), a guard fails, or a day is asked for
        that lies after the last.
    """

    def __init__(
        self,
        scenario: Drivers | Scenario | str | Path = "history",
        seed: int | None = None,
        replicate: int | None = None,
        *,
        people_per_agent: int | None = None,
        rng: int | None = None,
        keep_fates: bool = False,
        check_every: int = 0,
    ):
        if seed is not None and rng is not None:
            raise InputError([Problem("seed, rng", 0, 0, "seed", "two names of one thing: give one of them")])
        name = "seed" if rng is None else "rng"
        seed, replicate = check_request(
            **{name: seed if rng is None else rng, "replicate": replicate}
        ).values()
        if isinstance(scenario, Drivers):
            drivers, usual = scenario, DEFAULT_SEED
        else:
            read = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
            drivers = compile_scenario(read, people_per_agent)
            usual = randbelow(MOST_SEED + 1) if replicate is None else read.run_settings.seed
        seed, replicate = usual if seed is None else seed, 0 if replicate is None else replicate
        super().__init__(rng=np.random.default_rng([seed, replicate]))
        self._made_of = drivers, seed, replicate, keep_fates, check_every
        self.plan = plan_of(drivers)
        # Governments that bargain change what lies ahead, in each replicate otherwise.
        self.enactment = Enactment(drivers, self.plan) if drivers.bargaining else None
        self.drivers = self.enactment.drivers if self.enactment else drivers
        self.outlook = self.enactment.outlook if self.enactment else self.plan.outlook
        self.worlds = self.plan.morning.copy().view(WORLD)  # as bytes: field by field costs nine times more
        self.world = self.worlds[0]
        clock = self.world["clock"]
        clock["seed"], clock["replicate"], clock["keeps_fates"] = seed, replicate, keep_fates
        self.chunks = build_chunks(drivers)
        self.tallies = build_tally()
        self.fates = build_fates(keep_fates)
        # What institutions and the recorder read and set, field by field: walking through the record each time costs
        # more than what is done there.
        fields = {name: fields_of(self.worlds[name]) for name in RECORDS}
        series = self.enactment.series if self.enactment else self.plan.reading.series
        self.recorder = Recorder(
            self.plan.reading, series, fields_of(self.tallies), fields["places"], fields["offices"]
        )
        self._month: Sums | None = None
        self._year: Sums | None = None
        self._period_began = 0
        self._reporting = False
        self._distinct_month = np.zeros(len(self.tallies[0]["unique"]), dtype=np.int64)
        self.briefing = inst.Briefing(
            self.worlds["week"][0],
            fields["places"]["present"],
            fields["places"]["by_nation"],
            fields["places"]["beds"],
            fields["places"]["shelter"],
            self.world["clock"],
            drivers.geography,
            float(drivers.people_per_agent),
        )
        self.context = inst.context_of(self.drivers, self.briefing, fields)
        self.agenda = inst.Agenda(self.plan.change_days)
        self._found_institutions()
        self.check_days = frozenset(range(0, drivers.timeline.days + 1, check_every) if check_every else ())
        self.stops = sorted({*self.plan.stops, *self.agenda.days, *self.check_days})
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)
        self._own = frozenset(vars(self))

    # --- institutions -----------------------------------------------------------------------------------------

    def _found_institutions(self) -> None:
        rows = self.worlds["offices"][0].view(np.dtype(OFFICE.descr))
        memories = (rows[office] for office in range(OFFICES))
        institute = found_institutions(self, self.context, memories, self.drivers.geography)
        self.talks = self._open_talks(memories, institute)
        for agent in self.agents:
            if isinstance(agent, inst.Institution):
                self.agenda.enter(agent)
        self._weekly, self._monthly = self._those_who_act_every(WEEKLY), self._those_who_act_every(MONTHLY)

    def _open_talks(self, memories: Iterator[np.void], institute: inst.MigrationInstitute) -> Talks | None:
        """The talks of a scenario in which governments bargain."""
        if self.enactment is None:
            return None
        delay = self.drivers.parameters["statistics_days"].scalar()
        clock = self.world["clock"]
        return Talks(
            self,
            self.context,
            memories,
            enactment=self.enactment,
            agenda=self.agenda,
            bulletin=Bulletin(self.recorder, self.drivers.timeline, delay),
            institute=institute,
            key=(int(clock["seed"]), int(clock["replicate"])),
        )

    def _those_who_act_every(self, days: int) -> AgentSet:
        return self.agents.select(
            lambda agent: isinstance(agent, inst.Institution) and agent.cadence_days == days
        )

    def release_institutions(self) -> None:
        """Let go of all that holds the model in turn: its memory is then free without waiting for the collector."""
        self.remove_all_agents()
        self.agenda.clear()
        self.talks = None
        for wrapped in ("step", "_user_step"):  # Mesa puts methods here that hold the model
            vars(self).pop(wrapped, None)

    def _consult_institutions(self) -> None:
        """Let the institutions act that are due today: on their cadence, or because what they watch changes."""
        day = self.today
        if day % WEEKLY == 0:
            self.briefing.refresh()
            self.worlds["week"] = 0.0
            self.world["clock"]["unsponsored"] = 0
        for institution in self.agenda.due(day):
            institution.put_in_force()
        if day % MONTHLY == 0:
            self._monthly.do("act", self.briefing)
        if day % WEEKLY == 0:
            self._weekly.do("act", self.briefing)

    def _start_shocks(self) -> None:
        """Set up the shocks of today: a caravan forms, a group is taken, or crosses tonight."""
        for day, people in self.drivers.caravans:
            if day == self.today:
                self.world["rules"]["caravan_room"] += people / self.drivers.people_per_agent
        for taken_from, free_on, city, people in self.drivers.group_arrivals:
            place = self.world["places"][self.drivers.geography.codes[city]]
            if taken_from == self.today:
                place["held"], place["until"] = people / self.drivers.people_per_agent, free_on
            if free_on == self.today:
                place["held"] = 0.0
                place["surge"] += people / self.drivers.people_per_agent

    # --- time -------------------------------------------------------------------------------------------------

    @property
    def today(self) -> int:
        """The day: the number of days that have been lived."""
        return self.context.today

    @property
    def seed(self) -> int:
        """The seed of every draw, with which the replicate can be run again."""
        return self._made_of[1]

    def _open_morning(self) -> None:
        """Everything that happens in Python on the morning of a stop."""
        if self.today in self.plan.period_starts:
            self._close_periods()
        if self.today < self.drivers.timeline.days:
            self._start_shocks()
            self._consult_institutions()

    def _advance_to(self, last: int) -> None:
        """Let the kernel live the days up to `last`, giving it more memory when it asks."""
        while self.today < last:
            reached = advance(
                self.today,
                last,
                self.worlds,
                self.chunks,
                self.outlook,
                self.tallies,
                self.fates,
                self.plan.normal,
            )
            if reached < last:
                self.chunks = np.concatenate([self.chunks, np.empty_like(self.chunks)])
                if self.world["clock"]["keeps_fates"]:
                    self.fates = np.concatenate([self.fates, np.zeros_like(self.fates)])
            self.context.today = int(reached)

    def _guard(self) -> None:
        if self.today in self.check_days:
            check_world(self.drivers, self.today, self.world, self.chunks)

    def step(self) -> None:
        """Live one day, and collect what is reported of it.

        Raises
        ------
        RunError
            If the last day has been lived: `running` is False then.
        """
        self._refuse_beyond(self.today + 1)
        self._open_morning()
        self._advance_to(self.today + 1)
        self._guard()
        self._end()
        self.datacollector.collect(self)

    def _end(self) -> None:
        """Close the last periods once the last day has been lived, here or before the state that was resumed."""
        if self.running and self.today == self.drivers.timeline.days:
            self._close_periods()
            self.running = False

    def _refuse_beyond(self, day: int) -> None:
        timeline = self.drivers.timeline
        if day > timeline.days:
            raise RunError(f"the last day, {timeline.end}, has been lived: the scenario ends with it")

    def run_until(self, day: int) -> None:
        """Live the days before `day`, looking in only where something is due.

        Raises
        ------
        RunError
            If there are fewer days.
        """
        self._refuse_beyond(day)
        if day > self.today:
            ahead = slice(bisect_right(self.stops, self.today), bisect_left(self.stops, day))
            for stop in [*self.stops[ahead], day]:
                self._open_morning()
                self._advance_to(stop)
                self._guard()
        self._end()

    def run(self) -> Recording:
        """Live all days that are left and return what was recorded."""
        self.run_until(self.drivers.timeline.days)
        recording = self.recording()
        self.chunks = self.chunks[:0].copy()  # those under way are recorded: give their memory back at once
        return recording

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes the same simulation again, on the same day, for pickle and copy.

        What institutions and the recorder hold are views of one memory, so they are founded anew. Once governments
        bargain, what they promised each other lies in no state, and the days are lived again.
        """
        bargains = self.talks is not None and self.today > self.talks.bargaining.start
        briefing = {name: value for name, value in vars(self.briefing).items() if not name.startswith("_")}
        kept = {name: value for name, value in vars(self).items() if name in KEPT or name not in self._own}
        return (
            _made_again,
            (type(self), self._made_of, self.today if bargains else self.state()),
            {**kept, "briefing": briefing},
        )

    def __setstate__(self, kept: dict[str, Any]) -> None:
        vars(self.briefing).update(kept["briefing"])
        vars(self).update({name: value for name, value in kept.items() if name != "briefing"})

    def state(self) -> State:
        """Everything that the days ahead depend on; to be asked for on the first day of a week, for the briefing.

        Raises
        ------
        RunError
            If governments have begun to bargain: what they promised each other is not kept.
        """
        bargaining = self.drivers.bargaining
        if bargaining and self.today > bargaining.start:
            raise RunError("a negotiated scenario has no state to branch from once its talks have begun")
        used = int(self.world["calendar"]["used"])
        return State(
            day=self.today,
            world=self.worlds.view(np.uint8).copy(),
            chunks=self.chunks[:used].view(np.uint8).copy(),
            tally=self.tallies.view(np.uint8).copy(),
            distinct_month=self._distinct_month.copy(),
            period_began=self._period_began,
            reporting=self._reporting,
            fates=self.fates[: self.world["clock"]["fates"]].view(np.uint8).copy(),
            month=self._month.copy() if self._month else None,
            year=self._year.copy() if self._year else None,
            periods=tuple(self.recorder.periods),
            values=np.array(self.recorder.values).reshape(-1, len(self.plan.reading.map.cells)),
        )

    def resume(self, state: State) -> None:
        """Go on from a state of a replicate with the same key and the same drivers up to its day."""
        # Into the same memory: institutions hold views of it.
        self.worlds.view(np.uint8)[:] = state.world
        self.tallies.view(np.uint8)[:] = state.tally
        used = len(state.chunks) // CHUNK.itemsize
        while len(self.chunks) < used:
            self.chunks = np.concatenate([self.chunks, np.empty_like(self.chunks)])
        self.chunks[:used].view(np.uint8)[:] = state.chunks
        self.context.today = state.day
        self._distinct_month[:] = state.distinct_month
        self._period_began, self._reporting = state.period_began, state.reporting
        self._month = state.month.copy() if state.month else None
        self._year = state.year.copy() if state.year else None
        kept = len(state.fates) // FATE.itemsize
        while len(self.fates) < kept:
            self.fates = np.concatenate([self.fates, np.zeros_like(self.fates)])
        self.fates[:kept] = state.fates.view(FATE)
        self.recorder.periods, self.recorder.values = list(state.periods), list(state.values)

    def recording(self) -> Recording:
        """What was recorded, in the order of `report_order`."""
        order = report_order(self.drivers)
        kept = None
        if self.world["clock"]["keeps_fates"]:
            kept = all_fates(self.world, self.chunks, self.fates, self.today)
        deals = tuple(self.talks.book) if self.talks else None
        return self.recorder.recording(order, kept, deals)

    # --- periods ----------------------------------------------------------------------------------------------

    def _close_periods(self) -> None:
        """Close the periods that end with yesterday and begin new ones."""
        timeline, day = self.drivers.timeline, self.today
        tally, clock = self.tallies[0], self.world["clock"]
        if self._reporting and day > self._period_began:
            self.check_conservation()
            sums = self.recorder.read(self._period_began, day)
            self._distinct_month += tally["unique"]
            if self.drivers.daily:
                self.recorder.close(timeline.date_of(day - 1).isoformat(), sums, distinct=None)
            self._month = self._extend(self._month, sums)
            yesterday, ended = timeline.date_of(day - 1), day == timeline.days
            if ended or timeline.date_of(day).month != yesterday.month:
                self.recorder.close(f"{yesterday:%Y-%m}", self._month, distinct=self._distinct_month)
                self._distinct_month[:] = 0
                self._year = self._extend(self._year, self._month)
                self._month = None
                clock["period_start"] = day
                if ended or timeline.date_of(day).year != yesterday.year:
                    unique = self.world["nations"]["unique_year"]
                    self.recorder.close(timeline.year_name(yesterday.year), self._year, distinct=unique)
                    unique[:] = 0
                    self._year = None
                    clock["year_start"] = day
        if day == timeline.report_day:
            self._reporting = True
            clock["period_start"] = clock["year_start"] = day
            self.world["nations"]["unique_year"][:] = 0
        self._period_began = day
        self.tallies.view(np.uint8)[:] = 0

    def _extend(self, so_far: Sums | None, sums: Sums) -> Sums:
        if so_far is None:
            return sums.copy()
        so_far.add(sums, self.plan.reading.map.last_day)
        return so_far

    def check_conservation(self) -> None:
        """Every person is somewhere: departed = present at all places (ends included) + died, by count.

        Raises
        ------
        RunError
            If the account does not close, or a place holds fewer than nobody.
        """
        clock, present = self.world["clock"], self.world["places"]["present"]
        if clock["departed"] != present.sum() + clock["died"] or (present < 0).any():
            date = self.drivers.timeline.date_of(self.today)
            raise RunError(
                f"people were lost or made by {date}: {clock['departed']} departed, "
                f"{present.sum()} present, {clock['died']} died"
            )
