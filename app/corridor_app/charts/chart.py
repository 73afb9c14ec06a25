"""The chart of one indicator by month, what it says in words, and the lists that choose it. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt
import numpy as np
import pandas as pd

import corridor
from corridor.experiments.projection import JOIN, NOTHING
from corridor.outputs.observations import last_published
from corridor_app.charts.headlines import Measure
from corridor_app.charts.palette import palette
from corridor_app.words.language import ENGLISH, N_, _, current
from corridor_app.words.wording import (
    PARTIES,
    SWITCHES,
    amount,
    change,
    day_words,
    first_upper,
    joined,
    month_words,
    nationality_words,
    place_words,
    relative,
    rounded,
    span,
    time_words,
)

GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("On the way"): (
        "departures", "darien_entries", "mexico_entries", "days_en_route", "settled_en_route", "gave_up",
    ),
    N_("In Mexico"): (
        "mexico_detections", "mexico_returns", "mexico_transfers_south", "waiting_south_mexico",
        "waiting_north_mexico", "shelter_overflow",
    ),
    N_("At the US border"): (
        "encounters_usbp", "encounters_ofo", "encounters_peak_day", "unique_people", "evasions", "custody",
        "street_releases",
    ),
    N_("What follows"): (
        "returns_pledged", "returns_to_mexico", "expulsions_title_42", "removals_by_flight",
        "third_country_returns", "releases", "transfers_to_ice", "lawful_admissions", "parole_arrivals",
        "arrivals_us_city",
    ),
    N_("Harm"): ("deaths", "kidnappings", "sexual_violence", "robberies", "extortions"),
    N_("Money and governments"): ("fees_paid_usd", "public_cost_usd", "trade_lost_usd", "satisfaction"),
}  # fmt: skip
"""Indicators by what they are about; those on the last day of a period follow the ones they belong to."""

LAST_DAY = "_end"
OTHER = N_("Other indicators")
EVERYONE = "all"
CHANGED, SCENARIO, BASELINE = N_("changed"), N_("scenario"), N_("baseline")
HELD: Mapping[str, str] = {
    "parameters": N_("doubt about parameters"),
    "demand": N_("demand to come"),
    "chance": N_("chance"),
    "error": N_("the error that the model made so many months ahead"),
}
"""What a band of a projection can hold."""

EVENT_COLOUR = "#5f6b73"
CHANGE_COLOUR = "#b5472f"
HEIGHT = 360
LEGEND_SIZE = 12
ABOVE_THE_PLOT = -7
BELOW_THE_TOP = 12
Layers = alt.LayerChart | alt.FacetChart

MID_MONTH = pd.Timedelta(days=14)


@dataclass(frozen=True)
class Event:
    """Something dated in a scenario."""

    day: date
    text: str


def indicator_ids() -> list[str]:
    """Every indicator, group by group; one that no group names comes last."""
    listed = [name for names in GROUPS.values() for first in names for name in (first, f"{first}{LAST_DAY}")]
    return [name for name in listed if name in corridor.INDICATORS] + [
        name for name in corridor.INDICATORS if name not in listed
    ]


def indicator_words(name: str) -> str:
    """An indicator with its group."""
    group = next((group for group, names in GROUPS.items() if name.removesuffix(LAST_DAY) in names), None)
    return f"{_(group or OTHER)}: {_(corridor.INDICATORS[name].label)}"


def breakdowns(results: corridor.Results, indicator: str) -> dict[str, tuple[str, str, str]]:
    """What an indicator is reported for: a name for the address -> place, nationality and party."""
    found = {}
    for name, place, nationality, party in results.index:
        if name == indicator:
            parts = [each for each in (nationality, place, party) if each != EVERYONE]
            if len(parts) <= 1:  # a chart shows one breakdown; crossed cells are many and thin
                found[parts[0] if parts else EVERYONE] = (place, nationality, party)
    return dict(sorted(found.items(), key=lambda item: _rank(*item[1])))


def _rank(place: str, nationality: str, party: str) -> int:
    """Everyone first, then nationalities, places and parties, each in the order of the results."""
    named = [each != EVERYONE for each in (nationality, place, party)]
    return named.index(True) + 1 if any(named) else 0


def breakdown_words(name: str) -> str:
    """A breakdown in words."""
    if name == EVERYONE:
        return _("Everyone, everywhere")
    return first_upper(_(PARTIES[name]) if name in PARTIES else member_words(name))


def member_words(name: str) -> str:
    """A nationality or a place, as a reader says it; both may be told apart by the capital letter."""
    return nationality_words(name) if name[0].isupper() else place_words(name)


def events_of(scenario: corridor.Scenario, first: date, last: date) -> list[Event]:
    """The dated interventions and shocks of a scenario and of all that it extends, in order of date."""
    events = []
    for layer in scenario.layers():
        for entry in layer.interventions:
            day = entry.first_day
            values = entry.values or {day: entry.to}
            lever = corridor.LEVERS[entry.lever]
            names = [member_words(each) for each in entry.for_]
            who = f" ({joined(names)})" if names else ""
            text = f"{_(lever.label)}{who}: {_level_in_words(values[min(values)], lever.unit)}"
            if entry.cancelled:
                text += _("; called off on {day}").format(day=day_words(entry.cancelled))
            events.append(Event(day, text))
        events += [
            Event(shock.start, _shock_words(shock.id, shock.note or shock.source)) for shock in layer.shocks
        ]
    return sorted((each for each in events if first <= each.day <= last), key=lambda each: each.day)


def _shock_words(name: str, why: str) -> str:
    """A shock by its id, without the date that ends it, and by what is known of it."""
    return _(shock_title(name)) + (f": {_(why)}" if why else "")


def shock_title(name: str) -> str:
    """A shock's id in English words, without the date that ends it."""
    title = " ".join(part.title() for part in name.split("-") if not part.isdigit())
    return title.replace("Inm", "INM").replace("Us ", "US ").removesuffix(" Of")


