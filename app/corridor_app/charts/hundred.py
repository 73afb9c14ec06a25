"""What a window holds for each hundred departures of a nationality, as rows, chart and words. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import corridor
from corridor.experiments.shared_windows import HIGH, LOW, change_between
from corridor.outputs.rows import Cell
from corridor_app.charts.headlines import values_during
from corridor_app.words.language import N_, _
from corridor_app.words.wording import MISSING, change, joined, rounded, span

ENDS = (
    "lawful_admissions", "parole_arrivals", "releases", "expulsions_title_42", "returns_to_mexico",
    "removals_by_flight", "third_country_returns", "evasions", "gave_up", "settled_en_route",
)  # fmt: skip
HARM = ("deaths", "kidnappings", "sexual_violence", "extortions", "robberies")
HUNDRED = 100.0
COLOURS = ("#b5472f", "#9aa5ad")
BAR_STEP = 15
AROUND_THE_BARS = 130
LABEL_WIDTH = 260
PLACES = 3

Values = NDArray[np.float64]


def per_hundred(
    scenario: corridor.Results,
    baseline: corridor.Results | None,
    window: corridor.Window,
    nationality: str,
) -> pd.DataFrame:
    """Flows of a window for each hundred departures of it, replicate by replicate.

    Returns
    -------
    One row an indicator of `ENDS` and `HARM`: indicator, label, counts, scenario, low, high, baseline, difference,
    difference_low, difference_high (means and 80% intervals; NaN where not defined). Labels are English.
    """
    rows = []
    for name in (*ENDS, *HARM):
        pair = ratio(scenario, baseline, window, nationality, (name,), "departures", HUNDRED)
        about = corridor.INDICATORS[name]
        rows.append({"indicator": name, "label": about.label, "counts": about.counts, **_compared(*pair)})
    return pd.DataFrame(rows)


def beside(
    scenario: corridor.Results,
    baseline: corridor.Results | None,
    window: corridor.Window,
    nationality: str,
) -> pd.DataFrame:
    """What stands beside the flows: encounters a person, days on the way, fees a departure; rows as `per_hundred`."""
    wanted: Mapping[str, tuple[tuple[str, ...], str | None]] = {
        N_("Encounters for each person encountered"): (
            ("encounters_usbp", "encounters_ofo"),
            "unique_people",
        ),
        N_("Days on the way of those who arrive"): (("days_en_route",), None),
        N_("USD paid to smugglers for each departure"): (("fees_paid_usd",), "departures"),
    }
    return pd.DataFrame(
        [
            {
                "label": label,
                **_compared(*ratio(scenario, baseline, window, nationality, names, divisor)),
            }
            for label, (names, divisor) in wanted.items()
        ]
    )


def ratio(
    scenario: corridor.Results,
    baseline: corridor.Results | None,
    window: corridor.Window,
    nationality: str,
    names: tuple[str, ...],
    divisor: str | None,
    times: float = 1.0,
) -> tuple[Values, Values]:
    """The sum of indicators over another in a scenario and its baseline, float64[R] each.

    NaN where one is missing, and in all replicates where one of them divides by nobody.
    """
    wanted = names if divisor is None else (*names, divisor)
    cells = [Cell(name, "all", nationality, "all") for name in wanted]
    ours, theirs = (
        _divided(values, len(names), times) for values in values_during(scenario, baseline, window, cells)
    )
    return ours, theirs


def _divided(values: Values, parts: int, times: float) -> Values:
    """The sum of the first columns over the one after them, where there is one."""
    total = times * values[:, :parts].sum(axis=1)
    if values.shape[1] == parts:
        return total
    below = values[:, parts]
    return total / below if (below > 0).all() else np.full(len(values), np.nan)


def _compared(ours: Values, theirs: Values) -> dict[str, float]:
    found = change_between(theirs, ours)
    return {
        "scenario": found.scenario,
        "low": float(np.quantile(ours, LOW)),
        "high": float(np.quantile(ours, HIGH)),
        "baseline": found.baseline,
        "difference": found.difference,
        "difference_low": found.low,
        "difference_high": found.high,
    }


def bar_chart(
    rows: pd.DataFrame, *, title: str, compared: bool, description: str
) -> alt.LayerChart | alt.FacetChart:
    """Bars of the scenario, beside those of the baseline; thin lines hold 80% of the scenario's replicates."""
    names = ["scenario", "baseline"] if compared else ["scenario"]
    long = rows.melt(["label", "low", "high"], names, var_name="run", value_name="value").dropna(
        subset=["value"]
    )
    long.loc[long["run"] != "scenario", ["low", "high"]] = np.nan
    long["label"] = [_(label) for label in long["label"]]
    long["run"] = [_(run) for run in long["run"]]
    names = [_(name) for name in names]
    base = alt.Chart(long).encode(
        y=alt.Y(
            "label:N",
            title=None,
            sort=[_(label) for label in rows["label"]],
            axis=alt.Axis(labelLimit=LABEL_WIDTH),
        ),
        yOffset=alt.YOffset("run:N", sort=names),
    )
    bars = base.mark_bar().encode(
        x=alt.X("value:Q", title=_("for each 100 departures")),
        color=alt.Color(
            "run:N",
            title=None,
            scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])),
            legend=alt.Legend(orient="top") if compared else None,
        ),
        tooltip=[
            alt.Tooltip("label:N", title=_("indicator")),
            alt.Tooltip("run:N", title=_("series")),
            alt.Tooltip("value:Q", title=_("value"), format=".3~g"),
        ],
    )
    spread = (
        base.transform_filter("isValid(datum.low)").mark_rule(color="black").encode(x="low:Q", x2="high:Q")
    )
    height = AROUND_THE_BARS + BAR_STEP * (len(names) + 1) * len(rows)
    return alt.layer(bars, spread).properties(title=title, description=description, height=height)


