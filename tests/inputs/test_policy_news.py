"""Which movements of levers become news, when, and what calls them off."""

import numpy as np

from corridor.inputs.compiling.policy import resolve

GUARD = "mexico.guard_deployed"
RETURNS = "mexico.return_acceptance_monthly"
FOUR = "[Venezuela, Cuba, Haiti, Nicaragua]"


def test_a_movement_is_news_on_the_day_it_is_announced_with_the_values_before_and_after(folder):
    policy = resolve(
        folder.parse(
            f"interventions: [{{id: a, lever: {RETURNS}, for: Cuba, announced: 2023-05-20, start: 2023-06-01, "
            "end: 2023-08-31, to: 5000}]"
        )
    )

    assert folder.news(policy, RETURNS) == [("2023-05-20", "2023-06-01", "2023-08-31", None, 0, 5000)]


def test_what_is_not_announced_is_news_on_the_day_it_starts(folder):
    policy = resolve(
        folder.parse("interventions: [{id: a, lever: us.asylum_bar, start: 2023-06-01, to: 0.5}]")
    )

    assert folder.news(policy, "us.asylum_bar") == [("2023-06-01", "2023-06-01", None, None, 0, 0.5)]


def test_what_is_cancelled_is_news_and_never_takes_effect(folder):
    policy = resolve(
        folder.parse(
            "interventions: [{id: a, lever: us.title_42, announced: 2023-02-01, start: 2023-03-01, "
            "cancelled: 2023-02-20, to: 0}]"
        )
    )

    assert folder.value(policy, "us.title_42", "all", "2023-03-01") == 1
    assert folder.news(policy, "us.title_42") == [("2023-02-01", "2023-03-01", None, "2023-02-20", 1, 0)]
    assert np.array_equal(
        policy.levers["us.title_42"].values, resolve(folder.load("root")).levers["us.title_42"].values
    )


def test_what_is_announced_for_a_day_after_the_run_is_news_within_it(folder):
    policy = resolve(
        folder.parse(
            "interventions: [{id: a, lever: us.asylum_bar, announced: 2023-12-20, start: 2024-01-15, to: 1}]"
        )
    )

    assert set(policy.levers["us.asylum_bar"].values[:, 0]) == {0}
    assert folder.news(policy, "us.asylum_bar") == [("2023-12-20", "2024-01-15", None, None, 0, 1)]


def test_each_step_of_a_series_is_news_and_only_the_first_was_announced(folder):
    policy = resolve(
        folder.parse(
            "interventions: [{id: a, lever: us.cbp_one_daily, profile: series, announced: 2023-05-20, "
            "values: {2023-06-01: 1000, 2023-07-01: 1250}}]"
        )
    )

    assert folder.news(policy, "us.cbp_one_daily") == [
        ("2023-05-20", "2023-06-01", "2023-06-30", None, 0, 1000),
        ("2023-07-01", "2023-07-01", None, None, 1000, 1250),
    ]


def test_members_with_different_values_before_hear_different_news(folder):
    policy = resolve(
        folder.parse(f"""
        interventions:
          - {{id: a, lever: {RETURNS}, for: Venezuela, start: 2023-05-01, to: 9000}}
          - {{id: b, lever: {RETURNS}, for: {FOUR}, pooled: true, start: 2023-06-01, to: 30000}}
        """)
    )
    second = [n for n in policy.news if n.intervention == "b"]

    assert [(n.members, n.before, n.after) for n in second] == [
        (("Venezuela",), 9000, 30000),
        (("Cuba", "Haiti", "Nicaragua"), 0, 30000),
    ]


def test_what_holds_from_the_first_day_and_what_changes_nothing_is_no_news(folder):
    policy = resolve(
        folder.parse(
            "interventions: [{id: a, lever: us.title_42, start: 2023-03-01, end: 2023-04-01, to: 1}]"
        )
    )

    assert folder.news(policy, "us.title_42") == []


def test_levers_without_a_rule_for_news_make_none(folder):
    assert folder.news(resolve(folder.load("root")), GUARD) == []


def test_a_parents_movement_that_a_child_owns_over_is_no_news(folder):
    folder.write(
        "accepts",
        f"""\
        name: accepts
        extends: root
        interventions: [{{id: a, lever: {RETURNS}, for: [Cuba, Haiti], start: 2023-06-01, to: 9000}}]
        """,
    )
    folder.write(
        "refuses",
        f"""\
        name: refuses
        extends: accepts
        interventions: [{{id: b, lever: {RETURNS}, for: Cuba, start: 2023-05-01, to: 0}}]
        """,
    )

    [news] = [n for n in resolve(folder.load("refuses")).news if n.lever == RETURNS]
    assert (news.intervention, news.members) == ("a", ("Haiti",))


def test_what_a_parent_announced_before_a_child_could_be_known_is_news_that_is_then_called_off(folder):
    folder.write(
        "ends",
        """\
        name: ends
        extends: root
        interventions: [{id: a, lever: us.asylum_bar, announced: 2023-04-01, start: 2023-06-01, to: 1}]
        """,
    )
    folder.write(
        "stays",
        """\
        name: stays
        extends: ends
        interventions: [{id: b, lever: us.asylum_bar, announced: 2023-05-01, start: 2023-05-10, to: 0.25}]
        """,
    )

    assert folder.news(resolve(folder.load("stays")), "us.asylum_bar") == [
        # Before May nobody knows of the child's 0.25: what is announced is a step from what holds then.
        ("2023-04-01", "2023-06-01", None, "2023-05-01", 0, 1),
        ("2023-05-01", "2023-05-10", None, None, 0, 0.25),
    ]
