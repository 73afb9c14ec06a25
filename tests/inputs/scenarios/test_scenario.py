"""Reading, extending and writing scenario files."""

import pickle
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from corridor.foundations.errors import InputError
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import (
    load_scenario,
    parse_scenario,
    scenario_folders,
    scenario_names,
)
from tests.for_all import for_all

SHIPPED = scenario_names()
[SCENARIOS] = scenario_folders()

FULL = """
name: everything
title: "A title: with a colon"
question: What if?
extends: root
baseline: other
narrative: |
  Two lines
  of narrative.
period: {end: 2024-12-31}
remove: [fire]
interventions:
  - {id: step, lever: mexico.stops, for: tapachula, start: 2023-06-01, end: 2023-06-30, to: 0.25, note: n}
  - {id: ramp, lever: us.asylum_bar, profile: ramp, start: 2023-06-01, end: 2023-07-01, to: 1, source: s}
  - id: pool
    lever: mexico.return_acceptance_monthly
    for: [Cuba, Haiti]
    pooled: true
    announced: 2023-05-01
    start: 2023-06-01
    cancelled: 2023-05-15
    to: unlimited
  - {id: series, lever: us.cbp_one_daily, profile: series, values: {2023-06-01: 1000, 2023-07-01: 1450.5}}
shocks:
  - {id: caravan, kind: caravan, start: 2023-12-24, size: 6000, place: tapachula}
  - {id: surge, kind: demand, start: 2023-06-01, end: 2023-06-30, size: 1.5, for: [Cuba, Haiti]}
overrides:
  crossing_rate: {value: 0.5, note: slower}
run: {replicates: 3, seed: 7, people_per_agent: 1}
"""


def test_a_scenario_takes_everything_that_it_does_not_say_from_the_one_it_extends(folder):
    scenario = folder.parse("")

    assert scenario.parent == folder.load("root")
    assert scenario.chain == (scenario.parent, scenario)
    assert scenario.timeline == scenario.parent.timeline
    assert set(scenario.entries()) == {"guard-2023", "title-42", "fire"}
    assert scenario.baseline_name == "root"


def test_the_defaults_of_a_run_are_20_replicates_seed_1_and_50_people_an_agent(folder):
    run = folder.parse("").run

    assert (run.replicates, run.seed, run.people_per_agent) == (20, 1, 50)


def test_every_field_of_a_file_is_read(folder):
    folder.write("other", "name: other\nextends: root\n")
    scenario = parse_scenario(FULL, folders=[folder.path])
    step, ramp, pool, series = scenario.interventions
    caravan, surge = scenario.shocks

    assert scenario.title == "A title: with a colon"
    assert scenario.narrative == "Two lines\nof narrative.\n"
    assert scenario.baseline_name == "other"
    assert scenario.timeline.end == date(2024, 12, 31)
    assert (step.members, step.end, step.to, step.note) == (("tapachula",), date(2023, 6, 30), 0.25, "n")
    assert (ramp.profile, ramp.source) == ("ramp", "s")
    assert (pool.members, pool.pooled, pool.to) == (("Cuba", "Haiti"), True, "unlimited")
    assert (pool.announced, pool.cancelled) == (date(2023, 5, 1), date(2023, 5, 15))
    assert series.values == {date(2023, 6, 1): 1000, date(2023, 7, 1): 1450.5}
    assert (caravan.place, caravan.size) == ("tapachula", 6000)
    assert surge.members == ("Cuba", "Haiti")
    assert scenario.overrides["crossing_rate"].value == 0.5
    assert (scenario.run.replicates, scenario.run.seed, scenario.run.people_per_agent) == (3, 7, 1)


def test_an_intervention_without_for_moves_every_member(folder):
    scenario = folder.parse("interventions: [{id: a, lever: us.mpp_share, start: 2023-06-01, to: 1}]")

    assert scenario.interventions[0].members == LEVERS["us.mpp_share"].members


def test_a_nationality_stands_for_its_three_travel_parties(folder):
    scenario = folder.parse(
        "interventions: [{id: a, lever: us.title_42_share, for: Cuba, start: 2023-06-01, to: 1}]"
    )

    assert scenario.interventions[0].members == (
        "Cuba/single_adult",
        "Cuba/family_unit",
        "Cuba/unaccompanied_child",
    )


def test_a_section_left_empty_counts_as_left_out(folder):
    assert folder.parse("interventions:\nshocks:\nremove:\nrun:\n") == folder.parse("")


def test_an_override_may_be_written_as_a_bare_value(folder):
    bare, noted = (folder.parse(f"overrides: {{crossing_rate: {text}}}") for text in ("0.5", "{value: 0.5}"))

    assert bare == noted


def test_a_scenario_knows_what_is_in_force_after_removals(folder):
    folder.write("child", "name: child\nextends: root\nremove: fire\nshocks: []\n")
    folder.write(
        "grandchild",
        """\
        name: grandchild
        extends: child
        shocks: [{id: fire, kind: demand, start: 2023-06-01, size: 2}]
        """,
    )

    assert set(folder.load("child").entries()) == {"guard-2023", "title-42"}
    assert folder.load("grandchild").entries()["fire"].kind == "demand"


