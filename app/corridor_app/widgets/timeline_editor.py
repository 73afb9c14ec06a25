"""The timeline of the page: one lever over time, a form that changes it, and the changes made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

import corridor
from corridor_app.charts.chart import with_months
from corridor_app.charts.timeline import events_for, lever_chart, path_rows, path_words
from corridor_app.choices import state
from corridor_app.choices.changes import MOST_ENTRIES, Entry, entry_words
from corridor_app.choices.controls import Control, find_control
from corridor_app.widgets.page import small
from corridor_app.words.language import _
from corridor_app.words.wording import day_words

LIST = (4, 1)
"""Widths of a change in words and of the button that removes it."""

QUARTER = timedelta(days=91)
"""How long a new ramp or pulse is, unless the visitor says otherwise."""


@st.fragment
def edit_timeline(
    base: corridor.Scenario, changed: corridor.Scenario | None, controls: Sequence[Control], start: date
) -> None:
    """A lever over time: the chart, a form that adds a change, and the changes made.

    Parameters
    ----------
    base
        The scenario that was chosen.
    changed
        With the visitor's changes; None where there are none, or where they cannot be.
    controls
        The levers that have a slider.
    start
        From when the sliders hold.
    """
    titles = {control.key: control.title(_) for control in controls}
    if st.session_state.get(state.LOOKED_AT) not in titles:
        st.session_state[state.LOOKED_AT] = next(iter(titles))
    key = st.selectbox(_("Lever to look at"), titles, format_func=titles.__getitem__, key=state.LOOKED_AT)
    control = find_control(key)
    _show_lever(base, changed, control)
    with st.expander(_("Change it over time"), expanded=bool(state.entries())):
        _add_change(control, base, start)
        for number, entry in enumerate(state.entries()):
            words, button = st.columns(LIST, vertical_alignment="center")
            words.markdown(f"- {entry_words(entry, _)}")
            gone = button.button(
                _("Remove"),
                key=f"undo-{number}",
                width="stretch",
                help=_("Takes this change off the timeline."),
            )
            if gone:
                state.remove_entry(entry)
                st.rerun()


def _show_lever(base: corridor.Scenario, changed: corridor.Scenario | None, control: Control) -> None:
    before = path_rows(base, control)
    after = path_rows(changed, control) if changed is not None else None
    if after is not None and after.equals(before):
        after = None
    own, others = events_for(base, control)
    words = _("{lever}, in the scenario: {path}.").format(
        lever=control.title(_), path=path_words(before, control, _)
    )
    if after is not None:
        words += " " + _("As you have it: {path}.").format(path=path_words(after, control, _))
    drawn = lever_chart(
        before,
        after,
        control,
        events=(own, others),
        names=(_("scenario"), _("yours")),
        titles=(_("value"), _("from"), _("what changed")),
        description=words,
        say=_,
    )
    st.altair_chart(with_months(drawn), width="stretch")
    if base.bargaining is not None:
        words += " " + _("Where governments bargain over a lever, a run may move it further than this.")
    small(words)
    small(_("Filled triangles: dated events of this lever. Hollow ones: other events of the scenario."))
    if own:
        with st.expander(_("Dated events of this lever")):
            st.markdown("\n".join(f"- {day_words(event.day)}: {event.text}" for event in own))


def _add_change(control: Control, base: corridor.Scenario, start: date) -> None:
    """The form of a new entry of the timeline."""
    kinds = {
        "step": _("Step: one value from a day on"),
        "ramp": _("Ramp: by degrees to a value"),
        "pulse": _("Pulse: one value for a while"),
    }
    if control.pooled:
        del kinds["ramp"]
        small(_("A cap that members share moves by steps and pulses, not by degrees."))
    last = base.timeline.end
    profile = st.selectbox(
        _("Kind of change"), kinds, format_func=kinds.__getitem__, key=f"change-{len(kinds)}"
    )
    left, right = st.columns(2)
    with left:
        begin = _choose_day(_("From"), "change-from", start, base)
    with right:
        if profile == "step":
            end = _choose_last_day(_("Until (empty: to the end)"), "change-until", base)
        else:
            end = _choose_day(_("Until"), f"change-until-{profile}", min(begin + QUARTER, last), base)
    value = _choose_value(control)
    stays = profile == "ramp" and st.checkbox(
        _("It stays there afterwards"),
        value=True,
        key="change-stays",
        help=_("Else the lever returns to what the scenario and the slider make of it."),
    )
    new = [Entry(begin, control.key, profile or "step", end, value)]
    if stays and end is not None and end < last:
        new.append(Entry(end + timedelta(days=1), control.key, "step", None, value))
    full = len(state.entries()) + len(new) > MOST_ENTRIES
    if full:
        small(
            _("A timeline takes {most} changes; a scenario file takes any number.").format(most=MOST_ENTRIES)
        )
    if st.button(_("Add this change"), key="change-add", disabled=full, type="primary"):
        state.add_entries([entry for entry in new if entry not in state.entries()])
        st.rerun()


def _choose_day(label: str, key: str, first: date, base: corridor.Scenario) -> date:
    st.session_state[key] = _within(st.session_state.get(key, first), base)
    return st.date_input(label, min_value=base.timeline.report_from, max_value=base.timeline.end, key=key)


def _choose_last_day(label: str, key: str, base: corridor.Scenario) -> date | None:
    if st.session_state.get(key) is not None:
        st.session_state[key] = _within(st.session_state[key], base)
    first, last = base.timeline.report_from, base.timeline.end
    return st.date_input(label, value=None, min_value=first, max_value=last, key=key)


def _within(day: date, base: corridor.Scenario) -> date:
    return min(max(day, base.timeline.report_from), base.timeline.end)


def _choose_value(control: Control) -> float:
    key = f"change-to-{control.key}"
    if control.positions:
        off, on = control.positions
        return float(st.toggle(f"{_(off)} / {_(on)}", value=True, key=key))
    if control.unlimited and st.checkbox(_("Unlimited"), key=f"change-unlimited-{control.key}"):
        return float("inf")
    if control.shown == "share":
        return st.slider(  # a number field cannot show a percentage
            _("To"),
            min_value=float(control.low),
            max_value=float(control.high),
            step=float(control.step),
            format="percent",
            key=key,
        )
    kind = int if control.whole else float
    return st.number_input(
        _("To, {unit}").format(unit=_(control.unit)),
        min_value=kind(control.low),
        max_value=kind(control.high),
        step=kind(control.step),
        key=key,
    )
