"""Case 18: a word for the value of a switch is refused with the number to write."""

import pytest

import corridor

FILE = """\
name: x
title: t
extends: history
interventions:
  - {{id: g, lever: us.title_42, start: 2023-07-01, to: {word}, source: a test}}
"""


def test_a_word_for_a_switch_says_which_number_to_write():
    for word, shown in (("true", "true"), ("yes", "'yes'"), ("on", "'on'"), ("Unlimited", "'Unlimited'")):
        with pytest.raises(corridor.InputError) as found:
            corridor.parse_scenario(FILE.format(word=word), "x.yaml")
        said = f"x.yaml:5:56: us.title_42 is on or off: write 1 for on, 0 for off, not {shown}"
        assert str(found.value) == said
    assert corridor.parse_scenario(FILE.format(word="1")).interventions[0].to == 1


def test_a_word_for_another_lever_still_says_what_is_expected():
    text = FILE.format(word="half").replace("us.title_42", "panama.darien_gate")
    with pytest.raises(corridor.InputError, match="expected a number or the word unlimited, not 'half'"):
        corridor.parse_scenario(text)


@pytest.mark.parametrize(
    "word, shown", [("true", "true"), ("yes", "'yes'"), ("'0.5'", "'0.5'"), ("Unlimited", "'Unlimited'")]
)
@pytest.mark.parametrize(
    "place",
    [
        "interventions: [{id: g, lever: us.title_42, profile: series, values: {2023-07-01: WORD}}]",
        "interventions: [{id: g, lever: us.title_42, start: 2023-07-01, end: 2023-08-01, profile: pulse, to: WORD}]",
        "interventions: [{id: g, lever: us.title_42, start: 2023-07-01, to: 0}]\n"
        "sweep: {over: [{intervention: g, values: [1, WORD]}]}",
        "interventions: [{id: g, lever: us.title_42, start: 2023-07-01, to: 0}]\n"
        "sweep: {method: sobol, size: 2, over: [{intervention: g, range: [0, WORD]}]}",
    ],
)
def test_a_switch_is_a_number_wherever_it_is_set(place, word, shown):
    said = f"us.title_42 is on or off: write 1 for on, 0 for off, not {shown}"
    with pytest.raises(corridor.InputError) as found:
        corridor.parse_scenario(f"name: x\nextends: history\n{place.replace('WORD', word)}\n")
    assert [problem.message for problem in found.value.problems] == [said]
    if "sweep" not in place:
        corridor.parse_scenario(f"name: x\nextends: history\n{place.replace('WORD', '1')}\n")


def test_a_crossing_or_route_is_a_number_too():
    text = FILE.format(word="true").replace("us.title_42", "us.crossings_closed")
    with pytest.raises(
        corridor.InputError, match=r"us.crossings_closed is a number: write 1 for yes, 0 for no"
    ):
        corridor.parse_scenario(text)
