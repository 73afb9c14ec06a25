"""The kernel against the oracle: the same path for every party, the same queues, beliefs and ends."""

from dataclasses import dataclass, replace
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
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.lever_path import LeverCanvas
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario
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
OF_A_PARTY += ("sponsor", "evades", "city", "inclination", "route", "lost", "marks", "stops")
OF_A_NATION = (
    "belief_origin",
    "belief_border",
    "noise",
    "walk",
    "failures",
    "successes",
    "admissions",
    "trust",
)
OF_A_CIRCLE = ("belief_origin", "belief_way", "pool", "leaving", "willing", "evaders_leaving")
OF_A_CIRCLE += ("able", "able_hidden", "sponsored", "sponsored_hidden")

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
  - {id: o, kind: arrival, start: 2020-10-10, end: 2020-11-20, size: 400, for: [Peru, Haiti], place: tijuana}
"""

# What hard times and history leave as it is by default, so that every lever is moved in some case.
# More people of small nationalities set out, but fewer than 60 parties a day: beyond, the engine draws by an expansion.
OTHER_TIMES = """
interventions:
  - {id: a, lever: us.asylum_bar, start: 2020-11-01, to: 0.8}
  - {id: b, lever: us.worker_visas_monthly, for: [Guatemala, Honduras], start: 2020-08-01, to: 9000}
  - {id: c, lever: us.work_permit_days, start: 2020-08-01, to: 30}
  - {id: d, lever: us.release_tracking, start: 2020-10-01, to: 1}
  - {id: e, lever: us.custody_beds, for: [del_rio_sector, tucson_sector], start: 2020-09-01, to: 20}
  - {id: f, lever: us.processing_daily, for: [del_rio_sector, tucson_sector], start: 2020-10-01, to: 60}
  - {id: g, lever: us.crossings_closed, start: 2020-10-01, to: 1}
  - {id: patrols, lever: us.patrols, for: [tucson_sector, rio_grande_valley_sector], start: 2020-09-01, to: 3}
  - {id: h, lever: us.buses_north_daily, for: [texas/denver, el_paso/new_york], start: 2020-10-01, to: 200}
  - {id: i, lever: us.aid_origin, start: 2020-08-01, to: 5}
  - {id: j, lever: us.sanctions_relief, start: 2020-08-01, to: 1}
  - {id: k, lever: us.removal_flights_weekly, start: 2020-09-01, to: 3}
  - {id: l, lever: mexico.enforcement_funding, start: 2020-09-01, to: 0.3}
  - {id: m, lever: us.transfer_to_mexico, start: 2020-10-01, to: 10000000}
  - {id: n, lever: mexico.guard_deployed, start: 2020-09-01, to: 90000}
  - {id: o, lever: mexico.deportation_flights_weekly, start: 2020-09-01, to: 4}
  - {id: p, lever: mexico.visa_required, for: [Venezuela, Ecuador], start: 2020-10-01, to: 1}
  - {id: q, lever: mexico.caravan_policy, start: 2020-09-01, to: 1}
  - {id: r, lever: mexico.shelter_places, start: 2020-09-01, to: 20}
  - {id: s, lever: panama.deportation_flights_weekly, start: 2020-09-01, to: 3}
  - {id: t, lever: panama.bus_corridor, start: 2020-09-01, to: 5}
  - {id: u, lever: guatemala.expulsions_share, start: 2020-09-01, to: 0.4}
  - {id: v, lever: guatemala.worker_programme, start: 2020-08-01, to: 15000}
  - {id: w, lever: nicaragua.air_route, for: [Ecuador], start: 2020-11-01, to: 0}
  - {id: x, lever: us.parole_monthly_cap, for: [Guatemala, Honduras], start: 2020-09-01, to: 20000}
  - {id: y, lever: us.parole_cap_total, for: [Guatemala, Honduras], start: 2020-09-01, to: 30000}
  - {id: xx, lever: panama.deportee_acceptance_monthly, for: [Ecuador, Peru], start: 2020-09-01, to: 5000}
  - {id: yy, lever: dominican_republic.deportee_acceptance_monthly, for: [Haiti, Other], start: 2020-09-01, to: 5000}
  - {id: z, lever: us.title_42, start: 2020-11-01, to: 0}
  - {id: zz, lever: us.return_use_share, start: 2020-09-01, to: 0.2}
  - {id: slow, lever: mexico.slowdown, start: 2020-09-01, to: 2}
  - {id: boats, lever: colombia.boat_places_daily, start: 2020-07-15, to: 5000}
  - {id: va, lever: nicaragua.visa_required, for: [Haiti, Cuba], start: 2020-09-01, to: 1}
  - {id: vb, lever: el_salvador.visa_required, for: [India, Ecuador], start: 2020-09-01, to: 1}
  - {id: vc, lever: ecuador.visa_required, for: [China, India], start: 2020-09-01, to: 1}
  - {id: vd, lever: brazil.visa_required, for: [West Africa, Other], start: 2020-09-01, to: 1}
