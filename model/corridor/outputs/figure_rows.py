"""What figures show: rows of a cell or of deals, and the colours of what is compared (`figures`, `drawings` draw)."""

import numpy as np
import pandas as pd

from corridor.foundations.timeline import grain_of
from corridor.outputs.observations import goes_past
from corridor.outputs.results import SUMMARY_SHARES
from corridor.outputs.rows import ALL

SCENARIO_COLOUR = "#b5472f"
BASELINE_COLOUR = "#4c6272"
OBSERVED_COLOUR = "#1b1b1b"
EVENT_COLOUR = "#8a8a8a"


def fan_rows(
    summary: pd.DataFrame, indicator: str, *, place: str = ALL, nationality: str = ALL, party: str = ALL
) -> pd.DataFrame:
    """The rows of a summary that a fan chart shows: one cell over its months (or days), with a `date`.

    Parameters
    ----------
    summary
        As `Results.summary()` gives it, or `corridor.projected_summary`. Past the data only the second has bands to
        draw: those of the first hold the spread of the runs and not how far the model was off, and are left out.

    Returns
    -------
    Columns date, period, mean, p025 ... p975, unit (past the data of a projection claimed and holds too); no rows when
    the cell is not in the summary.
    """
    wanted = {"indicator": indicator, "place": place, "nationality": nationality, "party": party}
    chosen = [(summary[column] == name).to_numpy() for column, name in wanted.items()]
    rows = summary.loc[np.logical_and.reduce(chosen)].drop(columns=["scenario", *wanted])
    rows = rows.assign(period=rows["period"].astype(str), unit=rows["unit"].astype(str))
    grains = rows["period"].map(grain_of)
    finest = "day" if (grains == "day").any() else "month"
    rows = rows.loc[grains == finest]
    if "claimed" not in rows:
        past = rows["period"].map(goes_past)
        rows.loc[past, [name for name in SUMMARY_SHARES if name != "p50"]] = np.nan
    return rows.assign(date=pd.to_datetime(rows["period"], format="ISO8601"))


def deal_rows(deals: pd.DataFrame) -> pd.DataFrame:
    """What `deal_chart` shows: for each month, issue and event the share of runs in which it happens.

    Parameters
    ----------
    deals
        Rows of deals.csv.

    Returns
    -------
    Columns date (first of the month), issue, event (agreed, lapse, breach, court, senators, congress), share.
    """
    runs = max(1, len(deals[["draw", "replicate"]].drop_duplicates()))
    agreed = deals["outcome"].isin(["agreed", "acted"])
    shown = deals[agreed | deals["kind"].isin(["lapse", "breach", "court", "senators", "congress"])]
    rows = shown.assign(
        date=[pd.Timestamp(str(day)[: len("2023-12")]) for day in shown["date"]],
        event=np.where(agreed.loc[shown.index], "agreed", shown["kind"]),
        issue=[[word.split("=")[0] for word in str(package).split()] for package in shown["package"]],
    ).explode("issue")
    once = rows.drop_duplicates(["draw", "replicate", "date", "issue", "event"])
    counted = once.groupby(["date", "issue", "event"], as_index=False).size()
    return counted.assign(share=counted["size"] / runs).drop(columns="size")
