"""The registry of indicators."""

import pytest

from model.spec.indicators import INDICATORS

UNNAMED_BY_THE_DOCUMENTS = ("evasions", "robberies", "deaths")
"""Indicators that no item of the founding documents is about."""

# Indicator and kind: the table of CONTRACTS section 4.
FLOWS = [
    "departures",
    "darien_entries",
    "mexico_entries",
    "mexico_detections",
    "mexico_returns",
    "mexico_transfers_south",
    "encounters_usbp",
    "encounters_ofo",
    "evasions",
    "street_releases",
    "expulsions_title_42",
    "returns_to_mexico",
    "returns_pledged",
    "removals_by_flight",
    "third_country_returns",
    "releases",
    "transfers_to_ice",
    "lawful_admissions",
    "parole_arrivals",
    "arrivals_us_city",
    "gave_up",
    "settled_en_route",
    "robberies",
    "extortions",
    "kidnappings",
    "sexual_violence",
    "deaths",
    "fees_paid_usd",
    "public_cost_usd",
    "trade_lost_usd",
]
STOCKS = ["waiting_south_mexico", "waiting_north_mexico", "shelter_overflow", "custody", "satisfaction"]
OTHERS = {"encounters_peak_day": "peak", "unique_people": "distinct", "days_en_route": "mean"}


def test_the_registry_holds_the_indicators_of_the_contract_and_no_others():
    contract = {*FLOWS, *STOCKS, *(f"{stock}_end" for stock in STOCKS), *OTHERS}

    assert set(INDICATORS) == contract


def test_indicators_are_of_the_kind_that_the_contract_says():
    assert {name for name, each in INDICATORS.items() if each.kind == "flow"} == set(FLOWS)
    assert {name: INDICATORS[name].kind for name in OTHERS} == OTHERS


@pytest.mark.parametrize("stock", STOCKS)
def test_every_stock_has_a_twin_for_the_last_day_that_differs_in_nothing_else(stock):
    mean, last = INDICATORS[stock], INDICATORS[f"{stock}_end"]

    assert last.kind == "stock"
    assert (last.unit, last.breakdowns, last.place, last.items) == (
        mean.unit,
        mean.breakdowns,
        mean.place,
        mean.items,
    )
    assert last.label == f"{mean.label}, on the last day"


def test_only_flows_add_up_over_periods():
    assert {name for name, each in INDICATORS.items() if each.sums_over_periods} == set(FLOWS)


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda each: each.id)
def test_every_indicator_says_its_unit_its_breakdowns_and_its_document_items(indicator):
    assert indicator.label and indicator.unit
    assert set(indicator.breakdowns) <= {"nationality", "party", "place"}
    assert bool(indicator.place) == ("place" in indicator.breakdowns)
    assert all(1 <= item <= 109 for item in indicator.items)
    assert indicator.items or indicator.id in UNNAMED_BY_THE_DOCUMENTS


def test_encounters_count_events_and_departures_count_people():
    assert INDICATORS["encounters_usbp"].counts == "events"
    assert INDICATORS["departures"].counts == "people"
