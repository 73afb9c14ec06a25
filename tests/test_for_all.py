"""One test of many cases: none is left out, and every wrong one is named."""

import pytest

from tests.for_all import for_all


def test_every_case_is_tried_with_the_fixtures():
    seen = []

    @for_all("one, other", [(1, "a"), (2, "b")])
    def check(one, other, fixture):
        seen.append((one, other, fixture))

    check(fixture="kept")
    assert seen == [(1, "a", "kept"), (2, "b", "kept")]


def test_all_that_is_wrong_is_named_and_nothing_else():
    @for_all("number", [1, 2, 3, 4], ids=lambda number: f"number {number}")
    def check(number):
        if number == 4:
            with pytest.raises(ValueError):
                pass
        assert number % 2

    with pytest.raises(AssertionError, match="2 of 4 are wrong") as failed:
        check()
    assert "number 2: AssertionError" in str(failed.value)
    assert "number 4: Failed" in str(failed.value)
    assert "number 1" not in str(failed.value)


def test_a_test_without_a_case_is_no_test():
    with pytest.raises(AssertionError, match="without a case"):
        for_all("number", [])
