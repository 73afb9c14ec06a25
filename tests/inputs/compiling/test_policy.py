"""When a scenario diverges from the one it extends, how long it runs, and what else reaches a run."""

import pickle
from datetime import date

import numpy as np
import pytest

from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.scenario_files import parse_scenario

GUARD = "mexico.guard_deployed"
PLACES = "mexico.shelter_places"
RETURNS = "mexico.return_acceptance_monthly"
DAYS_OF_2023 = 365


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (f"interventions: [{{id: a, lever: {GUARD}, start: 2023-06-01, to: 5}}]", "2023-06-01"),
        (
            f"interventions: [{{id: a, lever: {GUARD}, announced: 2023-05-20, start: 2023-06-01, to: 5}}]",
            "2023-05-20",
        ),
        (
            "interventions: [{id: a, lever: us.asylum_bar, announced: 2023-04-20, cancelled: 2023-05-01, "
            "start: 2023-06-01, to: 1}]",
            "2023-04-20",
        ),
        (
            f"interventions: [{{id: a, lever: {GUARD}, profile: series, values: {{2023-06-05: 5}}}}]",
            "2023-06-05",
        ),
        ("shocks: [{id: s, kind: demand, start: 2023-07-01, size: 2}]", "2023-07-01"),
        ("remove: [fire]", "2023-03-27"),
        ("remove: [guard-2023]", "2023-03-01"),
        ("remove: [fire]\nshocks: [{id: s, kind: demand, start: 2023-07-01, size: 2}]", "2023-03-27"),
        ("overrides: {crossing_rate: 0.5}", "2023-01-01"),
        (
            "interventions: [{id: a, lever: us.asylum_bar, announced: 2022-04-20, start: 2023-06-01, to: 1}]",
            "2023-01-01",
        ),
    ],
)
def test_a_scenario_diverges_on_the_first_day_that_anything_of_its_own_is_known_or_gone(folder, text, day):
    policy = resolve(folder.parse(text))

    assert policy.timeline.date_of(policy.diverges_on).isoformat() == day


def test_only_its_own_differences_count_for_the_day_it_diverges(folder):
    folder.write(
        "child",
        f"name: child\nextends: root\ninterventions:\n"
        f"  - {{id: a, lever: {GUARD}, start: 2023-02-01, to: 5}}\n",
    )
    folder.write(
        "grandchild",
        f"name: grandchild\nextends: child\ninterventions: [{{id: b, lever: {GUARD}, start: 2023-09-01, to: 6}}]\n",
    )

    policy = resolve(folder.load("grandchild"))

    assert policy.timeline.date_of(policy.diverges_on) == date(2023, 9, 1)


def test_a_scenario_without_differences_never_diverges_and_a_root_does_at_once(folder):
    assert resolve(folder.parse("")).diverges_on == DAYS_OF_2023
    assert resolve(folder.load("root")).diverges_on == 0


def test_a_longer_scenario_diverges_after_its_parents_last_day(folder):
    assert resolve(folder.parse("period: {end: 2024-06-30}")).diverges_on == DAYS_OF_2023
    assert resolve(folder.parse("period: {end: 2023-06-30}")).diverges_on == 181


def test_past_the_parents_last_day_levers_keep_their_value(folder):
    policy = resolve(folder.parse("period: {end: 2025-12-31}"))

    assert policy.timeline.end == date(2025, 12, 31)
    assert policy.timeline.months()[-1] == "2025-12"
    for path in policy.levers.values():
        assert (path.values[DAYS_OF_2023:] == path.values[DAYS_OF_2023 - 1]).all()
        assert (path.pool[DAYS_OF_2023:] == path.pool[DAYS_OF_2023 - 1]).all()


def test_an_end_past_the_parents_last_day_is_kept_by_a_longer_child(folder):
    folder.write(
        "child",
        f"name: child\nextends: root\ninterventions:\n"
        f"  - {{id: a, lever: {GUARD}, start: 2023-12-01, end: 2024-01-04, to: 5}}\n",
    )
    folder.write("longer", "name: longer\nextends: child\nperiod: {end: 2024-12-31}\n")
    policy = resolve(folder.load("longer"))

    assert folder.value(policy, GUARD, "all", "2024-01-04") == 5
    assert folder.value(policy, GUARD, "all", "2024-01-05") == 20_000


