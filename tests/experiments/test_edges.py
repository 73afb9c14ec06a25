"""Analyses at their edges: each gives a result in words or a refusal before any run, and no number that is none."""

import re

import pytest

from corridor.engine.simulation import Simulation

HEAD = """\
name: edge
extends: history
period: {end: 2021-03-31}
interventions:
  - {id: gate, lever: panama.darien_gate, start: 2021-01-01, to: 0.1}
  - {id: shelters, lever: mexico.shelter_places, start: 2021-01-01, to: 3000}
  - {id: deaths, lever: us.processing_daily, start: 2021-01-01, to: 3000}
"""
GATE = "    - {intervention: gate, range: [0, 1]}\n"
SHELTERS = "    - {intervention: shelters, range: [1000, 20000]}\n"
NOBODY = "overrides: {}\nshocks: [{id: none, kind: demand, start: 2020-07-01, size: 0}]\n"


def sweep(over, size=2, method="sobol"):
    return f"sweep:\n  method: {method}\n  size: {size}\n  over:\n{over}"


def grid(*values):
    rows = "".join(f"    - {{intervention: gate, values: {each}}}\n" for each in values)
    return f"sweep:\n  over:\n{rows}"


def demands(*rows):
    return "demands:\n" + "".join(f"  - {{id: d{n}, of: us, {row}}}\n" for n, row in enumerate(rows))


TWO, ONE = sweep(GATE + SHELTERS), sweep(GATE)
SOME = demands("indicator: encounters_usbp, at_most: 400000")
NEVER = demands("indicator: encounters_usbp, at_most: -1", "indicator: darien_entries, at_least: 1e12")
ALWAYS = demands("indicator: encounters_usbp, at_least: 0", "indicator: darien_entries, at_most: 1e12")
TALKS = "diplomacy: {mode: negotiated, from: 2021-03-12}\n"
LAST_DAY = "diplomacy: {mode: negotiated, from: 2021-03-31}\n"
SILENT = "diplomacy: {mode: negotiated, from: 2022-03-31}\n"
INSENSITIVE = ("--size", 2, "--of", "encounters_usbp")
LEAST = ("--replicates", 1, "--generations", 0)

