"""Sources: an invented one is refused, an item about something else too, and everything in the registry is cited."""

import json
import shutil
import sys
from collections import defaultdict

import pytest

from corridor.foundations.errors import InputError
from corridor.inputs.evidence.search import document_figures, observed_rows
from corridor.inputs.evidence.written_figures import read_day
from corridor.inputs.parameters.accepted import FILE as FIT_FILE
from corridor.inputs.parameters.parameter_set import load_parameters, read_parameters
from corridor.inputs.reading import registry
from corridor.inputs.reading.data_files import DATA_FOLDER, read_data_text
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.reading.yaml_source import read_yaml_file
from corridor.inputs.registries import nationalities
from corridor.inputs.registries.bargain_items import ISSUES, SIDE_DEALS
from corridor.inputs.registries.coverage import load_coverage
from corridor.inputs.registries.geography import load_geography
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS, _read_levers
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.registries.sources import (
    KINDS,
    SOURCES,
    _read_sources,
    citation_problems,
    read_citation,
    unknown_items,
)
from corridor.inputs.scenarios.scenario_files import load_scenario, scenario_folders, scenario_names
from tests.copies import copy_repository, replace_in, run_there

PARAMETERS = load_parameters()
CITED_FOR = {
    "interventions": ("lever", "lever"),
    "shocks": ("kind", "shock"),
    "demands": ("indicator", "indicator"),
}
"""Parts of a scenario: the field that says what an entry is about, and what coverage.yaml calls that."""


@pytest.fixture
def registries(tmp_path, monkeypatch):
    """A copy of the data whose files can be changed and read again; gives what writes and what reads."""
    shutil.copytree(DATA_FOLDER, tmp_path / "data")
    monkeypatch.setattr("corridor.inputs.reading.data_files.DATA_FOLDER", tmp_path / "data")

    def change(name, old, new):
        file = tmp_path / "data" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        registry.read_data_source.cache_clear()

    yield change
    registry.read_data_source.cache_clear()


def refused(read, *arguments, **named):
    with pytest.raises(InputError) as caught:
        read(*arguments, **named)
    return [str(problem) for problem in caught.value.problems]


def shipped_citations():
    """Every source of a shipped scenario: its problem-maker, and what is wrong with it."""
    for name in scenario_names():
        source = read_yaml_file(scenario_folders()[0] / f"{name}.yaml")
        root = "extends" not in source.data
        for part, (field, subject) in CITED_FOR.items():
            for number, entry in enumerate(source.data.get(part) or []):
                about = {f"{subject}:{entry[field]}"}
                for message in citation_problems(entry.get("source"), about, ranged=root):
                    yield source.problem((part, number, "source"), f"{entry['id']}: {message}")


def citing():
    """What cites each source, by id."""
    found = defaultdict(list)
    documents = {item: source.id for source in SOURCES.values() for item in source.items}
    for where, text in citations():
        for reference in read_citation(text)[0]:
            if reference.source:
                found[reference.source.id].append(where)
            for document in {documents[item] for item in reference.items}:
                found[document].append(where)
    return found


def citations():
    """Every citation of the data and of the shipped scenarios: where, and its text."""
    for parameter in PARAMETERS.values():
        yield f"parameter {parameter.id}", parameter.source
        for other in parameter.alternatives:
            yield f"parameter {parameter.id}, another value", other.source
        for nation, own in parameter.provenance.items():
            yield f"parameter {parameter.id} of {nation}", own.source
    for lever in LEVERS.values():
        yield f"lever {lever.id}", lever.source
    for nation in nationalities.load_nationalities().values():
        for id, default in nation.defaults.items():
            yield f"{id} of {nation.name}", default.source
    for part, entries in (
        *(
            ("shock", read_data_file("shocks.yaml")["shocks"]),
            ("issue", read_data_file("diplomacy.yaml")["issues"]),
        ),
        ("side deal", read_data_file("diplomacy.yaml")["side_deals"]),
    ):
        for entry in entries:
            yield f"{part} {entry.get('id', entry.get('kind'))}", entry["source"]
    places = read_data_file("places.yaml")
    for name, text in places["sources"].items():
        yield f"places: {name}", text
    rows = [row for part in places.values() if isinstance(part, list) for row in part]
    for row in rows:
        if "source" in row:
            yield f"place {row['id']}", row["source"]
        for id, default in row.get("defaults", {}).items():
            yield f"{id} of {row['id']}", default["source"]
    for name in scenario_names():
        scenario = load_scenario(name)
        for entry in (*scenario.interventions, *scenario.shocks, *scenario.demands):
            yield f"{name}: {entry.id}", entry.source
    for point in read_data_file("figures.yaml")["point_figures"]:
        yield f"figure {point['id']}", point["publisher"]
    for publisher in dict.fromkeys(row[6] for row in observed_rows()):
        yield "observed figures", publisher