def describe(rows: pd.DataFrame, *, title: str, compared: bool, replicates: int) -> str:
    """What a bar chart shows, in words."""
    known = rows.dropna(subset=["scenario"])
    if known.empty:
        return _("{title}: not defined, for nobody departs in these days.").format(title=title)
    most = known.sort_values("scenario", ascending=False, kind="stable").head(3)
    parts = [
        f"{_(label)} ({rounded(value)})" for label, value in zip(most["label"], most["scenario"], strict=True)
    ]
    words = [
        _("{title}, for each 100 departures. The most frequent: {names}.").format(
            title=title, names=joined(parts)
        )
    ]
    deaths = known.loc[(known["indicator"] == "deaths").to_numpy(), "scenario"].tolist()
    if deaths:
        # A bar too short to be seen must not hide what weighs most.
        words.append(
            _("Deaths: {value}, that is {more} for each 100,000 departures.").format(
                value=rounded(deaths[0]), more=rounded(1000 * deaths[0])
            )
        )
    if compared and bool(known["difference"].notna().any()):
        at = known.loc[known["difference"].abs().idxmax()]
        moved = at["difference"] != 0
        words.append(
            _("Compared with the baseline most changes in: {name} ({value}).").format(
                name=_(at.label), value=_short(at["difference"])
            )
            if moved
            else _("Nothing differs from the baseline.")
        )
    words.append(
        _("Thin lines hold 80% of {replicates} replicates, which is chance alone.").format(
            replicates=replicates
        )
    )
    return " ".join(words)


def as_table(rows: pd.DataFrame, *, compared: bool) -> pd.DataFrame:
    """Rows as a reader sees them."""
    table = pd.DataFrame({"": [_(label) for label in rows["label"]]})
    if "counts" in rows:
        table[_("counts")] = [_(counts) for counts in rows["counts"]]
    table[_("scenario")] = [rounded(value) for value in rows["scenario"]]
    table["80%"] = _spans(rows["low"].tolist(), rows["high"].tolist(), rounded)
    if compared:
        table[_("baseline")] = [rounded(value) for value in rows["baseline"]]
        table[_("difference")] = [_short(value) for value in rows["difference"]]
        table[_("80% of pairs")] = _spans(
            rows["difference_low"].tolist(), rows["difference_high"].tolist(), _short
        )
    return table.set_index("")


def _short(difference: float) -> str:
    """A difference to a thousandth: one person in a hundred thousand departures."""
    return change(round(difference, PLACES))


def _spans(low: list[float], high: list[float], words: Callable[[float], str]) -> list[str]:
    return [
        _(MISSING) if np.isnan(first) else span(words(first), words(last))
        for first, last in zip(low, high, strict=True)
    ]
