"""Explore: choose a scenario, move levers from a date on or over time, and read what changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import corridor
from corridor_app.charts.headlines import HEADLINES, measure
from corridor_app.choices import state
from corridor_app.choices.changes import (
    InForce,
    command,
    derive,
    find_changes,
    first_day,
    read_levers,
    write_yaml,
)
from corridor_app.choices.controls import POOL
from corridor_app.jobs import runs
from corridor_app.pages import full_scale
from corridor_app.widgets.downloads import downloads
from corridor_app.widgets.explored_months import explored_months
from corridor_app.widgets.headline_tile import headline_tile
from corridor_app.widgets.lever_rows import choose_more, lever_row
from corridor_app.widgets.page import errors_shown, open_page, small
from corridor_app.widgets.scenario_runs import baseline_of, choose_scenario, note_left_out, run_shown
from corridor_app.widgets.timeline_editor import edit_timeline
from corridor_app.widgets.window_choice import window_of
from corridor_app.words.language import _
from corridor_app.words.texts import read_text
from corridor_app.words.wording import day_words, month_words, people, rounded, skill_words

REPLICATE_CHOICES = (2, 5, 10, 20)
WIDTHS = (3, 7)


OVER_TIME = "levers-over-time"
"""Where the page goes to when the timeline is asked for."""


def show() -> None:
    open_page(_("Explore the corridor"), read_text("intro.md"))
    controls, page = st.columns(WIDTHS, gap="large")
    with errors_shown():
        with controls:
            base = choose_scenario()
            start = _choose_start(base)
            levels = read_levers(base, start, state.shown_controls())
            changes, returns = _move_levers(base, start, levels)
            replicates = _choose_replicates()
        with page:
            yaml = None
            if changes or state.entries():
                yaml = write_yaml(base, start, changes, levels, replicates, state.entries())
            results = st.container()
            scenario = _over_time(base, start, yaml)
        if scenario is None:
            with results:
                st.info(_("Results appear when the changes below can be run together."))
        else:
            first = first_day(start, changes, state.entries())
            with results:
                outcome, window = _results(base, scenario, yaml, first, replicates)
            if yaml is None:
                runs.ensemble_runner().prepare(
                    scenario, replicates=replicates, seed=base.run.seed, start=start
                )
            with page:
                _talks(outcome.scenario)
                st.subheader(_("Take the numbers with you"))
                downloads(outcome, yaml, _command(scenario, yaml, replicates, base.run.seed), window)
            with returns:
                _returns_words(levels, changes, outcome.scenario, start)
        moved = {key: value for key, value in changes.items() if value != levels[key].value}
        if not state.write_address(moved):
            small(_("The link cannot hold all of your changes: save them as YAML."))
    with st.expander(_("What these numbers are, and what they are not"), expanded=True):
        st.markdown(read_text("limits.md"))


def _over_time(base: corridor.Scenario, start: date, yaml: str | None) -> corridor.Scenario | None:
    """The timeline; returns the scenario to run, None where the changes contradict each other."""
    st.subheader(_("Levers over time"), anchor=OVER_TIME)
    scenario = None
    with errors_shown():
        scenario = derive(yaml) if yaml else base
    edit_timeline(base, scenario if yaml else None, state.shown_controls(), start)
    return scenario


def _choose_start(base: corridor.Scenario) -> date:
    timeline = base.timeline
    given = st.session_state[state.START]
    start = min(max(given, timeline.report_from), timeline.end)
    st.session_state[state.START] = start
    if start != given:
        first, last = day_words(timeline.report_from), day_words(timeline.end)
        said = _("The run reports {first} to {last}; {day} lies outside.")
        st.warning(said.format(first=first, last=last, day=day_words(given)))
    return st.date_input(
        _("Your change starts on"),
        min_value=timeline.report_from,
        max_value=timeline.end,
        key=state.START,
        help=_("From this day to the end of the run every lever that you move keeps your value."),
    )


def _move_levers(
    base: corridor.Scenario, start: date, levels: Mapping[str, InForce]
) -> tuple[dict[str, float], DeltaGenerator]:
    """The sliders; returns what they change, and the place beside them for what becomes of the places pledged."""
    returns = None
    for control in state.shown_controls():
        lever_row(control, levels[control.key])
        if control.key == "use":
            returns = st.empty()
    choose_more(base, start)
    changes = find_changes(levels, st.session_state[state.MOVED], state.held())
    assert returns is not None
    with returns:
        _returns_words(levels, changes)
    small(
        _("Steps, ramps and pulses between two dates: [levers over time]({place}).").format(
            place=f"#{OVER_TIME}"
        )
    )
    st.button(
        _("Put every lever back"),
        on_click=state.reset,
        disabled=not (changes or state.entries()),
        width="stretch",
        key="put-back",
    )
    return changes, returns


def _returns_words(
    levels: Mapping[str, InForce],
    changes: Mapping[str, float],
    results: corridor.Results | None = None,
    start: date | None = None,
) -> None:
    """Places pledged a month, those that can be used, and those that are used in the model from the date on."""
    pledged, share = (changes.get(key, levels[key].value) for key in ("pledge", "use"))
    said = _("A month: **{pledged}** pledged, at most **{usable}** used.")
    used, since = 0.0, ""
    if results is not None and start is not None:
        said = _(
            "A month: **{pledged}** pledged, at most **{usable}** used; in the model **{used}** are returned, on "
            "average from {month} on."
        )
        series = [results.series("returns_to_mexico", nationality=each) for each in POOL]
        months = [at for at, month in enumerate(series[0][0]) if month >= start.isoformat()[:7]]
        used = float(np.mean(np.sum([values for _months, values in series], axis=0)[:, months]))
        since = month_words(start.isoformat()[:7])
    st.markdown(
        said.format(
            pledged=rounded(pledged), usable=rounded(pledged * share), used=rounded(people(used)), month=since
        )
    )


def _choose_replicates() -> int:
    given = st.session_state[state.REPLICATES]
    return st.select_slider(
        _("Replicates"),
        sorted({*REPLICATE_CHOICES, given}),
        key=state.REPLICATES,
        help=_(
            "Random realisations of the same scenario. Fewer are quicker; with few, the intervals mean little."
        ),
    )


def _results(
    base: corridor.Scenario,
    scenario: corridor.Scenario,
    yaml: str | None,
    changed_from: date,
    replicates: int,
) -> tuple[runs.Outcome, str | None]:
    """Run the scenario and what it is compared with, and show both; `yaml` is None where nothing is changed.

    Returns
    -------
    Both, and the window as `Outcome.files` takes it.
    """
    seed = base.run.seed
    against = base if yaml else baseline_of(base)
    outcome = run_shown(scenario, against, replicates, seed)
    _what_is_compared(base, against, changed_from, yaml is not None)
    shown = window_of(outcome, state.WINDOW)
    if shown is None:
        return outcome, None
    _headlines(outcome, shown.window, replicates)
    full_scale.show(outcome, scenario, against, shown, seed)
    st.subheader(_("Month by month"))
    explored_months(outcome, scenario, against, shown.window, changed_from if yaml else None, replicates)
    return outcome, shown.asked


def _talks(results: corridor.Results) -> None:
    """What governments agreed and lost, where they bargain."""
    if results.deals is None:
        return
    st.subheader(_("What governments agreed"))
    drawn = corridor.deal_chart(results.deals.to_pandas(), title=_("Deals over time"))
    st.altair_chart(drawn, width="stretch")
    small(
        _(
            "A mark is the larger, the more replicates agree on an issue in that month, or lose it: a term ends "
            "(lapse), money is missing (breach), a court, senators or Congress stop it. What governments want is "
            "assumed: this is the logic of a scenario, not what they will do."
        )
    )


def _command(scenario: corridor.Scenario, yaml: str | None, replicates: int, seed: int) -> str:
    words = command(scenario.name, replicates, seed)
    return words if yaml else words.replace(f"{scenario.name}.yaml", scenario.name)


def _what_is_compared(
    base: corridor.Scenario, against: corridor.Scenario | None, start: date, changed: bool
) -> None:
    if changed:
        said = _("**{base}**, changed from {day}, compared with the same without the change.")
    elif against is not None:
        said = _("**{base}**, compared with **{against}**. Move a lever to change it further.")
    else:
        said = _("**{base}**, as the model has it. Move a lever to see what it changes.")
    title = _(against.title) if against is not None else ""
    st.markdown(said.format(base=_(base.title), against=title, day=day_words(start)))


def _headlines(outcome: runs.Outcome, window: corridor.Window, replicates: int) -> None:
    note_left_out(outcome)
    for row in (HEADLINES[:2], HEADLINES[2:]):
        for column, headline in zip(st.columns(2), row, strict=True):
            found = measure(outcome.scenario, outcome.baseline, window, headline.indicator)
            with column:
                headline_tile(headline, found, replicates=replicates)
    small(read_text("reading.md"))
    small(skill_words(corridor.load_skill()))
