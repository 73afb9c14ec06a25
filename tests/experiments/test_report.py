"""The report, made through the front door: what is on the page, what is not, and that it is the same each time."""

import csv
import re
from html.parser import HTMLParser

import pytest

from corridor import make_report
from corridor.experiments.report import SHOWN
from corridor.experiments.report_entries import other_words
from corridor.experiments.workers import stop_workers
from corridor.inputs.scenarios.scenario_files import load_scenario

ATTACK = "<script>alert(1)</script>"
HOSTILE = f"""\
name: gate
title: 'Half {ATTACK} turned back'
question: 'What of $\\frac{{1}}$ and "><img src=x onerror=alert(2)>?'
narrative: '{{{{ 7 * 7 }}}} </svg></style>{ATTACK}'
extends: short
interventions:
  - {{id: half, lever: panama.darien_gate, start: 2021-01-10, to: 0.5,
     source: 'https://example.org/{ATTACK}', note: '</td>{ATTACK}'}}
"""
LOADING = {"src", "srcset", "href", "xlink:href", "action", "data", "poster", "background", "style"}


YEAR = "2021-01 to 2021-02"
"""What `short` reports of its only year."""


class Page(HTMLParser):
    """Elements with their attributes, and text outside the style."""

    def __init__(self, page: bytes):
        super().__init__()
        self.elements, self.text, self._open = [], [], ""
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module", autouse=True)
def _no_workers_stay():
    yield
    stop_workers()


@pytest.fixture
def results(run_command, scenario_folder, tmp_path):
    (scenario_folder / "gate.yaml").write_text(HOSTILE)
    out = tmp_path / "results"
    code, _, problems = run_command("run", scenario_folder / "gate.yaml", "--out", out)
    assert (code, problems) == (0, "")
    return out


@pytest.fixture
def report_of(run_command, tmp_path):
    def make(*folders, name="page.html"):
        code, _, problems = run_command("report", *folders, "--out", tmp_path / name)
        assert (code, problems) == (0, "")
        return (tmp_path / name).read_bytes()

    return make


def test_the_same_results_give_the_same_bytes(report_of, results):
    page = report_of(results)
    assert report_of(results, name="again.html") == page
    # The folder of the scenario alone finds its baseline beside it.
    assert b"Nothing to compare it with" not in report_of(results / "gate")


def test_a_page_asks_for_nothing_from_elsewhere(report_of, results):
    page = Page(report_of(results))
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "iframe", "img", "object", "embed", "base", "form"}
        for name in LOADING & set(attributes):
            assert re.findall(r"//|data:|javascript:|@import", attributes[name]) == [], (tag, name)
            assert name == "style" or attributes[name].startswith("#"), (tag, name)
        assert not [name for name in attributes if name.startswith("on")]
    assert "url(" not in "".join(page.text) and "@import" not in "".join(page.text)


def test_what_a_scenario_says_is_text(report_of, results):
    content = report_of(results)
    assert b"<script" not in content
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in content
    said = "".join(Page(content).text)
    for words in (
        f"Half {ATTACK} turned back",
        '"><img src=x onerror=alert(2)>?',
        "{{ 7 * 7 }} </svg></style>",
    ):
        assert words in said


def test_numbers_are_those_of_compare_csv(report_of, results):
    columns = ("baseline_value", "value", "difference", "difference_p10", "difference_p90", "relative")
    with (results / "headline.csv").open() as file:
        rows = list(csv.DictReader(file))
    first = (rows[0]["first_day"], rows[0]["last_day"])
    expected = {
        row["indicator"]: [row[name] for name in columns]
        for row in rows
        if (row["first_day"], row["last_day"]) == first and row["indicator"] in SHOWN
    }
    found: dict[str, list[str]] = {}
    for tag, attributes in Page(report_of(results)).elements:
        if tag == "tr" and "data-indicator" in attributes:
            found[attributes["data-indicator"]] = []
        if tag == "data":
            found[list(found)[-1]].append(attributes["value"])
    assert found == expected
    assert list(found) == list(SHOWN)


def test_a_shown_number_is_the_exact_one_rounded(report_of, results):
    pairs = re.findall(r'<data value="([^"]+)">([^<]+)</data>', report_of(results).decode())
    assert pairs
    for exact, shown in pairs:
        if "%" not in shown:
            written = float(shown.replace("\N{MINUS SIGN}", "-").replace(",", ""))
            assert min(abs(written - float(exact)), abs(written - float(exact) / 1e6)) <= 0.5


def test_figures_have_words_and_ids_of_their_own(report_of, results):
    elements = Page(report_of(results)).elements
    figures = [attributes for tag, attributes in elements if tag == "svg"]
    assert len(figures) == 5
    assert all(each["role"] == "img" and "Median of gate by month" in each["aria-label"] for each in figures)
    tags = [tag for tag, _ in elements]
    assert tags.count("desc") == 5
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {a[name][1:] for _, a in elements for name in ("href", "xlink:href") if name in a}
    assert targets <= set(ids)


def test_assumptions_and_origin_are_told(report_of, results):
    said = " ".join(" ".join(Page(report_of(results)).text).split())
    for words in (
        "2021-01-10",
        "half",
        "https://example.org/",
        "corridor run gate --no-baseline",
        "hash of code",
        "extends: short",
    ):
        assert words in said


def test_a_folder_without_results_is_refused_and_nothing_written(run_command, tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "missing"):
        code, shown, problems = run_command(
            "report", tmp_path / folder, "--out", tmp_path / "new" / "page.html"
        )
        assert (code, shown) == (2, "")
        assert "no results here: manifest.json" in problems
    assert not (tmp_path / "new").exists()


def test_a_manifest_without_its_scenario_is_refused(run_command, results, tmp_path):
    manifest = results / "gate" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"texts"', '"tests"'))
    code, _, problems = run_command("report", results, "--out", tmp_path / "page.html")
    assert code == 2
    assert "texts is missing" in problems
    assert not (tmp_path / "page.html").exists()


def test_a_manifest_cannot_write_outside(run_command, results, tmp_path):
    manifest = results / "gate" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"short"', '"../../escaped"'))
    code, _, problems = run_command("report", results, "--out", tmp_path / "page.html")
    assert code == 2
    assert "manifest.json: " in problems and "is not what Corridor writes" in problems


def test_a_scenario_alone_shows_levels(report_of, results, make_results):
    said = " ".join(Page(report_of(results / "short")).text)
    assert "levels only" in said
    assert "80% of runs" in said
    with pytest.raises(Exception, match="given twice"):
        make_report([make_results(), make_results()])


def test_it_says_from_which_day_on_demand_is_a_projection_and_whose_parameters_are_a_record():
    outlook, record = load_scenario("outlook-2024"), load_scenario("history-2023")
    assert any(
        words.startswith("After 2023-12-31 demand is a projection") for words in other_words(outlook, record)
    )
    assert any("record history-2023" in words for words in other_words(record, None))
    assert not any("projection" in words for words in other_words(load_scenario("history"), None))
