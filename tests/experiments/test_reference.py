"""Forecasts without the model: by hand where they are simple, and as they should behave where a library makes them."""

import numpy as np
import pytest

from corridor.experiments.hindcast import reference
from corridor.experiments.hindcast.reference import (
    DAMPING,
    KEPT,
    OPPONENTS,
    Forecast,
    forecasts,
    kept_forecast,
    mean_of_both,
    persist,
    persist_half_season,
    repeat_season,
    simple_forecast,
    usual_season,
)
from corridor.experiments.hindcast.scoring import known_series, opponents, prior_errors

SERIES = np.arange(1.0, 25.0)


def test_the_last_month_the_year_before_and_their_mean():
    assert persist(SERIES, 3).tolist() == [24, 24, 24]
    assert repeat_season(SERIES, 14)[[0, 11, 12]].tolist() == [13, 24, 13]
    assert mean_of_both(SERIES, 1).tolist() == [18.5]
    assert repeat_season(SERIES[:5], 6).tolist() == [1, 2, 3, 4, 5, 1]


def test_half_of_the_usual_season_is_taken_and_none_before_two_years():
    season = np.sin(np.arange(12) / 12 * 2 * np.pi)
    series = 5000.0 * np.exp(np.tile(season, 4)) - DAMPING
    assert usual_season(series) == pytest.approx(season, abs=0.05)
    ahead = np.log(persist_half_season(series, 12) + DAMPING) - np.log(series[-1] + DAMPING)
    assert ahead == pytest.approx(0.5 * (season - season[11]), abs=0.05)
    assert persist_half_season(series[:24], 3) == pytest.approx(np.repeat(series[23], 3))


def test_a_distribution_is_spread_by_its_own_errors_and_a_prior():
    series = np.full(30, 1000.0 - DAMPING)
    series[-1] *= 1.0  # nothing was missed
    calm = simple_forecast("persistence", series, np.array([0.4, 0.8]), 6, 20)
    assert calm.spread == pytest.approx([0.4 * np.sqrt(6 / 16), 0.8 * np.sqrt(6 / 15)])
    assert calm.point == pytest.approx([900.0, 900.0])
    assert np.median(calm.draws, axis=0) == pytest.approx(calm.point)
    jump = np.append(series, np.e * 1000.0 - DAMPING)
    missed = simple_forecast("persistence", jump, np.array([0.4]), 6, 20)
    assert missed.spread == pytest.approx([np.sqrt((6 * 0.16 + 1.0) / 17)])
    low, high = np.quantile(np.log(missed.draws + DAMPING), [0.1, 0.9], axis=0)
    assert (high - low) / 2 == pytest.approx(1.2816 * missed.spread, rel=0.02)


@pytest.mark.parametrize("name", KEPT)
def test_forecasts_of_a_kept_library_follow_a_trend_or_level_and_spread(name):
    rng = np.random.default_rng(1)
    series = 20_000.0 * np.exp(0.05 * rng.standard_normal(40))
    made = kept_forecast(name, series, 6)
    assert made.point == pytest.approx(20_000.0, rel=0.15)
    assert (made.spread > 0.02).all() and (made.spread < 0.3).all()


@pytest.mark.parametrize("series", [np.zeros(18), np.arange(5.0), np.full(30, 7.0)])
def test_short_empty_and_constant_series_have_forecasts_too(series):
    made = forecasts(series, np.array([0.1, 0.2, 0.3]), 6, 4)
    assert tuple(made) == OPPONENTS
    for each in made.values():
        assert np.isfinite(each.draws).all() and each.draws.shape == (reference.DRAWS, 3)


def test_opponents_know_only_what_was_published_and_are_counted_from_the_origin(monkeypatch):
    first, series = known_series("all", "2022-06")
    assert first == "2019-10" and len(series) == 32, "to May 2022"
    assert series[0] == 45139
    assert known_series("West Africa", "2022-06")[0] == "2020-07"
    assert len(known_series("West Africa", "2022-06")[1]) == 22, "OHSS publishes after two months"
    for name in KEPT:
        assert name in OPPONENTS
    monkeypatch.setattr(
        reference, "kept_forecast", lambda name, series, steps: Forecast(np.zeros(steps), np.ones(steps))
    )
    made = opponents("all", "2022-06")
    assert made["persistence"].point == pytest.approx(np.repeat(series[-1], 12))
    assert made["same month last year"].point[0] == pytest.approx(series[-11]), "July: of 2021"
    assert made["same month last year"].point[11] == pytest.approx(series[-12]), "June 2022 was not published"
    assert len(made["theta"].centre) == 12
    assert prior_errors("all", 4) == pytest.approx([0.12, 0.12, 0.17, 0.22])
