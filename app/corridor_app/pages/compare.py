"""Compare: several scenarios beside one baseline, one indicator and year at a time, and flow beside harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

import corridor
from corridor_app.charts import chart, comparison
from corridor_app.charts.comparison import FLOW, HARMS
from corridor_app.choices import told
from corridor_app.choices.periods import is_year
from corridor_app.jobs import runs
from corridor_app.jobs.zipped import zipped
from corridor_app.widgets.downloads import COMPARE, DOWNLOADS, HEADLINE, ZIP, mime_of, save_csv
from corridor_app.widgets.page import errors_shown, small
from corridor_app.widgets.scenario_runs import show_progress
from corridor_app.words.foreign import Unknown
from corridor_app.words.language import N_, _
from corridor_app.words.wording import joined, year_words

HISTORY = "history"
REPLICATES = 10
COMPARED = {
    HEADLINE: DOWNLOADS[HEADLINE],
    COMPARE: DOWNLOADS[COMPARE],
    ZIP: N_("Both files, and the same by place, nationality and party."),
}
FEWEST, MOST = 1, 6
YEAR = "2023"
DEFAULT = ("funds-last-december", "darien-gate")
ADDRESS, BASELINE, INDICATOR, YEARS, HARM = "compare", "baseline", "show", "year", "harm"
"""Words of the address."""

LINK_KEYS = (ADDRESS, BASELINE, INDICATOR, YEARS, HARM)
"""What this page reads of a link."""

CHOICE = "compare-choice"
CHOSEN = "compare-scenarios"


def show() -> None:
    st.title(_("Compare scenarios"))
    st.markdown(
        _(
            "Choose scenarios and see what each changes from what happened, or from another scenario. "
            "These are counts of a model, not observations and not a forecast. A lower number of "
            "encounters is not by itself a better outcome: people may wait, turn back or be harmed "
            "elsewhere, so harm stands beside flow."
        )
    )
    with errors_shown():
        scenarios = _list_scenarios()
        titles = {name: each.title or name for name, each in scenarios.items()}
        for note in _restore(titles):
            st.warning(note)
        baseline = _choose_baseline(titles)
        names = _choose(scenarios, titles, baseline)
        _write_address()
        if len(names) < FEWEST:
            st.info(_("Choose 1 to {most} scenarios.").format(most=MOST))
            return
        _results(scenarios[baseline], [scenarios[name] for name in names], titles)


# --- what is chosen -----------------------------------------------------------------------------------------------


def _list_scenarios() -> dict[str, corridor.Scenario]:
    """All scenarios that can be read, those of the same baseline together, the baseline `history` first."""
    found = {}
    for name in corridor.scenario_names():
        try:
            found[name] = corridor.load_scenario(name)
        except corridor.InputError:
            continue  # Explore shows what is wrong with it
    groups = dict.fromkeys([HISTORY, *(each.baseline_name or HISTORY for each in found.values())])
    return {
        name: each
        for group in groups
        for name, each in found.items()
        if (each.baseline_name or HISTORY) == group
    }


def _restore(titles: Mapping[str, str]) -> list[str]:
    """Fill the choice from the address, once a session; what it names and cannot be had is left out, and said."""
    if CHOICE in st.session_state:
        return []
    given, notes = st.query_params.to_dict(), []
    known: dict[str, tuple[Callable[[str], bool], Any]] = {
        BASELINE: (titles.__contains__, HISTORY),
        INDICATOR: (corridor.INDICATORS.__contains__, FLOW),
        YEARS: (is_year, YEAR),
        HARM: (HARMS.__contains__, HARMS[0]),
    }
    options = {BASELINE: titles, INDICATOR: corridor.INDICATORS, YEARS: (), HARM: HARMS}
    choice = {}
    for key, (accepts, default) in known.items():
        accepted = key in given and accepts(given[key])
        choice[key] = given[key] if accepted else default
        if key in given and not accepted:
            why = Unknown(N_("there is nothing of this name to choose"), given[key], options[key])
            notes.append(told.left_out(key, why))
    choice[ADDRESS] = [name for name in DEFAULT if name in titles]
    if ADDRESS in given:
        asked = list(dict.fromkeys(filter(None, given[ADDRESS].split(","))))
        names = [name for name in asked if name in titles and name != choice[BASELINE]]
        for name in [each for each in asked if each not in names][:MOST]:
            others = set(titles) - {choice[BASELINE]}
            why = Unknown(N_("there is no other scenario of this name to compare"), name, others)
            notes.append(told.left_out(ADDRESS, why))
        if len(names) > MOST:
            notes.append(
                _("The link names more than {most} scenarios; the first {most} are shown.").format(most=MOST)
            )
        choice[ADDRESS] = names[:MOST]
    st.session_state[CHOICE] = choice
    return notes


def _keep(key: str, value: object) -> None:
    st.session_state[CHOICE] = {**st.session_state[CHOICE], key: value}


def _chosen(key: str) -> Any:
    return st.session_state[CHOICE][key]


def _choose_baseline(titles: Mapping[str, str]) -> str:
    st.session_state.setdefault("compare-baseline", _chosen(BASELINE))
    name = st.selectbox(
        _("Compared with"),
        list(titles),
        format_func=lambda each: _(titles[each]),
        key="compare-baseline",
        help=_("What happened, or any other scenario: the difference is that from this one."),
    )
    _keep(BASELINE, name)
    return name


def _choose(
    scenarios: Mapping[str, corridor.Scenario], titles: Mapping[str, str], baseline: str
) -> list[str]:
    options = [name for name in titles if name != baseline]
    kept = st.session_state.get(CHOSEN, _chosen(ADDRESS))
    st.session_state[CHOSEN] = [name for name in kept if name in options]

    def words(name: str) -> str:
        own = scenarios[name].baseline_name
        title = _(titles[name])
        if own in (None, HISTORY, baseline):
            return title
        return _("{title} (own baseline: {other})").format(title=title, other=_(titles.get(own, own)))

    names = st.multiselect(
        _("Scenarios"),
        options,
        format_func=words,
        key=CHOSEN,
        max_selections=MOST,
        help=_("Those that are meant to be compared with the same baseline stand together in the list."),
    )
    _keep(ADDRESS, names)
    return names


def _write_address() -> None:
    """What is chosen, in the address; what is as it comes is left out."""
    usual = {BASELINE: HISTORY, INDICATOR: FLOW, YEARS: YEAR, HARM: HARMS[0]}
    st.query_params[ADDRESS] = ",".join(_chosen(ADDRESS))
    for key, default in usual.items():
        if _chosen(key) != default:
            st.query_params[key] = _chosen(key)
        elif key in st.query_params:
            del st.query_params[key]


# --- what follows -------------------------------------------------------------------------------------------------


def _results(
    baseline: corridor.Scenario, scenarios: Sequence[corridor.Scenario], titles: Mapping[str, str]
) -> None:
    for words in (
        comparison.period_words(scenarios, baseline),
        comparison.own_baseline_words(scenarios, baseline),
    ):
        if words:
            small(words)
    place = st.empty()
    results = runs.ensemble_runner().ensembles(
        [baseline, *scenarios],
        replicates=REPLICATES,
        seed=baseline.run.seed,
        progress=lambda done, total: show_progress(place, done, total),
    )
    place.empty()
    indicator, year = _choose_indicator(), _choose_year(results)
    _write_address()
    st.subheader(_("Ranking"))
    _ranking(results, titles, indicator, year)
    st.subheader(_("Flow and harm"))
    _trade_off(results, titles, year)
    st.subheader(_("Take the numbers with you"))
    with st.container(horizontal=True):
        for file in (HEADLINE, COMPARE, ZIP):
            st.download_button(
                file,
                lambda file=file: _content(results, file),
                file_name=file,
                mime=mime_of(file),
                on_click="ignore",
                key=f"compare-{file}",
                help=_(COMPARED[file]),
            )


def _content(results: Sequence[corridor.Results], file: str) -> bytes:
    files = corridor.compare(results).files()
    return zipped(files) if file == ZIP else files[file]


def _choose_indicator() -> str:
    options = chart.indicator_ids()
    st.session_state.setdefault("compare-indicator", _chosen(INDICATOR))
    indicator = st.selectbox(
        _("Indicator"), options, format_func=chart.indicator_words, key="compare-indicator"
    )
    _keep(INDICATOR, indicator)
    return indicator


def _choose_year(results: Sequence[corridor.Results]) -> str:
    """A year, or part of one, that the baseline and some scenario both cover."""
    baseline = results[0]
    years = sorted({year for one in results[1:] for year in corridor.shared_periods(one, baseline).years})
    if st.session_state.setdefault("compare-year", _chosen(YEARS)) not in years:
        asked = st.session_state["compare-year"]
        st.session_state["compare-year"] = years[-1]
        small(
            _("{asked} is not reported by the baseline and a scenario; {year} is shown.").format(
                asked=year_words(asked), year=year_words(years[-1])
            )
        )
    year = (
        st.segmented_control(_("Year"), years, key="compare-year", format_func=year_words, required=True)
        or years[-1]
    )
    _keep(YEARS, year)
    return year


def _ranking(
    results: Sequence[corridor.Results], titles: Mapping[str, str], indicator: str, year: str
) -> None:
    baseline, others = results[0], results[1:]
    rows = comparison.rank(baseline, others, titles, indicator, year)
    known = set(rows["scenario"])
    if absent := [_(titles[each.scenario]) for each in others if each.scenario not in known]:
        small(_("Not comparable in {year}: {titles}.").format(year=year_words(year), titles=joined(absent)))
    if rows.empty:
        return
    words = comparison.describe_rank(rows, indicator, year, REPLICATES)
    st.altair_chart(comparison.rank_chart(rows, indicator, words), width="stretch")
    st.table(comparison.rank_table(rows))
    about = corridor.INDICATORS[indicator]
    unit = f"{_(about.unit)} ({_(about.counts)})" if about.counts == "events" else _(about.unit)
    small(
        _(
            "{label}, {year}, in {unit}. Largest fall first: the order is not a judgement. The interval "
            "holds 80% of {replicates} paired differences; it shows chance, not doubt about the model, and "
            "with few replicates it is rough."
        ).format(label=_(about.label), year=year_words(year), unit=unit, replicates=REPLICATES)
    )
    save_csv(
        rows.drop(columns="title"),
        "ranking.csv",
        _("paired differences from the baseline, with their intervals."),
    )


def _trade_off(results: Sequence[corridor.Results], titles: Mapping[str, str], year: str) -> None:
    st.session_state.setdefault("compare-harm", _chosen(HARM))
    harm = st.segmented_control(
        _("Harm"),
        HARMS,
        required=True,
        format_func=lambda each: _(corridor.INDICATORS[each].label),
        key="compare-harm",
    )
    harm = harm or HARMS[0]
    _keep(HARM, harm)
    _write_address()
    rows = comparison.points(results, titles, harm, year)
    if len(rows) < len(("baseline", "a scenario")):
        small(_("Not reported for this year."))
        return
    words = comparison.describe_points(rows, harm, year, REPLICATES)
    st.altair_chart(comparison.points_chart(rows, harm, words), width="stretch")
    st.table(comparison.points_table(rows, harm))
    small(
        _(
            "Numbers in the margin belong to the rows of the table; 0 is the baseline. Border Patrol "
            "encounters across, harm up, public cost as size: means of {replicates} replicates in {year}, "
            "and bars that hold 80% of them. Axes do not start at zero. Harm rests on incomplete counts: "
            "read it as an order of magnitude."
        ).format(replicates=REPLICATES, year=year_words(year))
    )
    save_csv(
        rows.drop(columns="title"),
        "flow-and-harm.csv",
        _("means and 80% of replicates of flow and harm, and public cost."),
    )
