"""Governments: who wants what, what they agree and break, and what that does to them and to people."""

from __future__ import annotations

from datetime import date

import streamlit as st

import corridor
from corridor_app.charts import chart, deal_book, interests
from corridor_app.choices import state, talks, told
from corridor_app.choices.changes import MARKS, command
from corridor_app.choices.links import read_day
from corridor_app.jobs import runs
from corridor_app.widgets.downloads import downloads, save_csv
from corridor_app.widgets.monthly import data_rows, fan_chart, months_of
from corridor_app.widgets.page import errors_shown, open_page, small
from corridor_app.widgets.scenario_runs import baseline_of, few_replicates, run_few
from corridor_app.widgets.window_choice import window_of
from corridor_app.words.foreign import Unknown, Unreadable
from corridor_app.words.language import N_, _
from corridor_app.words.texts import read_text
from corridor_app.words.wording import day_words, window_words

WIDTHS = (3, 7)
HEIGHT = 260
DEALS_HEIGHT = 560
BOOK_HEIGHT = 420
CHOICE = "talks"
SCENARIO, START = "talks-scenario", "talks-start"
FROM, BARGAINED, NONE = "from", "table", "none"
LINK_KEYS = (*state.LINK_KEYS, FROM, BARGAINED)
"""What this page reads of a link."""

"""Words of the address: first day of talks, and what is bargained over."""

GIVERS = ((talks.MEXICO, N_("Mexico gives")), (talks.US, N_("The US gives")))


def show() -> None:
    open_page(
        _("Governments at the table"),
        _(
            "Governments can bargain in a scenario: over what Mexico takes on, what the US gives for it, "
            "and what third parties add. **What each of them wants is assumed.** Nothing was fitted to "
            "what governments did: five events identify too little. What you see is the logic of a "
            "scenario, not a forecast of governments, and a share of replicates is not a probability that "
            "governments do it. A deal that both sides like can harm people; what it does to them stands "
            "on the same page."
        ),
    )
    for note in _restore():
        st.warning(note)
    controls, page = st.columns(WIDTHS, gap="large")
    with errors_shown():
        with controls:
            base = _choose_base()
            fixed, start = _choose_talks(base)
        yaml = talks.write_yaml(base, fixed, start, few_replicates())
        scenario = talks.derive(yaml) if yaml else base
        with page:
            _results(scenario, base if yaml else baseline_of(base), yaml)
    with st.expander(_("What these numbers are, and what they are not")):
        st.markdown(read_text("limits.md"))


# --- what is chosen -----------------------------------------------------------------------------------------------


def _restore() -> list[str]:
    """Fill the choice from the address, once a session; what cannot be used is left out and said."""
    if CHOICE in st.session_state:
        return []
    notes: list[str] = []
    given = st.query_params.to_dict()
    name = st.session_state[state.SCENARIO]
    if given.get(state.SCENARIO) != name and name == state.DEFAULT_SCENARIO:
        name = next(iter(_list_scenarios()), name)
    choice = {"scenario": name}
    if FROM in given:
        try:
            choice["start"] = read_day(given[FROM])
        except Unreadable as why:
            notes.append(told.left_out(FROM, why))
    if BARGAINED in given:
        asked = [each for each in given[BARGAINED].split(",") if each and each != NONE]
        known = [each for each in asked if each in talks.list_items()]
        for name in [each for each in asked if each not in known][: len(talks.list_items())]:
            why = Unknown(N_("nobody bargains over anything of this name"), name, talks.list_items())
            notes.append(told.left_out(BARGAINED, why))
        if known or not asked:
            choice["fixed"] = frozenset(talks.list_items()) - frozenset(known)
    st.session_state[CHOICE] = choice
    return notes


def _list_scenarios() -> dict[str, str]:
    """Titles of the scenarios that leave room for talks, those in which governments bargain first."""
    found: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for name in corridor.scenario_names():
        try:
            scenario = corridor.load_scenario(name)
        except corridor.InputError:
            continue  # Explore shows what is wrong with it
        if talks.may_bargain(scenario):
            found[scenario.bargaining is not None][name] = scenario.title or name
    return found[True] | found[False]


def _choose_base() -> corridor.Scenario:
    titles = _list_scenarios()
    if SCENARIO not in st.session_state:
        st.session_state[SCENARIO] = st.session_state[CHOICE]["scenario"]
    name = st.selectbox(
        _("Scenario"),
        titles,
        format_func=lambda each: _(titles[each]),
        key=SCENARIO,
        on_change=_take_scenario,
        help=_(
            "Those in which governments bargain come first. In any other you can let them bargain from a "
            "day on."
        ),
    )
    base = corridor.load_scenario(name)
    small(_(base.question))
    return base


def _take_scenario() -> None:
    _take(scenario=st.session_state[SCENARIO])


