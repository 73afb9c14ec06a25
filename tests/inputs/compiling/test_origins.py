"""Slow policies at the origins: no more than the evidence carries, and only for those whom they reach."""

import numpy as np
import pytest

from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of

PARAMETERS = load_parameters()
CODE = {name: code for code, name in enumerate(NATIONALITIES)}


def ratio(body, nation, day=-1):
    """Latent demand under an intervention from the first day of 2021, over that of history."""
    moved, usual = (drivers_of(text, 1000).demand for text in (f"interventions: [{body}]", ""))
    return moved[day, CODE[nation]] / usual[day, CODE[nation]]


def test_doubled_aid_lowers_departures_slowly_and_never_by_more_than_fifteen_per_cent():
    doubled = "{id: aid, lever: us.aid_origin, for: [Guatemala], start: 2021-01-01, to: 2}"
    after_three_years, after_a_month = ratio(doubled, "Guatemala"), ratio(doubled, "Guatemala", day=184 + 30)
    assert 0.85 <= after_three_years < 0.95 < 0.995 < after_a_month < 1.0
    assert ratio(doubled, "Honduras") == 1.0
    most = PARAMETERS["aid_departures"].bounds
    assert 2 ** -max(high for _, high in most.values()) == pytest.approx(0.85, abs=0.001)


def test_relief_from_sanctions_has_a_range_with_both_signs():
    relief = "{id: relief, lever: us.sanctions_relief, for: [Venezuela], start: 2021-01-01, to: 1}"
    assert 0.75 < ratio(relief, "Venezuela") < 1.0
    assert ratio(relief, "Colombia") == 1.0
    low, high = next(iter(PARAMETERS["sanctions_relief_departures"].bounds.values()))
    assert low < 0 < high
    assert (np.exp(low), np.exp(high)) == (pytest.approx(0.75, abs=0.01), pytest.approx(1.10, abs=0.01))


def test_worker_visas_take_people_from_those_who_would_have_left_and_never_all_of_them():
    some = "{id: visas, lever: us.worker_visas_monthly, for: [Mexico], start: 2021-01-01, to: 10000}"
    most = "{id: visas, lever: us.worker_visas_monthly, for: [Mexico], start: 2021-01-01, to: 100000}"
    usual = drivers_of("", 1000).demand[-1, CODE["Mexico"]]
    taken = PARAMETERS["worker_visa_from_pool"].scalar() * 10_000 / (365.25 / 12)
    assert usual * (1.0 - ratio(some, "Mexico")) == pytest.approx(taken, rel=0.001)
    assert ratio(most, "Mexico") == pytest.approx(max(0.1, 1.0 - 10 * taken / usual), rel=0.001)
    assert ratio("{id: g, lever: guatemala.worker_programme, start: 2021-01-01, to: 5000}", "Guatemala") < 1.0


def test_permits_and_tracking_move_little_and_mexicans_not_at_all():
    early = "{id: permits, lever: us.work_permit_days, start: 2021-01-01, to: 30}"
    tracked = "{id: tracked, lever: us.release_tracking, start: 2021-01-01, to: 1}"
    assert 1.0 < ratio(early, "Venezuela") < 1.05
    assert 0.95 < ratio(tracked, "Venezuela") < 1.0
    assert ratio(early, "Mexico") == ratio(tracked, "Mexico") == 1.0


def test_an_election_presses_in_the_year_before_it_and_not_after():
    body = "shocks: [{id: vote, kind: election, start: 2023-06-01, size: 1, for: us}]"
    drivers = drivers_of(body, 1000)
    day = drivers.timeline.start.toordinal()
    vote = np.datetime64("2023-06-01").astype(object).toordinal() - day
    usual = drivers_of("", 1000).pressure
    more = drivers.pressure - usual
    assert more[vote, 0] == PARAMETERS["election_gain"].scalar()
    assert 0.0 < more[vote - 120, 0] < more[vote - 30, 0] < more[vote, 0]
    assert not more[vote + 1 :].any() and not more[: vote - 365].any() and not more[:, 1].any()


def test_a_run_that_ends_before_an_election_is_pressed_as_one_that_goes_on():
    whole, shorter = drivers_of("", 1000), drivers_of("period: {end: 2023-12-31}", 1000)
    days = shorter.timeline.days
    assert (shorter.pressure[-1] > 1.0).any()
    assert np.array_equal(shorter.pressure, whole.pressure[:days])
