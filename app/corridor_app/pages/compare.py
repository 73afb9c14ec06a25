"""Compare: several scenarios beside one baseline, one indicator and window at a time, and flow beside harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

import corridor
from corridor.outputs.rows import Cell
from corridor_app.charts import chart, comparison, ranking, trade_off
from corridor_app.choices import compared
from corridor_app.choices.compared import ADDRESS, BASELINE, HARM, HARMS, HISTORY, INDICATOR, MOST, WINDOW
from corridor_app.choices.windows import pairs_of
from corridor_app.jobs import runs
from corridor_app.widgets.downloads import COMPARE, DOWNLOADS, HEADLINE, ZIP, download_row, one_of, save_csv
from corridor_app.widgets.monthly_differences import monthly_differences
from corridor_app.widgets.page import errors_shown, small
from corridor_app.widgets.scenario_runs import show_progress
from corridor_app.widgets.window_choice import choose_window
from corridor_app.words.language import N_, _
from corridor_app.words.wording import joined, window_words

REPLICATES = 10
COMPARED = {
    HEADLINE: DOWNLOADS[HEADLINE],
    COMPARE: DOWNLOADS[COMPARE],
    ZIP: N_("Both files, and the same by place, nationality and party."),
}
FEWEST = 1
CHOSEN = "compare-scenarios"
DAYS = "compare-window"
LINK_KEYS = compared.LINK_KEYS


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
        for note in compared.restore(titles):
            st.warning(note)
        baseline = _choose_baseline(titles)
        names = _choose(scenarios, titles, baseline)
        compared.write_address()
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


def _choose_baseline(titles: Mapping[str, str]) -> str:
    st.session_state.setdefault("compare-baseline", compared.chosen(BASELINE))
    name = st.selectbox(
        _("Compared with"),
        list(titles),
        format_func=lambda each: _(titles[each]),
        key="compare-baseline",
        help=_("What happened, or any other scenario: the difference is that from this one."),
    )
    compared.keep(BASELINE, name)
    return name


def _choose(
    scenarios: Mapping[str, corridor.Scenario], titles: Mapping[str, str], baseline: str
) -> list[str]:
    options = [name for name in titles if name != baseline]
    kept = st.session_state.get(CHOSEN, compared.chosen(ADDRESS))
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
    compared.keep(ADDRESS, names)
    return names


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
    against = results[0]
    pairs = [pair for pair in pairs_of(against, results[1:]) if pair[0] is against]
    known = [after for _before, after in pairs]
    if absent := [_(titles[each.scenario]) for each in results[1:] if each not in known]:
        small(_("No month in common with the baseline, so left out: {titles}.").format(titles=joined(absent)))
    indicator = _choose_indicator()
    st.session_state.setdefault(DAYS, compared.chosen(WINDOW))
    shown = choose_window(pairs, DAYS) if pairs else None
    if shown is None:
        return
    compared.keep(WINDOW, st.session_state[DAYS])
    compared.write_address()
    found = corridor.compare([against, *known], baseline=against.scenario, window=shown.asked)
    here = {name: _(title) for name, title in titles.items()}
    st.subheader(_("Difference by month"))
    monthly_differences([against, *known], here, Cell(indicator), shown.window)
    st.subheader(_("Ranking"))
    _ranking(found, titles, indicator, shown.window)
    st.subheader(_("Flow and harm"))
    _trade_off(results, titles, shown.window)
    st.subheader(_("Take the numbers with you"))
    with st.container(horizontal=True):
        download_row(COMPARED, lambda file: one_of(found.files(), file), key="compare", about=COMPARED)


def _choose_indicator() -> str:
    options = chart.indicator_ids()
    st.session_state.setdefault("compare-indicator", compared.chosen(INDICATOR))
    indicator = st.selectbox(
        _("Indicator"), options, format_func=chart.indicator_words, key="compare-indicator"
    )
    compared.keep(INDICATOR, indicator)
    return indicator


def _ranking(
    found: corridor.Comparison, titles: Mapping[str, str], indicator: str, window: corridor.Window
) -> None:
    rows = ranking.rank(found, titles, indicator)
    known, days = set(rows["scenario"]), window_words(window)
    if absent := [_(titles[after.scenario]) for _before, after in found.pairs if after.scenario not in known]:
        small(_("Not comparable over {year}: {titles}.").format(year=days, titles=joined(absent)))
    if rows.empty:
        return
    words = ranking.describe_rank(rows, indicator, days, REPLICATES)
    st.altair_chart(ranking.rank_chart(rows, indicator, words), width="stretch")
    st.table(ranking.rank_table(rows))
    about = corridor.INDICATORS[indicator]
    unit = f"{_(about.unit)} ({_(about.counts)})" if about.counts == "events" else _(about.unit)
    small(
        _(
            "{label}, {year}, in {unit}. Largest fall first: the order is not a judgement. The interval "
            "holds 80% of {replicates} paired differences; it shows chance, not doubt about the model, and "
            "with few replicates it is rough. A row is told apart from the one above it where 80% of the "
            "replicates put both in the same order."
        ).format(label=_(about.label), year=days, unit=unit, replicates=REPLICATES)
    )
    save_csv(
        rows.drop(columns="title"),
        "ranking.csv",
        _("paired differences from the baseline, with their intervals."),
    )


def _trade_off(
    results: Sequence[corridor.Results], titles: Mapping[str, str], window: corridor.Window
) -> None:
    st.session_state.setdefault("compare-harm", compared.chosen(HARM))
    harm = st.segmented_control(
        _("Harm"),
        HARMS,
        required=True,
        format_func=lambda each: _(corridor.INDICATORS[each].label),
        key="compare-harm",
    )
    harm = harm or HARMS[0]
    compared.keep(HARM, harm)
    compared.write_address()
    days = window_words(window)
    rows = trade_off.points(results, titles, harm, window)
    if len(rows) < len(("baseline", "a scenario")):
        small(_("Not reported for these days."))
        return
    words = trade_off.describe_points(rows, harm, days, REPLICATES)
    st.altair_chart(trade_off.points_chart(rows, harm, words), width="stretch")
    st.table(trade_off.points_table(rows, harm))
    small(
        _(
            "Numbers in the margin belong to the rows of the table; 0 is the baseline. Border Patrol "
            "encounters across, harm up, public cost as size: means of {replicates} replicates over {year}, "
            "and bars that hold 80% of them, which is chance alone. Axes do not start at zero. Harm rests on "
            "incomplete counts: read it as an order of magnitude."
        ).format(replicates=REPLICATES, year=days)
    )
    save_csv(
        rows.drop(columns="title"),
        "flow-and-harm.csv",
        _("means and 80% of replicates of flow and harm, and public cost."),
    )
