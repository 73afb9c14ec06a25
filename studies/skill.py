"""How good the model is at what it has not seen: `python -m studies.skill` writes docs/hindcast.md and skill.json.

It takes the hindcast of `corridor hindcast` from results/, and makes it if it is missing: half an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
from operator import itemgetter
from pathlib import Path

import pandas as pd

from corridor.experiments.estimation.estimate import MEMBERS as ENSEMBLE
from corridor.experiments.hindcast.protocol import HORIZONS, ORIGINS
from corridor.experiments.hindcast.run import MEMBERS, run_hindcast
from corridor.experiments.hindcast.scoring import ANNOUNCED, CAME, HALF_SEASON, NAMED, PERSISTENCE
from corridor.inputs.evidence.skill import fit_name
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.outputs.files import write_files
from corridor.outputs.rows import ALL
from studies.pages import table, write

PAGE = Path(__file__).parent.parent / "docs" / "hindcast.md"
HINDCAST = Path("results") / "hindcast"
CAUSES = Path(__file__).with_name("hindcast_causes.md")
OTHERS = Path(__file__).with_name("other_protocols.csv")
NUMBER = "4"  # of the protocol in force
MUST_LOSE = (PERSISTENCE, "same month last year", "mean of persistence and last year", "theta")
SHOWN = {
    "mape_persistence": PERSISTENCE,
    "mape_last_year": "same month last year",
    "mape_mean": "mean of persistence and last year",
}
MUST_WIN = 7  # of the twelve largest nationalities, at three and six months
SHORTER = HORIZONS[:3]
IN_THE_BAND = (0.7, 0.9)  # share of months that the 80% band should hold
WORDS = """\
# Hindcast

How far off Corridor would have been since 2022, month by month, on months that the fit had not seen. Written by
`python -m studies.skill`; the protocol was fixed before anything was scored and is in
[protocol.py](../model/corridor/experiments/hindcast/protocol.py).

**Read this first.** This is not a clean test. The structure of the model, its priors and the list of dated events
were made by people who had seen all years, and parts of the protocol did best among 22 variants that a prototype was
scored with on the same months. This is the fourth protocol that the model is scored with; it was committed before,
and nothing was changed after. A fifth was scored too and was worse; both are below. At an origin only what had been
published is known (one month later by CBP, Panama and Honduras, two months later by OHSS and UPMRIP: assumed;
vintages are not available), by the model and by all others. Policies are known as they had been announced (first row)
or as they came (second): nobody knew the second at the time. Undated fitted values that are not refitted keep their
values from all years. A projection of Corridor is conditional on its scenario, and no level is claimed beyond
{horizon} months. Negotiated scenarios are scenario logic: their preferences are not fitted to anything.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.skill", description="Score the model.")
    parser.add_argument("--hindcast", type=Path, default=HINDCAST, help="folder of the hindcast")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page")
    parser.add_argument("--data", type=Path, default=DATA_FOLDER, help="folder of skill.json")
    parser.add_argument("--members", type=int, default=ENSEMBLE, help="members of each ensemble")
    parser.add_argument("--people-per-agent", type=int, default=50, help="scale: one simulated party in n")
    asked = parser.parse_args()
    if not (asked.hindcast / "scores.csv").is_file():
        run_hindcast(
            asked.hindcast,
            members=min(MEMBERS, asked.members),
            ensemble=asked.members,
            people_per_agent=asked.people_per_agent,
            tell=lambda line: print(line, flush=True),
        )
    scores, differences = (pd.read_csv(asked.hindcast / f"{name}.csv") for name in ("scores", "differences"))
    record = score_record(scores)
    write_files(asked.data, {"skill.json": (json.dumps(record, indent=1) + "\n").encode()})
    write(
        asked.page,
        [
            WORDS.format(horizon=max(HORIZONS)),
            *totals(scores),
            CAUSES.read_text(encoding="utf-8"),
            *protocols(scores),
            *how_sure(differences),
            *nations(scores),
        ],
    )