# --- the registry -------------------------------------------------------------------------------------------


def test_every_source_says_who_published_it_when_and_what_it_says():
    for source in SOURCES.values():
        assert source.publisher and source.title and source.date and source.says, source.id
        assert source.kind in KINDS, source.id


def test_the_founding_documents_hold_all_items_between_them():
    documents = [source for source in SOURCES.values() if source.kind == "document"]

    assert [source.id for source in documents] == ["S0", "S1", "S2", "S3", "S4"]
    assert {number for source in documents for number in source.items} == set(range(1, 110))


def test_every_source_is_cited_by_something():
    cited = citing()

    assert [name for name in SOURCES if not cited[name]] == []


def test_publishers_of_figures_and_of_observed_series_are_sources():
    publishers = {point["publisher"] for point in read_data_file("figures.yaml")["point_figures"]}
    publishers |= {row[6] for row in observed_rows()}

    assert publishers <= set(SOURCES)


def test_every_publisher_of_observed_figures_has_a_vintage_and_no_other_source_has_one():
    published = {row[6] for row in observed_rows()}

    assert {source.id for source in SOURCES.values() if source.vintage} == published
    for name in published:
        assert SOURCES[name].vintage == "unknown" or read_day(SOURCES[name].vintage), name


def test_a_figure_of_a_document_is_an_item_of_that_document():
    wrong = [
        figure["item"]
        for figure in document_figures()
        if figure["item"] not in SOURCES[figure["document"]].items
    ]

    assert wrong == []


def test_the_registry_of_sources_refuses_what_is_missing_or_unknown(registries):
    registries("sources.yaml", "kind: map", "kind: mapp")
    registries("sources.yaml", "{id: S0, publisher: Reuters", "{id: S0, publishr: Reuters")
    registries("sources.yaml", "id: TRAC report 694", "id: KVIA")
    problems = refused(_read_sources)

    assert any("Natural Earth: kind is one of document" in problem for problem in problems)
    assert any("S0: publisher is missing" in problem for problem in problems)
    assert any("unknown field 'publishr'; did you mean 'publisher'?" in problem for problem in problems)
    assert any("KVIA: is there twice" in problem for problem in problems)


# --- citations ----------------------------------------------------------------------------------------------


def test_a_citation_is_sources_and_items_with_words_beside_them():
    references, problems = read_citation(
        "document items 23, 24 and 87: the order; CNN 2022-12 (Tijuana); assumed (0.3 to 0.7): strictness"
    )

    assert problems == ()
    assert [each.items for each in references] == [(23, 24, 87), (), ()]
    assert [each.source.id for each in references[1:]] == ["CNN 2022-12", "assumed"]
    assert [each.words for each in references] == ["the order", "", "strictness"]
    assert references[2].range == (0.3, 0.7) and references[2].has_range


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CBP monthly table", "unknown source 'CBP monthly table'; did you mean 'CBP monthly tables'?"),
        ("my uncle", "unknown source 'my uncle'; sources.yaml lists them"),
        ("document item 110", "there is no document item 110: they go from 1 to 109"),
        ("S3", "S3 is a founding document: cite its items, as `document item 31`"),
        (
            "document item 31",
            "document item 31 (Release with a court date, and tracking) is not about lever us.title_42",
        ),
        ("general: as item 111 says", "there is no document item 111"),
        ("general;", "expected a source, not ''"),
        ("", "the source is missing"),
    ],
)
def test_a_wrong_citation_is_refused_with_what_was_expected(text, message):
    assert any(message in problem for problem in citation_problems(text, {"lever:us.title_42"}))


def test_what_is_assumed_gives_a_range_of_numbers_or_dates():
    for text in ("assumed", "assumed: a guess", "assumed (0.7 to 0.3)", "assumed (2023-03-01 to 2022-01-01)"):
        assert citation_problems(text, (), ranged=True) == [
            "what is assumed gives its range: assumed (LOW to HIGH)"
        ]
    for text in (
        "assumed (0.3 to 0.7)",
        "assumed (0.5 to 2 times)",
        "assumed (1,000 to 3,000)",
        "assumed (2022-09-07 to 2022-12-01)",
    ):
        assert citation_problems(text, (), ranged=True) == []


