"""No government gains from disorder: fewer beds, no processing, no shelters, an agency that fails."""

import pytest

from tests.net.paired import BEGINS, HISTORY, MONTHS, REPLICATES, Policy, move, reading

SECTORS = ("el_paso_sector",)


def lost(institution):
    return f"{{id: lost, kind: capacity_loss, start: {BEGINS}, size: 1, for: [{institution}]}}"


DISORDER = {
    "no beds": ("us", Policy((move("us.custody_beds", 0),))),
    "a bed in each sector": ("us", Policy((move("us.custody_beds", 1),))),
    "a few beds": ("us", Policy((move("us.custody_beds", 500),))),
    "no beds in one sector": ("us", Policy((move("us.custody_beds", 0, SECTORS),))),
    "nobody processed": ("us", Policy((move("us.processing_daily", 0),))),
    "few processed": ("us", Policy((move("us.processing_daily", 100),))),
    "Mexico stops nobody": ("us", Policy(shocks=(lost("inm"),))),
    "no shelters": ("mexico", Policy((move("mexico.shelter_places", 0),))),
    "a place in each shelter": ("mexico", Policy((move("mexico.shelter_places", 1),))),
    "an institute without money": ("mexico", Policy((move("mexico.enforcement_funding", 0),))),
    "an institute that is lost": ("mexico", Policy(shocks=(lost("inm"),))),
}


@pytest.mark.parametrize("which", DISORDER)
def test_no_government_is_happier_with_disorder(which):
    government, policy = DISORDER[which]
    gained = (
        reading(policy, "satisfaction", place=government) - reading(HISTORY, "satisfaction", place=government)
    ) / len(MONTHS)
    chance = gained.std(ddof=1) / REPLICATES**0.5
    assert gained.mean() <= 2.0 * min(chance, 0.002), f"{which}: {gained}"


def test_one_bed_and_none_do_the_same_to_crossings():
    usual, one, none = (
        {name: reading(policy, name).mean() for name in ("encounters_usbp", "evasions")}
        for policy in (HISTORY, DISORDER["a bed in each sector"][1], DISORDER["no beds"][1])
    )
    for moved in (one, none):
        assert moved["encounters_usbp"] < usual["encounters_usbp"]
        assert moved["evasions"] > usual["evasions"]
    assert none["evasions"] == pytest.approx(one["evasions"], rel=0.05)


def test_without_shelter_places_everybody_who_waits_is_overflow():
    policy = DISORDER["no shelters"][1]
    outside, waiting = reading(policy, "shelter_overflow"), reading(policy, "waiting_north_mexico")
    assert outside == pytest.approx(waiting)


def test_flights_that_are_refused_change_nothing():
    """Neither Mexico's nor Panama's to Venezuela, which takes none: no place is made for anyone."""
    flights = Policy(
        tuple(
            move(f"{sender}.deportation_flights_weekly", 50, ("Venezuela",), id=f"from-{sender}")
            for sender in ("mexico", "panama")
        ),
        overrides="news_flights_weight: 0",
    )
    quiet = Policy(overrides="news_flights_weight: 0")
    for name in ("mexico_returns", "gave_up", "encounters_usbp", "public_cost_usd"):
        assert reading(flights, name).tolist() == reading(quiet, name).tolist(), name
