import math
from datetime import date

import pytest

from corridor_app.words.wording import (
    amount,
    change,
    day_words,
    joined,
    people,
    place_words,
    relative,
    rounded,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (40.0, "40"),
        (33.48, "33.5"),
        (0.5991, "0.599"),
        (1787.5, "1,790"),
        (415_875, "416,000"),
        (999_600, "1.00 million"),
        (2_383_688, "2.38 million"),
        (-25_974_581_000, "−26.0 billion"),
        (math.nan, "not defined"),
    ],
)
def test_a_number_has_three_digits(value, text):
    assert rounded(value) == text


def test_a_difference_has_a_sign_and_none_when_it_is_zero():
    assert [change(value) for value in (-120, 44_000, 0)] == ["−120", "+44,000", "0"]


def test_a_share_of_nothing_and_of_zero_is_left_out():
    assert [relative(value) for value in (math.nan, math.inf, 0.0, 0.0002)] == ["", "", "", ""]
    assert [relative(value) for value in (-0.148, 0.031)] == ["−15%", "+3.1%"]


def test_people_are_whole():
    assert [people(0.3), people(119.6)] == [0, 120]
    assert math.isnan(people(math.nan))


def test_levels_of_levers_are_counts_or_percentages():
    assert [amount(30_000, "count"), amount(math.inf, "count")] == ["30,000", "unlimited"]
    assert [amount(0.08, "share"), amount(0.125, "share")] == ["8%", "12.5%"]


def test_days_names_and_places_read_as_words():
    assert day_words(date(2023, 6, 1)) == "1 June 2023"
    assert joined(["Venezuela"]) == "Venezuela"
    assert joined(["Venezuela", "Cuba", "Haiti"]) == "Venezuela, Cuba and Haiti"
    assert [place_words("ciudad_juarez"), place_words("tucson_sector")] == ["Ciudad Juárez", "Tucson Sector"]


def test_the_score_beside_a_projection_comes_from_its_record():
    import corridor
    from corridor_app.words.wording import skill_words

    said = skill_words(corridor.load_skill())
    three = corridor.load_skill()["horizons"]["3"]
    for name in ("mape", "mape_persistence", "mape_announced", "mape_last_year"):
        assert f"{three[name]:.0%}" in said
    assert three["nationalities_better"][0] in said
    assert skill_words({**corridor.load_skill(), "origins": ["2000-01", "2000-02"]}) != said
