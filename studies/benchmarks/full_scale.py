"""Every person of history, and of it to the end of 2023, simulated one by one on one core."""

from __future__ import annotations

from studies.benchmarks.measuring import Section, drivers_of, load_compiled_code, peak_memory, timed_run

UNTIL_2023 = "period: {end: 2023-12-31}"
TARGET_PEOPLE, TARGET_SECONDS, TARGET_MEMORY, TARGET_EVENTS = 10e6, 10.0, 400.0, 15.0


def measure(quick: bool) -> Section:
    section = Section(
        "Full scale",
        ["period", "people", "parties", "events", "wall, s", "CPU, s", "of it compiled, s", "ns an event"],
    )
    load_compiled_code()
    scale = 100 if quick else 1
    for label, body in (("3.5 years, to the end of 2023", UNTIL_2023), ("history, four years", "")):
        run = timed_run(drivers_of(body, scale))
        section.add(
            label,
            f"{run.people / 1e6:.2f} million",
            f"{run.parties / 1e6:.2f} million",
            f"{run.events / 1e6:.1f} million",
            f"{run.wall:.2f}",
            f"{run.cpu:.2f}",
            f"{run.kernel:.2f}",
            f"{run.cpu / run.events * 1e9:.1f}",
        )
    memory = peak_memory()
    seconds = run.cpu * TARGET_PEOPLE / run.people
    rate = run.events / run.cpu / 1e6
    section.notes.append(
        f"Peak resident memory of the process: {memory:.0f} MB, of which parties {run.people_memory / 1e6:.0f} MB. "
        f"Institutions and recording are included in the times; building drivers and world is not."
    )
    section.aim(
        "10 million people, 4 years, one core",
        f"at most {TARGET_SECONDS:g} s",
        f"{seconds:.1f} s (CPU; {run.people / 1e6:.1f} million people took {run.cpu:.1f} s)",
        seconds <= TARGET_SECONDS,
    )
    section.aim(
        "the same: resident memory",
        f"at most {TARGET_MEMORY:g} MB",
        f"{memory:.0f} MB",
        memory <= TARGET_MEMORY,
    )
    section.aim(
        "events a second a core, 1:1",
        f"at least {TARGET_EVENTS:g} million",
        f"{rate:.1f} million",
        rate >= TARGET_EVENTS,
    )
    return section
