"""The page of estimates: intervals of blocks, what is unseen, and that each section says when a bar is missed."""

import numpy as np
import pandas as pd
import pytest

from corridor.experiments.estimation.priors import load_declared
from studies import estimates
from studies.estimates import PAIR, STARTS, TWINS
from studies.fitting import (
    Made,
    all_asked,
    history,
    left_out_months,
    twin,
    unseen_months,
    without_breaks,
    without_months,
)

UNTIL = "2024-06"


def made(until=UNTIL, off="", number=0, value=1.0, **columns):
    unknowns = pd.DataFrame(
        {
            "parameter": ["latent_demand", "stop_chance", "crossing_rate"],
            "key": ["Cuba", "Cuba", ""],
            "value": value,
            "spread": 0.1,
            "prior_spread": 0.2,
            **columns,
        }
    )
    record = {"until": until, "off": off, "people_per_agent": 50, "values": {}, "twin": number}
    return Made(record, unknowns)


@pytest.fixture(scope="module")
def published():
    """Runs that are what was published."""
    cells, months = estimates.all_cells(), made().setting.months
    return np.nan_to_num(estimates.observed_values(cells, months).T)[None]


def test_every_estimate_has_a_name_of_its_own_and_leaves_out_what_it_says():
    asked = {each.name: each for each in all_asked(UNTIL)}
    windows = dict(left_out_months(UNTIL))
    assert len(windows) == 7
    mechanisms = len(load_declared().mechanisms)
    assert len(asked) == len(STARTS) + 7 + len(PAIR) * (1 + mechanisms) + len(TWINS)
    assert asked[without_months("funds-2024-01")].left_out == ("2024-01", "2024-02", "2024-03")
    unseen = unseen_months(UNTIL)
    assert set(unseen) == {month for months in windows.values() for month in months}
    assert asked[without_breaks("circles", 2)].left_out == unseen
    blocks = estimates.blocks_of(UNTIL, made().setting.months)
    places = sorted(place for block in blocks for place in block)
    assert places == [made().setting.months.index(month) for month in unseen]


def test_a_change_is_resolved_if_its_interval_and_both_starts_are_on_one_side():
    counts, blocks = np.full(8, 10.0), [[0, 1], [2, 3], [4, 5], [6, 7]]
    alike = estimates.interval(np.full(8, 5.0), counts, blocks)
    assert alike == (0.5, 0.5)
    low, high = estimates.interval(np.array([40.0, 40, -10, -10, -10, -10, -10, -10]), counts, blocks)
    assert low < 0.0 < high
    assert estimates.verdict_of([0.4, 0.6], *alike) == "helps"
    assert estimates.verdict_of([-0.1, 1.1], *alike) == "not resolved"
    assert estimates.verdict_of([-0.4, -0.6], -0.5, -0.5) == "**hurts**"
    assert estimates.verdict_of([0.4, 0.6], low, high) == "not resolved"


def test_only_months_that_are_named_are_compared(published):
    wrong = published[0].copy()
    month = made().setting.months.index("2022-03")
    wrong[:, month] *= 3.0
    elsewhere, there = (estimates.Compared(made(), [each]) for each in ("2022-06", "2022-03"))
    total = estimates.USBP[:1]
    assert elsewhere.misfit(wrong) < 1.0 < there.misfit(wrong)
    assert elsewhere.wape(wrong, total) == pytest.approx(0.0)
    assert there.wape(wrong, total) == pytest.approx(2.0)
    assert there.squares(wrong).nonzero()[0].tolist() == [month]


def test_a_break_of_the_wrong_sign_is_told(published):
    fits = {history(): made(), **{without_months(id): made() for id, _ in left_out_months(UNTIL)}}
    still = np.full_like(published, published.mean())
    runs = {history(): published}
    for id, _ in left_out_months(UNTIL):
        runs[without_months(id)] = published if id == "funds-2023-12" else still
    page = "\n".join(estimates.breaks(fits, runs))
    assert "| 2023-12 to 2023-12 | +31% | +31% | +31% | yes | yes |" in page
    assert page.count("**no**") >= 6
    assert "Sign right: 1 of 7." in page and "not made" not in page
    del fits[without_months("funds-2023-12")]
    page = "\n".join(estimates.breaks(fits, runs))
    assert "Sign right: 0 of 6." in page and "1 of 7 are not made yet" in page


def test_what_a_mechanism_is_worth_is_told_with_its_sign(published):
    fits = {history(): made()}
    runs = {}
    for seed in PAIR:
        runs[without_breaks("", seed)] = published * 1.2
        for id in load_declared().mechanisms:
            runs[without_breaks(id, seed)] = published * (2.0 if id == "waiting_stock" else 1.0)
    runs[without_breaks("circles", 2)] = published * 2.0  # one start says so, the other not
    rows = {
        line.split(" | ")[0][2:]: line.split(" | ")[-1]
        for line in estimates.worth(fits, runs)[1].splitlines()
    }
    found = {id: rows[each.label] for id, each in load_declared().mechanisms.items()}
    assert found["waiting_stock"].startswith("helps")
    assert found["two_clocks"].startswith("**hurts**")
    assert found["circles"].startswith("not resolved")


def test_starts_that_lie_apart_are_told(published):
    seeds = np.concatenate([published, published * 1.05])
    fits = {history(seed): made(value=1.0 + seed / 10) for seed in STARTS}
    page = "\n".join(estimates.starts(fits, {history(seed): seeds for seed in STARTS}))
    assert "they agree within chance" in page
    far = {history(seed): seeds * (1.0 if seed < 3 else 2.0) for seed in STARTS}
    assert "**do not agree**" in "\n".join(estimates.starts(fits, far))


def test_twins_whose_intervals_hold_too_few_are_told():
    fits = {
        twin(number): made(number=number, held=[True, False, True], identified=[True, True, False])
        for number in TWINS
    }
    page = "\n".join(estimates.twins(fits))
    assert "Off target: latent_demand, stop_chance, rates." in page
    assert "from their priors alone: crossing_rate." in page
    assert "| crossing_rate | 1.00 | 0.50 |" in "\n".join(estimates.identified(made()))


def test_a_section_whose_estimates_are_not_there_says_so(published):
    parts = estimates.sections({history(): made()}, {history(): published}, UNTIL)
    page = "\n".join(parts)
    assert "## Do starts agree?\nNot made yet for this version: 2 estimates are missing." in page
    assert "## What each mechanism is worth\nNot made yet for this version: 14 estimates" in page
    assert "## What the data identify\nFactor on the centre" in page
