"""Which deals are possible, over many futures."""

import numpy as np
import pytest

from corridor.experiments.deals import drawn_weights, explore_deals
from corridor.experiments.ensemble import run_ensembles
from corridor.experiments.reproduce import reproduce
from corridor.foundations.errors import InputError
from corridor.inputs.registries.bargain_items import INTERESTS
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario
from corridor.outputs.results import Results

TALKS = "name: talks\nextends: history\ndiplomacy: {mode: negotiated, from: 2023-03-01RED}\n"


def talks(red_lines=""):
    return parse_scenario(TALKS.replace("RED", red_lines))


@pytest.fixture(scope="module")
def found():
    return explore_deals(talks(), draws=6, replicates=1, people_per_agent=1000)


def test_shares_are_shares_and_one_concession_opens_no_more_than_all(found):
    assert found.futures == 6 * 18  # draws, and meetings every four weeks from March 2023 to June 2024
    opens = found.concessions["opens"]
    assert ((opens >= 0) & (opens <= found.agreed)).all()
    assert opens.max() > 0
    demands = found.demands
    assert (demands["together"] <= demands["alone"]).all()


def test_the_same_futures_give_the_same_answer(found):
    again = explore_deals(talks(), draws=6, replicates=1, people_per_agent=1000)
    assert again.files() == found.files()


def test_what_a_red_line_forbids_opens_nothing():
    red = ", red_lines: {us: {parole: {most: none}}, mexico: {returns: {most: venezuela}}}"
    found = explore_deals(talks(red), draws=3, replicates=1, people_per_agent=1000)
    opens = found.concessions.set_index(["issue", "step"])["opens"]
    assert opens["parole", "four"] == opens["returns", "four"] == 0.0


def test_a_scenario_without_talks_is_refused():
    with pytest.raises(InputError, match="do not bargain"):
        explore_deals("history")


def test_drawn_weights_lie_around_those_of_the_scenario_and_draw_none_keeps_them():
    assert {factor for party in drawn_weights(1, 0).values() for factor in party.values()} == {1.0}
    factors = [
        f for draw in range(1, 60) for party in drawn_weights(1, draw).values() for f in party.values()
    ]
    assert min(factors) >= 0.5 and max(factors) <= 2.0
    assert abs(np.log(factors).mean()) < 0.05
    assert set(drawn_weights(1, 3)) == set(INTERESTS)


def test_a_negotiated_ensemble_writes_its_deal_book_and_is_reproduced_with_any_number_of_workers(tmp_path):
    ours = run_ensembles([talks()], replicates=2, people_per_agent=1000, workers=1)[0]
    theirs = run_ensembles([talks()], replicates=2, people_per_agent=1000, workers=2)[0]
    assert ours.files() == theirs.files()
    assert ours.deals is not None and ours.deals.num_rows > 10
    for name, content in ours.files().items():
        (tmp_path / name).write_bytes(content)
    assert Results.read(tmp_path).files() == ours.files()
    assert reproduce(tmp_path, workers=1).equal


def test_a_negotiated_scenario_starts_from_the_state_of_its_parent_with_the_same_numbers():
    def run(*, branching):
        both = [load_scenario("history"), talks()]
        return run_ensembles(both, replicates=1, people_per_agent=1000, workers=1, branching=branching)[1]

    assert run(branching=True).files() == run(branching=False).files()
    assert run(branching=True).files() == run(branching=False).files()  # and from what the first run left


def test_the_book_is_there_only_where_governments_bargain():
    assert run_ensembles(["history"], replicates=1, people_per_agent=1000, workers=1)[0].deals is None
