"""Do governments that bargain do what they did? Shares over an ensemble of preferences, and the page that says so.

`make study` runs it and writes docs/diplomacy.md. Every preference is drawn between half and twice its assumed worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from corridor import Results, explore_deals, load_scenario, run_ensembles
from corridor.experiments.deals import drawn_weights
from corridor.inputs.registries.bargain_items import ISSUES
from corridor.inputs.scenarios.scenario import Scenario
from studies.benchmarks.page import table

PAGE = Path("docs") / "diplomacy.md"
DRAWS, REPLICATES, SEED = 40, 5, 1
BY_DECEMBER_2022, SIX_WEEKS = date(2022, 12, 31), date(2024, 1, 12)
FIRST_AGREEMENT = date(2022, 10, 12)  # of history


def with_weights(name: str, draw: int, *, remove: Sequence[str] = ()) -> Scenario:
    """A shipped scenario with drawn preferences, and without some entries of its own."""
    scenario = load_scenario(name)
    block = scenario.diplomacy
    assert block is not None
    kept = tuple(entry for entry in scenario.interventions if entry.id not in remove)
    changed = {
        "name": f"{name}-{'open-' if remove else ''}{draw}",
        "diplomacy": block.model_copy(update={"weights": drawn_weights(SEED, draw)}),
        "interventions": kept,
    }
    if remove:
        changed["remove"] = (*scenario.remove, *CLOSURES)
    return scenario.model_copy(update=changed)


CLOSURES = (
    "eagle-pass-bridge-2023-11",
    "lukeville-2023-12",
    "pedwest-2023-12",
    "nogales-morley-gate-2023-12",
)


@dataclass(frozen=True)
class Runs:
    """All runs of one question: deal books by draw and replicate, and the results behind them."""

    results: list[Results]

    def books(self) -> list[pd.DataFrame]:
        """One deal book a run, draws first."""
        found = []
        for each in self.results:
            assert each.deals is not None
            book = each.deals.to_pandas()
            found += [book[book["replicate"] == replicate] for replicate in each.replicates]
        return found

    def values(self, indicator: str, period: str) -> np.ndarray:
        """One number a run, in the order of `books`."""
        from corridor.outputs.rows import Cell

        return np.concatenate(
            [each.values[:, each.periods.index(period), each.index[Cell(indicator)]] for each in self.results]
        )


def agreed_on(book: pd.DataFrame, *wanted: str) -> date | None:
    """Day on which all of these issues have been agreed, at any step but none."""
    missing = set(wanted)
    for row in book.itertuples():
        if row.outcome == "agreed":
            missing -= {word.split("=")[0] for word in str(row.package).split() if "=" in word}
        if not missing:
            return date.fromisoformat(str(row.date))
    return None


def share(outcomes: Sequence[bool]) -> str:
    """A share of runs in words."""
    return f"{np.mean(outcomes):.0%}"


def hangs_on(outcomes: Sequence[bool], replicates: int, most: int = 5) -> list[list[str]]:
    """Interests that tell runs with an outcome from runs without: share of runs where it weighs much, and little."""
    happened = np.array(outcomes, dtype=float).reshape(-1, replicates).mean(axis=1)
    weights = [drawn_weights(SEED, draw) for draw in range(len(happened))]
    rows = []
    for party in ("us", "mexico"):
        for interest in weights[0][party]:
            heavy = np.array([each[party][interest] for each in weights]) > 1.0
            if heavy.any() and not heavy.all():
                rows.append((party, interest, happened[heavy].mean(), happened[~heavy].mean()))
    rows.sort(key=lambda row: -abs(row[2] - row[3]))
    return [
        [party, interest, f"{much:.0%}", f"{little:.0%}"] for party, interest, much, little in rows[:most]
    ]


def count_of(books: Sequence[pd.DataFrame], what: Callable[[pd.DataFrame], pd.Series]) -> str:
    """Mean number of rows a run."""
    return f"{np.mean([what(book).sum() for book in books]):.1f}"


def run_study(
    people_per_agent: int, draws: int = DRAWS, replicates: int = REPLICATES
) -> tuple[Runs, Runs, Runs]:
    """Talks from September 2022; from December 2023 with crossings closed; and the same with crossings left open."""
    scenarios = [
        [with_weights("negotiated-2022", draw) for draw in range(draws)],
        [with_weights("negotiated-2023", draw) for draw in range(draws)],
        [with_weights("negotiated-2023", draw, remove=["rail-closed-until-a-deal"]) for draw in range(draws)],
    ]
    flat = [each for part in scenarios for each in part]
    results = run_ensembles(flat, replicates=replicates, people_per_agent=people_per_agent, seed=SEED)
    first, second = len(scenarios[0]), len(scenarios[0]) + len(scenarios[1])
    return Runs(results[:first]), Runs(results[first:second]), Runs(results[second:])


def write_diplomacy(runs: tuple[Runs, Runs, Runs], settings: str, file: Path = PAGE) -> None:
    """Write docs/diplomacy.md."""
    replicates = len(runs[0].results[0].replicates)
    parts = [WORDS, "## What it shows", settings, *_autumn_2022(runs[0], replicates)]
    parts += [*_december_2023(runs[1], runs[2], replicates), *_what_is_delivered(runs[0])]
    for name in ("negotiated-2022", "negotiated-2023"):
        parts += _possible(name)
    parts.append(CLAIMS)
    file.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")


def _autumn_2022(runs: Runs, replicates: int) -> list[str]:
    books = runs.books()
    days = [agreed_on(book, "returns", "parole") for book in books]
    soon = [day is not None and day <= BY_DECEMBER_2022 for day in days]
    rows = [
        ["returns and parole agreed by the end of 2022", share(soon)],
        [
            "... by 12 October 2022, the day of the first agreement in history",
            share([d is not None and d <= FIRST_AGREEMENT for d in days]),
        ],
        [
            "returns without parole by the end of 2022",
            share([_without(book, "returns", "parole") for book in books]),
        ],
        [
            "parole without returns by the end of 2022",
            share([_without(book, "parole", "returns") for book in books]),
        ],
        ["neither by the end of 2022", share([_neither(book) for book in books])],
    ]
    return [
        "### Talks from September 2022, later policies unknown",
        "History: Mexico takes Venezuelans and the US admits 24,000 by parole on 12 October 2022; both for four "
        "nationalities on 5 January 2023.",
        table(["what happens", "share of runs"], rows),
        "What the agreement by the end of 2022 hangs on most, as share of runs (with forty draws, a difference below "
        "about thirty points can be chance):",
        table(["party", "interest", "where it weighs more than assumed", "less"], hangs_on(soon, replicates)),
    ]


def _until(book: pd.DataFrame, last: date) -> pd.DataFrame:
    return book[book["date"].astype(str) <= last.isoformat()]


def _without(book: pd.DataFrame, one: str, other: str) -> bool:
    early = _until(book, BY_DECEMBER_2022)
    return agreed_on(early, one) is not None and agreed_on(early, other) is None


def _neither(book: pd.DataFrame) -> bool:
    early = _until(book, BY_DECEMBER_2022)
    return agreed_on(early, "returns") is None and agreed_on(early, "parole") is None


def _december_2023(closed: Runs, left_open: Runs, replicates: int) -> list[str]:
    rows = []
    paid: list[list[bool]] = []
    for runs in (closed, left_open):
        days = [agreed_on(book, "funding") for book in runs.books()]
        paid.append([day is not None and day <= SIX_WEEKS for day in days])
    restored = [
        runs.values("mexico_returns", "2024-02") >= runs.values("mexico_returns", "2023-11") / 2.0
        for runs in (closed, left_open)
    ]
    reopened = [
        [agreed_on(book, "crossings") is not None for book in runs.books()] for runs in (closed, left_open)
    ]
    us_closes = [
        [bool((book["kind"] == "closure").any()) for book in runs.books()] for runs in (closed, left_open)
    ]
    for words, outcomes in (
        ("Mexico agrees within six weeks (by 12 January 2024) to pay its institute", paid),
        ("Mexico's returns in February 2024 reach half of November's", restored),
        ("crossings reopen by agreement", reopened),
        ("the US closes crossings during the talks", us_closes),
    ):
        rows.append([words, *(share(list(each)) for each in outcomes)])
    return [
        "### Talks from December 2023, after the funds ran out",
        "History: crossings closed from 27 November, talks on 27 December, enforcement back and crossings open in the "
        "first days of January 2024.",
        table(["what happens, as share of runs", "crossings closed", "crossings left open"], rows),
        "What paying within six weeks hangs on most, with crossings closed:",
        table(
            ["party", "interest", "where it weighs more than assumed", "less"], hangs_on(paid[0], replicates)
        ),
    ]


def _what_is_delivered(runs: Runs) -> list[str]:
    books = runs.books()
    everything = pd.concat(books)
    delivered = everything.loc[everything["outcome"] == "agreed", "delivered"].dropna()
    kinds = {
        "agreements of the US and Mexico": lambda b: (
            (b["outcome"] == "agreed") & (b["parties"] == "us+mexico")
        ),
        "agreements with third parties": lambda b: (b["outcome"] == "agreed") & (b["parties"] != "us+mexico"),
        "promises that lapse": lambda b: b["kind"] == "lapse",
        "promises broken for want of money": lambda b: b["kind"] == "breach",
        "programmes that a court cancels": lambda b: b["kind"] == "court",
        "promises that senators stop": lambda b: b["kind"] == "senators",
        "promises that Congress delivers": lambda b: b["outcome"] == "acted",
        "promises on which Congress does nothing": lambda b: b["outcome"] == "did_not_act",
        "closures of crossings by the US": lambda b: b["kind"] == "closure",
    }
    rows = [[words, count_of(books, what)] for words, what in kinds.items()]
    return [
        "### What becomes of promises, September 2022 to December 2023",
        table(["what", "mean number a run"], rows),
        f"Of what an agreement promised, {delivered.mean():.0%} was in force in the weeks for which it was due (mean "
        f"over {len(delivered):,} agreements). What waits for Congress is due from the day of the agreement.",
    ]


def _possible(name: str) -> list[str]:
    found = explore_deals(name)
    rows = [
        [each["giver"], f"`{each['issue']}={each['step']}`", f"{each['opens']:.0%}"]
        for each in found.concessions.to_dict("records")
        if each["opens"] >= 0.005
    ]
    pairs = [
        [f"`{each['first']}`", f"`{each['second']}`", f"{each['alone']:.0%}", f"{each['together']:.0%}"]
        for each in found.impossible.to_dict("records")
    ]
    shown = table(["demand", "and demand", "the scarcer alone", "together"], pairs)
    return [
        f"### What could be agreed: `corridor discover --deals {name}`",
        f"Both sides prefer some package to none in {found.agreed:.0%} of {found.futures:,} futures. One concession "
        "alone, against whatever the other side gives, opens agreement in this share of them (those left out in none):",
        table(["giver", "concession", "opens agreement"], rows),
        "Demands that can be met alone but in fewer than one future in twenty together:",
        shown if pairs else "None.",
    ]


def _issues() -> str:
    rows = [
        [
            f"`{name}`",
            issue.giver,
            issue.by,
            "; ".join(f"`{step.id}` {step.label}" for step in issue.steps[1:]),
        ]
        for name, issue in ISSUES.items()
    ]
    return table(["issue", "giver", "in force by", "steps"], rows)


WORDS = f"""\
# Governments that bargain

