"""The page of the hindcast: its tables say who is better, how surely, and what is missed."""

import numpy as np
import pandas as pd
import pytest

from corridor.experiments.hindcast.protocol import HORIZONS
from corridor.experiments.hindcast.reference import OPPONENTS
from corridor.experiments.hindcast.scoring import ANNOUNCED, CAME, HALF_SEASON
from studies import skill

NATIONS = ("all", "Cuba", "Haiti")


@pytest.fixture
def scores():
    """All miss alike, but the model by .3 (announced) and .1 (as it came), and theta by .2 at one month alone."""
    rows = []
    for nation in NATIONS:
        for horizon in HORIZONS:
            for name in (ANNOUNCED, CAME, *OPPONENTS):
                miss = {ANNOUNCED: 0.3, CAME: 0.1}.get(name, 0.5)
                if name == "theta" and horizon == 1:
                    miss = 0.2
                if nation == "Haiti" and name == HALF_SEASON:
                    miss = 0.05
                rows.append([name, nation, horizon, 24, miss, miss, 1.0, 50_000 * miss, 0.5, 0.95, 1.0])
    columns = [
        "forecast",
        "nationality",
        "horizon",
        "cases",
        "mape",
        "wape",
        "mase",
        "crps",
        "in_50",
        "in_80",
        "in_95",
    ]
    return pd.DataFrame(rows, columns=columns)


def test_totals_show_every_forecast_and_say_what_the_model_lost_to(scores):
    page = "\n".join(skill.totals(scores))
    for name in (ANNOUNCED, CAME, *OPPONENTS):
        assert f"| {name} |" in page
    assert f"| {ANNOUNCED} | 30.0% | 30.0% | 30.0% | 30.0% | 15.0 |" in page
    assert "Not better than theta by MAPE at 1 months; theta by CRPS at 1 months." in page
    assert "too wide at 1 (95%), 3 (95%), 6 (95%), 12 (95%) months" in page
    won = scores.assign(
        mape=np.where(scores["forecast"] == ANNOUNCED, 0.1, 0.5), crps=lambda rows: rows["mape"]
    )
    assert "Better than each of these" in skill.lost_to(won)


def test_every_protocol_that_was_scored_is_told_the_one_in_force_too(scores):
    page = skill.protocols(scores)[-1].splitlines()
    told = [line.split(" | ")[0].strip("| ") for line in page[2:]]
    assert told == ["1 to 3", "1 to 3", "4", "4", "5", "5"]
    assert f"| {skill.NUMBER} | announced | 30.0% | 30.0% | 30.0% | 30.0% | in force, above |" in page
    assert f"| {skill.NUMBER} | came | 10.0% | 10.0% |" in "\n".join(page)


def test_nationalities_are_compared_with_half_a_season(scores):
    page = "\n".join(skill.nations(scores))
    assert "| Cuba | **0.30** (0.50) |" in page and "| Haiti | 0.30 (0.05) |" in page
    assert f"| better than {HALF_SEASON} | 1 | 1 | 1 |" in page
    record = skill.score_record(scores)["horizons"]["3"]
    assert record["nationalities_better_half_season"] == ["Cuba"]
    assert record["nationalities_better"] == ["Cuba", "Haiti"]
    assert (record["mape"], record["mape_announced"]) == (0.1, 0.3)


def test_a_difference_is_bold_where_its_interval_is_on_one_side():
    rows = [
        [ANNOUNCED, opponent, "all", horizon, measure, 0.02, low, 0.05]
        for opponent, low in (("theta", 0.01), ("ETS", -0.01))
        for horizon in HORIZONS
        for measure in ("mape", "crps")
    ]
    columns = ["forecast", "opponent", "nationality", "horizon", "measure", "difference", "low", "high"]
    page = "\n".join(skill.how_sure(pd.DataFrame(rows, columns=columns)))
    assert "| theta | **+2 (+1 to +5)** |" in page
    assert "| ETS | +2 (-1 to +5) |" in page
