"""The study of patterns, at toy size: its page names every pattern and who shows it."""

import numpy as np

from studies.patterns import PATTERNS, first_day, page_of, run_both


def test_the_page_has_every_pattern_with_circles_and_without():
    circles, null = run_both(1, 2000)
    page = page_of(circles, null, "toy size")
    for pattern in PATTERNS:
        assert f"| {pattern.name} | " in page
    assert null.by_circle["Venezuela"].shape[1] == 1 < circles.by_circle["Venezuela"].shape[1]


def test_days_and_bounds_are_as_by_hand():
    assert first_day("2020-07") == 0
    assert first_day("2021-01") == 184
    price = next(pattern for pattern in PATTERNS if pattern.name == "Price")
    assert price.shown(0.2)
    assert not price.shown(0.31)
    assert not price.shown(np.nan)