def _level_in_words(value: float | str | None, unit: str) -> str:
    """A lever's value as a reader says it: on, off, yes, no, a percentage, or a number with its unit."""
    if not isinstance(value, float):
        return _(str(value))
    if unit in SWITCHES and value in (0, 1):
        return _(SWITCHES[unit][int(value)])
    if unit in SWITCHES or unit.startswith("share"):
        return amount(value, "share")
    return f"{amount(value, 'count')} ({_(unit_head(unit))})"


def unit_head(unit: str) -> str:
    """A lever's unit without what stands in brackets."""
    return unit.split(" (")[0]


def month_rows(summary: pd.DataFrame, indicator: str, breakdown: tuple[str, str, str]) -> pd.DataFrame:
    """The months of one cell, each placed at its middle, so that events fall where they belong."""
    place, nationality, party = breakdown
    rows = corridor.fan_rows(summary, indicator, place=place, nationality=nationality, party=party)
    return rows.assign(date=rows["date"] + MID_MONTH)


def observed_rows(indicator: str, breakdown: tuple[str, str, str], months: Sequence[str]) -> pd.DataFrame:
    """Published figures of the months shown: `date` (mid-month), `value`, `publisher`."""
    place, nationality, party = breakdown
    points = corridor.observed_points(indicator, place=place, nationality=nationality, party=party)
    points = points[np.array([f"{day:%Y-%m}" in months for day in points["date"]], dtype=bool)]
    return points.assign(date=points["date"] + MID_MONTH)


def monthly_chart(
    scenario: pd.DataFrame,
    baseline: pd.DataFrame | None,
    observed: pd.DataFrame,
    *,
    title: str,
    names: tuple[str, str],
    events: Sequence[Event],
    change_from: date | None,
    description: str,
) -> Layers:
    """The chart: bands and medians, observed points, the day of the change, and the scenario's dated events."""
    layers: list[alt.Chart | Layers] = [
        corridor.fan_chart(
            scenario,
            baseline,
            title=title,
            names=(_(names[0]), _(names[1])),
            observed=observed,
            height=HEIGHT,
            colours=palette().fan,
            say=_,
        )
    ]
    if change_from is not None:
        layers.append(_change_rule(change_from))
    if events:
        layers.append(_event_marks(events))
    chart = alt.layer(*layers).properties(description=description)
    return with_months(chart).configure_legend(labelFontSize=LEGEND_SIZE, columnPadding=LEGEND_SIZE)


def with_months(chart: Layers) -> Layers:
    """A chart whose axes name months in the visitor's language; what else is configured is configured after."""
    if current() == ENGLISH:
        return chart
    return chart.configure(locale=alt.Locale(time=alt.TimeLocale(**time_words())))


def _change_rule(day: date) -> Layers:
    rows = pd.DataFrame({"date": [pd.Timestamp(day)], "text": [_("your change")]})
    base = alt.Chart(rows).encode(x=alt.X("date:T", title=None))
    rule = base.mark_rule(color=CHANGE_COLOUR, strokeWidth=1.5)
    words = base.mark_text(color=CHANGE_COLOUR, align="right", dx=-5, fontSize=12).encode(
        y=alt.value(BELOW_THE_TOP), text="text:N"
    )
    return rule + words


def _event_marks(events: Sequence[Event]) -> alt.Chart:
    """One triangle a date above the plot; what happened shows on hover."""
    by_day: dict[date, list[str]] = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event.text)
    rows = pd.DataFrame(
        {
            "date": pd.to_datetime(list(by_day)),
            "event": ["; ".join(texts) for texts in by_day.values()],
        }
    )
    return (
        alt.Chart(rows)
        .mark_point(shape="triangle-down", size=55, filled=True, color=EVENT_COLOUR, opacity=0.75)
        .encode(
            x=alt.X("date:T", title=None),
            y=alt.value(ABOVE_THE_PLOT),
            tooltip=[
                alt.Tooltip("date:T", title=_("from"), format="%-d %B %Y"),
                alt.Tooltip("event:N", title=_("what changed")),
            ],
        )
    )