def score_record(scores: pd.DataFrame) -> dict:
    """What is shown beside a projection: skill by horizon, what was held out, where it failed."""
    rows = scores.loc[scores["nationality"] == ALL]
    found = {}
    for horizon in HORIZONS:
        at = rows.loc[rows["horizon"] == horizon].set_index("forecast")
        found[str(horizon)] = {
            "cases": int(at.loc[CAME, "cases"]),
            "mape": round(float(at.loc[CAME, "mape"]), 3),
            "mape_announced": round(float(at.loc[ANNOUNCED, "mape"]), 3),
            **{id: round(float(at.loc[name, "mape"]), 3) for id, name in SHOWN.items()},
            "in_80": round(float(at.loc[ANNOUNCED, "in_80"]), 3),
            "nationalities_better": better(scores, horizon, ANNOUNCED, PERSISTENCE),
            "nationalities_better_half_season": better(scores, horizon, ANNOUNCED, HALF_SEASON),
        }
    return {
        "origins": [ORIGINS[0], ORIGINS[-1]],
        "held_out": "every month after the origin",
        "fit": fit_name(),
        "horizons": found,
    }


def better(scores: pd.DataFrame, horizon: int, forecast: str, opponent: str) -> list[str]:
    """Nationalities of which a forecast's errors are smaller than an opponent's, by WAPE."""
    rows = scores.loc[(scores["nationality"] != ALL) & (scores["horizon"] == horizon)]
    wide = rows.pivot(index="nationality", columns="forecast", values="wape")
    return sorted(wide.index[wide[forecast] < wide[opponent]].tolist())


def totals(scores: pd.DataFrame) -> list[str]:
    """All encounters: each forecast at each horizon."""
    rows = scores.loc[scores["nationality"] == ALL]
    shown = []
    for name in dict.fromkeys(rows["forecast"]):
        at = rows.loc[rows["forecast"] == name].set_index("horizon")
        shown.append([name, *(f"{at.loc[h, 'mape']:.1%}" for h in HORIZONS),
                      *(f"{at.loc[h, 'crps'] / 1000:,.1f}" for h in HORIZONS),
                      *(f"{at.loc[h, 'in_80']:.0%}" for h in HORIZONS)])  # fmt: skip
    cases = rows.loc[rows["forecast"] == ANNOUNCED].set_index("horizon")["cases"]
    head = [
        "forecast",
        *(f"MAPE {h}" for h in HORIZONS),
        *(f"CRPS {h}" for h in HORIZONS),
        *(f"in 80% {h}" for h in HORIZONS),
    ]
    return [
        "## All encounters, between ports and at them",
        "Mean absolute percentage error, continuous ranked probability score (thousand people) and the share of months "
        f"in the 80% band, {', '.join(map(str, HORIZONS))} months after the origin (one more after the last known "
        f"month); {', '.join(str(cases[h]) for h in HORIZONS)} overlapping cases. Every forecast is a distribution. "
        "The model's bands hold what members differ in (members of the ensemble, demand to come, what Mexico does, "
        "chance) and the errors that the protocol had made by then, as far as they were published; those of simple "
        "forecasts the errors that these had made, by the same rule. Targets, with the policy as announced: below "
        f"{', '.join(MUST_LOSE)} at 1, 3 and 6 months by MAPE and CRPS; 70 to 90% in the 80% band.",
        table(head, shown),
        off_target(rows.loc[rows["forecast"] == ANNOUNCED]),
        lost_to(scores),
    ]


def protocols(scores: pd.DataFrame) -> list[str]:
    """What each protocol that was scored came to, the one in force last."""
    rows = [
        [row["protocol"], row["policy"], *(f"{row[f'mape_{h}']:.1%}" for h in HORIZONS), row["what"]]
        for row in pd.read_csv(OTHERS).to_dict("records")
    ]
    at = scores.loc[scores["nationality"] == ALL].set_index(["forecast", "horizon"])["mape"]
    for policy, name in (("announced", ANNOUNCED), ("came", CAME)):
        rows.append([NUMBER, policy, *(f"{at[name, h]:.1%}" for h in HORIZONS), "in force, above"])
    return [
        "## Protocols that were scored",
        "Mean absolute percentage error in all encounters. Each was fixed before it was scored, and each knew the "
        "scores of those before it.",
        table(
            ["protocol", "policy", *(f"MAPE {h}" for h in HORIZONS), "what"], sorted(rows, key=itemgetter(0))
        ),
    ]


