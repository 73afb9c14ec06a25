"""Institutions act on their cadence and when what they watch changes, and at no other time."""

from collections import Counter

import pytest

from corridor.engine.institutions import MigrationInstitute, Panama
from corridor.foundations.timeline import MONTHLY, WEEKLY
from corridor.inputs.registries.levers import LEVERS
from tests.small_runs import drivers_of, live_to, simulation_of

PEOPLE = 2000
DAY = 705  # 2022-06-06, in the middle of a week and of a month of 28 days
assert DAY % WEEKLY and DAY % MONTHLY


def woken(text, day=DAY):
    """Which institutions something wakes that history does not, by class."""
    agendas = [simulation_of(body, PEOPLE).agenda.due(day) for body in (text, "")]
    mine, theirs = (Counter(type(institution).__name__ for institution in agenda) for agenda in agendas)
    return dict(mine - theirs)


def moved(lever, value, members=""):
    return f"interventions: [{{id: x, lever: {lever}, {members} start: 2022-06-06, to: {value}}}]"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (moved("us.cbp_one_daily", 100), {"CopiedLevers": 1}),
        (moved("us.custody_beds", 100, "for: [yuma_sector],"), {"BorderPatrolSector": 1}),
        (moved("us.custody_beds", 100), {"BorderPatrolSector": 9}),
        (moved("mexico.shelter_places", 100, "for: [tijuana],"), {"ShelterNetwork": 1, "CopiedLevers": 1}),
        (moved("us.crossings_closed", 1, "for: [lukeville],"), {"BorderPatrolSector": 1, "Mexico": 1}),
        (moved("mexico.guard_deployed", 100), {"NationalGuard": 1, "MigrationInstitute": 1}),
        (moved("venezuela.accepts_flights", 1, "for: [us],"), {"RemovalFlights": 1}),
        (moved("venezuela.accepts_flights", 1, "for: [mexico],"), {"MigrationInstitute": 1}),
        (moved("venezuela.accepts_flights", 1, "for: [panama],"), {"Panama": 1}),
        (moved("us.parole_monthly_cap", 100, "for: [Cuba],"), {}),
        ("shocks: [{id: x, kind: capacity_loss, start: 2022-06-06, size: 0.5, for: [inm]}]", {"MigrationInstitute": 1}),
        ("shocks: [{id: x, kind: transport, start: 2022-06-06, size: 2, for: [darien]}]", {"Panama": 1}),
        ("shocks: [{id: x, kind: transport, start: 2022-06-06, size: 2, for: [approach]}]", {"TransitStates": 1}),
        ("shocks: [{id: x, kind: transport, start: 2022-06-06, size: 2, for: [tapachula]}]", {"MigrationInstitute": 1}),
    ],
)  # fmt: skip
def test_a_change_wakes_those_whom_it_concerns_and_nobody_else(body, expected):
    assert woken(body) == expected


def test_the_guard_is_there_before_the_institute_that_counts_on_it():
    agenda = simulation_of(moved("mexico.guard_deployed", 100), PEOPLE).agenda.due(DAY)
    assert [type(institution).__name__ for institution in agenda] == ["NationalGuard", "MigrationInstitute"]


def test_an_institution_acts_on_no_other_day():
    simulation = live_to(simulation_of(moved("us.cbp_one_daily", 100), PEOPLE), DAY - 10)
    (institute,) = simulation.agents.select(lambda agent: isinstance(agent, MigrationInstitute))
    acted = []
    institute.act = lambda briefing: acted.append(simulation.today)
    live_to(simulation, DAY + 25)
    weekly = [day for day in range(DAY - 10, DAY + 25) if day % WEEKLY == 0]
    first_of_june = DAY - 5  # other places for returns: it puts that in force, and acts as on any such day
    assert first_of_june in weekly
    assert acted == sorted([*weekly, first_of_june])


def test_everyone_puts_its_levers_in_force_on_the_first_day():
    simulation = simulation_of("", PEOPLE)
    assert simulation.agenda.due(0) == list(simulation.agents)


def test_a_lever_that_is_not_watched_cannot_be_read():
    (panama,) = simulation_of("", PEOPLE).agents.select(lambda agent: isinstance(agent, Panama))
    assert panama.lever("panama.darien_gate").shape == (1,)
    for read in (panama.lever, panama.pool):
        with pytest.raises(KeyError, match=r"us\.title_42"):
            read("us.title_42")


def test_all_that_is_watched_exists_and_so_do_its_members():
    simulation, geography = simulation_of("", PEOPLE), drivers_of("", PEOPLE).geography
    for institution in simulation.agents:
        assert set(institution.concerns) <= set(institution.watches)
        for watched in institution.watches:
            assert (
                watched in LEVERS
                or watched in simulation.drivers.parameters
                or hasattr(simulation.drivers, watched)
            )
        for watched, members in institution.concerns.items():
            known = LEVERS[watched].members if watched in LEVERS else geography.codes
            assert set(members) <= set(known)


def test_the_day_on_which_the_jungle_becomes_shorter_is_not_missed():
    simulation = live_to(simulation_of("", PEOPLE), 914)  # the evening before 2023-01-01
    darien = simulation.drivers.geography.codes["darien"]
    before = float(simulation.world["terms"]["mean_days"][darien, 0])
    simulation.step()
    assert simulation.drivers.timeline.date_of(simulation.today - 1).isoformat() == "2023-01-01"
    assert simulation.world["terms"]["mean_days"][darien, 0] == before / 2
