"""The choice of the days that a page shows, which it names by the first and the last; the same on every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

import corridor
from corridor.experiments.shared_windows import Pair
from corridor_app.choices.windows import USUAL, asked_of, find_option, offered, pairs_of
from corridor_app.jobs.runs import Outcome
from corridor_app.widgets.page import small
from corridor_app.words.language import _
from corridor_app.words.wording import days_words, first_upper, rests_on_words


class Chosen(NamedTuple):
    """The days that are shown.

    Attributes
    ----------
    window
        First and last day.
    asked
        What `--window` of the command line is given for them; None where it is given nothing.
    """

    window: corridor.Window
    asked: str | None


def choose_window(pairs: Sequence[Pair], key: str, *, by_year: bool = False) -> Chosen | None:
    """One window for all pairs; None where they share no month. What is asked for and not reported is said.

    Parameters
    ----------
    key
        Of the session: the name of the window, as `corridor_app.choices.windows` writes it.
    by_year
        The usual choice is the last year.
    """
    options = offered(pairs, by_year=by_year)
    if not options:
        small(_("These runs share no whole month: there is nothing to compare."))
        return None
    asked = st.session_state.setdefault(key, USUAL)
    own = find_option(options, pairs, asked)
    if own is not None:
        options.setdefault(asked, own)
    else:
        st.session_state[key] = USUAL
        said = _("{asked} is not made of whole months that all of these runs report; {days} is shown.")
        small(said.format(asked=asked, days=days_words(options[USUAL].window)))
    name = st.selectbox(
        _("Days compared"),
        list(options),
        format_func=lambda each: options[each].words(),
        key=key,
        help=_("Type to look for one, such as a month. Files and the command line name it with `--window`."),
    )
    chosen = options[name]
    small(f"**{first_upper(days_words(chosen.window))}.** {rests_on_words(pairs[0][1])}")
    return Chosen(chosen.window, asked_of(chosen))


def window_of(outcome: Outcome, key: str, *, by_year: bool = False) -> Chosen | None:
    """The window of a scenario beside its baseline, or alone."""
    return choose_window(pairs_of(outcome.baseline, [outcome.scenario]), key, by_year=by_year)