The documents are about a negotiation. With a `diplomacy:` block a scenario lets governments make policy by
bargaining; without one they follow the timeline. Written by `make study`; every number is computed.

**This is scenario logic.** Five events between 2022 and 2024 identify little, least of all what governments want.
The worths of all interests are assumed ([parameters](reference/parameters.md), group diplomacy). They were set before
the first run and have not been moved since; nothing was fitted. The page reports how often something happens when
each interest weighs between half and twice what is assumed. That is not a probability that governments do it.

```yaml runnable
name: talks-about-the-rest
extends: history
diplomacy:
  mode: mixed                                  # negotiated: nothing fixed; fixed: the timeline
  from: 2022-09-01                             # first day of talks
  fixed: [us.sanctions_relief]                 # follows the timeline, and is not bargained over
  given: [mexico.enforcement_funding]          # follows the timeline until a deal moves it
  weights: {{mexico: {{returns: 1.5}}}}            # multiples of what an interest weighs
  red_lines:
    mexico: {{returns: {{most: venezuela}}}}       # goes no further
    us: {{returns: {{least: venezuela}}}}          # signs nothing with less
interventions:
  - {{id: thaw, lever: us.sanctions_relief, start: 2022-09-01, to: 0.5, source: assumed}}
```

`corridor run` writes `deals.csv` beside the results: every round with what each side asked, what was agreed, what
each gains, and what was delivered; every closure, veto, breach and lapse. `corridor discover --deals NAME` says which
single concession opens agreement in most futures, and which demands cannot be met together.

