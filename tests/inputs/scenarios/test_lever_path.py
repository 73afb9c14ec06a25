"""Who owns a lever on which day, with which value, and who shares a cap."""

import math
from datetime import date

import numpy as np

from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.levers import LEVERS

GUARD = "mexico.guard_deployed"
PLACES = "mexico.shelter_places"
RETURNS = "mexico.return_acceptance_monthly"
DAYS_OF_2023 = 365


# --- ownership ------------------------------------------------------------------------------------------------------


def test_every_lever_of_the_registry_has_a_path_at_its_default_where_nothing_moves_it(folder):
    policy = resolve(folder.parse("remove: [guard-2023, title-42, fire]"))

    assert set(policy.levers) == set(LEVERS)
    for name, path in policy.levers.items():
        assert path.members == LEVERS[name].members
        assert path.values.shape == path.pool.shape == (DAYS_OF_2023, len(path.members))
        assert np.array_equal(path.values, np.tile(LEVERS[name].defaults(), (DAYS_OF_2023, 1)))
        assert np.array_equal(path.pool[0], np.arange(len(path.members)))
        assert path.change_days().size == 0


def test_an_intervention_holds_from_its_first_day_to_its_last_both_included(folder):
    policy = resolve(
        folder.parse(f"interventions: [{{id: a, lever: {GUARD}, start: 2023-02-01, end: 2023-02-28, to: 5}}]")
    )

    assert folder.value(policy, GUARD, "all", "2023-01-31") == 32_000
    assert (
        folder.value(policy, GUARD, "all", "2023-02-01")
        == folder.value(policy, GUARD, "all", "2023-02-28")
        == 5
    )
    assert folder.value(policy, GUARD, "all", "2023-03-01") == 20_000


def test_an_intervention_without_an_end_holds_to_the_end_of_the_run(folder):
    policy = resolve(folder.parse(f"interventions: [{{id: a, lever: {GUARD}, start: 2023-02-01, to: 5}}]"))

    assert set(policy.levers[GUARD].values[31:, 0]) == {5}


def test_inside_its_window_the_parents_movements_do_not_show_and_after_it_they_do(folder):
    policy = resolve(
        folder.parse(f"interventions: [{{id: a, lever: {GUARD}, start: 2023-02-01, end: 2023-04-30, to: 5}}]")
    )

    assert folder.value(policy, GUARD, "all", "2023-03-01") == 5, (
        "the parent's movement of this day lies inside the window"
    )
    assert folder.value(policy, GUARD, "all", "2023-05-01") == 20_000, "and rules after it"


def test_a_window_is_owned_for_the_named_members_alone(folder):
    policy = resolve(
        folder.parse(f"interventions: [{{id: a, lever: {PLACES}, for: tijuana, start: 2023-02-01, to: 5}}]")
    )
    path = policy.levers[PLACES]

    assert folder.value(policy, PLACES, "tijuana", "2023-06-01") == 5
    for city in path.members:
        if city != "tijuana":
            assert set(path.of(city)) == {LEVERS[PLACES].default[city]}


def test_a_list_of_members_means_each_of_them(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {PLACES}, for: [tijuana, reynosa], start: 2023-02-01, to: 5}}]"
        )
    )

    assert (
        folder.value(policy, PLACES, "tijuana", "2023-06-01")
        == folder.value(policy, PLACES, "reynosa", "2023-06-01")
        == 5
    )
    assert policy.levers[PLACES].pool[200].tolist() == [0, 1, 2, 3, 4, 5]


def test_within_one_file_the_later_start_wins_and_the_earlier_shows_again_after_it(folder):
    policy = resolve(
        folder.parse(f"""
        interventions:
          - {{id: late, lever: {GUARD}, start: 2023-06-01, end: 2023-06-30, to: 7}}
          - {{id: early, lever: {GUARD}, start: 2023-05-01, end: 2023-07-31, to: 5}}
        """)
    )

    assert [
        folder.value(policy, GUARD, "all", day)
        for day in ("2023-05-31", "2023-06-15", "2023-07-15", "2023-08-01")
    ] == [
        5,
        7,
        5,
        20_000,
    ]


def test_what_is_removed_never_happened(folder):
    policy = resolve(folder.parse("remove: [guard-2023, fire]"))

    assert set(policy.levers[GUARD].values[:, 0]) == {32_000}
    assert policy.shocks == ()


def test_a_grandchild_owns_over_a_child_owns_over_the_root(folder):
    folder.write(
        "child",
        f"""\
        name: child
        extends: root
        interventions: [{{id: a, lever: {GUARD}, start: 2023-04-01, end: 2023-09-30, to: 5}}]
        """,
    )
    folder.write(
        "grandchild",
        f"""\
        name: grandchild
        extends: child
        interventions: [{{id: b, lever: {GUARD}, start: 2023-06-01, end: 2023-06-30, to: 7}}]
        """,
    )
    policy = resolve(folder.load("grandchild"))
    days = ("2023-02-01", "2023-03-01", "2023-04-01", "2023-06-01", "2023-07-01", "2023-10-01")

    assert [folder.value(policy, GUARD, "all", day) for day in days] == [32_000, 20_000, 5, 7, 5, 20_000]


# --- profiles -------------------------------------------------------------------------------------------------------


