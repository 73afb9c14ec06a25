"""What a deal changes in a run equals what is compiled when a scenario says the same from the start."""

import numpy as np
import pytest

from corridor.engine.diplomacy.enactment import Enactment
from corridor.engine.plan import plan_of
from corridor.inputs.compiling.origins import MOST_TAKEN
from corridor.inputs.registries.bargain_items import ISSUES, SIDE_DEALS
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of

TALKS = "diplomacy: {mode: negotiated, from: 2022-09-01}\n"
DAY = "2022-11-02"
COUNT = len(NATIONALITIES)

# What history does from autumn 2022 on to the levers compared: both sides must start from the same eve.
QUIET = """
remove: [parole-venezuela-2022-10, parole-total-venezuela-2022-10, parole-four-nationalities-2023-01]
"""

SAYINGS = {
    "sanctions": [("us.sanctions_relief", "[Venezuela, Cuba]", 0.5)],
    "aid": [("us.aid_origin", "[Guatemala, Honduras, El Salvador, Venezuela]", 2)],
    "visas": [("us.worker_visas_monthly", "[Mexico]", 5000)],
}


def interventions(sayings) -> str:
    lines = [
        f"  - {{id: said-{number}, lever: {lever}, for: {members}, start: {DAY}, to: {to}}}"
        for number, (lever, members, to) in enumerate(sayings)
    ]
    return "interventions:\n" + "\n".join(lines) + "\n"


def enactment(issue, step):
    compiled = drivers_of(TALKS)
    enacted = Enactment(compiled, plan_of(compiled))
    day = compiled.timeline.day_of(compiled.timeline.start.fromisoformat(DAY))
    enacted.enact(ISSUES[issue].steps[step].moves, day, day)
    return enacted, day


@pytest.mark.parametrize("issue", SAYINGS)
def test_slow_levers_move_demand_as_when_they_are_compiled(issue):
    enacted, _ = enactment(issue, 1)
    said = drivers_of(interventions(SAYINGS[issue]))
    np.testing.assert_allclose(enacted.outlook["demand"][:, :COUNT], said.demand, rtol=2e-6, atol=1e-5)
    np.testing.assert_allclose(enacted.drivers.relief, said.relief, atol=1e-9)


@pytest.mark.parametrize("step", [1, 2])
def test_parole_is_spread_as_when_it_is_compiled(step):
    enacted, _ = enactment("parole", step)
    pooled = "Venezuela, Cuba, Haiti, Nicaragua"
    body = (
        f"  - {{id: a, lever: us.parole_cap_total, for: Venezuela, start: {DAY}, to: 24000}}\n"
        f"  - {{id: b, lever: us.parole_monthly_cap, for: Venezuela, start: {DAY}, to: unlimited}}\n"
        if step == 1
        else f"  - {{id: b, lever: us.parole_monthly_cap, for: [{pooled}], pooled: true, start: {DAY}, to: 30000}}\n"
    )
    said = drivers_of(f"{QUIET}interventions:\n{body}")
    np.testing.assert_allclose(enacted.outlook["parole"][:, :COUNT], said.parole, rtol=1e-5, atol=1e-3)
    assert said.parole.sum() > 20_000


def test_news_of_an_agreement_is_heard_as_when_it_is_compiled():
    compiled = drivers_of(TALKS)
    enacted = Enactment(compiled, plan_of(compiled))
    told, start = (
        compiled.timeline.day_of(compiled.timeline.start.fromisoformat(day))
        for day in ("2022-11-02", "2022-11-09")
    )
    enacted.enact(ISSUES["returns"].steps[1].moves, start, told)
    removed = "remove: [venezuela-returns-2022-10, four-nationalities-returns-2023-01]\n"
    body = (
        "interventions:\n  - {id: a, lever: mexico.return_acceptance_monthly, for: Venezuela, announced: 2022-11-02, "
        "start: 2022-11-09, to: 9000}\n"
    )
    said = drivers_of(removed + body)
    without = drivers_of(removed)
    span = slice(told, told + 60)  # later news of history differs from that of the talks
    for name in ("deter_origin", "deter_border"):
        change = getattr(said.signals, name)[span] - getattr(without.signals, name)[span]
        ours = enacted.outlook[name][span, :COUNT] - plan_of(compiled).outlook[name][span, :COUNT]
        venezuela = NATIONALITIES.index("Venezuela")
        assert ours[:, venezuela].max() > 0.3
        np.testing.assert_allclose(ours[:, venezuela], change[:, venezuela], atol=0.02)


def test_what_is_reported_follows_places_and_crossings():
    enacted, day = enactment("returns", 2)
    at = enacted.reading.map.at
    rows = {name: row for row, name in enumerate(enacted.reading.decided.tolist())}
    pledged = enacted.series[rows[at["returns_pledged", "all", "Cuba"]]]
    assert pledged[day - 1] == 0.0
    assert pledged[day] == pytest.approx(30000 / 4 / (365.25 / 12))


def test_a_promise_kept_in_part_lies_between_what_was_and_what_was_promised():
    compiled = drivers_of(TALKS)
    enacted = Enactment(compiled, plan_of(compiled))
    day = compiled.bargaining.start + 30
    moves = ISSUES["stops"].steps[2].moves
    enacted.enact(moves, day, day, share=0.5)
    before = compiled.lever("mexico.stops", day)
    assert before.all()
    np.testing.assert_allclose(enacted.today("mexico.stops", day), 1.5 * before)


def test_withdrawing_gives_back_what_the_timeline_says():
    compiled = drivers_of(TALKS)
    enacted = Enactment(compiled, plan_of(compiled))
    start = compiled.bargaining.start
    for moves in (ISSUES["returns"].steps[2].moves, SIDE_DEALS["venezuela_flights"].moves):
        enacted.enact(moves, start + 14, start + 7)
        enacted.withdraw(moves, start + 60)
        for move in moves:
            ours, theirs = enacted.drivers.levers[move.lever], compiled.levers[move.lever]
            assert not np.array_equal(ours.values[start + 20], theirs.values[start + 20])
            np.testing.assert_array_equal(ours.values[start + 60 :], theirs.values[start + 60 :])
            np.testing.assert_array_equal(ours.pool[start + 60 :], theirs.pool[start + 60 :])


def test_a_replicate_changes_nothing_that_others_share():
    compiled = drivers_of(TALKS)
    plan = plan_of(compiled)
    before = plan.outlook.tobytes(), plan.reading.series.tobytes(), compiled.relief.tobytes()
    enacted = Enactment(compiled, plan)
    for issue in ISSUES.values():
        enacted.enact(issue.steps[1].moves, compiled.bargaining.start + 7, compiled.bargaining.start)
    assert (plan.outlook.tobytes(), plan.reading.series.tobytes(), compiled.relief.tobytes()) == before


def test_visas_never_take_more_than_most_of_those_who_would_leave():
    compiled = drivers_of(TALKS)
    enacted = Enactment(compiled, plan_of(compiled))
    day, mexico = (
        compiled.timeline.day_of(compiled.timeline.start.fromisoformat(DAY)),
        NATIONALITIES.index("Mexico"),
    )
    enacted.outlook["demand"][:, mexico] = 0.5
    enacted.enact(ISSUES["visas"].steps[1].moves, day, day)
    np.testing.assert_allclose(
        enacted.outlook["demand"][day + 300 :, mexico], 0.5 * (1.0 - MOST_TAKEN), rtol=1e-6
    )
