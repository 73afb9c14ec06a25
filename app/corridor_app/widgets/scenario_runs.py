"""The choice of a scenario, and its run with a bar of progress."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import corridor
from corridor_app.choices import state
from corridor_app.jobs.runs import Outcome, run
from corridor_app.widgets.page import small
from corridor_app.words.language import N_, _
from corridor_app.words.wording import left_out_words

FEW_REPLICATES = 10


TITLES_SECONDS = 60
"""How long the titles of all scenarios are kept: to read every file again costs most of what a page costs."""


def choose_scenario() -> corridor.Scenario:
    """The list of scenarios, with the question of the one chosen; every page keeps the same choice.

    Raises
    ------
    corridor.InputError
        If the scenario chosen cannot be read.
    """
    titles = {name: (_(title), _(question)) for name, (title, question) in _titles().items()}
    name = st.selectbox(
        _("Scenario"),
        titles,
        format_func=lambda each: titles[each][0],
        key=state.SCENARIO,
        help=_("What happened otherwise. It is compared with its baseline, where it has one."),
    )
    small(titles[name][1])
    with st.popover(_("All scenarios and their questions"), width="stretch"):
        for title, question in titles.values():
            st.markdown(f"**{title}**  \n{question}")
    return corridor.load_scenario(name)


@st.cache_data(ttl=TITLES_SECONDS, max_entries=1, show_spinner=False)
def _titles() -> dict[str, tuple[str, str]]:
    """Title and question of every scenario, by name, as they are written: kept for visitors of every language."""
    found = {}
    for name in corridor.scenario_names():
        try:
            scenario = corridor.load_scenario(name)
            found[name] = (scenario.title or name, scenario.question)
        except corridor.InputError:
            found[name] = (name, N_("This scenario cannot be read."))
    return found


def baseline_of(scenario: corridor.Scenario) -> corridor.Scenario | None:
    """What a scenario is compared with; None where it has no baseline."""
    return corridor.load_scenario(scenario.baseline_name) if scenario.baseline_name else None


def show_progress(place: DeltaGenerator, done: int, total: int, before: str = "") -> None:
    """Show how far a run is, in a place of the page."""
    words = (
        _("Simulating: {done} of {total} replicates").format(done=done, total=total)
        if total
        else _("Preparing the simulation")
    )
    place.progress(done / total if total else 0.0, before + words)


def run_shown(
    scenario: corridor.Scenario, against: corridor.Scenario | None, replicates: int, seed: int
) -> Outcome:
    """Run a scenario and its baseline; a bar shows how far it is, and goes when it is done."""
    place = st.empty()
    outcome = run(
        scenario,
        against,
        replicates=replicates,
        seed=seed,
        progress=lambda done, total: show_progress(place, done, total),
    )
    place.empty()
    return outcome


def run_few(scenario: corridor.Scenario, against: corridor.Scenario | None) -> Outcome:
    """Run a scenario and its baseline with few replicates, with progress, and say what is compared."""
    replicates = few_replicates()
    outcome = run_shown(scenario, against, replicates, scenario.run.seed)
    words = (
        _("**{scenario}**, compared with **{baseline}**. {replicates} replicates.")
        if against
        else _("**{scenario}**, which has no baseline. {replicates} replicates.")
    )
    titles = {"scenario": _(scenario.title), "baseline": _(against.title) if against else ""}
    st.markdown(words.format(**titles, replicates=replicates))
    note_left_out(outcome)
    return outcome


def few_replicates() -> int:
    """Replicates of the pages that only read a scenario: no more than Explore asks for."""
    return min(st.session_state[state.REPLICATES], FEW_REPLICATES)


def note_left_out(outcome: Outcome) -> None:
    """Over what the run and its baseline are compared, where one of them reports more than the other."""
    if outcome.baseline is not None and (
        words := left_out_words(corridor.shared_periods(outcome.scenario, outcome.baseline))
    ):
        small(words)