def test_an_id_can_be_used_again_once_the_parents_is_removed(folder):
    scenario = folder.parse("remove: [fire]\nshocks: [{id: fire, kind: demand, start: 2023-06-01, size: 2}]")

    assert scenario.entries()["fire"].kind == "demand"


def test_a_file_given_by_its_path_finds_its_parents_beside_it(folder):
    folder.write("mine", "name: mine\nextends: root\n")

    scenario = load_scenario(folder.path / "mine.yaml")

    assert scenario == load_scenario(str(folder.path / "mine.yaml"))
    assert scenario.parent.name == "root"


def test_a_file_given_by_its_path_can_extend_what_corridor_ships(folder):
    folder.write("mine", "name: mine\nextends: history\n")

    assert load_scenario(folder.path / "mine.yaml").parent.name == "history"


def test_the_first_folder_wins_where_two_hold_a_name(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "root.yaml").write_text(
        "name: root\ntitle: the other\nperiod: {start: 2023-01-01, end: 2023-12-31}\n"
    )

    assert load_scenario("root", [other, folder.path]).title == "the other"
    assert load_scenario("root", [folder.path, other]).title == ""


def test_a_file_that_changed_is_read_again(folder):
    assert folder.load("root").shocks
    folder.write("root", "name: root\nperiod: {start: 2023-01-01, end: 2023-12-31}\n")

    assert not folder.load("root").shocks


def test_names_are_listed_in_order_and_other_files_are_not(folder):
    folder.write("a-child", "name: a-child\nextends: root\n")
    (folder.path / "notes.txt").write_text("no scenario")
    (folder.path / "Not A Name.yaml").write_text("no scenario")

    assert scenario_names([folder.path]) == ["a-child", "root"]


def test_a_scenario_written_and_read_again_is_the_same(folder):
    folder.write("other", "name: other\nextends: root\n")
    scenario = parse_scenario(FULL, folders=[folder.path])

    assert parse_scenario(scenario.to_yaml(), folders=[folder.path]) == scenario


@for_all("name", SHIPPED)
def test_a_shipped_scenario_written_and_read_again_is_the_same(name):
    scenario = load_scenario(name)

    assert parse_scenario(scenario.to_yaml()) == scenario


def test_a_written_scenario_holds_its_differences_and_looks_like_a_file_written_by_hand(folder):
    scenario = folder.parse("interventions: [{id: a, lever: us.title_42, start: 2023-06-01, to: 1.0}]")

    assert scenario.to_yaml() == (
        "name: x\n"
        "extends: root\n"
        "interventions:\n"
        "  - id: a\n"
        "    lever: us.title_42\n"
        "    start: 2023-06-01\n"
        "    to: 1\n"
    )


def test_a_scenario_cannot_be_changed(folder):
    scenario = folder.parse("")

    with pytest.raises(ValidationError, match="frozen"):
        scenario.name = "other"


def test_a_scenario_travels_to_a_worker_process_with_its_parents(folder):
    scenario = folder.parse("remove: [fire]")

    copy = pickle.loads(pickle.dumps(scenario))

    assert copy == scenario
    assert copy.parent == scenario.parent


@for_all("name", SHIPPED)
def test_a_shipped_scenario_says_what_it_asks_and_where_everything_comes_from(name):
    scenario = load_scenario(name)

    assert scenario.title and scenario.question and scenario.narrative
    for entry in (*scenario.interventions, *scenario.shocks):
        assert entry.source, entry.id


@for_all("name", SHIPPED)
def test_the_index_of_scenarios_names_every_file(name):
    assert f"({name}.yaml)" in (SCENARIOS / "README.md").read_text()


def test_problems_name_a_file_as_a_person_there_would(folder, monkeypatch):
    folder.write("broken", "name: broken\nextends: rot\n")
    monkeypatch.chdir(folder.path)

    with pytest.raises(InputError, match=r"^broken\.yaml:2:10: unknown scenario"):
        load_scenario(Path("broken.yaml"))


def test_a_scenario_made_in_code_can_be_checked_by_writing_it(folder):
    made = Scenario(name="x", extends="root", interventions=({"id": "a", "lever": "us.asylum_bra"},))

    with pytest.raises(InputError, match=r"did you mean 'us\.asylum_bar'"):
        parse_scenario(made.to_yaml(), folders=[folder.path])


def test_the_example_in_the_index_is_a_scenario_and_its_mistakes_are_reported_as_shown():
    text = (SCENARIOS / "README.md").read_text()
    example, messages = text.split("```yaml\n")[1].split("```")[0], text.split("```\n")[2]

    assert parse_scenario(example).name == "guard-halved"
    broken = [
        example.replace("mexico.guard_deployed", "mexico.gaurd_deployed"),
        example.replace("16000", "160000"),
    ]
    shown = []
    for mistake in broken:
        with pytest.raises(InputError) as caught:
            parse_scenario(mistake, file="guard-halved.yaml")
        shown.append(str(caught.value))
    assert "\n".join(shown) + "\n" in messages
