import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import corridor
from corridor_app.charts import deal_book, interests
from corridor_app.choices import talks
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from corridor_app.jobs.runs import ensemble_runner
from tests.patience import PATIENCE
from tests.viewing import open_view

TALKS = date(2023, 9, 1)
RUN = "FormSubmitter:talks-form-Run"


@pytest.fixture(scope="module")
def negotiated():
    return corridor.load_scenario("negotiated-2022")


@pytest.fixture(scope="module")
def deals():
    results = corridor.run_ensemble(
        "negotiated-2022", replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT
    )
    return results.deals.to_pandas()


def test_the_words_cover_every_interest_of_every_party():
    known = {(party, each) for party, every in corridor.INTERESTS.items() for each in every}
    assert set(interests.INTERESTS) == known


def test_nothing_moved_is_the_scenario_itself(negotiated):
    for name in ("negotiated-2022", "negotiated-2023", "no-deal-2022"):
        base = corridor.load_scenario(name)
        assert talks.write_yaml(base, talks.fixed_in(base), talks.start_of(base), 2) is None


def test_talks_begin_when_the_model_lets_them_and_not_a_day_earlier():
    base = corridor.load_scenario("no-deal-2022")
    first = talks.earliest(base)
    text = talks.write_yaml(base, (), first, 2)
    assert talks.derive(text).bargaining.from_ == first
    with pytest.raises(corridor.InputError, match="talks begin between"):
        talks.derive(talks.write_yaml(base, (), first - timedelta(1), 2))


@pytest.mark.parametrize("item", list(corridor.ISSUES) + list(corridor.SIDE_DEALS))
def test_each_thing_can_be_fixed_alone_and_keeps_the_rest_of_the_block(item):
    base = corridor.parse_scenario(
        "name: stern\nextends: history\ndiplomacy:\n  mode: negotiated\n  from: 2023-09-01\n"
        "  weights: {mexico: {returns: 1.5}}\n  red_lines: {us: {returns: {least: venezuela}}}\n",
        file="stern.yaml",
    )
    found = talks.derive(write_over(base, {item}))
    assert talks.fixed_in(found) == {item}
    assert found.bargaining.weights == {"mexico": {"returns": 1.5}}
    assert found.bargaining.red_lines == base.bargaining.red_lines
    assert found.bargaining.mode == "mixed"


def write_over(base, fixed):
    """The text with a parent that can be loaded: `history` stands in for a file that is nowhere."""
    return talks.write_yaml(base, fixed, TALKS, 2).replace(f"extends: {base.name}", "extends: history")


def test_a_fixed_issue_keeps_the_dates_of_the_scenario_and_is_never_dealt_over(negotiated):
    text = talks.write_yaml(negotiated, {"returns", "parole"}, talks.start_of(negotiated), 2)
    scenario, history = talks.derive(text), corridor.resolve(corridor.load_scenario("history"))
    policy = corridor.resolve(scenario)
    for lever, same in (
        ("mexico.return_acceptance_monthly", True),
        ("us.parole_cap_total", True),
        ("mexico.transfers_south_daily", None),
    ):
        shared = history.levers[lever].values[: policy.timeline.days]  # history goes on to June 2024
        equal = np.array_equal(policy.levers[lever].values, shared)
        assert same is None or equal == same
    results = corridor.run_ensemble(scenario, replicates=2, seed=1, people_per_agent=PEOPLE_PER_AGENT)
    issues = set(deal_book.list_events(results.deals.to_pandas())["issue"])
    assert issues
    assert not issues & {"returns", "parole"}


def test_with_every_issue_of_the_two_fixed_nobody_meets(negotiated):
    fixed = list(corridor.ISSUES)
    scenario = talks.derive(talks.write_yaml(negotiated, fixed, talks.start_of(negotiated), 2))
    assert scenario.bargaining is None
    assert talks.bargained_over(fixed) == frozenset()


def test_the_book_counts_a_replicate_once_and_its_shares_are_those_of_the_chart(deals):
    rows = deal_book.book_rows(deals, 2)
    assert rows["share"].between(0.5, 1).all()
    drawn = corridor.deal_rows(deals)
    agreed = drawn[drawn["event"] == "agreed"]
    mine = (
        deal_book.list_events(deals)
        .query("event in ('agreed', 'delivered')")
        .drop_duplicates(["draw", "replicate", "month", "issue"])
        .groupby(["month", "issue"])
        .size()
        / 2
    )
    found = {
        (f"{day:%Y-%m}", issue): share
        for day, issue, share in zip(agreed["date"], agreed["issue"], agreed["share"], strict=True)
        if issue in talks.list_items()
    }
    assert found == pytest.approx(mine.to_dict())


