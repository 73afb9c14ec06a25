"""How the cost grows with the number of people simulated and with the years."""

from __future__ import annotations

from studies.benchmarks.measuring import Section, best, drivers_of, load_compiled_code, timed_run

SCALES = {1000: 5, 100: 5, 50: 5, 10: 3, 1: 1}  # people a simulated person stands for: runs
ENDS = ("2021-06-30", "2022-06-30", "2023-06-30", "2024-06-30", "2025-06-30", "2026-06-30")
LONGEST = "outlook-2024-h2"  # a scenario may run 24 months past its parent's end
TARGET_RATIO, TARGET_EVENTS = 2.0, 15.0


def measure(quick: bool) -> Section:
    section = Section(
        "Growth with people and with years",
        [
            "scale",
            "years",
            "parties",
            "events",
            "CPU, s",
            "ns an event",
            "compiled, ns an event",
            "parties, MB",
        ],
    )
    load_compiled_code()
    scales = {1000: 2, 100: 1, 50: 1} if quick else SCALES
    drivers = {scale: drivers_of("", scale) for scale in scales}
    runs = {scale: [] for scale in scales}
    for round_ in range(max(scales.values())):  # in rounds, so that all scales meet the same neighbours
        for scale, times in scales.items():
            if round_ < times:
                runs[scale].append(timed_run(drivers[scale]))
    each_ns = {}
    for scale in scales:
        run = best(runs[scale])
        each_ns[scale] = run.cpu / run.events * 1e9
        write(section, scale, 4.0, run)
    for end in ENDS[:2] if quick else ENDS:
        drivers_to_end = drivers_of(f"period: {{end: {end}}}", 50, extends=LONGEST)
        run = best([timed_run(drivers_to_end) for _ in range(3)])
        write(section, 50, int(end[:4]) - 2020, run)
    section.notes.append(
        "Least processor time of several runs. A run has a fixed cost for its institutions, which shows at small "
        "scales: the column after it leaves them out. Memory is that of the records of parties under way at the peak."
    )
    smallest = min(scales)
    ratio = each_ns[smallest] / each_ns[100]
    rate = 1e3 / each_ns[50]
    section.aim(
        f"cost an event at 1:{smallest} over 1:100",
        f"at most {TARGET_RATIO:g}",
        f"{ratio:.2f}",
        ratio <= TARGET_RATIO,
    )
    section.aim(
        "events a second a core, 1:50",
        f"at least {TARGET_EVENTS:g} million",
        f"{rate:.1f} million",
        rate >= TARGET_EVENTS,
    )
    return section


def write(section: Section, scale: int, years: float, run) -> None:
    section.add(
        f"1:{scale}",
        f"{years:g}",
        f"{run.parties:,}",
        f"{run.events:,}",
        f"{run.cpu:.3f}",
        f"{run.cpu / run.events * 1e9:.1f}",
        f"{run.kernel / run.events * 1e9:.1f}",
        f"{run.people_memory / 1e6:.1f}",
    )