def difference_tooltips() -> list[alt.Tooltip]:
    """What a mark of a paired difference tells: its mean, and both ends of its 80% interval."""
    return [
        alt.Tooltip("difference:Q", title=_("difference"), format="+,.4~g"),
        alt.Tooltip("low:Q", title="10%", format="+,.4~g"),
        alt.Tooltip("high:Q", title="90%", format="+,.4~g"),
    ]


def describe(
    title: str,
    days: str,
    found: Measure | None,
    scenario: pd.DataFrame,
    baseline: pd.DataFrame | None,
    observed: pd.DataFrame,
    replicates: int,
    unit: str,
) -> str:
    """What the chart shows, in words: for readers who do not see it, and for those who do."""
    parts = [_("{title}, by month, in {unit}.").format(title=title, unit=_(unit))]
    if scenario.empty:
        return f"{parts[0]} {_('The model has no value for it in any month.')}"
    if found is not None:
        parts.append(_("{period}: the model gives {level}.").format(period=days, level=_level_words(found)))
    if baseline is None:
        means = scenario["mean"].to_numpy()
        top = int(np.argmax(means))
        parts.append(
            _("The highest month is {month} ({value}).").format(
                month=month_words(scenario["period"].iloc[top]), value=rounded(means[top])
            )
        )
    else:
        parts.append(_difference_words(scenario, baseline))
    parts.append(
        _("Bands hold the middle 50% and 80% of {replicates} replicates, lines are their medians.").format(
            replicates=replicates
        )
    )
    parts += projected_words(scenario)
    if len(observed):
        who = joined([_(each) for each in dict.fromkeys(observed["publisher"])])
        parts.append(_("Points are published figures ({who}).").format(who=who))
    else:
        parts.append(_("No monthly figures are published for this."))
    return " ".join(part for part in parts if part)


def projected_words(rows: pd.DataFrame) -> list[str]:
    """What bands hold in months past the data, and from when on nothing is claimed; nothing within the data."""
    if "holds" not in rows:
        return []
    said, since = [], last_published()
    bands = rows.loc[~rows["holds"].isin(["", NOTHING])]
    if len(bands):
        held = str(bands["holds"].iloc[0]).split(JOIN)
        absent = [_(words) for name, words in HELD.items() if name not in held]
        inside = [_(words) for name, words in HELD.items() if name in held]
        said.append(
            _("After {month}, the last month published, bands hold {held}.").format(
                month=month_words(since), held=joined(inside)
            )
        )
        if absent:
            said.append(_("Not in them: {absent}.").format(absent=joined(absent)))
        since = str(bands["period"].max())
    if NOTHING in set(rows["holds"]):
        said.append(
            _("After {month} nothing is claimed, and no band is drawn.").format(month=month_words(since))
        )
    return said


def _level_words(found: Measure) -> str:
    if np.isnan(found.difference):
        return rounded(found.scenario)
    share = f" ({relative(found.relative)})" if relative(found.relative) else ""
    return _(
        "{scenario} in the scenario and {baseline} in the baseline: a difference of {difference}"
    ).format(
        scenario=rounded(found.scenario),
        baseline=rounded(found.baseline),
        difference=f"{change(found.difference)}{share}",
    )


def _difference_words(scenario: pd.DataFrame, baseline: pd.DataFrame) -> str:
    """Where two series first differ, and where most."""
    both = scenario.merge(baseline, on="period", suffixes=("", "_before"))
    gap = both["mean"].to_numpy() - both["mean_before"].to_numpy()
    moved = np.flatnonzero(gap)
    if not moved.size:
        return _("The two do not differ in any month.")
    first, most = int(moved[0]), int(np.argmax(np.abs(gap)))
    months = [month_words(period) for period in both["period"]]
    return _("They first differ in {first} and most in {most} ({value}).").format(
        first=months[first], most=months[most], value=change(float(gap[most]))
    )


def month_table(
    scenario: pd.DataFrame, baseline: pd.DataFrame | None, observed: pd.DataFrame
) -> pd.DataFrame:
    """The chart as a table: means and 80% intervals by month, rounded as on the page."""
    table = pd.DataFrame({_("month"): [month_words(period) for period in scenario["period"]]})
    for name, rows in ((_("baseline"), baseline), (_("scenario"), scenario)):
        if rows is not None:
            by_period = rows.set_index("period").reindex(list(scenario["period"]))
            table[name] = [rounded(value) for value in by_period["mean"]]
            table[f"{name}, 80%"] = [
                span(rounded(low), rounded(high)) if low == low else _("nothing claimed")
                for low, high in zip(by_period["p10"], by_period["p90"], strict=True)
            ]
    published = (
        dict(zip(observed["date"].dt.strftime("%Y-%m"), observed["value"], strict=True))
        if len(observed)
        else {}
    )
    if published:
        table[_("observed")] = [
            f"{published[period]:,.0f}" if period in published else "" for period in scenario["period"]
        ]
    return table.set_index(_("month"))