def _take(**choice: object) -> None:
    """Remember a choice, and draw its widgets anew."""
    st.session_state[CHOICE] = choice
    for key in (START, *map(_key, talks.list_items())):
        st.session_state.pop(key, None)


def _key(item: str) -> str:
    return f"talks-on-{item}"


def _choose_talks(base: corridor.Scenario) -> tuple[frozenset[str], date]:
    """What follows the timeline, and the first day of talks."""
    choice = st.session_state[CHOICE]
    given = choice.get("start", talks.start_of(base))
    first, last = talks.earliest(base), base.timeline.end
    start = min(max(given, first), last)
    if start != given:
        st.warning(
            _("Talks begin between {first} and {last}; {day} lies outside.").format(
                first=day_words(first), last=day_words(last), day=day_words(given)
            )
        )
    fixed = choice.get("fixed", talks.fixed_in(base))
    st.session_state.setdefault(START, start)
    for item in talks.list_items():
        st.session_state.setdefault(_key(item), item not in fixed)
    if base.bargaining is None:
        small(
            _("Nobody bargains in this scenario. Switch on what governments may bargain over, from a day on.")
        )
    with st.container(horizontal=True):
        st.button(
            _("Negotiate everything"),
            on_click=_take,
            kwargs={"scenario": base.name, "start": start, "fixed": frozenset()},
        )
        st.button(_("As in the scenario"), on_click=_take, kwargs={"scenario": base.name})
    with st.form("talks-form"):
        _draw_form(base, first, last)
        st.form_submit_button(_("Run"), type="primary", width="stretch")
    chosen = frozenset(item for item in talks.list_items() if not st.session_state[_key(item)])
    start = st.session_state[START]
    st.session_state[CHOICE] = {"scenario": base.name, "start": start, "fixed": chosen}
    _write_address(base, chosen, start)
    if not talks.bargained_over(chosen) and len(chosen) < len(talks.list_items()):
        small(
            _(
                "Third parties are asked only where the US and Mexico meet: with all of theirs fixed, "
                "nobody is."
            )
        )
    return chosen, start


def _draw_form(base: corridor.Scenario, first: date, last: date) -> None:
    st.date_input(
        _("Talks begin on"),
        min_value=first,
        max_value=last,
        key=START,
        help=_("From this day on the timeline decides nothing of what is on the table."),
    )
    small(
        _(
            "On: bargained over; it keeps its value of the day before until a deal moves it. Off: fixed; "
            "it stays as the scenario has it, with its dates."
        )
    )
    for giver, heading in GIVERS:
        st.markdown(f"**{_(heading)}**")
        for item in talks.list_items().values():
            if item.bilateral and item.giver == giver:
                _draw_toggle(base, item)
    st.markdown(f"**{_('Third parties give')}**")
    for item in talks.list_items().values():
        if not item.bilateral:
            _draw_toggle(base, item)


def _draw_toggle(base: corridor.Scenario, item: talks.Item) -> None:
    lines = [
        _("Must agree at home: {who}.").format(who=_(talks.RATIFIED[item.by])),
        _("Lever: `{lever}`.").format(lever=item.lever),
        _("Source: {source}.").format(source=item.source),
    ]
    if item.steps:
        steps = "; ".join(_(each) for each in item.steps.values())
        lines.insert(0, _("What can be conceded: {steps}.").format(steps=steps))
    if base.bargaining and item.lever in base.bargaining.given:
        lines.append(_("In this scenario it follows the timeline until a deal moves it."))
    st.toggle(_(item.label), key=_key(item.id), help="\n\n".join(lines))


def _write_address(base: corridor.Scenario, fixed: frozenset[str], start: date) -> None:
    """Scenario, first day and what is bargained over, in the address; what is as the scenario has it is left out."""
    st.query_params[state.SCENARIO] = base.name
    bargained = [each for each in talks.list_items() if each not in fixed]
    words = {
        FROM: "" if start == talks.start_of(base) else start.isoformat(),
        BARGAINED: "" if fixed == talks.fixed_in(base) else ",".join(bargained) or NONE,
    }
    for key, word in words.items():
        if word:
            st.query_params[key] = word
        elif key in st.query_params:
            del st.query_params[key]


# --- what follows -------------------------------------------------------------------------------------------------


def _results(scenario: corridor.Scenario, against: corridor.Scenario | None, yaml: str | None) -> None:
    outcome = run_few(scenario, against)
    if scenario.bargaining is not None:
        _interests(scenario)
    _deals(scenario, outcome.scenario)
    st.subheader(_("What it does to governments, and to people"))
    shown = window_of(outcome, state.WINDOW)
    if shown is not None:
        _governments_and_people(outcome, scenario, against, shown.window)
    st.subheader(_("Take the numbers with you"))
    words = command(scenario.name, few_replicates(), scenario.run.seed)
    words = words if yaml else words.replace(f"{scenario.name}.yaml", scenario.name)
    downloads(outcome, yaml, words, shown.asked if shown else None)


