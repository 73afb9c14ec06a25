"""The registry of indicators."""

from typing import get_args

from corridor.inputs.registries.indicators import BREAKDOWNS, INDICATORS, Kind

UNNAMED_BY_THE_DOCUMENTS = ("evasions", "robberies", "deaths")
"""Indicators that no item of the founding documents is about."""


def offenders(holds):
    """Ids of the indicators for which something does not hold."""
    return [each.id for each in INDICATORS.values() if not holds(each)]


def test_every_kind_of_indicator_is_in_use_and_no_other():
    assert {each.kind for each in INDICATORS.values()} == set(get_args(Kind))


def test_every_stock_has_a_twin_for_the_last_day_that_differs_in_nothing_else():
    stocks = [name for name, each in INDICATORS.items() if each.kind == "stock" and not name.endswith("_end")]
    assert stocks
    for name in stocks:
        mean, last = INDICATORS[name], INDICATORS.get(f"{name}_end")
        assert last is not None, name
        assert last.kind == "stock", name
        assert last.label == f"{mean.label}, on the last day"
        twins = [(each.unit, each.breakdowns, each.place, each.items) for each in (mean, last)]
        assert twins[0] == twins[1], name


def test_every_indicator_says_its_unit_its_breakdowns_and_its_document_items():
    assert not offenders(lambda each: each.label and each.unit)
    assert not offenders(lambda each: set(each.breakdowns) <= set(BREAKDOWNS))
    assert not offenders(lambda each: {name for pair in each.crossings for name in pair} <= set(each.margins))
    assert not offenders(lambda each: bool(each.place) == ("place" in each.breakdowns))
    assert not offenders(lambda each: all(1 <= item <= 109 for item in each.items))
    assert not offenders(lambda each: each.items or each.id in UNNAMED_BY_THE_DOCUMENTS)


def test_encounters_count_events_and_departures_count_people():
    assert INDICATORS["encounters_usbp"].counts == "events"
    assert INDICATORS["departures"].counts == "people"