CASES = {  # what is tried -> command, its words, the file without its head, exit code, what is said
    "sensitivity: one factor": ("sensitivity", INSENSITIVE, ONE, 0, "encounters_usbp"),
    "sensitivity: nothing varies": (
        *("sensitivity", ("--size", 2, "--of", "encounters_usbp"), TWO + NOBODY, 0),
        "encounters_usbp: it is the same at all 8 points: nothing that is varied moves it",
    ),
    "sensitivity: no value": (
        *("sensitivity", ("--size", 2, "--of", "days_en_route"), ONE + NOBODY, 0),
        "days_en_route: it has no value at 6 of 6 points",
    ),
    "sensitivity: no total": ("sensitivity", ("--of", "satisfaction"), TWO, 2, "satisfaction has no total"),
    "sensitivity: one indicator twice": (
        *("sensitivity", ("--of", "deaths", "--of", "deaths"), TWO, 2, "deaths is given twice"),
    ),
    "sensitivity: a factor twice": (
        "sensitivity",
        INSENSITIVE,
        sweep(GATE + GATE),
        2,
        "gate is varied twice",
    ),
    "sensitivity: no width": (
        *("sensitivity", INSENSITIVE, sweep(GATE + SHELTERS.replace("20000", "1000")), 2),
        "a range goes from the lower to the higher value",
    ),
    "sensitivity: a sample of one": ("sensitivity", ("--size", 1), TWO, 2, "from 2 to"),
    "sensitivity: a sample of three": ("sensitivity", ("--size", 3), TWO, 2, "not a power of 2"),
    "sensitivity: no ranges": (
        "sensitivity",
        INSENSITIVE,
        grid("[0, 1]"),
        2,
        "give every thing that is varied",
    ),
    "sensitivity: no sweep": ("sensitivity", INSENSITIVE, "", 2, "has no `sweep:` block"),
    "discover: one factor": ("discover", LEAST, ONE + SOME, 0, "edge: 2 points"),
    "discover: one point": ("discover", LEAST, grid("[0.5]") + SOME, 0, "1 point that no other beats"),
    "discover: three points of sobol": ("discover", LEAST, sweep(GATE, 3) + SOME, 0, "edge: 3 points"),
    "discover: nothing varies": (
        *("discover", ("--replicates", 1, "--generations", 2), TWO + NOBODY + SOME, 0),
        "Every point of this sample meets all demands",
    ),
    "discover: no value": (
        *("discover", ("--replicates", 1, "--generations", 1), TWO + NOBODY),
        demands("indicator: days_en_route, at_most: 60", "indicator: deaths, at_most: 5"),
        *(0, "No point of this sample meets all demands"),
    ),
    "discover: never": ("discover", LEAST, TWO + NEVER, 0, "No point of this sample meets all demands"),
    "discover: always": ("discover", LEAST, TWO + ALWAYS, 0, "Every point of this sample meets all demands"),
    "discover: both bounds on one indicator": (
        *(
            "discover",
            LEAST,
            TWO + demands("indicator: deaths, at_most: 1", "indicator: deaths, at_least: 2"),
            0,
        ),
        "Never met together",
    ),
    "discover: a factor twice": ("discover", LEAST, sweep(GATE + GATE) + SOME, 2, "gate is varied twice"),
    "discover: a factor twice in a grid": (
        *("discover", LEAST, grid("[0, 1]", "[0, 0.5]") + SOME, 2, "gate is varied twice"),
    ),
    "discover: a factor with the name of an indicator": (
        *("discover", LEAST, sweep(GATE + "    - {intervention: deaths, range: [1000, 9000]}\n") + SOME, 2),
        "deaths is varied, and names a demand or an indicator too",
    ),
    "discover: a year that is not run": (
        *("discover", LEAST, TWO + demands("indicator: deaths, year: 2030, at_most: 1"), 2),
        "deaths 2030 is not reported: the years that a run of edge reports are 2021-01 to 2021-03",
    ),
    "discover: a place that is not reported": (
        *(
            "discover",
            LEAST,
            TWO + demands("indicator: encounters_usbp, place: el_pas_sector, at_most: 1"),
            2,
        ),
        "did you mean 'el_paso_sector'?",
    ),
    "discover: no width": (
        *("discover", LEAST, sweep(GATE.replace("[0, 1]", "[1, 1]")) + SOME, 2),
        "a range goes from the lower to the higher value",
    ),
    "discover: a sample of one": ("discover", LEAST, sweep(GATE, 1) + SOME, 2, "expected at least 2, not 1"),
    "discover: no sweep": ("discover", LEAST, SOME, 2, "has no `sweep:` block"),
    "discover: no demands": ("discover", LEAST, TWO, 2, "has no `demands:` block"),
    "deals: one future": ("discover", ("--deals", "--replicates", 1, "--draws", 1), TALKS, 0, "of 1 future"),
    "deals: never": (
        *("discover", ("--deals", "--replicates", 1, "--draws", 1), LAST_DAY, 0),
        "both sides prefer some package to no agreement in 0% of 1 future",
    ),
    "deals: no talks within the run": (
        *("discover", ("--deals", "--replicates", 1), SILENT, 2, "talks begin between"),
    ),
    "deals: no bargaining": (
        "discover",
        ("--deals", "--replicates", 1),
        TWO,
        2,
        "governments do not bargain",
    ),
    "deals: no futures": ("discover", ("--deals", "--draws", 0), TALKS, 2, "from 1 to"),
    "batch: one factor": ("batch", ("--replicates", 1), ONE, 0, "edge-1"),
    "batch: one point": ("batch", ("--replicates", 1), grid("[0.5]"), 0, "edge-1"),
    "batch: three points of sobol": ("batch", ("--replicates", 1), sweep(GATE, 3), 0, "edge-3"),
    "batch: nothing varies": (
        "batch",
        ("--replicates", 1, "--by", "encounters_usbp"),
        ONE + NOBODY,
        0,
        "edge-2",
    ),
    "batch: no value": ("batch", ("--replicates", 1, "--by", "unique_people"), ONE, 0, "not known"),
    "batch: no value, stopping early": (
        *("batch", ("--replicates", 1, "--by", "days_en_route", "--until", "5%"), ONE, 0, "not known"),
    ),
    "batch: no total": (
        "batch",
        ("--replicates", 1, "--by", "satisfaction"),
        ONE,
        2,
        "satisfaction is reported by",
    ),
    "batch: a factor twice": ("batch", ("--replicates", 1), sweep(GATE + GATE), 2, "gate is varied twice"),
    "batch: a value twice": ("batch", ("--replicates", 1), grid("[1, 1]"), 2, "a value is given twice"),
    "batch: no values": ("batch", ("--replicates", 1), grid("[]"), 2, "a grid needs values"),
    "batch: no width": (
        *("batch", ("--replicates", 1), sweep(GATE.replace("[0, 1]", "[1, 1]")), 2, "a range goes from"),
    ),
    "batch: a sample of one": ("batch", ("--replicates", 1), sweep(GATE, 1), 2, "expected at least 2, not 1"),
    "batch: no replicates": ("batch", ("--replicates", 0), ONE, 2, "from 1 to"),
    "batch: no sweep": ("batch", ("--replicates", 1), "", 0, "edge"),
}
NO_NUMBER = re.compile(r"\b(nan|inf)\b", re.IGNORECASE)


@pytest.mark.parametrize("case", CASES)
def test_an_analysis_at_its_edge_gives_words_or_a_refusal_before_any_run(
    case, run_command, tmp_path, monkeypatch
):
    command, words, *body, code, said = CASES[case]
    file, out = tmp_path / "edge.yaml", tmp_path / "out"
    file.write_text(HEAD + "".join(body))
    words = (*words, "--workers", 1, "--out", out)
    if "--deals" not in words:
        words = (*words, "--people-per-agent", 2000)
    runs, run = [], Simulation.run
    monkeypatch.setattr(Simulation, "run", lambda self: runs.append(self) or run(self))
    found, told, errors = run_command(command, file, *words)
    text = f"{told}\n{errors}"
    assert found == code, text
    assert " ".join(said.split()) in " ".join(text.split())
    assert "Traceback" not in text and "Warning" not in text
    assert not NO_NUMBER.search(text), text
    files = [path for path in out.rglob("*") if path.suffix in (".csv", ".svg")]
    if code == 2:
        assert not runs and not files
        return
    assert files
    for path in files:
        if path.suffix == ".csv":
            assert not NO_NUMBER.search(path.read_text()), path
