"""The kernel against the oracle: the same path for every party, the same queues, beliefs and ends."""

from importlib import resources

import numpy as np
from ruamel.yaml import YAML

import corridor.engine.simulation as engine
from corridor.engine.records.layout import RING
from corridor.engine.simulation import Simulation
from corridor.inputs.compiling.drivers import compile_drivers
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.geography import build_geography
from corridor.inputs.scenarios.scenario_files import load_scenario
from tests.oracle.corridor import Corridor
from tests.small_runs import drivers_of, parties_in

OF_A_PARTY = (
    "key",
    "since",
    "encountered",
    "tries",
    "setbacks",
    "place",
    "nation",
    "party",
    "heads",
    "attempts",
)
OF_A_PARTY += ("sponsor", "evades", "city", "inclination", "route", "lost", "marks")
OF_A_NATION = ("belief_origin", "belief_border", "pool", "noise", "failures", "successes", "admissions")

# Within 300 days everything that can happen to a party happens to some.
HARD_TIMES = """
interventions:
  - {id: a, lever: us.mpp_share, start: 2020-08-01, to: 0.5}
  - {id: b, lever: us.title_42, start: 2020-12-01, end: 2021-02-28, to: 0}
  - {id: c, lever: us.lateral_flights_daily, start: 2020-10-01, to: 8}
  - {id: d, lever: us.processing_daily, start: 2020-12-01, end: 2021-03-01, to: 100}
  - {id: e, lever: panama.deportee_acceptance_monthly, start: 2020-12-01, to: 5000}
  - {id: f, lever: dominican_republic.deportee_acceptance_monthly, start: 2021-01-01, to: 3000}
  - {id: g, lever: mexico.return_acceptance_monthly, start: 2020-12-01, to: 1000}
  - {id: h, lever: us.cbp_one_daily, start: 2020-11-01, to: 900}
  - {id: i, lever: mexico.transfers_south_daily, start: 2020-12-01, to: 300}
  - {id: j, lever: mexico.enforcement_funding, start: 2021-03-01, to: 0.4}
  - {id: k, lever: panama.darien_gate, start: 2020-11-01, to: 0.4}
shocks:
  - {id: m, kind: caravan, start: 2020-10-05, size: 9000, place: tapachula}
  - {id: n, kind: group_arrival, start: 2020-11-05, size: 7000, place: ciudad_juarez}
"""


def live_both(drivers, days, monkeypatch, seed=1):
    """A simulation and the oracle beside it, both on the morning of `days`."""
    simulation = Simulation(drivers, seed, keep_fates=True)
    oracle = Corridor(simulation)
    advance = engine.advance

    def advance_both(first, last, worlds, *rest):
        oracle.watch(worlds[0])
        reached = advance(first, last, worlds, *rest)
        oracle.live(first, reached)
        return reached

    monkeypatch.setattr(engine, "advance", advance_both)
    while simulation.today < days:
        simulation.step()
    return simulation, oracle


def code_of(value):
    """A place by its code; nowhere is 0, as the engine has it."""
    return 0 if value is None else int(getattr(value, "code", value))


def check_same(simulation, oracle):
    world, today = simulation.world, simulation.today
    assert int(world["clock"]["events"]) == oracle.events
    ends = simulation.fates[: world["clock"]["fates"]][["key", "place", "city", "route", "day"]]
    assert ends.tolist() == oracle.ends
    parties, buckets = parties_in(simulation)
    for which in range(RING):
        due = today + (which - today) % RING
        lying = parties["key"][buckets == which].tolist()
        assert lying == [party.key for party in oracle.calendar.get(due, ())], f"due on day {due}"
    for place in oracle.places:
        queued = parties["key"][buckets == RING + place.code].tolist()
        assert queued == [party.key for party in place.queue], place.name
        assert int(world["places"]["present"][place.code]) == place.present, place.name
    twins = {party.key: party for party in oracle.agents}
    assert len(twins) == len(parties)
    for party in parties:
        twin = twins[int(party["key"])]
        assert [int(party[name]) for name in OF_A_PARTY] == [
            code_of(getattr(twin, name)) for name in OF_A_PARTY
        ]
    for name in OF_A_NATION:
        mine = [getattr(nation, name) for nation in oracle.nations]
        np.testing.assert_allclose(world["nations"][name][: len(mine)], mine, rtol=1e-12, atol=1e-300)


def test_every_party_takes_the_path_that_the_oracle_gives_it(monkeypatch):
    simulation, oracle = live_both(drivers_of("", 500), 365, monkeypatch, seed=7)
    assert len(oracle.ends) + len(oracle.agents) > 1500
    check_same(simulation, oracle)


def test_they_agree_whatever_happens_on_the_way(monkeypatch):
    simulation, oracle = live_both(drivers_of(HARD_TIMES, 200), 300, monkeypatch)
    possible = {
        (place.kind, exit)
        for place in oracle.places
        for exit in [*place.exits, *(["cross"] if place.kind == "wait" else [])]
        if place.kind != "leg" or exit != "gave_up"  # the engine gives no leg a hazard of giving up
    }
    assert possible | {("wait", "stayed"), ("fork", "onward")} == set(oracle.taken)
    check_same(simulation, oracle)


def test_a_leg_added_to_the_map_is_walked_by_both(monkeypatch):
    data = YAML(typ="safe").load(resources.files("corridor").joinpath("data/places.yaml").read_text("utf-8"))
    legs = {leg["id"]: leg for leg in data["legs"]}
    legs["darien"]["exits"]["onward"] = "bajo_chiquito"
    exits = {"onward": "costa_rica_nicaragua", "gave_up": "settled"}
    data["legs"].append({**legs["costa_rica_nicaragua"], "id": "bajo_chiquito", "days": 4, "exits": exits})
    policy = resolve(load_scenario("history"))
    drivers = compile_drivers(
        policy, load_parameters(policy.overrides), people_per_agent=400, geography=build_geography(data)
    )
    simulation, oracle = live_both(drivers, 400, monkeypatch)
    assert oracle.place["bajo_chiquito"].present > 0
    check_same(simulation, oracle)
