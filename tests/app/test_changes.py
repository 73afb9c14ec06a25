from datetime import date

import pytest

import corridor
from corridor_app.choices.changes import Entry, derive, find_changes, mark_of, read_levers, write_yaml
from corridor_app.choices.controls import CONTROLS, default_members, find_control, levers_by_group, make_key
from corridor_app.words import language
from tests.for_all import for_all

START = date(2023, 6, 1)


@pytest.fixture(scope="module")
def history():
    return corridor.load_scenario("history")


def write(history, start=START, replicates=2, **changes):
    return write_yaml(history, start, changes, read_levers(history, start), replicates)


def value_of(scenario, lever, member, day):
    policy = corridor.resolve(scenario)
    return policy.levers[lever].of(member)[policy.timeline.day_of(day)]


def test_every_slider_moves_a_lever_that_works_within_its_range():
    for control in CONTROLS.values():
        lever = corridor.LEVERS[control.lever]
        assert lever.accepts(control.low)
        assert lever.accepts(control.high)
        assert set(control.members) <= set(lever.members)
        assert lever.pooled or not control.pooled


def test_sliders_start_where_history_is_on_the_day(history):
    levels = read_levers(history, START)
    assert {key: level.value for key, level in levels.items()} == {
        "pledge": 30_000,
        "use": 0.08,
        "funding": 1,
        "panama": 0,
    }
    assert {key: level.mark for key, level in levels.items()} == {
        "pledge": "documented",
        "use": "fitted",
        "funding": "documented",
        "panama": "documented",
    }


def test_places_of_single_nationalities_add_up_before_they_are_pooled(history):
    parts = [
        value_of(history, "mexico.return_acceptance_monthly", nation, date(2021, 6, 1))
        for nation in ("Venezuela", "Cuba", "Haiti", "Nicaragua")
    ]
    assert read_levers(history, date(2021, 6, 1))["pledge"].value == sum(parts) > 0


def test_a_later_step_of_the_scenario_is_told(history):
    levels = read_levers(history, START)
    assert levels["funding"].later == (date(2023, 12, 1), 0)
    assert levels["pledge"].later is None


def test_only_what_differs_from_the_scenario_is_a_change(history):
    levels = read_levers(history, START)
    assert find_changes(levels, {"pledge": 30_000, "panama": 500}, ()) == {"panama": 500}
    assert find_changes(levels, {}, ("funding", "pledge")) == {"funding": 1}


def test_a_change_extends_the_scenario_from_its_day_on(history):
    scenario = derive(write(history, pledge=60_000, use=0.5, funding=0.25, panama=2_000))
    assert scenario.baseline_name == "history"
    assert corridor.resolve(scenario).diverges_on == scenario.timeline.day_of(START)
    for day, levels in ((date(2023, 5, 31), (30_000, 0.08, 1, 0)), (START, (60_000, 0.5, 0.25, 2_000))):
        found = (
            value_of(scenario, "mexico.return_acceptance_monthly", "Cuba", day),
            value_of(scenario, "us.return_use_share", "Haiti", day),
            value_of(scenario, "mexico.enforcement_funding", "all", day),
            value_of(scenario, "panama.deportee_acceptance_monthly", "Venezuela", day),
        )
        assert found == levels


def test_a_value_that_is_held_replaces_the_later_step(history):
    scenario = derive(write(history, funding=1))
    assert value_of(history, "mexico.enforcement_funding", "all", date(2023, 12, 15)) == 0
    assert value_of(scenario, "mexico.enforcement_funding", "all", date(2023, 12, 15)) == 1


