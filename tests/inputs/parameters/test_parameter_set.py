"""Parameters: provenance, values by key and day, overrides, and what is refused where."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corridor
from corridor.foundations.errors import InputError
from corridor.foundations.timeline import Timeline
from corridor.inputs.parameters.parameter_file import STATUSES
from corridor.inputs.parameters.parameter_set import (
    NATIONALITIES,
    ParameterSet,
    load_parameters,
    read_parameters,
)
from corridor.inputs.registries.geography import load_geography

PARAMETERS = load_parameters()
HISTORY = Timeline(date(2020, 7, 1), date(2023, 12, 31), date(2021, 1, 1))
ROUTES = tuple(route.parameter for route in load_geography().routes if route.parameter)
ENTRY = """
speed:
  label: Speed
  group: journey
  unit: km a day
  value: 12
  range: [8, 20]
  status: published
  source: AP 2024-01
"""


def day(text):
    return HISTORY.day_of(date.fromisoformat(text))


def refusals(call, *arguments, **named):
    with pytest.raises(InputError) as caught:
        call(*arguments, **named)
    return [str(problem) for problem in caught.value.problems]


def refused(text):
    """Problems of a parameter file, as `line:column: message`."""
    return [line.removeprefix("f:") for line in refusals(read_parameters, text, file="f")]


def read_one(text):
    (parameter,) = read_parameters(text).values()
    return parameter


def nudged(parameter):
    """Overrides that change the first value of a parameter and stay within its range."""
    key, knots = next(iter(parameter.knots.items()))
    low, high = parameter.bounds_of(key)
    value = knots[0][1] + (high - low) / 100 * (1 if knots[0][1] < (low + high) / 2 else -1)
    if not parameter.over:
        return value
    if parameter.over in ("month", "members"):
        return [value, *(rest[0][1] for rest in list(parameter.knots.values())[1:])]
    return {key: value}


# --- what is packaged ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.id)
def test_every_parameter_says_what_it_is_and_where_it_came_from(parameter):
    assert parameter.label and parameter.group and parameter.unit
    assert parameter.status in STATUSES
    assert parameter.source
    assert not list(parameter.outside_range())


def test_every_parameter_that_the_code_names_exists():
    folder = Path(corridor.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    named = set(re.findall(r'\b(?:parameters|p)\["(\w+)"\]', code))

    assert named <= PARAMETERS.keys()


def test_route_shares_sum_to_one_on_every_day():
    total = sum(PARAMETERS[route].daily_by_nationality(HISTORY) for route in ROUTES)

    np.testing.assert_allclose(total, 1.0, atol=1e-9)


def test_shares_of_a_whole_sum_to_one():
    leanings = [id for id in PARAMETERS if id.startswith("leaning_") and id.endswith("_sector")]

    assert PARAMETERS["family_size"].sequence().sum() == pytest.approx(1)
    assert PARAMETERS["release_city_share"].sequence().sum() == pytest.approx(1)
    assert len(leanings) == len(PARAMETERS["sector_pull"].knots)
    np.testing.assert_allclose(sum(PARAMETERS[id].by_nationality() for id in leanings), 1, atol=0.0005)


def test_contradicting_values_stand_beside_the_one_used():
    alternatives = {id: [other.value for other in PARAMETERS[id].alternatives] for id in PARAMETERS}

    assert 0.35 in alternatives["guard_share"]
    assert alternatives["news_acceptance_days"] == [37]
    assert {"Mexico": 9500} in alternatives["smuggling_fee_usd"]
    assert 10854 in alternatives["cost_flight_removal_usd"]
    assert {"Cuba": 0.9} in alternatives["route_darien"]
    assert 0.38 in alternatives["crossing_rate"]


def test_latent_demand_has_a_knot_every_month_for_every_nationality_and_one_the_day_after_the_data():
    demand = PARAMETERS["latent_demand"]
    months = [date(2020 + number // 12, number % 12 + 1, 1) for number in range(6, 55)]

    assert (months[0], months[-1]) == (date(2020, 7, 1), date(2024, 7, 1))
    assert demand.interpolate == "log-linear" and demand.status == "fitted"
    for nationality in NATIONALITIES:
        assert [date.fromordinal(at) for at, _ in demand.knots[nationality]] == months


# --- values by key and day ----------------------------------------------------------------------------------


def test_a_step_holds_until_the_next_date():
    days = PARAMETERS["darien_days"].daily(HISTORY)

    assert (days[0], days[day("2022-12-31")], days[day("2023-01-01")], days[-1]) == (8, 8, 4, 4)


def test_linear_interpolation_goes_halfway_in_half_the_time():
    parameter = read_one(
        ENTRY.replace("value: 12", "dated: {2021-01-01: 10, 2021-01-11: 20}\n  interpolate: linear")
    )

    assert parameter.daily(HISTORY)[day("2021-01-06")] == 15


def test_log_linear_interpolation_goes_through_the_geometric_mean():
    parameter = read_one(
        ENTRY.replace("value: 12", "dated: {2021-01-01: 8, 2021-01-11: 18}\n  interpolate: log-linear")
    )

    assert parameter.daily(HISTORY)[day("2021-01-06")] == pytest.approx(12)


def test_values_hold_before_the_first_and_after_the_last_date():
    parameter = read_one(
        ENTRY.replace("value: 12", "dated: {2021-01-01: 10, 2021-01-11: 20}\n  interpolate: linear")
    )
    daily = parameter.daily(HISTORY)

    assert (daily[0], daily[-1]) == (10, 20)


def test_a_key_keeps_its_value_until_a_later_date_names_it():
    dated = "dated: {2021-01-01: {Cuba: 9, default: 8}, 2022-01-01: {default: 10}, 2023-01-01: {Cuba: 20}}"
    parameter = read_one(ENTRY.replace("value: 12", f"{dated}\n  interpolate: step"))
    cuba, haiti = parameter.daily_by(["Cuba", "Haiti"], HISTORY).T

    assert cuba[[day("2022-06-01"), day("2023-06-01")]].tolist() == [9, 20]
    assert haiti[[day("2021-06-01"), day("2023-06-01")]].tolist() == [8, 10]


@given(st.lists(st.floats(8, 20), min_size=2, max_size=6), st.sampled_from(["step", "linear", "log-linear"]))
def test_interpolation_stays_between_its_knots(values, how):
    dates = (f"20{21 + place // 2}-0{1 + 6 * (place % 2)}-01" for place in range(len(values)))
    knots = ", ".join(f"{at}: {value!r}" for at, value in zip(dates, values, strict=True))
    parameter = read_one(ENTRY.replace("value: 12", f"dated: {{{knots}}}\n  interpolate: {how}"))
    daily = parameter.daily(HISTORY)

    assert min(values) - 1e-9 <= daily.min() and daily.max() <= max(values) + 1e-9


def test_by_nationality_follows_registry_order_and_broadcasts_a_number():
    response = PARAMETERS["departure_response"]
    by_key = {key: knots[0][1] for key, knots in response.plain().items()}

    expected = [by_key.get(nation, by_key["default"]) for nation in NATIONALITIES]
    assert response.by_nationality().tolist() == expected
    assert len(set(expected)) > 2
    rate = PARAMETERS["crossing_rate"]
    assert rate.by_nationality().tolist() == [rate.scalar()] * len(NATIONALITIES)


def test_months_are_keyed_by_number():
    season = PARAMETERS["season_index"]

    assert season.by(range(1, 13)).tolist() == season.sequence().tolist()
    assert len(season.sequence()) == 12


def test_asking_for_the_wrong_shape_is_refused():
    assert "is keyed, so scalar() does not apply" in refusals(PARAMETERS["departure_response"].scalar)[0]
    assert "is dated, so by() does not apply" in refusals(PARAMETERS["darien_days"].by_nationality)[0]
    assert "is dated keyed, so daily()" in refusals(PARAMETERS["latent_demand"].daily, HISTORY)[0]
    assert "'new_york'" in refusals(PARAMETERS["release_city_share"].by, ["new_yrok"])[0]


def test_a_prior_covers_the_range_unless_a_distribution_is_declared():
    uniform = PARAMETERS["crossing_rate"].prior()
    declared = read_one(ENTRY + "  distribution: {name: norm, loc: 12, scale: 2}\n").prior()

    assert uniform.support() == pytest.approx(PARAMETERS["crossing_rate"].bounds_of("all"))
    assert declared.mean() == 12


# --- overrides ----------------------------------------------------------------------------------------------


def test_a_number_replaces_a_value_for_every_key_and_day():
    before = PARAMETERS["crossing_rate"].scalar()
    changed = load_parameters({"crossing_rate": 0.5, "departure_response": 2, "darien_days": 6})

    assert changed["crossing_rate"].scalar() == 0.5
    assert set(changed["departure_response"].by_nationality()) == {2}
    assert set(changed["darien_days"].daily(HISTORY)) == {6}
    assert PARAMETERS["crossing_rate"].scalar() == before != 0.5


def test_a_mapping_replaces_the_keys_it_names_even_new_ones():
    changed = PARAMETERS.with_values({"departure_response": {"Peru": 4, "Cuba": 6}})["departure_response"]

    before = PARAMETERS["departure_response"].by(["Haiti", "Colombia"]).tolist()
    assert changed.by(["Peru", "Cuba", "Haiti", "Colombia"]).tolist() == [4, 6, *before]


def test_dates_can_be_given_for_a_value_and_for_a_key():
    changed = PARAMETERS.with_values(
        {
            "darien_days": {"2020-07-01": 7, "2022-01-01": 5},
            "latent_demand": {"Cuba": {"2020-07-01": 100, "2023-01-01": 1000}},
        }
    )

    assert changed["darien_days"].daily(HISTORY)[-1] == 5
    assert changed["latent_demand"].daily_by(["Cuba"], HISTORY)[[0, -1], 0].tolist() == pytest.approx(
        [100, 1000]
    )


def test_a_list_is_replaced_by_a_list_of_its_length():
    assert PARAMETERS.with_values({"season_index": [1] * 12})["season_index"].sequence().tolist() == [1] * 12
    assert refusals(PARAMETERS.with_values, {"season_index": [1]}) == [
        "parameters: season_index: is not a list of 1 values"
    ]


def test_every_override_refused_is_named_with_what_was_expected():
    problems = refusals(
        load_parameters,
        {
            "crosing_rate": 1,
            "crossing_rate": 9,
            "departure_response": {"Cubaa": 1},
            "sector_pull": 0.1,
            "darien_days": {"2020-07-01": 3, "soon": 4},
            "retry_days": None,
        },
    )

    assert problems == [
        "parameters: crosing_rate: no parameter 'crosing_rate'; did you mean 'crossing_rate'?",
        "parameters: crossing_rate: 9 is outside its range 0.23 to 1.4 (per day)",
        "parameters: darien_days: expected a date such as 2021-01-01, not 'soon'",
        "parameters: departure_response: no nationality 'Cubaa'; did you mean 'Cuba'?",
        "parameters: retry_days: expected a number, or values by key or date",
        "parameters: sector_pull: has values by sector; say which",
    ]


def test_problems_of_overrides_can_be_listed_with_their_paths():
    assert PARAMETERS.problems({"crossing_rate": 0.5}) == []
    ((path, message),) = PARAMETERS.problems({"departure_response": {"Cubaa": 1}})

    assert path == ("departure_response", "Cubaa")
    assert "Cuba" in message


def test_an_unknown_id_is_refused_with_the_nearest_name():
    assert "did you mean 'retry_days'?" in refusals(PARAMETERS.__getitem__, "retry_day")[0]
    assert "retry_day" not in PARAMETERS


# --- the hash -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.id)
def test_the_hash_changes_with_any_value(parameter):
    assert PARAMETERS.with_values({parameter.id: nudged(parameter)}).hash != PARAMETERS.hash


def test_the_hash_sees_values_and_dates_but_not_words():
    plain = ParameterSet(read_parameters(ENTRY))
    reworded = ParameterSet(
        read_parameters(ENTRY.replace("label: Speed", "label: Pace") + "  note: Walked.\n")
    )
    dated = ENTRY.replace("value: 12", "dated: {2021-01-01: 12}\n  interpolate: step")

    assert reworded.hash == plain.hash
    assert ParameterSet(read_parameters(dated)).hash != plain.hash
    assert PARAMETERS.hash == load_parameters({}).hash


# --- what a parameter file must not hold --------------------------------------------------------------------


def test_a_parameter_without_a_source_is_refused_assumed_or_not():
    without = ENTRY.replace("  source: AP 2024-01\n", "")

    assert refused(without) == ["2:1: speed: source is missing"]
    assert refused(without.replace("published", "assumed")) == ["2:1: speed: source is missing"]
    assert (
        read_one(ENTRY.replace("published", "assumed").replace("AP 2024-01", "assumed")).source == "assumed"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value: 12", "value: 25", "6:3: speed: 25 is outside its range 8 to 20 (km a day)"),
        ("value: 12", "value: fast", "6:3: speed: expected a number, a list, or values by key"),
        ("value: 12", "values: {Cuba: fast}", "6:12: speed: expected a number, not 'fast'"),
        ("value: 12", "values: {Cubaa: 9, default: 9}", "no nationality 'Cubaa'; did you mean 'Cuba'?"),
        (
            "value: 12",
            "values: {Cuba: 9}",
            "no value for Brazil, China, Colombia, Eastern Europe and Central Asia, Ecuador",
        ),
        ("value: 12", "dated: {2021-01-01: 9}", "2:1: speed: a dated value says interpolate"),
        (
            "value: 12",
            "value: 12\n  values: {default: 9}",
            "2:1: speed: give exactly one of value, values, dated",
        ),
        ("value: 12", "value: 12\n  interpolate: step", "7:3: speed: only a dated value is interpolated"),
        ("label: Speed", "lable: Speed", "3:3: speed: unknown field 'lable'; did you mean 'label'?"),
        ("unit: km a day\n", "unit:\n", "2:1: speed: unit is missing"),
        ("range: [8, 20]", "range: [20, 8]", "range is [low, high] with low below high"),
        ("range: [8, 20]", "range: {Cuba: [8, 20]}", "a range by key needs a default"),
        ("status: published", "status: sure", "8:3: speed: status is one of documented"),
        (
            "source: AP",
            "alternatives: [{value: 9}]\n  source: AP",
            "an alternative has value, unit and source",
        ),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(old, new, message):
    assert any(message in problem for problem in refused(ENTRY.replace(old, new)))


@pytest.mark.parametrize(
    ("dated", "message"),
    [
        ("{2021-13-01: 9}", "expected a date such as 2021-01-01, not '2021-13-01'"),
        ("{2022-01-01: 9, 2021-01-01: 9}", "the dates of 'all' are not in order"),
        (
            "{2021-01-01: {default: 9}, 2022-01-01: {Cuba: 9}}",
            "'Cuba' must have a value at the first date too",
        ),
        ("{}", "expected values by date"),
    ],
)
def test_wrong_dates_are_refused(dated, message):
    text = ENTRY.replace("value: 12", f"dated: {dated}\n  interpolate: step")

    assert any(message in problem for problem in refused(text))


def test_a_duplicate_parameter_is_refused():
    assert "duplicate key 'speed'" in refused(ENTRY + ENTRY)[0]


def test_log_linear_values_must_be_positive():
    text = ENTRY.replace("[8, 20]", "[0, 20]").replace(
        "value: 12", "dated: {2021-01-01: 0}\n  interpolate: log-linear"
    )

    assert "log-linear values must be above zero" in refused(text)[0]
