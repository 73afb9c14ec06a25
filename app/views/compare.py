"""Compare: several scenarios beside history, one indicator and year at a time, and flow beside harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

import model
from app import chart, runs
from app.headlines import Measure, measure
from app.widgets import COMPARE, CSV, show_progress, small
from app.wording import change, joined, people, relative, rounded

BASELINE = "history"
REPLICATES = 10
FEWEST, MOST = 2, 6
YEARS = ("2023", "2022", "2021")
CHOSEN, ADDRESS = "compare-scenarios", "compare"
DEFAULT = ("funds-last-december", "darien-gate")
FLOW, COST = "encounters_usbp", "public_cost_usd"
HARMS = ("deaths", "kidnappings")
COLUMNS = ("title", "flow", "harm", "cost")


def show() -> None:
    st.title("Compare scenarios")
    st.markdown(
        "Choose scenarios and see what each changes from what happened, 2021 to 2023. These are counts of a model, "
        "not observations and not a forecast. A lower number of encounters is not by itself a better outcome: "
        "people may wait, turn back or be harmed elsewhere, so harm stands beside flow."
    )
    try:
        titles = _titles()
        names = _choose(titles)
        if len(names) < FEWEST:
            st.info(f"Choose {FEWEST} to {MOST} scenarios.")
            return
        _results(names, titles)
    except model.InputError as error:
        st.error("The scenarios cannot be compared.")
        st.code(str(error), language=None, wrap_lines=True)
    except model.CorridorError as error:
        st.error("The run stopped.")
        st.code(str(error), language=None, wrap_lines=True)


def _titles() -> dict[str, str]:
    """Titles of the scenarios whose own baseline is history, by name."""
    found = {}
    for name in model.scenario_names():
        try:
            scenario = model.load_scenario(name)
        except model.InputError:
            continue  # Explore shows what is wrong with it
        if scenario.baseline_name == BASELINE:
            found[name] = scenario.title or name
    return found


def _choose(titles: Mapping[str, str]) -> list[str]:
    if CHOSEN not in st.session_state:
        st.session_state[CHOSEN] = _from_address(titles)
    names = st.multiselect(
        "Scenarios",
        list(titles),
        format_func=lambda name: titles[name],
        key=CHOSEN,
        max_selections=MOST,
        help="Those that are compared with what happened; others have another baseline and are on Explore.",
    )
    st.query_params[ADDRESS] = ",".join(names)
    return names


def _from_address(titles: Mapping[str, str]) -> list[str]:
    """The scenarios that the address names; what it names and cannot be had is left out, and said."""
    if ADDRESS not in st.query_params:
        return [name for name in DEFAULT if name in titles]
    asked = list(dict.fromkeys(filter(None, st.query_params[ADDRESS].split(","))))
    known = [name for name in asked if name in titles]
    if len(known) < len(asked):
        st.warning("The link names scenarios that cannot be compared with history; they were left out.")
    if len(known) > MOST:
        st.warning(f"The link names more than {MOST} scenarios; the first {MOST} are shown.")
    return known[:MOST]


def _results(names: Sequence[str], titles: Mapping[str, str]) -> None:
    scenarios = [model.load_scenario(name) for name in (BASELINE, *names)]
    place = st.empty()
    results = runs.bench().ensembles(
        scenarios,
        replicates=REPLICATES,
        seed=scenarios[0].run.seed,
        progress=lambda done, total: show_progress(place, done, total),
    )
    place.empty()
    left, right = st.columns(2)
    with left:
        options = chart.indicator_ids()
        indicator = st.selectbox(
            "Indicator",
            options,
            index=options.index(FLOW),
            format_func=chart.indicator_words,
            key="compare-indicator",
        )
    with right:
        year = st.segmented_control("Year", YEARS, default=YEARS[0], required=True, key="compare-year")
    baseline, others = results[0], results[1:]
    year = year or YEARS[0]
    st.subheader("Ranking")
    _ranking(baseline, others, titles, indicator, year)
    st.subheader("Flow and harm")
    _trade_off(baseline, others, titles, year)
    st.subheader("Take the numbers with you")
    st.download_button(
        COMPARE,
        lambda: model.compare(results).csv(),
        file_name=COMPARE,
        mime=CSV,
        on_click="ignore",
        key="compare-csv",
        help="Every indicator, period and breakdown: scenario, baseline and paired difference.",
    )


def _ranking(
    baseline: model.Results,
    others: Sequence[model.Results],
    titles: Mapping[str, str],
    indicator: str,
    year: str,
) -> None:
    table = rank(baseline, others, titles, indicator, year)
    if absent := [title for title in (titles[each.scenario] for each in others) if title not in table.index]:
        small(f"Not reported for {year}: {joined(absent)}.")
    if table.empty:
        return
    st.table(table)
    about = model.INDICATORS[indicator]
    unit = f"{about.unit} ({about.counts})" if about.counts == "events" else about.unit
    small(
        f"{about.label}, {year}, in {unit}. Largest fall first: the order is not a judgement. The interval holds "
        f"80% of {REPLICATES} paired differences; it shows chance, not doubt about the model, and with few "
        "replicates it is rough."
    )


def rank(
    baseline: model.Results,
    others: Sequence[model.Results],
    titles: Mapping[str, str],
    indicator: str,
    year: str,
) -> pd.DataFrame:
    """Scenarios by their difference from the baseline, largest fall first, written for a reader."""
    found = [(titles[each.scenario], measure(each, baseline, year, indicator)) for each in others]
    known = [(title, each) for title, each in found if each is not None]
    rows = [_row(title, each) for title, each in sorted(known, key=lambda pair: pair[1].difference)]
    columns = ["scenario", "value", "history", "difference", "80% interval", "relative"]
    return pd.DataFrame(rows, columns=columns).set_index("scenario")


def _row(title: str, found: Measure) -> tuple[str, ...]:
    interval = f"{change(found.low)} to {change(found.high)}"
    return (
        title,
        rounded(found.scenario),
        rounded(found.baseline),
        change(found.difference),
        interval,
        relative(found.relative),
    )


def _trade_off(
    baseline: model.Results, others: Sequence[model.Results], titles: Mapping[str, str], year: str
) -> None:
    harm = st.segmented_control(
        "Harm",
        HARMS,
        default=HARMS[0],
        required=True,
        format_func=lambda each: model.INDICATORS[each].label,
        key="compare-harm",
    )
    harm = harm or HARMS[0]
    rows = points([baseline, *others], {**titles, BASELINE: "What happened, in the model"}, harm, year)
    if rows.empty:
        small("Not reported for this year.")
        return
    words = describe(rows, harm, year)
    st.altair_chart(draw(rows, harm, words), width="stretch")
    small(words)


def points(results: Sequence[model.Results], titles: Mapping[str, str], harm: str, year: str) -> pd.DataFrame:
    """Mean flow, harm and public cost of each scenario in a year: columns title, flow, harm, cost (USD)."""
    rows = []
    for each in results:
        found = [measure(each, None, year, indicator) for indicator in (FLOW, harm, COST)]
        values = [one.scenario for one in found if one is not None]
        if len(values) == len(found):
            rows.append((titles[each.scenario], *values))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def draw(rows: pd.DataFrame, harm: str, description: str) -> alt.LayerChart | alt.FacetChart:
    """Flow across, harm up, public cost as size; the colour says nothing of good or bad."""
    place = alt.Chart(rows.assign(billions=rows["cost"] / 1e9)).encode(
        x=alt.X(
            "flow:Q",
            title=f"{model.INDICATORS[FLOW].label} (events)",
            scale=alt.Scale(zero=False, padding=90),
        ),
        y=alt.Y("harm:Q", title=model.INDICATORS[harm].label, scale=alt.Scale(zero=False, padding=30)),
    )
    marks = place.mark_circle(color="#4c6a92", opacity=0.7).encode(
        size=alt.Size("billions:Q", title="Public cost, billion USD", scale=alt.Scale(range=[60, 600])),
        tooltip=[
            alt.Tooltip("title:N", title="scenario"),
            alt.Tooltip("flow:Q", title="encounters", format=",.0f"),
            alt.Tooltip("harm:Q", title=harm, format=",.0f"),
            alt.Tooltip("billions:Q", title="billion USD", format=".3"),
        ],
    )
    names = place.mark_text(dy=-18, limit=260).encode(text="title:N")
    return alt.layer(marks, names).properties(height=420, description=description)


def describe(rows: pd.DataFrame, harm: str, year: str) -> str:
    """What the scatter shows, in words."""
    label = model.INDICATORS[harm].label
    each = [
        f"{title}: {rounded(people(flow))} encounters, {rounded(people(count))} {harm}, {rounded(cost)} USD"
        for title, flow, count, cost in rows.itertuples(index=False, name=None)
    ]
    return (
        f"Border Patrol encounters across, {label} up, public cost as size, "
        f"means of {REPLICATES} replicates in {year}. "
        f"{'; '.join(each)}. Axes do not start at zero. "
        "Harm rests on incomplete counts: read it as an order of magnitude."
    )