## How it works

Every four weeks, and a week after a crisis, the US and Mexico look at the last month whose statistics are out and at
what is in force. Each believes that returns, parole, stops in Mexico and flights keep people from the border, and
weighs that against what they cost it at home. Of all packages of steps the one is signed that both prefer to no
agreement and that maximises the product of their gains (Nash), each to the power of its side; the power of the US
falls as an election nears. If it expects to gain more, the US closes crossings first, at its own cost.

What is signed is announced at once. What executives do takes effect within two weeks. What needs Congress comes after
half a year or more, or never; senators may veto, a court may cancel. More stops wane and must be renewed; they end
when the institute cannot pay. Other promises last a year. Venezuela and Cuba take flights if sanctions have eased;
Panama, Guatemala and the Dominican Republic give if what they get is worth it to them.
[Decision 9](decisions/0009-governments-that-bargain.md) says why it is built so.

{_issues()}
"""

CLAIMS = """\
## What it does not claim

- That governments weigh things so. Worths, beliefs and red lines are assumptions; change them and see.
- That an agreement has the effect that both sides believe. What it does is for the rest of the model to say.
- What is not on the table: Title 42 and its end, the asylum rule, appointments at ports and visas of Mexico follow the
  timeline. Money from the US is weighed as money, not for the returns that it pays. Fentanyl, Ukraine and Israel are
  not linked to the talks.
- Governments look one month ahead and keep no grudges. A broken promise costs no trust.
"""