def lost_to(scores: pd.DataFrame) -> str:
    """Where the model, with the policy as announced, is not better than what it must beat, in words."""
    rows = scores.loc[scores["nationality"] == ALL].set_index(["forecast", "horizon"])
    lost = [
        f"{opponent} by {measure.upper()} at {', '.join(map(str, where))} months"
        for opponent in MUST_LOSE
        for measure in ("mape", "crps")
        if (
            where := [
                h for h in SHORTER if rows.loc[(ANNOUNCED, h), measure] >= rows.loc[(opponent, h), measure]
            ]
        )
    ]
    return (
        f"Not better than {'; '.join(lost)}." if lost else "Better than each of these at 1, 3 and 6 months."
    )


def how_sure(differences: pd.DataFrame) -> list[str]:
    """How much less the model misses than each opponent, with the interval of the difference."""
    rows = differences.loc[(differences["nationality"] == ALL) & (differences["forecast"] == ANNOUNCED)]
    at = rows.set_index(["opponent", "measure", "horizon"])[["difference", "low", "high"]]
    shown = []
    for opponent in dict.fromkeys(rows["opponent"]):
        points = [_interval(at.loc[(opponent, "mape", h)] * 100.0, 0) for h in HORIZONS]
        shown.append(
            [opponent, *points, *(_interval(at.loc[(opponent, "crps", h)] / 1000.0, 1) for h in HORIZONS)]
        )
    head = ["opponent", *(f"MAPE {h}" for h in HORIZONS), *(f"CRPS {h}" for h in HORIZONS)]
    return [
        "## How sure the differences are",
        "The opponent's error less that of the model with the policy as announced (MAPE in points, CRPS in thousand "
        "people), and its 95% interval, from blocks of consecutive origins drawn with replacement. Above 0 the model "
        "is better; bold where the whole interval is on one side.",
        table(head, shown),
    ]


def _interval(row: pd.Series, digits: int) -> str:
    """A difference and its interval, bold where it does not hold 0."""
    text = f"{row['difference']:+.{digits}f} ({row['low']:+.{digits}f} to {row['high']:+.{digits}f})"
    return f"**{text}**" if row["low"] > 0.0 or row["high"] < 0.0 else text


def off_target(rows: pd.DataFrame) -> str:
    """Horizons at which the model's 80% band held too few or too many months, in words."""
    low, high = IN_THE_BAND
    held = rows.set_index("horizon")["in_80"]
    told = {"too narrow": held[held < low], "too wide": held[held > high]}
    words = [
        f"{how} at {', '.join(f'{horizon} ({share:.0%})' for horizon, share in which.items())} months"
        for how, which in told.items()
        if len(which)
    ]
    return f"The band is {' and '.join(words) or 'as wide as it should be'}."


def nations(scores: pd.DataFrame) -> list[str]:
    """The largest nationalities against persistence x half season, and coverage of their bands."""
    rows = scores.loc[(scores["nationality"] != ALL) & scores["horizon"].isin(SHORTER)]
    shown = []
    for nation in dict.fromkeys(rows["nationality"]):
        at = rows.loc[rows["nationality"] == nation].set_index(["forecast", "horizon"])
        cells = []
        for h in SHORTER:
            ours, theirs = (at.loc[(name, h), "wape"] for name in (ANNOUNCED, HALF_SEASON))
            bold = "**" if ours < theirs else ""
            cells.append(f"{bold}{ours:.2f}{bold} ({theirs:.2f})")
        shown.append([nation, *cells, *(f"{at.loc[(ANNOUNCED, h), 'in_80']:.0%}" for h in SHORTER)])
    wins = [str(len(better(scores, h, ANNOUNCED, HALF_SEASON))) for h in SHORTER]
    of_the_model = rows["forecast"] == ANNOUNCED
    inside = [f"{rows.loc[of_the_model & (rows['horizon'] == h), 'in_80'].mean():.0%}" for h in SHORTER]
    shown.append([f"better than {HALF_SEASON}", *wins, *(f"mean {each}" for each in inside)])
    head = ["nationality", *(f"WAPE {h}" for h in SHORTER), *(f"in 80% {h}" for h in SHORTER)]
    return [
        "## By nationality",
        f"Weighted absolute percentage error of the model with the policy as announced, and of {HALF_SEASON} in "
        f"brackets; bold where the model is better. Target: at least {MUST_WIN} of {NAMED} at 3 and 6 months.",
        table(head, shown),
    ]


if __name__ == "__main__":
    main()
