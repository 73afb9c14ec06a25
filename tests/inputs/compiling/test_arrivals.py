"""Dated arrivals: who lands where, and the places that its port has for them."""

from datetime import date

import numpy as np
import pytest

from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of, simulation_of, value_of

PERU = NATIONALITIES.index("Peru")
SHOCK = "{{id: {id}, kind: arrival, start: 2021-03-01, end: 2021-03-31, size: {size}, for: [Peru], place: tijuana}}"


def landing(*sizes):
    shocks = ", ".join(SHOCK.format(id=f"x{number}", size=size) for number, size in enumerate(sizes))
    return f"shocks: [{shocks}]\nremove: [ukrainians-2022-03, ukrainians-2022-04]"


def usual():
    return drivers_of("remove: [ukrainians-2022-03, ukrainians-2022-04]")


def test_arrivals_begin_in_the_city_on_their_days_and_nobody_else_is_counted():
    drivers = drivers_of(landing(300, 50))
    route = next(n for n, each in enumerate(drivers.geography.routes) if each.id == "tijuana_air")
    first, last = (drivers.timeline.day_of(date(2021, 3, day)) for day in (1, 31))
    landed = drivers.entries[:, PERU, route]
    assert (landed[first : last + 1] == 350).all()
    assert np.isnan(np.delete(landed, np.s_[first : last + 1])).all()
    assert np.isnan(np.delete(drivers.entries[:, PERU], route, axis=1)).all()
    assert np.isnan(np.delete(drivers.entries, PERU, axis=1)).all()
    assert usual().entries is None
    assert drivers.demand[first] == pytest.approx(usual().demand[first]), "none of them is demand"


def test_the_port_has_as_many_more_places_and_others_keep_theirs():
    drivers, before = drivers_of(landing(300)), usual()
    day = drivers.timeline.day_of(date(2021, 3, 10))
    offices = [drivers.geography.places[code].id for code in drivers.geography.offices]
    at = offices.index("san_diego_office")

    def places(of):
        appointments = of.lever("us.cbp_one_daily", day)[0]
        shares = of.port_weight[day] / of.port_weight[day].sum()
        return (of.exceptions[day] + appointments) * shares

    more = places(drivers) - places(before)
    assert more[at] == pytest.approx(300)
    assert np.delete(more, at) == pytest.approx(0, abs=1e-9)
    interest = [
        of.exceptions[day] * of.exception_interest[day] / of.exception_interest[day].sum()
        for of in (drivers, before)
    ]
    assert interest[0][PERU] - interest[1][PERU] == pytest.approx(300)
    assert np.delete(interest[0] - interest[1], PERU) == pytest.approx(0, abs=1e-9)
    after = drivers.timeline.day_of(date(2021, 4, 1))
    for name in ("exceptions", "exception_interest", "port_weight"):
        np.testing.assert_array_equal(getattr(drivers, name)[after:], getattr(before, name)[after:])


def test_most_who_land_are_let_in_at_the_port_and_few_meet_border_patrol():
    def met(body, indicator):
        recording = simulation_of(f"{body}\nperiod: {{end: 2021-04-30}}", 50).run()
        months = ("2021-03", "2021-04")
        return sum(value_of(recording, indicator, nationality="Peru", period=month) for month in months)

    at_port, between = (
        met(landing(300), name) - met(landing(), name) for name in ("encounters_ofo", "encounters_usbp")
    )
    landed = 300 * 31
    assert 0.7 * landed < at_port < 1.1 * landed
    assert between < 0.25 * landed
