"""Agent-days a second of Corridor against Flee 3.1, each on its own network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from platformdirs import user_cache_path

from studies.benchmarks.measuring import Section, best, drivers_of, load_compiled_code, timed_run
from tests import bound

FLEE = "flee==3.1"
TARGET = 1000.0
SCRIPT = Path(__file__).with_name("peer_flee_run.py")


def python_with_flee() -> Path:
    """A Python of an environment that holds Flee, made when it is first asked for."""
    folder = user_cache_path("corridor") / "benchmarks" / "flee"
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        bound.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", FLEE]
        bound.run(command, check=True, capture_output=True, text=True)
        (folder / "installed").touch()
    return python


def run_flee(python: Path, agents: int, daily: int, days: int) -> dict:
    """Agent-days and processor seconds of Flee."""
    command = [python, SCRIPT, str(agents), str(daily), str(days)]
    done = bound.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(quick: bool) -> Section:
    section = Section(
        "Against Flee 3.1", ["model", "agents", "agent-days", "CPU, s", "agent-days a second", "over Flee"]
    )
    try:
        python = python_with_flee()
        sizes = ((2000, 20),) if quick else ((100_000, 1000),)
        flee = [run_flee(python, agents, daily, 10) for agents, daily in sizes for _ in range(2)]
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or "").strip().splitlines()[-1:] or [str(error)]
        section.notes.append(f"Flee could not be installed or run: {reason[0]}")
        return section
    fastest = max(flee, key=lambda each: each["agent_days"] / each["seconds"])
    rate = fastest["agent_days"] / fastest["seconds"]
    write(section, "Flee 3.1", f"{sizes[0][0]:,}", fastest["agent_days"], fastest["seconds"], "1")
    load_compiled_code()
    for scale in (1000, 100) if quick else (50, 1):
        drivers = drivers_of("", scale)
        run = best([timed_run(drivers) for _ in range(1 if scale == 1 else 5)])
        ratio = run.agent_days / run.cpu / rate
        write(section, f"Corridor, 1:{scale}", f"{run.parties:,}", run.agent_days, run.cpu, f"{ratio:,.0f}")
    section.notes.append(
        "The two do different work for an agent-day: Flee scores every road each day, Corridor touches a party only "
        "when something is due. Flee runs ten days of its own performance network, the agents all there from the "
        "start; Corridor runs history, institutions included."
    )
    section.notes.append(
        f"Where the target is missed, the reason is the number of events: the target was set with a prototype whose "
        f"travellers were touched about once in ten days. Here a party is under way for "
        f"{run.agent_days / run.parties:.0f} days and lives {run.events / run.parties:.1f} events, one in "
        f"{run.agent_days / run.events:.1f} days, each with counts of harm, place and nationality."
    )
    section.aim(
        "agent-days a second against Flee 3.1",
        f"at least {TARGET:g} times",
        f"{ratio:,.0f} times",
        ratio >= TARGET,
    )
    return section


def write(section: Section, label: str, agents: str, days: float, seconds: float, ratio: str) -> None:
    rate = f"{days / seconds / 1e6:.2f} million"
    section.add(label, agents, f"{days / 1e6:.2f} million", f"{seconds:.2f}", rate, ratio)
