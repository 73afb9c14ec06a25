"""One headline has one value, whoever shows it: files, terminal, ranking, report and app."""

import csv
import json
import re

import pytest

from corridor import Results, compare
from corridor_app.charts.headlines import measure
from corridor_app.charts.ranking import rank

QUICK = ("--replicates", 3, "--workers", 1)
INDICATOR = "encounters_usbp"


def test_a_headline_has_the_same_value_on_every_face(run_command, scenario_folder, tmp_path):
    gate, out = scenario_folder / "gate.yaml", tmp_path / "r"
    code, said, problems = run_command("run", gate, *QUICK, "--out", out, "--window", "whole", "--json")
    assert code == 0, problems
    with (out / "headline.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["indicator"] == INDICATOR)
    value, base, difference = (float(row[name]) for name in ("value", "baseline_value", "difference"))
    low, high = float(row["difference_p10"]), float(row["difference_p90"])
    assert difference and value - base == pytest.approx(difference)

    shown = next(each for each in json.loads(said)["differences"] if each["indicator"] == INDICATOR)
    assert (shown["value"], shown["baseline_value"], shown["difference"]) == (value, base, difference)
    _, compared, _ = run_command("compare", out, "--window", "whole", "--json")
    assert json.loads(compared)["differences"] == json.loads(said)["differences"]

    words = ("batch", gate, *QUICK, "--by", INDICATOR, "--window", "whole", "--out", tmp_path / "b", "--json")
    (ranked,) = json.loads(run_command(*words)[1])["ranking"]
    assert [ranked[name] for name in ("difference", "low", "high")] == pytest.approx([difference, low, high])
    assert (tmp_path / "b" / "headline.csv").read_bytes() == (out / "headline.csv").read_bytes()

    assert run_command("report", out, "--window", "whole", "--out", tmp_path / "r.html")[0] == 0
    page = (tmp_path / "r.html").read_text()
    told = page[page.index(f'data-indicator="{INDICATOR}"') :]
    exact = [float(each) for each in re.findall(r'<data value="([^"]*)"', told)[:5]]
    assert exact == [base, value, difference, low, high]

    scenario, baseline = (Results.read(out / name) for name in ("gate", "short"))
    found = measure(scenario, baseline, compare([baseline, scenario], window="whole").window, INDICATOR)
    assert found is not None
    assert [found.scenario, found.baseline, found.difference, found.low, found.high] == pytest.approx(
        [value, base, difference, low, high]
    )
    table = rank(compare([baseline, scenario], window="whole"), {"gate": "Gate"}, INDICATOR)
    assert table[["value", "baseline", "difference", "low", "high"]].to_numpy().tolist()[0] == pytest.approx(
        [value, base, difference, low, high]
    )
