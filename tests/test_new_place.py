"""A new city is one row of places.yaml; what the row lacks is named, all at once, with file and line."""

import csv
import json

import pytest

from tests.copies import copy_repository, insert_before, run_there

EXAMPLE = 'source: "assumed (0 to 1000): an example"'
CITY = """\
  - id: nuevo_laredo
    label: Nuevo Laredo
    es: {label: Nuevo Laredo}
    latitude: 27.48
    longitude: -99.52
    office: laredo_office
    crosses_to: {laredo_sector: 1}
    defaults:
      mexico.shelter_places: {value: 800, status: assumed, source: "assumed (0 to 1000): an example"}
      mexico.transfers_south_daily: {value: 15, status: assumed, source: "assumed (0 to 1000): an example"}

"""
AFTER_THE_CITIES = "# Border Patrol sectors"
ASK = """
import json
import corridor
from corridor_app.map import flows
from corridor_app.words.language import in_language
from corridor_app.words.wording import place_words
levers = [name for name, lever in corridor.LEVERS.items() if "nuevo_laredo" in lever.members]
drawn = sorted(line.id for line in flows.lines() if "Nuevo Laredo" in line.names)
with in_language("es"):
    print(json.dumps([levers, drawn, place_words("nuevo_laredo")]))
"""


@pytest.fixture(scope="module")
def with_city(tmp_path_factory):
    """A copy of the repository with one row more."""
    folder = copy_repository(tmp_path_factory.mktemp("place"))
    insert_before(folder / "model/corridor/data/places.yaml", AFTER_THE_CITIES, CITY)
    return folder


def refusal_of(folder):
    """What `corridor validate` says of the copy, a problem a line."""
    done = run_there(folder, "corridor", "validate", "history")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return [line for line in done.stderr.splitlines() if "places.yaml" in line]


def test_a_city_is_one_row_and_people_wait_there(with_city):
    done = run_there(
        with_city,
        *["corridor", "run", "history", "--replicates", "1", "--people-per-agent", "1000", "--no-baseline"],
    )
    assert done.returncode == 0, done.stderr
    with (with_city / "results/history/replicates_years_by_place.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["place"] == "nuevo_laredo"]
    waiting = [
        row for row in rows if row["indicator"] == "waiting_north_mexico" and row["first_day"] == "2023-01-01"
    ]
    assert waiting and all(float(row["value"]) > 0 for row in waiting)


def test_a_city_is_among_the_members_of_its_levers_on_the_map_and_named_in_spanish(with_city):
    done = run_there(with_city, "python", "-c", ASK)
    assert done.returncode == 0, done.stderr
    levers, drawn, name = json.loads(done.stdout)
    assert levers == ["mexico.transfers_south_daily", "mexico.shelter_places"]
    assert drawn
    assert name == "Nuevo Laredo"


def test_a_row_that_lacks_defaults_is_refused_naming_all_that_it_lacks(tmp_path):
    copy_repository(tmp_path)
    bare = CITY.split("    office:")[0] + "\n"
    insert_before(tmp_path / "model/corridor/data/places.yaml", AFTER_THE_CITIES, bare)
    text = (tmp_path / "model/corridor/data/places.yaml").read_text()
    line = text[: text.index("id: nuevo_laredo")].count("\n") + 1
    said = refusal_of(tmp_path)
    for lacking in ("`office`", "`crosses_to`", "mexico.shelter_places", "mexico.transfers_south_daily"):
        assert [each for each in said if lacking in each and f"places.yaml:{line}:" in each], (lacking, said)
    assert len(said) == 4


def test_a_default_without_a_source_out_of_range_or_of_no_lever_is_refused(tmp_path):
    copy_repository(tmp_path)
    wrong = CITY.replace(f"status: assumed, {EXAMPLE}}}", "status: assumed, source: ''}", 1)
    wrong = wrong.replace("{value: 15,", "{value: 50000,")
    wrong = wrong.rstrip() + f"\n      us.custody_bed: {{value: 1, status: assumed, {EXAMPLE}}}\n\n"
    insert_before(tmp_path / "model/corridor/data/places.yaml", AFTER_THE_CITIES, wrong)
    said = "\n".join(refusal_of(tmp_path))
    assert "mexico.shelter_places has no source" in said
    assert "mexico.transfers_south_daily is 50000; expected 0 to 5,000" in said
    assert "nuevo_laredo has no lever 'us.custody_bed'" in said


def test_a_sector_without_its_values_of_parameters_is_refused(tmp_path):
    copy_repository(tmp_path)
    row = """\
  - id: maritime_sector
    label: Maritime
    latitude: 32.5
    longitude: -117.3
    defaults:
      us.patrols: {value: 1, status: assumed, source: "assumed (0 to 3): an example"}
      us.custody_beds: {value: 10, status: assumed, source: "assumed (0 to 1000): an example"}
      us.processing_daily: {value: 10, status: assumed, source: "assumed (0 to 1000): an example"}
      us.lateral_flights_daily: {value: 0, status: assumed, source: "assumed (0 to 1000): an example"}

"""
    insert_before(tmp_path / "model/corridor/data/places.yaml", "# Ports of entry", row)
    (said,) = refusal_of(tmp_path)
    assert "maritime_sector has no value of the parameter sector_pull" in said