def test_items_are_found_in_free_words():
    assert unknown_items("Document items 1 to 3, 110 and 44; item 0, and the 300 items of a list") == [110, 0]


def test_a_range_of_items_without_end_is_refused_at_once():
    assert unknown_items(f"items 108 to 9999999999, item {'9' * 10_000}") == [999_999, 999_999]


# --- what the shipped files cite ----------------------------------------------------------------------------


def test_every_citation_of_a_shipped_scenario_resolves_and_its_items_are_about_the_entry():
    assert [str(problem) for problem in shipped_citations()] == []


def test_an_assumed_number_of_history_lies_in_its_range():
    outside = []
    for entry in read_yaml_file(scenario_folders()[0] / "history.yaml").data["interventions"]:
        ranges = [
            each.range
            for each in read_citation(entry["source"])[0]
            if each.range and not each.aside.endswith("times")
        ]
        given = list(entry.get("values", {0: entry.get("to")}).values())
        if ranges and not any(low <= value <= high for low, high in ranges for value in given):
            outside.append((entry["id"], given, ranges))

    assert outside == []


def test_every_citation_of_the_registries_resolves():
    assert len(LEVERS) and len(SHOCKS) and len(ISSUES) and len(SIDE_DEALS) and len(INDICATORS)
    assert load_geography().places and PARAMETERS


def test_every_item_that_a_lever_an_indicator_or_a_shock_names_is_about_it():
    subjects = {item.number: item.subjects for item in load_coverage()}
    wrong = [
        (kind, each, item)
        for kind, entries in (("lever", LEVERS), ("indicator", INDICATORS), ("shock", SHOCKS))
        for each, entry in entries.items()
        for item in entry.items
        if f"{kind}:{each.removesuffix('_end')}" not in subjects[item]
    ]

    assert wrong == []


def test_what_cites_the_packaged_fit_is_in_its_record():
    record = json.loads(read_data_text(FIT_FILE))["values"]
    fit = PARAMETERS["latent_demand"].source.split(";")[0]
    citing = {name for name, parameter in PARAMETERS.items() if fit in parameter.source}

    assert fit in SOURCES and citing == set(record)


def test_words_about_a_value_found_by_fitting_say_so_to_the_reader():
    wrong = [
        entry["id"]
        for entry in read_yaml_file(scenario_folders()[0] / "history.yaml").data["interventions"]
        if any(study in entry["source"] for study in ("macro study", "containment study"))
        != ("fitted" in entry["source"])
    ]

    assert wrong == []


# --- what is refused ----------------------------------------------------------------------------------------

ENTRY = """
guard_reference:
  label: Troops
  group: mexico
  unit: troops
  value: 32000
  range: [21500, 40000]
  status: documented
  source: document item 95
"""


def test_an_invented_source_is_refused_by_the_command_line_with_its_place(tmp_path):
    copy = copy_repository(tmp_path)
    levers = copy / "model" / "corridor" / "data" / "levers.yaml"
    text = levers.read_text(encoding="utf-8")
    old = "source: document items 37 and 60; AP 2023-12-04"
    replace_in(levers, old, "source: Institute of Invented Figures 2023")
    line = text[: text.index(old)].count("\n") + 1

    done = run_there(copy, sys.executable, "-m", "corridor", "levers")

    assert done.returncode == 2
    assert (
        f"model/corridor/data/levers.yaml:{line}:13: mexico.enforcement_funding: unknown source"
        in done.stderr
    )
    assert "Institute of Invented Figures 2023" in done.stderr


def test_an_invented_source_of_a_nationalitys_value_is_refused_by_the_command_line(tmp_path):
    copy = copy_repository(tmp_path)
    peru = copy / "model" / "corridor" / "data" / "nationalities" / "peru.yaml"
    (row,) = [each for each in peru.read_text(encoding="utf-8").splitlines() if "departure_response:" in each]
    replace_in(peru, row, "  departure_response: {value: 4, status: fitted, source: macro studdy}")

    done = run_there(copy, sys.executable, "-m", "corridor", "evidence", "--search", "Peru")

    assert done.returncode == 2
    assert "nationalities/peru.yaml:" in done.stderr
    assert "departure_response: unknown source 'macro studdy'; did you mean 'macro study'?" in done.stderr


