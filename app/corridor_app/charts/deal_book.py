"""The deal book over replicates: rows, words and drawing. No Streamlit here.

In the flow: rows of deals.csv -> `list_events` (a row an event, issue and replicate) -> `book_rows` (by month and
terms, with the share of replicates), `issue_rows` (issue by issue), `tally_rows` (how often a replicate) -> the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

import corridor
from corridor.experiments.shared_windows import HIGH, LOW
from corridor_app.charts.headlines import measure
from corridor_app.choices.talks import MEXICO, US, list_items
from corridor_app.words.language import N_, _
from corridor_app.words.wording import change, joined, month_words, place_words, relative, rounded

AGREED = "agreed"
EVENTS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("round", "agreed"): (AGREED, N_("agreed")),
    ("summit", "agreed"): (AGREED, N_("agreed")),
    ("side_deal", "agreed"): (AGREED, N_("agreed")),
    ("congress", "acted"): ("delivered", N_("Congress delivers")),
    ("congress", "did_not_act"): ("undelivered", N_("Congress does nothing")),
    ("senators", "vetoed"): ("vetoed", N_("senators stop it")),
    ("court", "cancelled"): ("cancelled", N_("a court cancels it")),
    ("breach", "not_paid"): ("broken", N_("broken: money is missing")),
    ("lapse", "term_over"): ("lapsed", N_("lapses: its term is over")),
    ("closure", "crossings_closed"): ("closed", N_("the US closes crossings")),
    ("reopened", "without_agreement"): ("reopened", N_("crossings reopen without agreement")),
}
"""What the book records of an issue, by kind and outcome: a name for the data, and words."""

EVENT_WORDS = dict(EVENTS.values())
LOST = ("undelivered", "vetoed", "cancelled", "broken", "lapsed")
"""What ends or empties a promise."""

TALLY: Mapping[str, tuple[tuple[str, str], ...]] = {
    N_("meetings of the US and Mexico that agree"): (("round", "agreed"), ("summit", "agreed")),
    N_("meetings that end without agreement"): (("round", "no_agreement"), ("summit", "no_agreement")),
    N_("agreements with third parties"): (("side_deal", "agreed"),),
    N_("promises that lapse"): (("lapse", "term_over"),),
    N_("promises broken for want of money"): (("breach", "not_paid"),),
    N_("programmes that a court cancels"): (("court", "cancelled"),),
    N_("promises that senators stop"): (("senators", "vetoed"),),
    N_("promises that Congress delivers"): (("congress", "acted"),),
    N_("promises on which Congress does nothing"): (("congress", "did_not_act"),),
    N_("closures of crossings by the US"): (("closure", "crossings_closed"),),
}

OUTCOMES = (
    ("satisfaction", US),
    ("satisfaction", MEXICO),
    ("deaths", "all"),
    ("kidnappings", "all"),
    ("waiting_north_mexico", "all"),
    ("encounters_usbp", "all"),
)
"""What stands side by side: indicator and place. What a deal does to people is on the page that says who signs it."""

RUN = ["draw", "replicate"]
SHARES = [0.2, 0.6, 1.0]
"""Sizes that the legend of the chart shows."""
BOOK_COLUMNS = ["month", "event", "issue", "terms", "giver", "replicates", "share"]


def list_events(deals: pd.DataFrame) -> pd.DataFrame:
    """What happened to each issue in each replicate, in order: a row an event and issue.

    Parameters
    ----------
    deals
        Rows of deals.csv.

    Returns
    -------
    Columns draw, replicate, month, event (values of `EVENTS`), issue, terms (a step's id, or empty).
    """
    events = [EVENTS.get(pair, ("", ""))[0] for pair in zip(deals["kind"], deals["outcome"], strict=True)]
    columns = (deals[name] for name in (*RUN, "date", "package"))
    rows = []
    for draw, replicate, day, package, event in zip(*columns, events, strict=True):
        for word in str(package).split() if event else ():
            issue, _equals, terms = word.partition("=")
            if issue in list_items():  # a meeting may agree on things as they are
                rows.append((draw, replicate, str(day)[: len("2023-12")], event, issue, terms))
    return pd.DataFrame(rows, columns=[*RUN, "month", "event", "issue", "terms"])


def book_rows(deals: pd.DataFrame, runs: int) -> pd.DataFrame:
    """The deal book: month, event, issue, terms, who gives, number and share of replicates, most frequent first.

    Parameters
    ----------
    deals
        Rows of deals.csv.
    runs
        Replicates of the ensemble.
    """
    once = Counter(row[2:] for row in dict.fromkeys(list_events(deals).itertuples(index=False, name=None)))
    rows = [
        (*key, list_items()[key[2]].giver, count, count / runs)
        for key, count in sorted(once.items(), key=lambda item: (item[0][0], -item[1]))
    ]
    return pd.DataFrame(rows, columns=BOOK_COLUMNS)


def book_table(rows: pd.DataFrame, runs: int) -> pd.DataFrame:
    """`book_rows` as a reader sees them."""
    items = list_items()
    found = [
        (
            month_words(month),
            _(EVENT_WORDS[event]),
            _(items[issue].label),
            _("{count} of {runs}").format(count=count, runs=runs),
            _(place_words(giver)),
            _(items[issue].steps.get(terms, "")),
        )
        for month, event, issue, terms, giver, count, _share in rows.itertuples(index=False, name=None)
    ]
    names = [_("month"), _("what happens"), _("issue"), _("replicates"), _("who gives"), _("terms")]
    return pd.DataFrame(found, columns=names)


def issue_rows(deals: pd.DataFrame, runs: int, bargained: Sequence[str]) -> pd.DataFrame:
    """Issue by issue: replicates that agree on it at least once, in which month first, and that lose it again.

    Parameters
    ----------
    bargained
        Ids of what is bargained over.

    Returns
    -------
    Columns issue, giver, agreed, first (the month by which half of those that ever agree have done so; empty where
    none does), lost, and runs: numbers of replicates.
    """
    first: dict[str, dict[tuple[int, int], str]] = {issue: {} for issue in bargained}
    lost: dict[str, set[tuple[int, int]]] = {issue: set() for issue in bargained}
    events = list_events(deals).itertuples(index=False, name=None)
    for draw, replicate, month, event, issue, _terms in events:
        if event == AGREED:
            first[issue].setdefault((draw, replicate), month)
        elif event in LOST:
            lost[issue].add((draw, replicate))
    rows = []
    for issue in bargained:
        months = sorted(first[issue].values())
        middle = months[(len(months) - 1) // 2] if months else ""
        rows.append((issue, list_items()[issue].giver, len(months), middle, len(lost[issue]), runs))
    return pd.DataFrame(rows, columns=["issue", "giver", "agreed", "first", "lost", "runs"])


def issue_table(rows: pd.DataFrame) -> pd.DataFrame:
    """`issue_rows` as a reader sees them."""
    names = [_("issue"), _("agreed"), _("half of those by"), _("lost again"), _("who gives"), _("name")]
    of = _("{count} of {runs}")
    found = [
        (
            _(list_items()[issue].label),
            of.format(count=agreed, runs=runs),
            month_words(first) if first else "",
            of.format(count=lost, runs=runs),
            _(place_words(giver)),
            issue,
        )
        for issue, giver, agreed, first, lost, runs in rows.itertuples(index=False, name=None)
    ]
    return pd.DataFrame(found, columns=names).set_index(names[0])


def tally_rows(deals: pd.DataFrame, runs: int) -> pd.DataFrame:
    """How often things happen in a replicate: what, mean, low and high (80% of replicates), share with any."""
    columns = (deals[name] for name in (*RUN, "kind", "outcome"))
    happened = Counter(
        ((draw, replicate), (kind, outcome)) for draw, replicate, kind, outcome in zip(*columns, strict=True)
    )
    rows = []
    for what, wanted in TALLY.items():
        each: Counter[tuple[int, int]] = Counter()
        for (run, pair), count in happened.items():
            if pair in wanted:
                each[run] += count
        counts = np.array([*each.values(), *[0] * (runs - len(each))])
        low, high = np.quantile(counts, [LOW, HIGH])
        rows.append((what, float(counts.mean()), float(low), float(high), len(each) / runs))
    return pd.DataFrame(rows, columns=["what", "mean", "low", "high", "share"])


def tally_table(rows: pd.DataFrame) -> pd.DataFrame:
    """`tally_rows` as a reader sees them."""
    names = [_("what"), _("mean number a replicate"), _("80% of replicates"), _("replicates with any")]
    found = [
        (
            _(what),
            rounded(mean),
            _("{low} to {high}").format(low=rounded(low), high=rounded(high)),
            f"{share:.0%}",
        )
        for what, mean, low, high, share in rows.itertuples(index=False, name=None)
    ]
    return pd.DataFrame(found, columns=names).set_index(names[0])


def outcome_rows(
    scenario: corridor.Results, baseline: corridor.Results | None, window: corridor.Window
) -> pd.DataFrame:
    """Satisfaction and harm during a window: indicator, place, means, paired difference with its 80% interval."""
    rows = []
    for indicator, place in OUTCOMES:
        found = measure(scenario, baseline, window, indicator, (place, "all", "all"))
        if found is not None:
            rows.append(
                (
                    indicator,
                    place,
                    found.scenario,
                    found.baseline,
                    found.difference,
                    found.low,
                    found.high,
                    found.relative,
                )
            )
    names = ["indicator", "place", "scenario", "baseline", "difference", "low", "high", "relative"]
    return pd.DataFrame(rows, columns=names)


def outcome_table(rows: pd.DataFrame) -> pd.DataFrame:
    """`outcome_rows` as a reader sees them."""
    names = [_("what"), _("scenario"), _("baseline"), _("difference"), _("80% of pairs")]
    found = []
    for indicator, place, value, base, difference, low, high, share in rows.itertuples(
        index=False, name=None
    ):
        compared = difference == difference
        interval = _("{low} to {high}").format(low=change(low), high=change(high))
        part = f"({relative(share)})" if relative(share) else ""
        found.append(
            (
                outcome_words(indicator, place),
                rounded(value),
                rounded(base) if compared else "",
                f"{change(difference)} {part}".strip() if compared else "",
                interval if compared else "",
            )
        )
    return pd.DataFrame(found, columns=names).set_index(names[0])


def outcome_words(indicator: str, place: str) -> str:
    """An indicator, and of whom where it is one government's."""
    label = _(corridor.INDICATORS[indicator].label)
    return label if place == "all" else f"{label}: {_(place_words(place))}"


def describe(rows: pd.DataFrame) -> str:
    """What the chart of deals shows, in words; from `issue_rows`."""
    parts = [
        _(
            "Deals by month, a row an issue. A mark is the larger, the more replicates agree on it in that "
            "month or lose it."
        )
    ]
    sentence = _("{issue}: agreed in {count} of {runs}, in half of those by {month}, lost again in {lost}.")
    never = []
    ranked = sorted(rows.itertuples(index=False, name=None), key=lambda row: -row[2])
    for issue, _giver, agreed, first, lost, runs in ranked:
        label = _(list_items()[issue].label)
        if agreed:
            parts.append(
                sentence.format(issue=label, count=agreed, runs=runs, month=month_words(first), lost=lost)
            )
        else:
            never.append(label)
    if never:
        parts.append(_("Never agreed: {issues}.").format(issues=joined(never)))
    return " ".join(parts)


def deal_chart(deals: pd.DataFrame, description: str, height: int) -> alt.Chart:
    """The chart of deals over time, with its description, every issue named, and legends where a phone has room."""
    drawn = corridor.deal_chart(deals, title=_("Deals over time"), height=height).properties(
        description=description
    )
    drawn.encoding.size.legend = alt.Legend(
        title=_("share of replicates"), orient="bottom", values=SHARES, format=".0%"
    )
    drawn.encoding.x.axis = alt.Axis(format="%b %Y", labelAngle=-45)
    drawn.encoding.y.axis = alt.Axis(labelOverlap=False)
    return drawn.configure_legend(columns=3, symbolLimit=0)
