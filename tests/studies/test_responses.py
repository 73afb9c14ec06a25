"""The study of response curves at toy size: its page has a picture and a figure of each lever."""

from pathlib import Path

import numpy as np
import pytest

from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.sources import SOURCES
from studies.responses import (
    PICTURES,
    QUICK_LEVERS,
    QUICK_REPLICATES,
    load_findings,
    run_study,
    setting_of,
    settings_of,
    values_of,
    write_responses,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def responses():
    return run_study(QUICK_LEVERS, QUICK_REPLICATES)


def test_the_page_has_a_picture_and_what_the_model_gives_of_each_lever(responses, tmp_path):
    write_responses(responses, settings_of(QUICK_REPLICATES), tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    for lever in QUICK_LEVERS:
        assert f"### `{lever}`" in page
        assert (tmp_path / PICTURES / f"{lever}.svg").read_text().startswith("<?xml")
    assert page.count("The model at ") == len(QUICK_LEVERS)
    assert "Source: Gathmann 2008." in page and "the US offers 20 flights a week" in page
    assert "nan" not in page


def test_a_curve_is_the_difference_from_history_with_the_same_luck(responses):
    patrols = next(each for each in responses if each.lever.id == "us.patrols")
    assert patrols.usual == 1.0 and patrols.own.indicator == "evasions"
    assert (np.diff(patrols.own.change.mean(axis=1)) < 0).all()
    assert patrols.own.change.shape == (len(patrols.values), QUICK_REPLICATES)


@pytest.mark.parametrize("finding", load_findings(), ids=lambda finding: f"{finding.lever}-{finding.source}")
def test_a_finding_names_a_lever_a_source_and_a_value_at_which_a_run_is_made(finding):
    lever = LEVERS[finding.lever]
    assert finding.source in SOURCES and SOURCES[finding.source].kind != "judgement"
    assert finding.says.endswith(".")
    assert finding.at is None or finding.at in values_of(lever)


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda lever: lever.id)
def test_every_lever_is_tried_from_its_lowest_value_to_its_highest(lever):
    values = values_of(lever)
    assert values[0] == lever.low and values[-1] == lever.high
    assert setting_of(lever).why or not setting_of(lever).given


def test_the_page_as_shipped_has_every_lever_and_its_pictures_are_small():
    page = (ROOT / "docs" / "responses.md").read_text()
    pictures = ROOT / "docs" / PICTURES
    assert [lever for lever in LEVERS if f"](images/responses/{lever}.svg)" not in page] == []
    assert {path.stem for path in pictures.iterdir()} == set(LEVERS)
    assert sum(path.stat().st_size for path in pictures.iterdir()) < 1_500_000
