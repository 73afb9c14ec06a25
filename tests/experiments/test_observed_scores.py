"""Runs beside observed figures: every number worked out by hand."""

import math

import pytest

from corridor import InputError, parse_observed, read_observed, score_observed

# Recordings of conftest: in the first period cells have 0, 10, 20, 30, 40 in the order of their recording (encounters
# in Tucson, encounters, departures, days, Cubans), in the second 50 to 90; replicates add 0, 1, 2, so means add 1.
FIGURES = b"""\
indicator,period,place,nationality,value
encounters_usbp,2023-11,all,all,16
encounters_usbp,2023-12,all,all,41
encounters_usbp,2024-01,all,all,1000
encounters_usbp,2023-11,all,Cuba,50
encounters_usbp,2023-12,all,Cuba,91
encounters_usbp,2023-12,tucson_sector,all,0
departures,2023-11,all,all,20
departures,2023-11,all,Haiti,20
paroles_at_ports,2023-11,all,all,20
"""


def test_errors_are_sums_of_absolute_monthly_differences_over_what_was_observed(make_results):
    found = score_observed(make_results("gate"), parse_observed(FIGURES, name="mine"))
    scores = {
        (row["indicator"], row["place"], row["nationality"]): row for row in found.scores.to_dict("records")
    }

    whole = scores["encounters_usbp", "all", "all"]
    assert (whole["months"], whole["first"], whole["last"]) == (2, "2023-11", "2023-12")
    assert (whole["observed"], whole["simulated"]) == (57, 11 + 61)
    assert whole["wape"] == pytest.approx((5 + 20) / 57, abs=1e-6)
    cubans = scores["encounters_usbp", "all", "Cuba"]
    assert cubans["wape"] == pytest.approx((9 + 0) / 141, abs=1e-6)
    assert scores["departures", "all", "all"]["wape"] == pytest.approx(1 / 20)
    assert math.isnan(scores["encounters_usbp", "tucson_sector", "all"]["wape"])  # nothing was observed
    assert len(scores) == 4

    months = found.months[found.months["nationality"] == "Cuba"].to_dict("records")
    assert [(row["period"], row["observed"], row["simulated"], row["error"]) for row in months] == [
        ("2023-11", 50, 41, -9),
        ("2023-12", 91, 91, 0),
    ]
    assert set(found.months["vintage"]) == {"unknown"}


def test_what_is_not_compared_is_told(make_results):
    found = score_observed(make_results("gate"), parse_observed(FIGURES, name="mine"))
    assert found.notes == (
        "gate does not report paroles_at_ports",
        "gate reports some cells of departures not at all",
        "gate does not report 1 of the months observed (2024-01 to 2024-01)",
    )


def test_several_runs_are_scored_and_one_without_a_month_in_common_is_refused(make_results):
    figures = parse_observed(FIGURES, name="mine")
    both = score_observed([make_results("history"), make_results("gate", shift=5.0)], figures)
    assert list(dict.fromkeys(both.scores["scenario"])) == ["history", "gate"]
    late = parse_observed(b"indicator,period,value\nencounters_usbp,2024-05,3\n", file="late.csv")
    with pytest.raises(
        InputError, match=r"late\.csv: history and the figures late have no month and no cell"
    ):
        score_observed(make_results("history"), late)


def test_the_packaged_figures_are_scored_as_imported_ones_are(make_results):
    scored = score_observed(make_results("history"), read_observed("packaged"))
    whole = scored.scores[scored.scores["nationality"] == "all"].set_index("place").loc["all"]
    assert whole["observed"] > 400_000 and 0.9 < whole["wape"] <= 1