def test_a_ramp_runs_in_a_straight_line_from_the_value_in_force_to_its_value_on_the_last_day(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {GUARD}, profile: ramp, start: 2023-04-01, end: 2023-04-11, to: 10000}}]"
        )
    )

    assert folder.value(policy, GUARD, "all", "2023-04-01") == 20_000
    assert folder.value(policy, GUARD, "all", "2023-04-06") == 15_000
    assert folder.value(policy, GUARD, "all", "2023-04-11") == 10_000
    assert folder.value(policy, GUARD, "all", "2023-04-12") == 20_000, (
        "after its window the parent's rule shows again"
    )


def test_a_ramp_is_kept_by_a_step_from_the_next_day(folder):
    policy = resolve(
        folder.parse(f"""
        interventions:
          - {{id: a, lever: {GUARD}, profile: ramp, start: 2023-04-01, end: 2023-04-11, to: 10000}}
          - {{id: b, lever: {GUARD}, start: 2023-04-12, to: 10000}}
        """)
    )

    assert set(policy.levers[GUARD].values[policy.timeline.day_of(date(2023, 4, 11)) :, 0]) == {10_000}


def test_a_ramp_of_several_members_starts_from_each_ones_value(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {PLACES}, for: [tijuana, nogales], profile: ramp, "
            "start: 2023-04-01, end: 2023-04-03, to: 1000}]"
        )
    )

    assert folder.value(policy, PLACES, "tijuana", "2023-04-02") == (5_500 + 1_000) / 2
    assert folder.value(policy, PLACES, "nogales", "2023-04-02") == (600 + 1_000) / 2


def test_a_pulse_goes_back_after_its_last_day(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {GUARD}, profile: pulse, start: 2023-01-10, end: 2023-01-11, to: 5}}]"
        )
    )

    assert policy.levers[GUARD].values[8:12, 0].tolist() == [32_000, 5, 5, 32_000]


def test_a_series_holds_each_value_until_the_next(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {GUARD}, profile: series, end: 2023-04-30, "
            "values: {2023-04-10: 2, 2023-04-01: 1}}]"
        )
    )

    days = ("2023-03-31", "2023-04-01", "2023-04-09", "2023-04-10", "2023-04-30", "2023-05-01")
    assert [folder.value(policy, GUARD, "all", day) for day in days] == [20_000, 1, 1, 2, 2, 20_000]


def test_a_series_that_starts_before_its_first_date_keeps_the_value_in_force_until_then(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {GUARD}, profile: series, start: 2023-02-01, "
            "values: {2023-04-01: 1}}]"
        )
    )

    assert folder.value(policy, GUARD, "all", "2023-03-15") == 32_000, (
        "the parent's movement of 1 March is inside the window"
    )
    assert folder.value(policy, GUARD, "all", "2023-04-01") == 1


def test_unlimited_is_infinity(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {RETURNS}, for: Cuba, start: 2023-06-01, to: unlimited}}]"
        )
    )

    assert folder.value(policy, RETURNS, "Cuba", "2023-05-31") == 0
    assert math.isinf(folder.value(policy, RETURNS, "Cuba", "2023-06-01"))


# --- pools ----------------------------------------------------------------------------------------------------------


def pool(policy, day):
    """Whom each member shares its cap with."""
    path = policy.levers[RETURNS]
    row = path.pool[policy.timeline.day_of(date.fromisoformat(day))]
    return {member: path.members[shared] for member, shared in zip(path.members, row, strict=True)}


FOUR = "[Venezuela, Cuba, Haiti, Nicaragua]"


def test_members_of_a_pool_share_one_cap_while_it_is_in_force(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {RETURNS}, for: {FOUR}, pooled: true, start: 2023-06-01, "
            "end: 2023-06-30, to: 30000}]"
        )
    )

    shared = {member for member, with_ in pool(policy, "2023-06-15").items() if with_ == "Venezuela"}
    assert shared == {"Venezuela", "Cuba", "Haiti", "Nicaragua"}
    assert pool(policy, "2023-06-15")["Mexico"] == "Mexico"
    for day in ("2023-05-31", "2023-07-01"):
        assert all(member == with_ for member, with_ in pool(policy, day).items())


def test_a_member_that_gets_a_cap_of_its_own_leaves_the_pool_to_the_others(folder):
    folder.write(
        "pooled",
        f"""\
        name: pooled
        extends: root
        interventions: [{{id: a, lever: {RETURNS}, for: {FOUR}, pooled: true, start: 2023-06-01, to: 30000}}]
        """,
    )
    folder.write(
        "apart",
        f"""\
        name: apart
        extends: pooled
        interventions: [{{id: b, lever: {RETURNS}, for: Venezuela, start: 2023-07-01, end: 2023-07-31, to: 5000}}]
        """,
    )
    policy = resolve(folder.load("apart"))
    during = pool(policy, "2023-07-15")

    assert during["Venezuela"] == "Venezuela"
    assert during["Haiti"] == during["Nicaragua"] == during["Cuba"] == "Cuba", (
        "the smallest that still shares"
    )
    assert folder.value(policy, RETURNS, "Cuba", "2023-07-15") == 30_000
    assert pool(policy, "2023-08-01")["Cuba"] == "Venezuela"


def test_two_pools_stay_apart(folder):
    policy = resolve(
        folder.parse(f"""
        interventions:
          - {{id: a, lever: {RETURNS}, for: [Venezuela, Haiti], pooled: true, start: 2023-06-01, to: 30000}}
          - {{id: b, lever: {RETURNS}, for: [Cuba, Nicaragua], pooled: true, start: 2023-06-01, to: 30000}}
        """)
    )
    shared = pool(policy, "2023-06-15")

    assert (shared["Haiti"], shared["Nicaragua"]) == ("Venezuela", "Cuba")
