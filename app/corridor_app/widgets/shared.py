"""Widgets that pages share: the choice of a scenario, a headline number, the downloads.

Each takes its words, units and sources from data. Those over levers are in `corridor_app.widgets.lever_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import corridor
from corridor_app.charts.headlines import Headline, Measure, years_of
from corridor_app.choices import state
from corridor_app.jobs.runs import Outcome, run
from corridor_app.words.language import ENGLISH, N_, _, current
from corridor_app.words.wording import change, left_out_words, people, relative, rounded, span, year_words

VALUE_WIDTH = 165
CSV = "text/csv"
FEW_REPLICATES = 10
TITLES_SECONDS = 60
"""How long the titles of all scenarios are kept: to read every file again costs most of what a page costs."""
COMPARE, DEALS = "compare.csv", "deals.csv"
DOWNLOADS = {
    COMPARE: N_("Every indicator, period and breakdown: scenario, baseline and paired difference."),
    "summary.csv": N_("Every indicator, period and breakdown of the scenario: mean and quantiles."),
    "replicates.csv": N_("Every value of every replicate of the scenario; a large file."),
    DEALS: N_("Every round, offer, agreement and breach of every replicate."),
}


def read_text(name: str) -> str:
    """A text of the folder `words/text`, in the visitor's language where its folder there has it."""
    texts = files("corridor_app.words") / "text"
    translated = texts / current() / name
    return (translated if translated.is_file() else texts / name).read_text(encoding="utf-8")


def open_page(title: str, about: str) -> None:
    """What a page over a scenario begins with: the visitor's choices, what it shows, and what a link could not hold."""
    state.restore()
    st.title(title)
    st.markdown(about)
    for note in state.take_notes():
        st.warning(note)


def small(text: str) -> None:
    """A note in small type, dark enough to read."""
    st.markdown(f":small[:gray[{text.strip()}]]")


def note_what_is_english(what: str) -> None:
    """Where the page is not in English: what on it is English all the same."""
    if current() != ENGLISH:
        small(_(what))


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


@contextmanager
def errors_shown() -> Iterator[None]:
    """Say on the page what is wrong with a scenario, or why a run stopped; the rest of the page is drawn."""
    try:
        yield
    except corridor.InputError as error:
        st.error(_("This scenario cannot be read."))
        st.code(str(error), language=None, wrap_lines=True)
    except corridor.CorridorError as error:
        st.error(_("The run stopped: {why}").format(why=error))


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


def choose_year(outcome: Outcome, key: str) -> str:
    """A year, or part of one, that the run and its baseline both cover, the last one first chosen."""
    years = years_of(outcome.scenario, baseline=outcome.baseline) or years_of(outcome.scenario)
    if st.session_state.get(key) not in years:
        st.session_state[key] = years[-1]
    chosen = st.segmented_control(_("Year"), years, key=key, format_func=year_words, required=True)
    return chosen or years[-1]


def note_left_out(outcome: Outcome) -> None:
    """Over what the run and its baseline are compared, where one of them reports more than the other."""
    if outcome.baseline is not None and (
        words := left_out_words(corridor.shared_periods(outcome.scenario, outcome.baseline))
    ):
        small(words)


def save_csv(table: pd.DataFrame, file: str, what: str) -> None:
    """A button that saves the data behind a figure."""
    st.download_button(
        f"{file}",
        corridor.csv_bytes(table),
        file_name=file,
        mime=CSV,
        on_click="ignore",
        key=f"save-{file}",
        help=_("The data behind this figure: {what}").format(what=_(what)),
    )


def headline_tile(headline: Headline, found: Measure | None, *, replicates: int) -> None:
    """A headline number: its value, the difference from the baseline, and the interval of the difference."""
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.markdown(f"{_(headline.title)} :small[:gray[{_(headline.unit)}]]", help=_(headline.counts))
        if found is None:
            small(_("Not reported for this period."))
            return
        compared = found.difference == found.difference
        low, high = people(found.low), people(found.high)
        differs = compared and (low, high) != (0, 0)
        share = f" ({relative(found.relative)})" if relative(found.relative) else ""
        delta = f"{change(people(found.difference))}{share}" if differs else _("no difference")
        levels = {_("Baseline"): found.baseline, _("Observed"): found.observed}
        lines = [f"{name} {rounded(people(value))}" for name, value in levels.items() if value == value]
        if differs:
            pairs = _("80% of {replicates} pairs:").format(replicates=replicates)
            lines.append(f"{pairs}  \n{span(change(low), change(high))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.metric(
                _(headline.title),
                rounded(people(found.scenario)),
                delta=delta if compared else None,
                delta_color="off",
                delta_arrow="off",
                label_visibility="collapsed",
                width=VALUE_WIDTH,
            )
            small("  \n".join(lines or [_("No published total")]))


def downloads(outcome: Outcome, yaml: str | None, command: str) -> None:
    """The CSV files of `corridor run`, made when asked for, and the scenario that makes them."""
    name = outcome.scenario.scenario
    with st.container(horizontal=True):
        if yaml is not None:
            st.download_button(
                _("Save as YAML"),
                yaml,
                file_name=f"{name}.yaml",
                mime="application/yaml",
                on_click="ignore",
                key="save-yaml",
                type="primary",
                help=_("Your change as a scenario file, to run, to edit and to share."),
            )
        for file, help_text in DOWNLOADS.items():
            absent = {COMPARE: outcome.baseline, DEALS: outcome.scenario.deals}
            if absent.get(file, outcome) is not None:
                st.download_button(
                    file,
                    lambda file=file: outcome.files()[file],
                    file_name=file,
                    mime=CSV,
                    on_click="ignore",
                    key=f"save-{file}",
                    help=_(help_text),
                )
    small(_("The command line makes the same files, byte for byte:"))
    st.code(command, language=None, wrap_lines=True)
