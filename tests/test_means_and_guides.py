"""Prices, sponsors and patrols through the front door: what they move, and by how much, beside what studies say."""

from functools import cache

import numpy as np
import pytest

from corridor.engine.simulation import Simulation
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.small_runs import drivers_of, value_of

PEOPLE = 200
EIGHT = 8  # replicates, where chance of one would hide what is looked for
PATROLS = "interventions: [{{id: patrols, lever: us.patrols, {}start: 2021-01-01, to: 3}}]\n"
NO_PAROLE = (
    "interventions: [{id: no-parole, lever: us.parole_monthly_cap, start: 2021-01-01, to: 0, "
    "for: [Venezuela, Cuba, Haiti, Nicaragua]}]\n"
)


@cache
def recording_of(body, replicate):
    return Simulation(drivers_of(body, PEOPLE), seed=1, replicate=replicate).run()


def total(body, indicator, replicates=1, **where):
    return sum(value_of(recording_of(body, number), indicator, **where) for number in range(replicates))


def over_history(body, indicator, **where):
    return total(body, indicator, **where) / total("", indicator, **where)


def everyone_pays(times):
    """All prices at a multiple of the usual, within their range."""
    usual = load_parameters()["smuggling_fee_usd"].by_nationality()
    prices = dict(zip(NATIONALITIES, np.clip(times * usual, 500, 42_000).tolist(), strict=True))
    values = ", ".join(f"{nation}: {price}" for nation, price in prices.items())
    return f"overrides:\n  smuggling_fee_usd: {{value: {{{values}}}, note: a test}}\n"


def all_at(name, value):
    return f"overrides:\n  {name}: {value}\n"


@pytest.mark.parametrize("nationality", ["all", "Mexico", "Venezuela"])
def test_departures_fall_by_four_to_seven_tenths_of_what_prices_rise(nationality):
    """Gathmann 2008: the flow fell by 10 per cent where prices rose by 17 to 30."""
    cheap, dear = (
        total(everyone_pays(times), "departures", EIGHT, nationality=nationality) for times in (0.8, 1.25)
    )
    assert -0.7 <= np.log(dear / cheap) / np.log(1.25 / 0.8) <= -0.4


def test_a_price_of_12000_keeps_many_at_home_who_leave_for_3000():
    cheap, dear = (total(all_at("smuggling_fee_usd", price), "departures") for price in (3000, 12_000))
    assert 0.4 <= dear / cheap <= 0.75


def test_where_nearly_all_have_a_sponsor_more_leave_and_fewer_of_them_burden_cities():
    few, many = (all_at("sponsor_share", share) for share in (0.1, 0.9))
    without = [total(body + NO_PAROLE, "departures") for body in (few, many)]  # with it, more wait for it too
    assert 1.1 <= without[1] / without[0] <= 1.5
    assert total(many, "releases") > total(few, "releases")
    assert total(many, "satisfaction", place="us") > total(few, "satisfaction", place="us")


def test_tripled_patrols_keep_a_tenth_of_mexicans_at_home_and_fewer_of_all_get_through():
    everywhere = PATROLS.format("")
    assert 0.87 <= over_history(everywhere, "departures", nationality="Mexico") <= 0.94
    assert over_history(everywhere, "evasions") < 0.75
    assert over_history(everywhere, "public_cost_usd", place="us") > 1.5


def test_patrols_of_one_sector_send_those_who_hide_to_others():
    tucson = PATROLS.format("for: [tucson_sector], ")
    assert over_history(tucson, "evasions", place="tucson_sector") < 0.5
    assert over_history(tucson, "evasions", place="san_diego_sector") > 1.05
    assert over_history(tucson, "evasions") > over_history(PATROLS.format(""), "evasions")


def test_patrols_cost_what_agents_cost():
    """Two more times the usual patrols of nine sectors, 872,000 USD a day each, for a year, beside what they find."""
    more = total(PATROLS.format(""), "public_cost_usd", place="us") - total("", "public_cost_usd", place="us")
    assert more == pytest.approx(2 * 9 * 872_000 * 365, rel=0.1)
