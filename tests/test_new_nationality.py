"""A new nationality is one file; what the file lacks is named, all at once, with file and line."""

import csv
import json
import re

import pytest

from tests.copies import ROOT, copy_repository, replace_in, run_there

FILES = "model/corridor/data/nationalities"
RUN = ("corridor", "run", "history", "--replicates", "1", "--people-per-agent", "1000", "--no-baseline")
ASK = """
import json
import corridor
from corridor_app.charts import chart
from corridor_app.map import flows
from corridor_app.words.language import _, in_language
from corridor_app.words.wording import nationality_words
results = corridor.run_ensemble("history", replicates=1, people_per_agent=5000, workers=1)
lines = [line.id for line in flows.lines() if any(term.nationality == "Nepal" for term in line.terms)]
with in_language("es"):
    names = [nationality_words("Nepal"), _(corridor.LEVERS["nepal.accepts_flights"].label)]
print(json.dumps({
    "lines": lines, "chart": "Nepal" in chart.breakdowns(results, "encounters_usbp"), "names": names,
}))
"""


CHANGES = (
    ("name: Other", "name: Nepal"),
    ("order: 11 ", "order: 17 "),
    ("label: Other nationalities\n", "label: Nepal\n"),
    ("as_origin: other origins\n", "as_origin: Nepal\n"),
    (r"es: {.*}", "es: {name: Nepal (país), label: Nepal (país), as_origin: Nepal}"),
    ("remainder: true", "remainder: false"),
    (r"latitude: \S+, longitude: \S+,", "latitude: 27.7, longitude: 85.3,"),
    (r"smuggling_fee_usd: {value: \d+", "smuggling_fee_usd: {value: 41000"),
    # Of the places at ports a few: with those of all others its few people would all be admitted there.
    (r"appointment_interest: {dated: {.*?}", "appointment_interest: {dated: {2020-07-01: 0.1}"),
    (r"port_exceptions_interest: {dated: {.*?}", "port_exceptions_interest: {dated: {2020-07-01: 0.1}"),
    (r"latent_demand: {dated: {.*?}", "latent_demand: {dated: {2020-07-01: 20, 2024-01-01: 60}"),
)


def nepal() -> str:
    """The file of a eighteenth nationality: that of all others, with names, order and values of its own."""
    text = (ROOT / FILES / "other.yaml").read_text(encoding="utf-8")
    for pattern, new in CHANGES:
        text, count = re.subn(pattern, new, text, count=1)
        assert count == 1, pattern
    return text


@pytest.fixture(scope="module")
def with_nepal(tmp_path_factory):
    """A copy of the repository with one file more."""
    folder = copy_repository(tmp_path_factory.mktemp("nationality"))
    (folder / FILES / "nepal.yaml").write_text(nepal(), encoding="utf-8")
    return folder


def refusal_of(folder, *command):
    """What a command says of the copy, a problem a line."""
    done = run_there(folder, *command)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def test_a_nationality_is_one_file_and_its_people_leave_and_are_encountered(with_nepal):
    done = run_there(with_nepal, *RUN)
    assert done.returncode == 0, done.stderr
    people = {}
    for level in ("", "_by_nationality"):
        with (with_nepal / f"results/history/replicates_years{level}.csv").open() as file:
            people |= {
                (row["indicator"], row["nationality"]): float(row["value"])
                for row in csv.DictReader(file)
                if row["first_day"] == "2023-01-01"
            }
    for indicator in ("departures", "darien_entries", "encounters_usbp"):
        assert people[indicator, "Nepal"] > 0, indicator
    nations = [path.stem for path in (with_nepal / FILES).glob("*.yaml")]
    by_nationality = [
        value for (name, nation), value in people.items() if name == "departures" and nation != "all"
    ]
    assert len(by_nationality) == len(nations) == 18
    assert sum(by_nationality) == people["departures", "all"], "somebody leaves who is of no nationality"


def test_charts_the_map_and_spanish_know_a_new_nationality(with_nepal):
    done = run_there(with_nepal, "python", "-c", ASK)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "lines": ["parole_others", "flights_caribbean_and_others"],
        "chart": True,
        "names": [
            "Nepal (país)",
            "Proporción de vuelos de deportación a Nepal que se aceptan",
        ],
    }


def test_what_a_file_lacks_is_named_all_at_once_with_file_and_line(with_nepal, tmp_path):
    copy_repository(tmp_path)
    lines = nepal().splitlines()
    gone = (
        "map: ",
        "  route_darien: ",
        "  smuggling_fee_usd: ",
        "  latent_demand: ",
        "  nicaragua.air_route: ",
    )
    kept = [line for line in lines if not line.startswith(gone)]
    assert len(kept) == len(lines) - len(gone)
    text = "\n".join(kept).replace("us: 1, ", "") + "\n"
    (tmp_path / FILES / "nepal.yaml").write_text(text, encoding="utf-8")
    for command in (("corridor", "validate", "history"), RUN):
        said = refusal_of(tmp_path, *command)
        for lacking in (
            "`map`",
            "`accepts_flights.us`",
            "`parameters.route_darien`",
            "`parameters.smuggling_fee_usd`",
            "`parameters.latent_demand`",
            "`defaults.nicaragua.air_route`",
        ):
            assert [
                line for line in said if re.search(rf"{FILES}/nepal\.yaml:\d+:\d+: lacks {lacking}", line)
            ], (
                lacking,
                said,
            )
        assert len(said) == 6, said


def test_demand_without_a_way_to_travel_a_wrong_value_and_an_invented_source_are_refused(tmp_path):
    copy_repository(tmp_path)
    file = tmp_path / FILES / "nepal.yaml"
    file.write_text(nepal(), encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    text = re.sub(r"(  route_(?!pull)\w+: {value: )[\d.]+", r"\g<1>0", text)
    file.write_text(text, encoding="utf-8")
    (said,) = refusal_of(tmp_path, "corridor", "validate", "history")
    assert "Nepal has demand, but its shares of route_darien, " in said and "nepal.yaml:" in said
    text = text.replace("{value: 41000, status: assumed, source: assumed", "{value: 99000, status: assumed")
    text = text.replace("wall_access: shared", "wall_acess: shared").replace(
        "begins: {}", "begins: {land: lima}"
    )
    file.write_text(text.replace("order: 17", "order: 11"), encoding="utf-8")
    said = "\n".join(refusal_of(tmp_path, "corridor", "validate", "history"))
    assert "order 11 is that of" in said
    assert "no parameter by nationality 'wall_acess'; did you mean 'wall_access'?" in said
    assert "lacks `parameters.wall_access`" in said


def test_a_first_place_that_is_not_there_and_a_value_without_source_are_refused(tmp_path):
    copy_repository(tmp_path)
    file = tmp_path / FILES / "nepal.yaml"
    file.write_text(nepal(), encoding="utf-8")
    replace_in(file, "begins: {}", "begins: {land: mexico_interier}")
    replace_in(
        file,
        "{value: 41000, status: assumed, source: assumed}",
        "{value: 41000, status: assumed}",
    )
    said = "\n".join(refusal_of(tmp_path, "corridor", "validate", "history"))
    assert "no leg 'mexico_interier' to begin at; did you mean 'mexico_interior'?" in said
    assert "smuggling_fee_usd: has no source" in said
