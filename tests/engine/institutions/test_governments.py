"""Governments put the policy of the day into the records that the kernel reads."""

import numpy as np
import pytest

from corridor.engine.records.codes import Party, Pool
from corridor.foundations.timeline import DAYS_PER_MONTH
from corridor.inputs.compiling.drivers import GOVERNMENTS
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import live_to, simulation_of

PEOPLE = 1000
START = 700  # 2022-06-01
CODE = {name: code for code, name in enumerate(NATIONALITIES)}
COUNT = len(NATIONALITIES)


def in_force(*movements, day=START):
    """The world on the evening of a day on which levers move."""
    entries = ", ".join(
        f"{{id: m{number}, start: 2022-06-01, {movement}}}" for number, movement in enumerate(movements)
    )
    return live_to(simulation_of(f"interventions: [{entries}]" if entries else "", PEOPLE), day + 1)


def test_title_42_expels_the_share_of_each_nationality_and_party():
    simulation = in_force("lever: us.title_42_share, for: [Cuba/family_unit], to: 0.7")
    expel = simulation.world["nations"]["expel"]
    assert expel[CODE["Cuba"], Party.FAMILY] == 0.7
    share = simulation.drivers.lever("us.title_42_share", START).reshape(COUNT, 3)
    np.testing.assert_array_equal(expel[:COUNT], share)


def test_without_title_42_nobody_is_expelled():
    assert not in_force("lever: us.title_42, to: 0").world["nations"]["expel"].any()


def test_a_bar_on_asylum_adds_removals_of_adults_and_families_but_not_of_children():
    usual, barred = (simulation.world["nations"]["remove"][:COUNT] for simulation in (in_force(), in_force(
        "lever: us.asylum_bar, to: 1")))  # fmt: skip
    assert (barred[:, : Party.CHILD] >= usual[:, : Party.CHILD]).all()
    assert (barred[:, Party.SINGLE] > usual[:, Party.SINGLE]).any()
    assert (barred[:, Party.CHILD] == usual[:, Party.CHILD]).all()
    assert barred.max() <= 1.0


def test_mexico_gives_pledge_times_use_a_day_to_each_nationality():
    simulation = in_force(
        "lever: mexico.return_acceptance_monthly, for: [Peru], to: 3000",
        "lever: us.return_use_share, for: [Peru], to: 0.5",
    )
    daily = simulation.world["allowances"]["daily"][Pool.MEXICO + CODE["Peru"]]
    assert daily == pytest.approx(3000 * 0.5 / DAYS_PER_MONTH / PEOPLE)


def test_a_pool_is_shared_and_used_by_the_mean_of_its_members():
    simulation = in_force(
        "lever: mexico.return_acceptance_monthly, for: [Peru, Colombia], pooled: true, to: 3000",
        "lever: us.return_use_share, for: [Peru], to: 0",
    )
    nations = simulation.world["nations"]
    assert (
        nations["mexico_pool"][CODE["Peru"]] == nations["mexico_pool"][CODE["Colombia"]] == CODE["Colombia"]
    )
    daily = simulation.world["allowances"]["daily"][Pool.MEXICO + CODE["Colombia"]]
    assert daily == pytest.approx(3000 * 0.5 / DAYS_PER_MONTH / PEOPLE)


def test_an_unlimited_pledge_binds_nobody_unless_it_cannot_be_used():
    usable = in_force("lever: mexico.return_acceptance_monthly, for: [Peru], to: unlimited")
    unusable = in_force(
        "lever: mexico.return_acceptance_monthly, for: [Peru], to: unlimited",
        "lever: us.return_use_share, for: [Peru], to: 0",
    )
    pool = Pool.MEXICO + CODE["Peru"]
    assert usable.world["allowances"]["daily"][pool] == np.inf
    assert unusable.world["allowances"]["daily"][pool] == 0.0


def test_panama_turns_back_the_share_at_its_gate():
    simulation = in_force("lever: panama.darien_gate, to: 0.4")
    codes = simulation.drivers.geography.codes
    turned_back = simulation.world["terms"]["turn_back"]
    assert (turned_back[codes["darien"], :COUNT] == 0.4).all()
    assert not turned_back[codes["approach"]].any()


@pytest.mark.parametrize(
    ("government", "first"), [("panama", Pool.PANAMA), ("dominican_republic", Pool.DOMINICAN_REPUBLIC)]
)
def test_third_countries_give_their_places_a_day_shared_by_a_pool(government, first):
    simulation = in_force(
        f"lever: {government}.deportee_acceptance_monthly, for: [Cuba, Haiti], pooled: true, to: 900"
    )
    daily = simulation.world["allowances"]["daily"][first : first + COUNT]
    assert daily[CODE["Cuba"]] == pytest.approx(900 / DAYS_PER_MONTH / PEOPLE)
    pool = simulation.world["nations"]["panama_pool" if government == "panama" else "dominican_pool"]
    assert pool[CODE["Haiti"]] == pool[CODE["Cuba"]] == CODE["Cuba"]


def test_buses_through_panama_and_costa_rica_save_days_on_their_leg_only():
    usual, bused = in_force(), in_force("lever: panama.bus_corridor, to: 3")
    codes = usual.drivers.geography.codes
    days = [simulation.world["terms"]["mean_days"][:, 0] for simulation in (usual, bused)]
    leg = codes["costa_rica_nicaragua"]
    assert days[1][leg] == pytest.approx(max(1.0, days[0][leg] - 3.0))
    assert np.array_equal(np.delete(days[0], leg), np.delete(days[1], leg))


def test_a_policy_is_in_force_on_its_first_day_and_not_before():
    before = in_force("lever: panama.darien_gate, to: 0.4", day=START - 1)
    assert not before.world["terms"]["turn_back"][before.drivers.geography.codes["darien"]].any()


def test_satisfaction_is_an_index():
    satisfaction = in_force().world["offices"]["satisfaction"][: len(GOVERNMENTS)]
    assert ((satisfaction > 0) & (satisfaction < 1)).all()


def test_people_without_a_sponsor_weigh_on_the_united_states():
    satisfied = {}
    for unsponsored in (0, 1000):
        simulation = in_force()
        simulation.world["clock"]["unsponsored"] = unsponsored
        simulation.briefing.refresh()
        government = next(agent for agent in simulation.agents if type(agent).__name__ == "UnitedStates")
        government.act(simulation.briefing)
        satisfied[unsponsored] = float(government.memory["satisfaction"])
    assert satisfied[1000] < satisfied[0]


def test_fentanyl_weighs_nothing_unless_it_is_given_weight():
    def weights(body):
        simulation = simulation_of(body, PEOPLE)
        government = next(agent for agent in simulation.agents if type(agent).__name__ == "UnitedStates")
        return government.weights

    assert weights("")[-1] == 0.0
    assert weights("overrides: {satisfaction_us_fentanyl: {value: 0.3, note: a test}}")[-1] == 0.3
