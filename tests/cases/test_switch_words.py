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
