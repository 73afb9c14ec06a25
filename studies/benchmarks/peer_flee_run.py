"""Flee on its benchmark network; run by a Python that has Flee, prints JSON. See `peer_flee`.

The network is that of Flee's own performance test: conflict zone A, towns B, C and C2, camps D, E and F. The script of
that test no longer runs with Flee 3.1 (it calls a function that is gone), so its loop is written again here:
initial agents at the start, new ones every day, border closures and one step a day.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from flee import flee, spawning  # pyright: ignore[reportMissingImports]
from flee.SimulationSettings import SimulationSettings  # pyright: ignore[reportMissingImports]

TOWNS, CAMPS = ("B", "C", "C2"), ("D", "E", "F")
LINKS = (
    ("A", "B", 100.0),
    ("A", "C", 200.0),
    ("B", "C2", 75.0),
    ("C", "D", 150.0),
    ("C", "E", 180.0),
    ("C2", "C", 140.0),
    ("C2", "F", 250.0),
    ("D", "E", 40.0),
    ("E", "F", 310.0),
)


def build():
    ecosystem = flee.Ecosystem()
    ecosystem.addLocation(
        name="A", x=0.0, y=0.0, location_type="conflict_zone", movechance=1.0, pop=10_000_000
    )
    ecosystem.add_conflict_zone("A")
    for town in TOWNS:
        ecosystem.addLocation(name=town, location_type="town", movechance=0.3)
    for camp in CAMPS:
        ecosystem.addLocation(
            name=camp, location_type="camp", movechance=0.001, capacity=10_000_000, foreign=True
        )
    for start, end, distance in LINKS:
        ecosystem.linkUp(start, end, distance)
    return ecosystem


def main(agents: int, daily: int, days: int) -> None:
    with TemporaryDirectory() as folder:
        settings = Path(folder) / "simsetting.yml"
        settings.write_text("log_levels: {agent: 0, link: 0, camp: 0, conflict: 0, init: 0}\n")
        SimulationSettings.ReadFromYML(str(settings))
    ecosystem = build()
    spawning.refresh_spawn_weights(ecosystem)
    spawning.spawn_agents(ecosystem, agents)
    agent_days, begun = 0, time.process_time()
    for day in range(days):
        spawning.spawn_agents(ecosystem, daily)
        spawning.refresh_spawn_weights(ecosystem)
        ecosystem.enact_border_closures(time=day)
        ecosystem.evolve()
        agent_days += len(ecosystem.agents)
    seconds = time.process_time() - begun
    print(json.dumps({"agent_days": agent_days, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