def _interests(scenario: corridor.Scenario) -> None:
    rows = interests.interest_rows(scenario)
    with st.expander(_("Who wants what: assumed")):
        st.markdown(
            _(
                "Points are what a party gains or loses; one point is what the US gives for a thousand "
                "encounters a day fewer in a month without an election. Of all packages the one is signed "
                "that both prefer to none and that maximises the product of their gains, each to the power "
                "of its side."
            )
        )
        marks = dict.fromkeys(rows["status"])
        small(" ".join(f"{_(mark)}: {_(MARKS[mark])}." for mark in marks))
        st.dataframe(interests.interest_table(rows), hide_index=True, width="stretch")
        for line in interests.red_line_words(scenario):
            st.markdown(f"- {line}")
        save_csv(rows, "interests.csv", _("what each party weighs, with ranges and sources."))


def _deals(scenario: corridor.Scenario, results: corridor.Results) -> None:
    st.subheader(_("The deal book"))
    if results.deals is None:
        st.info(_("Nobody bargains here: policy follows the timeline of the scenario."))
        return
    deals, count = results.deals.to_pandas(), len(results.replicates)
    fixed = talks.fixed_in(scenario)
    bargained = [each for each in talks.list_items() if each not in fixed]
    issues = deal_book.issue_rows(deals, count, bargained)
    words = deal_book.describe(issues)
    st.altair_chart(deal_book.deal_chart(deals, words, DEALS_HEIGHT), width="stretch")
    small(
        _(
            "A mark is the larger, the more replicates agree on an issue in that month, or lose it. Names "
            "of issues are those of scenario files; the table below says what they mean."
        )
    )
    save_csv(
        corridor.deal_rows(deals), "deals-by-month.csv", _("share of replicates by month, issue and event.")
    )
    st.markdown(f"**{_('Issue by issue')}**")
    st.table(deal_book.issue_table(issues))
    small(
        _(
            "Number of replicates. Lost again: a term ends, money is missing, or senators, a court or "
            "Congress stop it. With few replicates these numbers are rough."
        )
    )
    save_csv(issues, "issues.csv", _("replicates that agree, and lose it again, by issue."))
    st.markdown(f"**{_('Event by event')}**")
    rows = deal_book.book_rows(deals, count)
    st.dataframe(deal_book.book_table(rows, count), hide_index=True, width="stretch", height=BOOK_HEIGHT)
    save_csv(rows, "deal-book.csv", _("every event by month, issue and terms, with its share of replicates."))
    with st.expander(_("How often in a replicate")):
        tally = deal_book.tally_rows(deals, count)
        st.table(deal_book.tally_table(tally))
        save_csv(tally, "deal-tally.csv", _("how often in a replicate."))


def _governments_and_people(
    outcome: runs.Outcome,
    scenario: corridor.Scenario,
    against: corridor.Scenario | None,
    window: corridor.Window,
) -> None:
    rows = deal_book.outcome_rows(outcome.scenario, outcome.baseline, window)
    st.table(deal_book.outcome_table(rows))
    small(
        _(
            "Means of {count} replicates over {year}, and what holds 80% of the paired differences, chance alone. "
            "Satisfaction is an index from 0 to 1 of burdens that each government is assumed to feel: "
            "encounters, arrivals in cities, expulsions and harm for the US; people waiting beyond "
            "shelters, returns and lost trade for Mexico. It is not how people fare. Harm rests on "
            "incomplete counts: read it as an order of magnitude."
        ).format(count=few_replicates(), year=window_words(window))
    )
    save_csv(rows, "governments-and-people.csv", _("means and paired differences of the days compared."))
    pairs = [deal_book.OUTCOMES[at : at + 2] for at in range(0, len(deal_book.OUTCOMES), 2)]
    for pair in pairs:
        for column, (indicator, place) in zip(st.columns(2), pair, strict=True):
            with column:
                _figure(outcome, scenario, against, indicator, place)


def _figure(
    outcome: runs.Outcome,
    scenario: corridor.Scenario,
    against: corridor.Scenario | None,
    indicator: str,
    place: str,
) -> None:
    title = deal_book.outcome_words(indicator, place)
    months = months_of(outcome, scenario, against, indicator, place, title)
    words, drawn = months.words, fan_chart(months, HEIGHT)
    st.altair_chart(chart.with_months(drawn.properties(description=words)), width="stretch")
    small(words)
    with st.expander(_("{title}, as a table").format(title=title)):
        st.table(chart.month_table(months.rows, months.before, months.observed))
    who = "" if place == "all" else f"-{place}"
    save_csv(
        data_rows(months.rows, months.before), f"{indicator}{who}.csv", _("means and quantiles by month.")
    )