def test_issue_rows_say_who_agreed_first_when_and_what_was_lost():
    columns = ["draw", "replicate", "date", "kind", "outcome", "package"]
    made = pd.DataFrame(
        [
            (0, 0, "2022-09-07", "round", "agreed", "returns=four parole=four"),
            (0, 0, "2022-10-05", "court", "cancelled", "parole"),
            (0, 1, "2022-09-07", "round", "no_agreement", ""),
            (0, 1, "2022-11-02", "summit", "agreed", "returns=venezuela"),
            (0, 1, "2022-11-30", "round", "agreed", "as it is"),
            (0, 2, "2022-09-07", "side_deal", "refused", "cuba_flights"),
        ],
        columns=columns,
    )
    rows = deal_book.issue_rows(made, 3, ["returns", "parole", "cuba_flights"])
    assert rows.to_numpy().tolist() == [
        ["returns", "mexico", 2, "2022-09", 0, 3],
        ["parole", "us", 1, "2022-09", 1, 3],
        ["cuba_flights", "cuba", 0, "", 0, 3],
    ]
    tally = deal_book.tally_rows(made, 3).set_index("what")["mean"]
    assert tally["meetings of the US and Mexico that agree"] == pytest.approx(1)
    assert tally["meetings that end without agreement"] == pytest.approx(1 / 3)
    assert tally["programmes that a court cancels"] == pytest.approx(1 / 3)


def test_weights_of_a_scenario_multiply_the_points():
    scenario = corridor.parse_scenario(
        "name: stern\nextends: history\ndiplomacy: {mode: negotiated, from: 2023-09-01, "
        "weights: {mexico: {returns: 1.5}}, red_lines: {mexico: {returns: {most: venezuela}}}}\n",
        file="stern.yaml",
    )
    plain = interests.interest_rows(corridor.load_scenario("negotiated-2022")).set_index(
        ["party", "interest"]
    )
    mine = interests.interest_rows(scenario).set_index(["party", "interest"])
    ratio = mine["points"] / plain["points"]
    assert ratio["mexico", "returns"] == pytest.approx(1.5)
    assert ratio.drop(("mexico", "returns")).eq(1).all()
    assert set(mine["status"]) == {"assumed"}
    assert interests.red_line_words(scenario) == [
        "Mexico goes no further than Venezuelans, 9,000 places a month: Mexico takes people whom the US returns"
    ]


def test_the_page_opens_with_talks_and_harm_stands_beside_satisfaction():
    page = open_view("governments")
    assert not page.exception
    assert not page.error
    assert page.selectbox(key="talks-scenario").value == "negotiated-2022"
    outcomes = page.table[2].value
    assert list(outcomes.index[:4]) == [
        "Satisfaction, 0 to 1: United States",
        "Satisfaction, 0 to 1: Mexico",
        "Deaths",
        "Kidnappings",
    ]
    assert (outcomes["80% of pairs"] != "").all()
    assert "is assumed" in page.markdown[0].value


def test_a_toggle_makes_a_scenario_whose_files_are_those_of_the_command_line(tmp_path):
    page = open_view("governments")
    page.toggle(key="talks-on-returns").set_value(False)
    page.button(key=RUN).click()
    page.run()
    assert not page.exception
    assert not page.error
    assert "returns" not in page.query_params["table"][0].split(",")
    base = corridor.load_scenario("negotiated-2022")
    text = talks.write_yaml(base, {"returns"}, talks.start_of(base), 2)
    scenario = talks.derive(text)
    shown = ensemble_runner().ensembles([base, scenario], replicates=2, seed=1, progress=lambda *_: None)[1]
    file = tmp_path / f"{scenario.name}.yaml"
    file.write_text(text, encoding="utf-8")
    command = page.code[-1].value.replace(file.name, str(file)).split()
    assert command[0] == "corridor"
    subprocess.run(
        [sys.executable, "-m", "corridor", *command[1:], "--out", str(tmp_path / "out")],
        check=True,
        timeout=PATIENCE,
    )
    [made] = (tmp_path / "out").rglob(f"{scenario.name}/deals.csv")
    assert made.read_bytes() == shown.files()["deals.csv"]
    assert (made.parent / "summary.csv").read_bytes() == shown.files()["summary.csv"]


def test_a_scenario_without_talks_can_be_made_to_bargain():
    page = open_view("governments", scenario="no-deal-2022")
    assert not page.exception
    assert any("Nobody bargains here" in each.value for each in page.info)
    page.date_input(key="talks-start").set_value(TALKS)
    page.toggle(key="talks-on-stops").set_value(True)
    page.button(key=RUN).click()
    page.run()
    assert not page.exception
    assert not page.error
    assert not page.info
    assert list(page.table[0].value["name"]) == ["stops"]
    assert page.query_params["from"] in (["2023-09-01"], "2023-09-01")
    assert page.query_params["table"] in (["stops"], "stops")


def test_what_the_address_asks_and_cannot_have_is_left_out_and_said():
    page = open_view(
        "governments", scenario="negotiated-2023", table="returns,moon", **{"from": "1999-01-01"}
    )
    assert not page.exception
    assert not page.error
    said = " ".join(each.value for each in page.warning)
    assert "nobody bargains over" in said
    assert "Talks begin between" in said
    assert page.toggle(key="talks-on-returns").value
    assert not page.toggle(key="talks-on-parole").value
