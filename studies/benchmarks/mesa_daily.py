"""Corridor against the same rules as plain Mesa agents that step daily."""

from __future__ import annotations

import numpy as np

import corridor.engine.simulation as engine
from corridor.engine.simulation import Simulation
from studies.benchmarks.daily_agents import DailyCorridor
from studies.benchmarks.measuring import Section, best, drivers_of, load_compiled_code, timed_run

TARGET_RATIO = 150.0
YEARS_TOLERANCE, MONTHS_TOLERANCE = 0.05, 0.10


def live_daily(drivers, replicate: int) -> tuple[DailyCorridor, np.ndarray]:
    """The daily model beside a simulation, and the simulation's encounters by month."""
    simulation = Simulation(drivers, seed=1, replicate=replicate)
    daily = DailyCorridor(simulation)
    advance = engine.advance

    def advance_both(first, last, worlds, *rest):
        daily.watch(worlds[0])
        reached = advance(first, last, worlds, *rest)
        daily.live(first, reached)
        return reached

    engine.advance = advance_both
    try:
        recording = simulation.run()
    finally:
        engine.advance = advance
    cells = recording.cells
    names = zip(cells.indicator, cells.place, cells.nationality, cells.party, strict=True)
    column = list(names).index(("encounters_usbp", "all", "all", "all"))
    rows = [row for row, period in enumerate(recording.periods) if len(period) == len("2023-01")]
    return daily, recording.values[rows, column]


def by_month(daily: DailyCorridor, timeline) -> np.ndarray:
    """Encounters of the daily model by reported month, in people."""
    month = timeline.month_of_day
    counts = np.zeros(month.max() + 1)
    for day, people in daily.encounters.items():
        if month[day] >= 0:
            counts[month[day]] += people * daily.represents
    return counts


def measure(quick: bool) -> Section:
    section = Section(
        "Against plain Mesa agents that step daily",
        [
            "model",
            "scale",
            "parties",
            "agent-days",
            "CPU, s",
            "microseconds a party",
            "Mesa over it, per event",
        ],
    )
    load_compiled_code()
    costs = {}
    for scale in (2000, 1000) if quick else (1000, 300):
        drivers = drivers_of("", scale)
        replicates = range(1 if quick else 4)
        pairs = [live_daily(drivers, replicate) for replicate in replicates]
        daily = min((each for each, _ in pairs), key=lambda each: each.seconds / each.departed)
        costs[scale] = daily.seconds / daily.departed
        write(section, "Mesa, daily", scale, daily.departed, daily.agent_days, daily.seconds, "1")
        mine = np.sum([by_month(each, drivers.timeline) for each, _ in pairs], axis=0)
        kernel = np.sum([months for _, months in pairs], axis=0)
        year = mine.reshape(-1, 12).sum(axis=1) / kernel.reshape(-1, 12).sum(axis=1) - 1.0
        month = np.abs(mine / kernel - 1.0).mean()
        agree = np.abs(year).max() <= YEARS_TOLERANCE and month <= MONTHS_TOLERANCE
        section.notes.append(
            f"Agreement at 1:{scale} over {len(replicates)} replicates with the same demand noise: encounters of the "
            f"years differ by {', '.join(f'{each:+.1%}' for each in year)}, months by {month:.1%} on average: "
            f"{'within' if agree else 'OUTSIDE'} the tolerance ({YEARS_TOLERANCE:.0%} a year, "
            f"{MONTHS_TOLERANCE:.0%} a month on average)."
        )
    mesa_cost = costs[min(costs)]
    for scale in (1000, 50) if quick else (300, 50, 1):
        drivers = drivers_of("", scale)
        run = best([timed_run(drivers) for _ in range(1 if scale == 1 else 5)])
        cost = mesa_cost / (run.cpu / run.parties)
        compiled = mesa_cost / (run.kernel / run.parties)
        write(section, "Corridor", scale, run.parties, run.agent_days, run.cpu, f"{cost:.0f}")
        write(
            section,
            "Corridor, people only",
            scale,
            run.parties,
            run.agent_days,
            run.kernel,
            f"{compiled:.0f}",
        )
        if scale == 50:
            section.aim(
                f"events against plain Mesa agents at 1:{min(costs)}, Corridor at 1:50",
                f"at least {TARGET_RATIO:g} times",
                f"{cost:.0f} times ({compiled:.0f} without institutions)",
                cost >= TARGET_RATIO,
            )
    section.notes.append(
        f"Both live the same journeys, so time a party gives the ratio per event. The ratio is to Mesa at "
        f"1:{min(costs)}; the time of Mesa's model leaves out institutions (they are Corridor's), that of Corridor "
        f"holds them, and the rows `people only` leave them out. A party is under way for "
        f"{daily.agent_days / daily.departed:.0f} days on average and lives {run.events / run.parties:.1f} events: the "
        f"fewer days an event, the less stepping daily costs by comparison: about a microsecond and a half a day that "
        f"nothing happens, so events as dense as these leave less to save than the target assumed."
    )
    return section


def write(
    section: Section, label: str, scale: int, parties: int, days: float, seconds: float, ratio: str
) -> None:
    section.add(
        label,
        f"1:{scale}",
        f"{parties:,}",
        f"{days / 1e6:.2f} million",
        f"{seconds:.3f}",
        f"{seconds / parties * 1e6:.2f}",
        ratio,
    )
