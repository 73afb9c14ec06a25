"""Widgets over levers: the row of one lever, and the list from which a lever is picked.

A row's value is kept in the session by `corridor_app.choices.state`; its widgets only show it and report where they
were put.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

import corridor
from corridor_app.choices import state
from corridor_app.choices.changes import MARKS, MOST_ENTRIES, InForce
from corridor_app.choices.controls import (
    Control,
    default_members,
    find_control,
    levers_by_group,
    make_key,
    member_options,
    member_words,
)
from corridor_app.widgets.page import small
from corridor_app.words.foreign import Unreadable
from corridor_app.words.language import _
from corridor_app.words.wording import day_words

HALF = 0.5
"""From here on a switch stands on."""


def lever_row(control: Control, level: InForce) -> None:
    """The widgets of one lever, at the value in force unless the visitor moved it; with its source and its mark."""
    value = st.session_state[state.MOVED].get(control.key, level.value)
    if control.positions:
        _switch(control, level, value)
    else:
        _slider(control, level, value)
    before = _("without limit") if level.unlimited else control.number(level.value, _)
    if level.uneven:
        before = _("{mean}, the mean of members that differ").format(mean=before)
    if control.positions:
        small(_("was {before}").format(before=before))
    else:
        top = control.high if control.by_hand or not control.unlimited else float("inf")
        low, high = control.number(control.low, _), control.number(top, _)
        unit = control.unit_words(_)
        small(_("{low} to {high} {unit} · was {before}").format(low=low, high=high, unit=unit, before=before))
    if level.later is not None:
        _later(control, level, moved=value != level.value)
    if not control.by_hand:
        _more(control, value)


def _switch(control: Control, level: InForce, value: float) -> None:
    widget = f"switch-{control.key}"
    _show(widget, value >= HALF)
    label = _label(control, level, value)
    st.markdown(f":small[{label}]", help=_help(control, level))  # a switch cuts its own label short
    st.toggle(
        label,
        key=widget,
        label_visibility="collapsed",
        on_change=state.set_from_widget,
        args=(control.key, widget),
    )


def _slider(control: Control, level: InForce, value: float) -> None:
    widget = f"slider-{control.key}"
    # Shares are shown as percentages; whole numbers keep the slider from writing 30000.0.
    kind = int if control.whole else float
    top = min(max(control.high if control.by_hand else control.top, value), control.high)
    _show(widget, kind(min(value, top)))
    st.slider(
        _label(control, level, value),
        min_value=kind(control.low),
        max_value=kind(top),
        step=kind(control.step),
        format="percent" if control.shown == "share" else "localized",
        key=widget,
        help=_help(control, level),
        disabled=value > top,
        on_change=state.set_from_widget,
        args=(control.key, widget),
    )


def _show(widget: str, value: float) -> None:
    """Put a widget where it should be, unless it is: what is set overrides what the visitor does meanwhile."""
    if st.session_state.get(widget) != value:
        st.session_state[widget] = value


def _label(control: Control, level: InForce, value: float) -> str:
    moved = value != level.value or (control.key in state.held() and level.later is not None)
    badge = f":blue-badge[{_('yours')}]" if moved else f":gray-badge[{_(level.mark)}]"
    return f"{control.title(_)} {badge}"


def _more(control: Control, value: float) -> None:
    """Of a lever that the visitor picked: the exact value, no limit, and a way to be rid of it."""
    with st.container(horizontal=True):
        if not control.positions and control.shown == "count":
            with st.popover(_("Exact value")):
                _exact(control, value)
        st.button(
            _("Remove"),
            key=f"drop-{control.key}",
            on_click=state.remove_control,
            args=(control.key,),
            help=_("Puts the lever back where the scenario has it, also on the timeline."),
        )


def _exact(control: Control, value: float) -> None:
    widget, free = f"number-{control.key}", f"unlimited-{control.key}"
    endless = value > control.high
    kind = int if control.whole else float
    _show(widget, kind(control.high if endless else value))
    st.number_input(
        control.title(_),
        min_value=kind(control.low),
        max_value=kind(control.high),
        step=kind(control.step),
        key=widget,
        disabled=endless,
        on_change=state.set_from_widget,
        args=(control.key, widget),
    )
    if control.unlimited:
        _show(free, endless)
        st.checkbox(
            _("Unlimited"),
            key=free,
            on_change=state.set_value,
            args=(control.key, control.top if endless else float("inf")),
        )


def _later(control: Control, level: InForce, *, moved: bool) -> None:
    """What the scenario does to the lever after the date, and whether that still happens."""
    assert level.later is not None
    day, to = level.later
    words = _("{value} from {day}").format(value=control.number(to, _), day=day_words(day))
    if moved:
        said = _("The scenario's own step, to {value}, no longer happens: your value holds to the end.")
        small(said.format(value=words))
        return
    widget = f"hold-{control.key}"
    _show(widget, control.key in state.held())
    st.checkbox(
        _("Keep it at {value} to the end").format(value=control.number(level.value, _)),
        key=widget,
        help=_("Left open, the lever does what it does in the scenario."),
        on_change=state.set_held,
        args=(control.key, widget),
    )
    small(_("Otherwise the scenario sets it to {value}.").format(value=words))


def _help(control: Control, level: InForce) -> str:
    lever = corridor.LEVERS[control.lever]
    start = _("no limit") if level.unlimited else control.words(level.value, _)
    if level.uneven:
        start = _("{mean}, the mean of members that differ").format(mean=start)
    source = _("Source, **{mark}** ({meaning}): {source}.")
    lines = [
        _(control.note) if control.note else "",
        _("Who decides: {who}.").format(who=_(lever.controller)),
        _("In scenario files: `{lever}`, {range}.").format(lever=lever.id, range=lever.range_text),
        _("In force at the start date: {value}.").format(value=start),
        source.format(mark=_(level.mark), meaning=_(MARKS[level.mark]), source=level.source),
    ]
    return "\n\n".join(line for line in lines if line)


@st.fragment
def choose_more(base: corridor.Scenario, start: date) -> None:
    """The list of all levers by who decides; the one chosen becomes a row."""
    groups = levers_by_group()
    with st.expander(_("More levers")):
        group = st.selectbox(_("Country of who decides"), groups, format_func=_, key="more-group")
        name = st.selectbox(
            _("Lever"), groups[group or next(iter(groups))], format_func=_lever_words, key=f"more-{group}"
        )
        lever = corridor.LEVERS[name]
        small(f"{_(lever.controller)} · `{lever.id}`, {lever.range_text}")
        members, pooled = _choose_members(base, name, start)
        if lever.domain is not None and not members:
            small(_("Choose whom the lever is moved for."))
            return
        try:
            key = find_control(make_key(name, members, pooled=pooled)).key
        except Unreadable as error:
            small(error.said(_))
            return
        there = key in {control.key for control in state.shown_controls()}
        full = len(state.shown_controls()) >= MOST_ENTRIES
        if there:
            small(_("This lever has its slider above."))
        if st.button(_("Add this lever"), disabled=there or full, key="more-add", width="stretch"):
            state.add_control(key)
            st.rerun()


def _lever_words(name: str) -> str:
    return f"{_(corridor.LEVERS[name].label)} ({_(corridor.LEVERS[name].controller)})"


def _choose_members(base: corridor.Scenario, name: str, start: date) -> tuple[list[str], bool]:
    """Whom a lever is moved for, and whether they share one cap; nobody for a lever with one value."""
    lever = corridor.LEVERS[name]
    if lever.domain is None:
        return [], False
    first, shared = default_members(base, name, start)
    members = st.multiselect(
        _("For whom"),
        member_options(name),
        default=first,
        format_func=lambda each: member_words(each, _),
        key=f"more-for-{name}-{base.name}",
        help=_("One value for all of them. What differs between them in the scenario is levelled."),
    )
    if not lever.pooled or len(members) < 2:
        return members, False
    return members, st.checkbox(_("They share one cap"), value=shared, key=f"more-pool-{name}-{base.name}")