def test_a_shorter_child_leaves_out_what_comes_after_its_end(folder):
    folder.write(
        "child",
        f"name: child\nextends: root\ninterventions:\n"
        f"  - {{id: a, lever: {RETURNS}, for: Cuba, start: 2023-12-01, to: 5}}\n"
        "shocks: [{id: s, kind: caravan, start: 2023-12-24, size: 500, place: tapachula}]\n",
    )
    folder.write("shorter", "name: shorter\nextends: child\nperiod: {end: 2023-06-30}\n")
    policy = resolve(folder.load("shorter"))

    assert policy.levers[RETURNS].values.shape == (181, len(NATIONALITIES))
    assert folder.news(policy, RETURNS) == []
    assert [shock.id for shock in policy.shocks] == ["fire"]


def test_a_shorter_child_keeps_what_is_felt_in_it_before_it_happens(folder):
    folder.write(
        "child",
        "name: child\nextends: root\nshocks:\n"
        "  - {id: held, kind: group_arrival, start: 2023-07-12, size: 500, place: reynosa}\n"
        "  - {id: unheld, kind: group_arrival, start: 2023-07-13, size: 500, place: reynosa}\n"
        "  - {id: vote, kind: election, start: 2023-12-24, size: 1, for: mexico}\n",
    )
    folder.write("shorter", "name: shorter\nextends: child\nperiod: {end: 2023-06-30}\n")

    assert [shock.id for shock in resolve(folder.load("shorter")).shocks] == ["fire", "held", "vote"]


def test_change_days_are_the_days_on_which_a_value_differs_from_the_day_before(folder):
    policy = resolve(
        folder.parse(f"""
        interventions:
          - {{id: a, lever: {PLACES}, for: tijuana, start: 2023-01-10, end: 2023-01-19, to: 5}}
          - {{id: b, lever: {PLACES}, for: nogales, profile: ramp, start: 2023-02-01, end: 2023-02-04, to: 0}}
        """)
    )
    path = policy.levers[PLACES]

    def dates(members=None):
        return [policy.timeline.date_of(day).isoformat() for day in path.change_days(members)]

    in_tijuana = ["2023-01-10", "2023-01-20"]
    in_nogales = ["2023-02-02", "2023-02-03", "2023-02-04", "2023-02-05"]
    assert dates() == in_tijuana + in_nogales
    assert (dates(["tijuana"]), dates(["nogales"])) == (in_tijuana, in_nogales)
    assert dates([]) == []


def test_shocks_carry_day_numbers_members_and_places(folder):
    policy = resolve(
        folder.parse("""
        shocks:
          - {id: night, kind: group_arrival, start: 2023-02-01, size: 1500, place: reynosa, source: press}
          - {id: on, kind: demand, start: 2023-01-15, size: 2}
          - {id: slow, kind: transport, start: 2023-06-01, end: 2023-06-30, size: 2, for: darien}
        """)
    )
    on, night, fire, slow = policy.shocks

    assert (night.kind, night.start_day, night.end_day, night.size) == ("group_arrival", 31, 31, 1500)
    assert (night.members, night.place, night.source) == ((), "reynosa", "press")
    assert (on.start_day, on.end_day, len(on.members)) == (14, None, len(NATIONALITIES))
    assert (fire.members, fire.end_day - fire.start_day) == (("inm",), 34)
    assert slow.members == ("darien",)


def test_overrides_of_the_whole_chain_hold_and_the_childs_win(folder):
    folder.write("child", "name: child\nextends: root\noverrides: {crossing_rate: 0.5, review_days: 2}\n")
    scenario = parse_scenario(
        "name: x\nextends: child\noverrides: {crossing_rate: {value: 0.6, note: faster}}\n",
        folders=[folder.path],
    )

    assert dict(resolve(scenario).overrides) == {"crossing_rate": 0.6, "review_days": 2}


def test_a_policy_cannot_be_changed_and_travels_to_worker_processes(folder):
    policy = resolve(folder.load("root"))

    with pytest.raises(ValueError, match="read-only"):
        policy.levers[GUARD].values[0, 0] = 1
    copy = pickle.loads(pickle.dumps(policy))
    assert all(np.array_equal(copy.levers[name].values, path.values) for name, path in policy.levers.items())
    assert (copy.news, copy.shocks, copy.diverges_on) == (policy.news, policy.shocks, policy.diverges_on)
