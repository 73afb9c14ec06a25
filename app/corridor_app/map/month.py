"""One month of the map: who moves, who waits and who comes to harm, as rows and in words. No Streamlit here.

In the flow: summaries of a scenario and its baseline -> `corridor_app.map.flows` and `place_rows` -> `Month` ->
`corridor_app.map.corridor_map`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

import corridor
from corridor_app.map import flows
from corridor_app.words.language import N_, _
from corridor_app.words.wording import change, month_words, rounded

if TYPE_CHECKING:
    from corridor.inputs.registries.geography import Place

View = Literal["scenario", "baseline", "difference"]
PLACE_COLUMNS = ["period", "place", "value"]

WAITING, NOWHERE = "waiting", "none"
CIRCLES: Mapping[str, str] = {
    WAITING: N_("People waiting in Mexico"),
    "shelter_overflow": N_("People waiting beyond shelter places"),
    "custody": N_("People in Border Patrol custody"),
    "mexico_detections": N_("Detections by Mexico's migration institute"),
    "kidnappings": N_("Kidnappings"),
    "deaths": N_("Deaths"),
    NOWHERE: N_("No circles"),
}
"""What circles can stand for: people in their places, and harm."""

WAYS: Mapping[str, str] = {
    "onward": N_("onward"),
    "lawful": N_("with appointment or parole"),
    "back": N_("back (broken line)"),
}
"""Ways of lines in words."""


@dataclass(frozen=True)
class Month:
    """What one map shows.

    Attributes
    ----------
    flows, places : pandas.DataFrame
        Of all months: ``period, line, value`` and ``period, place, value``, in people.
    period : str
    circles : str
        Which of `CIRCLES`.
    view : str
    most_moving, most_waiting : float
        People at the ends of the two scales.
    """

    flows: pd.DataFrame
    places: pd.DataFrame
    period: str
    circles: str
    view: View
    most_moving: float
    most_waiting: float

    @property
    def lines(self) -> pd.DataFrame:
        """The month's lines that have anyone, most people first, with ``label, way, source``."""
        known = {line.id: line for line in flows.lines()}
        rows = _largest_first(self.flows, self.period)
        named = [known[name] for name in rows["line"]]
        return rows.assign(
            label=[line.label for line in named],
            way=[line.way for line in named],
            source=[line.source for line in named],
        )

    @property
    def circled(self) -> pd.DataFrame:
        """The month's places that have anyone, most people first, with ``label``."""
        known = located()
        rows = _largest_first(self.places, self.period)
        return rows.assign(label=[_(known[name].label.removesuffix(" custody")) for name in rows["place"]])


def located() -> dict[str, Place]:
    """Places on the map by the name that results give them."""
    return {
        place.reported_as: place for place in corridor.load_geography().places if place.latitude is not None
    }


def place_rows(summary: pd.DataFrame, circles: str) -> pd.DataFrame:
    """Mean people by month and place: ``period, place, value``.

    Those who wait in southern Mexico are all put at Tapachula: results do not say where in the south they are.
    """
    chosen = summary["period"].str.len() == len("2023-06")
    for name in ("nationality", "party"):
        chosen &= summary[name] == flows.ALL
    rows = summary.loc[chosen]
    name = "waiting_north_mexico" if circles == WAITING else circles
    found = rows.loc[(rows["indicator"] == name) & rows["place"].isin(list(located()))]
    found = (
        found.rename(columns={"mean": "value"}).loc[:, PLACE_COLUMNS].astype({"period": str, "place": str})
    )
    if circles == WAITING:
        south = rows.loc[(rows["indicator"] == "waiting_south_mexico") & (rows["place"] == flows.ALL)]
        south = pd.DataFrame(
            {"period": south["period"].astype(str), "place": "tapachula", "value": south["mean"]}
        )
        found = pd.concat([found, south], ignore_index=True)
    return found.reset_index(drop=True)


