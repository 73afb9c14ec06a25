"""Windows: their names, kinds and ends."""

from datetime import date

import pytest

from corridor.foundations.timeline import Timeline
from corridor.foundations.windows import Window, fiscal_years, recorded_as, reported

RUN = Timeline(date(2020, 7, 1), date(2024, 6, 15), date(2021, 1, 1))


@pytest.mark.parametrize(
    ("text", "first", "last", "kind"),
    [
        ("2023-12-31", "2023-12-31", "2023-12-31", "day"),
        ("2023-12", "2023-12-01", "2023-12-31", "month"),
        ("2023", "2023-01-01", "2023-12-31", "year"),
        ("FY2023", "2022-10-01", "2023-09-30", "fiscal_year"),
        ("2024-01 to 2024-06", "2024-01-01", "2024-06-30", "span"),
        ("2021 to 2023", "2021-01-01", "2023-12-31", "span"),
        ("2023-05-12 to 2023-06-03", "2023-05-12", "2023-06-03", "span"),
    ],
)
def test_a_name_says_ends_and_kind_and_is_given_back(text, first, last, kind):
    window = Window.named(text)
    assert (window.first.isoformat(), window.last.isoformat(), window.kind) == (first, last, kind)
    assert window.name == text


@pytest.mark.parametrize(
    "text", ["", "june", "FY23", "FY0001", "2023-13", "2024 to 2023", "2023 to", "fy2023"]
)
def test_what_names_no_window_is_refused(text):
    with pytest.raises(ValueError):
        Window.named(text)


def test_twelve_months_that_begin_in_april_are_no_year():
    assert Window.named("2022-04 to 2023-03").kind == "span"


def test_a_month_that_a_run_cuts_short_has_only_the_days_that_it_reports():
    assert recorded_as("2024-06", RUN) == Window(date(2024, 6, 1), date(2024, 6, 15))
    assert recorded_as("2024-06", RUN).kind == "span"
    assert recorded_as("2024-05", RUN).kind == "month"


def test_fiscal_years_are_those_reported_whole():
    assert [window.name for window in fiscal_years(RUN)] == ["FY2022", "FY2023"]
    assert reported(RUN).days == (date(2024, 6, 15) - date(2021, 1, 1)).days + 1