def test_the_name_tells_changes_apart_and_replicates_do_not_matter(history):
    names = [
        derive(write(history, **given)).name
        for given in (
            {"panama": 500},
            {"panama": 500, "replicates": 5},
            {"panama": 750},
            {"panama": 500, "start": date(2023, 7, 1)},
        )
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 3


@pytest.mark.study
@for_all("name", corridor.scenario_names())
def test_every_shipped_scenario_can_be_changed_on_every_first_of_a_month(name):
    base = corridor.load_scenario(name)
    timeline = base.timeline
    for month in timeline.months():
        levels = read_levers(base, date.fromisoformat(f"{month}-01"))
        assert all(CONTROLS[key].accepts(level.value) for key, level in levels.items())
    derive(write_yaml(base, timeline.end, {"panama": 1_000}, levels, 20))


def test_a_source_is_as_sure_as_its_weakest_part():
    assert mark_of("document items 26 and 83") == "documented"
    assert mark_of("document item 25; fitted (296 a day)") == "fitted"
    assert mark_of("fitted, then assumed for 2024") == "assumed"
    assert mark_of("OHSS monthly tables") == "published"


def test_what_a_slider_moves_is_no_longer_bargained_over_and_the_rest_is():
    base = corridor.load_scenario("negotiated-2022")
    levels = read_levers(base, date(2023, 1, 1))
    moved = derive(write_yaml(base, date(2023, 1, 1), {"panama": 1_000, "funding": 1.0}, levels, 20))
    assert moved.bargaining is not None and base.bargaining is not None
    assert moved.bargaining.mode == "mixed"
    assert set(moved.bargaining.fixed) == {
        "panama.deportee_acceptance_monthly",
        "mexico.enforcement_funding",
    }
    assert moved.bargaining.given == ()
    assert moved.bargaining.from_ == base.bargaining.from_


DATED = (
    Entry(date(2023, 3, 1), "panama.darien_gate", "ramp", date(2023, 6, 1), 0.5),
    Entry(date(2023, 6, 2), "panama.darien_gate", "step", None, 0.5),
    Entry(date(2023, 8, 1), "pledge", "pulse", date(2023, 9, 1), 60_000),
    Entry(date(2023, 8, 1), "us.removal_flights_weekly@Venezuela~Cuba", "step", date(2023, 9, 1), 12.5),
)


def write_dated(base, entries, start=START, **changes):
    levels = read_levers(base, start, [find_control(key) for key in (*CONTROLS, *changes)])
    return write_yaml(base, start, changes, levels, 2, entries)


def test_a_timeline_becomes_exactly_its_interventions(history):
    scenario = derive(write_dated(history, DATED))
    assert [
        (entry.lever, entry.for_, entry.pooled, entry.profile, entry.start, entry.end, entry.to)
        for entry in scenario.interventions
    ] == [
        ("panama.darien_gate", (), False, "ramp", date(2023, 3, 1), date(2023, 6, 1), 0.5),
        ("panama.darien_gate", (), False, "step", date(2023, 6, 2), None, 0.5),
        (
            "mexico.return_acceptance_monthly",
            ("Venezuela", "Cuba", "Haiti", "Nicaragua"),
            True,
            "pulse",
            date(2023, 8, 1),
            date(2023, 9, 1),
            60_000,
        ),
        (
            "us.removal_flights_weekly",
            ("Venezuela", "Cuba"),
            False,
            "step",
            date(2023, 8, 1),
            date(2023, 9, 1),
            12.5,
        ),
    ]
    assert scenario.title.endswith("changed from 1 March 2023")
    assert "Share of people turned back at the Darien: from 1 March 2023 to 1 June 2023" in scenario.question
    assert value_of(scenario, "panama.darien_gate", "all", date(2023, 12, 31)) == 0.5


def test_the_order_in_which_changes_were_made_does_not_matter(history):
    moved = {"panama.darien_gate": 0.25, "us.title_42": 1.0, "panama": 500}
    turned = dict(reversed(moved.items()))
    assert write_dated(history, DATED, **moved) == write_dated(history, tuple(reversed(DATED)), **turned)


def test_names_of_the_four_sliders_alone_are_what_they_were_before_there_was_a_timeline(history):
    assert derive(write(history, panama=500)).name == "history-explored-7fedfc3a"
    assert derive(write(history, pledge=60_000, use=0.5, funding=0.25)).name == "history-explored-661a6420"


def test_every_lever_of_the_registry_makes_a_scenario_that_can_be_read(history):
    controls = []
    for names in levers_by_group().values():
        for name in names:
            members, pooled = default_members(history, name, START)
            whole = corridor.LEVERS[name].domain is None
            controls.append(find_control(make_key(name, [] if whole else members, pooled=pooled)))
    levels = read_levers(history, START, controls)
    for control in controls:
        level = levels[control.key]
        assert control.accepts(level.value)
        assert not level.uneven
        target = control.low if level.value == control.top else control.top
        scenario = derive(write_yaml(history, START, {control.key: target}, levels, 2))
        assert level_on(scenario, control, START) == target
        if control.unlimited:
            endless = derive(write_yaml(history, START, {control.key: float("inf")}, levels, 2))
            assert "to: unlimited" in endless.to_yaml()


def level_on(scenario, control, day):
    return read_levers(scenario, day, [control])[control.key].value


def test_entries_that_take_a_lever_from_the_same_day_are_refused_by_the_engine(history):
    twice = (DATED[1], Entry(date(2023, 6, 2), "panama.darien_gate", "step", date(2023, 7, 1), 0.1))
    with pytest.raises(corridor.InputError, match="as does 'explored-panama-darien_gate-step-2023-06-02'"):
        derive(write_dated(history, twice))


def test_ids_are_names_however_many_members_a_change_has(history):
    members = corridor.LEVERS["us.title_42_share"].members[:30]
    key = find_control(make_key("us.title_42_share", members)).key
    same = (Entry(START, key, "pulse", date(2023, 7, 1), 0.5), Entry(START, key, "pulse", None, 0.5))
    scenario = derive(write_dated(history, same[:1]))
    assert len(scenario.interventions[0].id) <= 80
    with pytest.raises(corridor.InputError) as told:
        derive(write_dated(history, same))
    assert not [problem for problem in told.value.problems if "id" in problem.path]


def test_the_text_of_a_scenario_does_not_depend_on_the_language_of_the_page(history):
    english = write_dated(history, DATED, funding=0.5)
    with language.in_language("es"):
        assert write_dated(history, DATED, funding=0.5) == english