def subtract(rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Scenario less baseline, row by row; a row that one of them lacks counts as nobody there."""
    keys = list(rows.columns[:2])
    values, earlier = (each.set_index(keys)["value"] for each in (rows, before))
    months = set(rows["period"]) & set(before["period"])
    gap = values.sub(earlier, fill_value=0.0).reset_index()
    return gap.loc[gap["period"].isin(list(months))].reset_index(drop=True)


def most(*tables: pd.DataFrame) -> float:
    """The most people in any row, for a scale that holds in all months."""
    return max((float(np.abs(rows["value"].to_numpy()).max(initial=1.0)) for rows in tables), default=1.0)


def describe(month: Month) -> str:
    """What the map shows, in words: for readers who do not see it, and for those who do."""
    when = month_words(month.period)
    lines, circled = month.lines, month.circled
    number_words = change if month.view == "difference" else rounded
    parts = []
    for rows, nobody in ((lines, _("no line has anyone")), (circled, "")):
        top = rows.head(3)
        named = "; ".join(
            f"{label} {number_words(float(value))}"
            for label, value in zip(top["label"], top["value"], strict=True)
        )
        parts.append(named or nobody)
    back = [line.id for line in flows.lines() if line.way == "back"]
    gone = number_words(flows.total_of(month.flows, month.period, back))
    what = {
        "scenario": _("In the scenario"),
        "baseline": _("In the baseline"),
        "difference": _("Scenario less baseline"),
    }[month.view]
    words = _(
        "{when}. {what}, the widest lines: {lines}. Back along the way, on broken lines: {back}."
    ).format(when=when, what=what, lines=parts[0], back=gone)
    if parts[1]:
        words += " " + _("{circles}, the largest circles: {places}.").format(
            circles=_(CIRCLES[month.circles]), places=parts[1]
        )
    return words


def harm_words(summary: pd.DataFrame, before: pd.DataFrame | None, period: str) -> str:
    """Deaths and kidnappings of a month, with 80% of replicates and the baseline: harm stands beside flow."""
    parts = []
    for indicator in ("deaths", "kidnappings"):
        row = _whole(summary, indicator, period)
        if row is None:
            continue
        claimed = row["p10"] == row["p10"]
        said = (
            _("{what} {people} (80% of replicates: {low} to {high})")
            if claimed
            else _("{what} {people} (nothing claimed so far ahead)")
        )
        words = said.format(
            what=_(corridor.INDICATORS[indicator].label),
            people=rounded(row["mean"]),
            low=rounded(row["p10"]),
            high=rounded(row["p90"]),
        )
        earlier = None if before is None else _whole(before, indicator, period)
        if earlier is not None:
            words += _(", in the baseline {people}").format(people=rounded(earlier["mean"]))
        parts.append(words)
    return (
        _("Harm in {when}: {harm}.").format(when=month_words(period), harm="; ".join(parts)) if parts else ""
    )


def _whole(summary: pd.DataFrame, indicator: str, period: str) -> dict[str, float] | None:
    chosen = (summary["indicator"] == indicator) & (summary["period"] == period)
    for name in ("place", "nationality", "party"):
        chosen &= summary[name] == flows.ALL
    rows = summary.loc[chosen]
    return None if rows.empty else {name: float(rows[name].iloc[0]) for name in ("mean", "p10", "p90")}


def month_table(month: Month) -> pd.DataFrame:
    """The map as a table: lines and then circles, most people first."""
    number_words = change if month.view == "difference" else rounded
    lines, circled = month.lines, month.circled
    return pd.DataFrame(
        {
            _("people"): [number_words(float(value)) for value in [*lines["value"], *circled["value"]]],
            _("way"): [*(_(WAYS[way]) for way in lines["way"]), *("" for _row in circled["value"])],
        },
        index=pd.Index(
            [*lines["label"], *(f"{_(CIRCLES[month.circles])}: {label}" for label in circled["label"])],
            name=_("line or place"),
        ),
    )


def data_rows(month: Month) -> pd.DataFrame:
    """Everything that the maps of all months are drawn from: ``period, shape, id, way, number, indicators, people``."""
    known = {line.id: line for line in flows.lines()}
    lines = [known[name] for name in month.flows["line"]]
    circled = "waiting_north_mexico waiting_south_mexico" if month.circles == WAITING else month.circles
    parts = [
        pd.DataFrame(
            {
                "period": month.flows["period"],
                "shape": "line",
                "id": month.flows["line"],
                "way": [line.way for line in lines],
                "number": ["balance" if line.balance else "count" for line in lines],
                "indicators": [line.source for line in lines],
                "people": month.flows["value"],
            }
        ),
        pd.DataFrame(
            {
                "period": month.places["period"],
                "shape": "circle",
                "id": month.places["place"],
                "way": "",
                "number": "count",
                "indicators": circled,
                "people": month.places["value"],
            }
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _largest_first(rows: pd.DataFrame, period: str) -> pd.DataFrame:
    """Rows of a month that have anyone, by size."""
    month = rows.loc[(rows["period"] == period) & (np.rint(rows["value"].to_numpy()) != 0)]
    return month.iloc[np.argsort(-np.abs(month["value"].to_numpy()), kind="stable")].copy()
