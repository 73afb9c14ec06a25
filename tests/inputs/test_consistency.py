"""Rules that span the files of the data: each names every row that breaks it, with its line."""

import copy

import pytest

from corridor.foundations.errors import InputError
from corridor.inputs import consistency
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries import levers, places


@pytest.fixture
def rows(monkeypatch):
    """The rows of places.yaml, which a test may change; problems keep the lines of the file."""
    changed = copy.deepcopy(read_data_file(places.PLACES_FILE))

    def read(name):
        return changed if name == places.PLACES_FILE else read_data_file(name)

    for module in (places, levers, consistency):
        monkeypatch.setattr(module, "read_data_file", read)
    return changed


def row_of(rows, section, name):
    (found,) = (row for row in rows[section] if row["id"] == name)
    return found


def test_the_shipped_data_break_no_rule():
    assert [problem for rule in consistency.RULES for problem in rule()] == []


def test_all_problems_of_all_rules_are_told_at_once_with_their_lines(rows, monkeypatch):
    del row_of(rows, "cities", "reynosa")["office"]
    del row_of(rows, "sectors", "yuma_sector")["defaults"]["us.custody_beds"]
    row_of(rows, "legs", "darien")["days"] = "darien_day"
    row_of(rows, "crossings", "lukeville")["id"] = "lukevile"
    monkeypatch.setattr(consistency, "check_consistency", consistency.check_consistency.__wrapped__)
    with pytest.raises(InputError) as refused:
        consistency.check_consistency()
    said = {problem.message for problem in refused.value.problems}
    assert all(problem.line > 1 for problem in refused.value.problems)
    assert "reynosa lacks `office`" in said
    assert "lukevile has no value of the parameter trade_loss_daily_usd (parameters.yaml)" in said
    assert "darien: no parameter 'darien_day'; did you mean 'darien_days'?" in said
    assert any("yuma_sector lacks a default: `us.custody_beds" in each for each in said)
    assert len(said) == 4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (5500, "expects `value`, `status` and `source`"),
        ({"value": 5500, "status": "assumed"}, "expects `value`, `status` and `source`"),
        ({"value": 5500, "status": "guessed", "source": "x"}, "has the status 'guessed'"),
        ({"value": 5500, "status": "assumed", "source": " "}, "has no source"),
        ({"value": -1, "status": "assumed", "source": "x"}, "is -1; expected 0 to 100,000"),
        ({"value": "unlimited", "status": "assumed", "source": "x"}, "is unlimited; expected 0 to 100,000"),
    ],
)
def test_a_default_of_a_place_is_a_value_with_status_and_source(rows, given, message):
    row_of(rows, "cities", "tijuana")["defaults"]["mexico.shelter_places"] = given
    (problem,) = consistency.places_have_the_defaults_of_their_levers()
    assert f"tijuana: mexico.shelter_places {message}" in problem.message


def test_a_visa_lever_goes_with_a_route_that_lands_in_its_country(rows):
    row_of(rows, "routes", "ecuador_air")["lands_in"] = "Peru"
    (missing,) = consistency.routes_name_what_exists()
    assert "route ecuador_air: no lever 'peru.visa_required'" in missing.message
    (idle,) = consistency.visas_close_a_route()
    assert idle.message == "ecuador.visa_required: no route of places.yaml lands there by air"