FLIGHTS
shocks:
  - {id: formed, kind: caravan, start: 2020-10-05, size: 9000, place: tapachula}
  - {id: many, kind: demand, for: [Venezuela, Cuba, Ecuador, Peru, Other], start: 2020-07-02, size: 10}
  - {id: venezuelans, kind: demand, for: [Venezuela], start: 2020-07-02, size: 5}
  - {id: fly-home, kind: demand, for: [Nicaragua, Colombia], start: 2020-07-02, size: 10}
  - {id: more-fly-home, kind: demand, for: [Colombia], start: 2020-07-02, size: 5}
  - {id: more, kind: demand, for: [Haiti], start: 2020-07-02, size: 3}
  - {id: far, kind: demand, for: [China, India, West Africa], start: 2020-07-02, size: 10}
  - {id: farther, kind: demand, for: [China, India, West Africa], start: 2020-07-02, size: 10}
  - {id: farthest, kind: demand, for: [China], start: 2020-07-02, size: 10}
""".replace(
    "FLIGHTS",
    "\n".join(
        f"  - {{id: {name.split('.')[0].replace('_', '-')}, lever: {name}, start: 2020-09-01, "
        f"to: {float(lever.default['us'] == 0)}}}"
        for name, lever in LEVERS.items()
        if name.endswith(".accepts_flights")
    ),
)


def moved_by_nobody():
    """Steps that move every lever that none of the above does, halfway to what is furthest from its default."""
    named = {
        entry["lever"]
        for body in (HARD_TIMES, OTHER_TIMES)
        for entry in YAML(typ="safe").load(body)["interventions"]
    }
    named |= {entry.lever for entry in load_scenario("history").interventions}
    for number, (name, lever) in enumerate(LEVERS.items()):
        if name not in named:
            usual = float(np.minimum(lever.defaults(), lever.high).mean())
            furthest = lever.high if lever.high - usual >= usual - lever.low else lever.low
            yield f"  - {{id: new-{number}, lever: {name}, start: 2020-09-01, to: {(usual + furthest) / 2}}}\n"


@dataclass(frozen=True)
class Case:
    """A scenario that both live: what it adds to history, its scale, its days and its seed."""

    body: str
    people_per_agent: int
    days: int
    seed: int = 1


CASES = {
    "history's first year": Case("", 500, 365, seed=7),
    "hard times": Case(HARD_TIMES, 200, 300),
    "mean-field": Case("behaviour: mean-field\n", 500, 200, seed=2),
    "observed entries": Case("entries: observed\n", 200, 300, seed=3),
    "other times": Case(OTHER_TIMES.replace("shocks:", "".join([*moved_by_nobody(), "shocks:"])), 100, 330),
}


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
    ends = simulation.fates[: world["clock"]["fates"]][["key", "place", "city", "route", "stops", "day"]]
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
        assert oracle.circles[party["circle"]] is twin.circle
        assert [int(party[name]) for name in OF_A_PARTY] == [
            code_of(getattr(twin, name)) for name in OF_A_PARTY
        ]
    for place in oracle.of_kind("cross"):
        np.testing.assert_allclose(world["places"]["reputation"][place.code], place.reputation, rtol=1e-12)
    for name in OF_A_NATION:
        mine = [getattr(nation, name) for nation in oracle.nations]
        np.testing.assert_allclose(world["nations"][name][: len(mine)], mine, rtol=1e-12, atol=1e-300)
    for name in OF_A_CIRCLE:
        mine = [getattr(circle, name) for circle in oracle.circles]
        np.testing.assert_allclose(world["circles"][name][: len(mine)], mine, rtol=1e-12, atol=1e-300)
    shares = [list(nation.leaning.values()) for nation in oracle.nations]
    kept = world["leanings"]["share"][: len(shares), : len(shares[0])]
    np.testing.assert_allclose(kept, shares, rtol=1e-9)


def live_case(name, monkeypatch):
    case = CASES[name]
    return live_both(drivers_of(case.body, case.people_per_agent), case.days, monkeypatch, seed=case.seed)


def test_every_party_takes_the_path_that_the_oracle_gives_it(monkeypatch):
    simulation, oracle = live_case("history's first year", monkeypatch)
    assert len(oracle.ends) + len(oracle.agents) > 1500
    check_same(simulation, oracle)


def test_they_agree_whatever_happens_on_the_way(monkeypatch):
    simulation, oracle = live_case("hard times", monkeypatch)
    possible = {
        (place.kind, exit)
        for place in oracle.places
        for exit in [*place.exits, *(["cross"] if place.kind == "wait" else [])]
    }
    assert possible | {("wait", "stayed"), ("fork", "onward"), ("leg", "waited")} == set(oracle.taken)
    check_same(simulation, oracle)


def test_they_agree_where_all_of_a_nationality_hear_the_same(monkeypatch):
    simulation, oracle = live_case("mean-field", monkeypatch)
    assert len(oracle.circles) == len(oracle.nations)
    check_same(simulation, oracle)


def test_they_agree_where_people_begin_as_they_were_counted(monkeypatch):
    simulation, oracle = live_case("observed entries", monkeypatch)
    counted = simulation.plan.outlook["entries"] >= 0
    assert counted.any() and not counted.all()
    check_same(simulation, oracle)


def test_they_agree_when_every_other_lever_is_moved(monkeypatch):
    check_same(*live_case("other times", monkeypatch))


def fates_of(case, policy):
    """How journeys ended by the last day of a case, under a policy."""
    drivers = compile_drivers(
        policy, load_parameters(policy.overrides), people_per_agent=case.people_per_agent
    )
    simulation = Simulation(drivers, case.seed, keep_fates=True)
    simulation.run_until(case.days)
    return simulation.fates[: simulation.world["clock"]["fates"]].tobytes(), int(
        simulation.world["clock"]["events"]
    )


def policy_of(case):
    return resolve(parse_scenario(f"name: tested\nextends: history\n{case.body}"))


def test_every_lever_is_moved_in_a_case_and_what_becomes_of_people_there_depends_on_it():
    """As the oracle agrees with the engine in every case, it has the mechanism of every lever."""
    # A lever that sets nothing but what institutions remember is no part of anybody's journey.
    left = {
        name: lever
        for name, lever in LEVERS.items()
        if any(not field.startswith("offices.") for field in lever.sets)
    }
    for case in CASES.values():
        policy = policy_of(case)
        usual = {name: LeverCanvas(lever, policy.timeline).path() for name, lever in left.items()}
        moved = [
            name
            for name, path in usual.items()
            if not np.array_equal(path.values[: case.days], policy.levers[name].values[: case.days])
        ]
        fates = fates_of(case, policy) if moved else None
        for name in moved:
            # The news of the movement stays: people hear of it, and it does not happen.
            without = replace(policy, levers={**policy.levers, name: usual[name]})
            if fates_of(case, without) != fates:
                del left[name]
    assert not [*left], (
        "no case of the oracle depends on these levers: move them in OTHER_TIMES so that it does"
    )


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
