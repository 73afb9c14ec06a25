"""What people can pay: by hand, by sign, and relative to the usual price and the usual sponsors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.engine.mechanisms.means import afford, share_able, update_means
from corridor.engine.records.layout import CIRCLE, NATION, RULES, TRAIT
from corridor.engine.records.network import build_world
from corridor.inputs.registries.nationalities import NATIONALITIES
from tests.engine.bare_records import QUICK, agreed, record_of
from tests.small_runs import drivers_of

COUNT = len(NATIONALITIES)
MEXICO = NATIONALITIES.index("Mexico")
VENEZUELA = NATIONALITIES.index("Venezuela")


def pay(price, *, sponsor=0.5, usual=0.6):
    trait = record_of(TRAIT, savings=10_000.0, usually_able=usual)
    rules = record_of(RULES, savings_spread=1.2, sponsor_loan=5_000.0)
    return afford(sponsor, trait, rules, price)


def test_half_of_all_have_what_is_in_the_middle_and_a_loan_adds_as_many_as_by_hand():
    """1 - Phi(ln(10 / 15) / 1.2) = 1 - Phi(-.338) = .632; both together .566, of whom .558 have a sponsor."""
    assert agreed(share_able, 10_000.0, 10_000.0, 1.2) == pytest.approx(0.5)
    assert agreed(share_able, 10_000.0, 15_000.0, 1.2) == pytest.approx(0.632, abs=5e-4)
    able, sponsored = pay(10_000.0)
    assert able == pytest.approx(0.566 / 0.6, abs=1e-3)
    assert sponsored == pytest.approx(0.558, abs=1e-3)


@QUICK
@given(st.floats(100, 1e5), st.floats(100, 1e5), st.floats(0, 1))
def test_fewer_can_pay_more_and_more_of_them_have_a_sponsor(one, other, sponsor):
    (many, some), (few, more) = (pay(price, sponsor=sponsor) for price in sorted((one, other)))
    assert few <= many + 1e-12
    assert more >= some - 1e-9


def test_more_sponsors_let_more_people_go():
    assert pay(10_000.0, sponsor=0.9)[0] > pay(10_000.0, sponsor=0.1)[0]


def able_in(world, fee_level=1.0, premium=1.0):
    """Who can pay in a world, at some level of prices: those who surrender, those who hide, and their sponsors."""
    world["rules"]["hiding_premium"] = premium
    found = []
    for code in range(COUNT):
        nation = record_of(NATION, fee_level=fee_level)
        circle = record_of(CIRCLE, sponsor=world["traits"]["sponsor"][code])
        update_means(circle, nation, world["traits"][code], world["rules"])
        found.append([circle[name] for name in ("able", "able_hidden", "sponsored", "sponsored_hidden")])
    return np.array(found).T


def world_with(**overrides):
    lines = "".join(f"  {name}: {value}\n" for name, value in overrides.items())
    return build_world(drivers_of(f"overrides:\n{lines}" if lines else ""))[0]


def test_at_the_usual_price_and_with_the_usual_sponsors_nothing_changes():
    drivers = drivers_of("")
    able, hidden, sponsored, sponsored_hidden = able_in(build_world(drivers)[0])
    usual = drivers.parameters["sponsor_share"].by_nationality()
    np.testing.assert_allclose([able, hidden], 1.0, rtol=1e-12)
    np.testing.assert_allclose([sponsored, sponsored_hidden], [usual, usual], rtol=1e-12)


def test_the_share_who_can_pay_falls_by_half_to_all_of_what_the_price_rises():
    world = world_with()
    dear, cheap = (able_in(world, level)[0] for level in (1.05, 0.95))
    slope = np.log(dear / cheap) / np.log(1.05 / 0.95)
    assert (slope > -1.0).all()
    assert (slope < -0.5).all()


def test_who_hides_pays_for_patrols_and_who_surrenders_does_not():
    able, hidden, sponsored, sponsored_hidden = able_in(world_with(), premium=1.25)
    assert np.allclose(able, 1.0)
    assert (hidden < 0.9).all()
    assert (sponsored_hidden > sponsored).all()


def test_a_sponsor_counts_for_as_much_as_relatives_do_in_studies_of_mexicans():
    """A parent abroad adds .58 to the log odds of a first trip, a sibling .90 (Massey and Aysa-Lastra 2011)."""
    traits, rules = (world_with()[name] for name in ("traits", "rules"))
    trait = traits[MEXICO]
    alone, helped = (
        share_able(trait["fee"] + trait["losses"], trait["savings"] + loan, rules["savings_spread"])
        for loan in (0.0, rules["sponsor_loan"])
    )
    assert 0.58 <= np.log(helped / (1 - helped)) - np.log(alone / (1 - alone)) <= 0.9


def test_another_price_or_other_sponsors_than_the_registry_gives_move_who_can_pay():
    usual = able_in(world_with())[0]
    assert (able_in(world_with(sponsor_share=0.9))[0] > usual).all()
    assert (able_in(world_with(sponsor_share=0.1))[0] < usual).all()
    assert able_in(world_with(smuggling_fee_usd=12_000))[0][VENEZUELA] < 0.2
    assert able_in(world_with(smuggling_fee_usd=3_000))[0][MEXICO] > 1.3


def test_people_reckon_with_what_is_taken_from_them_on_the_way_and_those_at_home_in_mexico_do_not():
    usual, robbed = able_in(world_with())[0], able_in(world_with(ransom_usd=5000, extortion_usd=1000))[0]
    assert robbed[VENEZUELA] < usual[VENEZUELA]
    assert robbed[MEXICO] == usual[MEXICO]
    # 28 days * .0067 * 300 USD of extortion and .05 * 3,000 USD of ransom.
    assert world_with()["traits"]["losses"][VENEZUELA] == pytest.approx(28 * 0.0067 * 300 + 0.05 * 3000)