def test_an_item_that_is_not_about_the_lever_is_refused(registries):
    registries("levers.yaml", "    items: [31]\n", "    items: [31, 33]\n")
    (problem,) = refused(_read_levers)

    assert "us.release_tracking: document item 33 (US flights to Venezuela) is not about" in problem


def test_the_default_of_a_place_cites_a_source_with_its_range(registries):
    registries("places.yaml", '"New York Post 2024: 750 rated"', '"New York Past 2024: 750 rated"')
    registries("places.yaml", "assumed (0.5 to 2 times): no count was found", "assumed: no count was found")
    problems = refused(_read_levers)

    assert any(
        "us.custody_beds: unknown source 'New York Past 2024'; did you mean" in each for each in problems
    )
    assert any("mexico.shelter_places: what is assumed gives its range" in each for each in problems)


def test_what_a_nationality_cites_for_the_flights_that_it_takes_is_checked(registries):
    registries(
        "nationalities/peru.yaml", "takes its people back; assumed (0 to 1)", "takes its people back; assumed"
    )
    (problem,) = [
        str(problem)
        for source in nationalities.nationality_sources.__wrapped__()
        for problem in nationalities._wrong_sources(source)
    ]

    assert "peru.yaml" in problem and "what is assumed gives its range" in problem


def test_wrong_citations_of_shocks_issues_indicators_and_places_are_refused(registries):
    from corridor.inputs.registries import bargain_items, geography, indicators, shocks

    registries("shocks.yaml", "items: [71]", "items: [71, 47]")
    registries("diplomacy.yaml", "assumed (1 to 3 times): twice the places", "assumed: twice the places")
    registries("indicators.yaml", "items: [94]", "items: [94, 31]")
    registries(
        "places.yaml",
        'source: "assumed (0.3 to 1): its share of Yuma, and (0 to 0.4) of Tucson"',
        "source: a hunch",
    )
    bargain_items._check_sources.cache_clear()
    geography.load_geography.cache_clear()

    assert "document item 47" in refused(shocks._read_shocks)[0]
    assert "what is assumed gives its range" in refused(bargain_items._read_issues)[0]
    assert "document item 31" in refused(indicators._read_indicators)[0]
    assert "tijuana: unknown source 'a hunch'" in refused(geography.load_geography)[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("document item 95", "CBP monthly table", "unknown source 'CBP monthly table'; did you mean"),
        (
            "document item 95",
            "document item 96",
            "document item 96 (A caravan of 6,000 or 10,000) is not about",
        ),
        (
            "document item 95",
            "CBP monthly tables",
            "a parameter that is documented cites an item of the five",
        ),
        ("documented", "published", "a parameter that is published cites what somebody else published"),
        (
            "documented\n  source: document item 95",
            "published\n  source: macro study",
            "cites what somebody else published",
        ),
        (
            "documented\n  source: document item 95",
            "published\n  source: general",
            "cites what somebody else published",
        ),
        ("documented", "fitted", "a parameter that is fitted cites the fit or study of this project"),
        ("documented", "assumed", "a parameter that is assumed cites `assumed`"),
        ("  range: [21500, 40000]\n", "", "range is missing"),
        ("  source: document item 95\n", "", "source is missing"),
        ("document item 95", "document item 95\n  note: Item 110 says so.", "there is no document item 110"),
        (
            "document item 95",
            "document item 95\n  alternatives: [{value: 1, unit: troops, source: hearsay}]",
            "unknown source 'hearsay'",
        ),
    ],
)
def test_a_parameter_whose_source_does_not_bear_it_is_refused(old, new, message):
    assert old in ENTRY

    assert any(message in problem for problem in refused(read_parameters, ENTRY.replace(old, new), file="f"))


def test_a_parameter_that_an_item_is_about_may_cite_it():
    assert read_parameters(ENTRY)["guard_reference"].source == "document item 95"


# --- scenarios of users -------------------------------------------------------------------------------------


def test_the_source_of_a_users_own_entry_is_free_but_its_items_exist(folder):
    entry = "  - {{id: mine, lever: mexico.guard_deployed, start: 2023-05-01, to: 1, source: '{}'}}"
    text = f"interventions:\n{entry}"

    for free in ("my uncle says so", "document item 31", ""):
        folder.parse(text.format(free))
    (problem,) = folder.problems(f"name: x\nextends: root\n{text.format('document items 95 and 190')}")
    assert str(problem).startswith("x.yaml:4:") and "there is no document item 190" in problem.message
