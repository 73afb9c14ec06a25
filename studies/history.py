"""How near history comes to what was observed, bar by bar: `python -m studies.history` (minutes).

In sample: stops, returns and monthly demand are inputs, so most rows prove the bookkeeping. Those from observed entries
and those that take money away say more. Distances are WAPE: absolute distances of months over the sum observed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from corridor.experiments.scores import wape
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES, names_with
from corridor.outputs.observations import observed_values
from corridor.outputs.rows import ALL, Cell
from studies.ensembles import HISTORY, NOT_MEXICANS, Ensembles, observed, variant
from studies.june_2019 import NAME as JUNE_2019
from studies.june_2019 import SCALED_TO, named
from studies.page_command import make_page
from studies.sector_shares import cells_of, counts_by_sector, mean_distance

PAGE = Path("docs") / "history.md"
FROM_ENTRIES = "observed-entries"
MEXICANS = names_with("at_home_in_mexico")
NO_MONEY = "money-out-2024-04"
VARIANTS = {
    NO_MONEY: (
        "interventions: "
        "[{id: out, lever: mexico.enforcement_funding, start: 2024-04-01, end: 2024-04-30, to: 0}]"
    ),
}
LAGGED = "inputs-of-half-a-year-before"
HALF_YEAR = 183  # days
BALANCE = {
    "entered Mexico": ("mexico_entries",),
    "stopped": ("mexico_detections",),
    "returned home": ("mexico_returns",),
    "met at the border": ("encounters_usbp", "encounters_ofo"),
    "got away": ("evasions",),
    "sent back to Mexico": ("returns_to_mexico",),
    "in the south at the end": ("waiting_south_mexico_end",),
    "in the north at the end": ("waiting_north_mexico_end",),
}
SHIPPED = (HISTORY, FROM_ENTRIES, "funds-last-december", JUNE_2019)
STILL_2019 = "june-2019-with-nothing-moved"
STILL = "remove: [remain-in-mexico-2019-06, places-to-wait-2019-06, stops-2019-06]"
"""Of june-2019: what governments did from June on is left out, but for Mexico's places for returns."""
WITHIN = 1.5  # factor allowed to what is counted badly: waiting, kidnapping, deaths, got-aways


@dataclass(frozen=True)
class Bar:
    """A figure and what it should be: a bound above, or two bounds."""

    what: str
    figure: float
    low: float
    high: float
    told: str = ""
    form: str = ".3f"

    @property
    def met(self) -> bool:
        return bool(self.low <= self.figure <= self.high)


def months_of(
    runs: Ensembles, first: str = "2021-01", last: str = "2024-06", scenario: str = HISTORY
) -> list[str]:
    """Reported months in a span."""
    return [p for p in runs.by_name[scenario].periods if len(p) == len(first) and first <= p <= last]


def lagged_inputs() -> str:
    """The rest of a scenario whose stops and returns by Mexico are those of half a year before."""
    parameters = load_parameters()
    lines = ["overrides:"]
    for id in ("stop_chance", "inm_returns_monthly"):
        lines.append(f"  {id}:\n    value:")
        for nation in NOT_MEXICANS:
            later = {
                date.fromordinal(day + HALF_YEAR).isoformat(): value
                for day, value in parameters[id].knots_of(nation)
                if day > 1
            }
            if later:
                lines.append(f"      {nation}: {later}".replace("'", ""))
    return "\n".join(lines)


def distance(runs: Ensembles, cells: Sequence[Cell], months: Sequence[str], scenario: str = HISTORY) -> float:
    """Absolute distances of the mean of replicates over what was observed, of months that were published."""
    results = runs.by_name[scenario]
    columns = [results.index[cell] for cell in cells]
    rows = [results.periods.index(month) for month in months]
    made = results.values[:, rows][:, :, columns].mean(axis=0)
    return wape(made, observed_values(cells, months))


def cells(indicator: str, by: Sequence[str] = (ALL,), *, place: str = ALL, party: str = ALL) -> list[Cell]:
    return [Cell(indicator, place, nation, party) for nation in by]


def mean(runs: Ensembles, indicator: str, months: Sequence[str], **where) -> float:
    """Sum of some months, mean of replicates."""
    return float(np.sum([runs.values(indicator, month, **where) for month in months], axis=0).mean())


def share_of(runs: Ensembles, part: str, whole: str, month: str, **where) -> float:
    return mean(runs, part, [month], **where) / mean(runs, whole, [month], **where)


def in_sample(runs: Ensembles) -> Iterator[Bar]:
    """Monthly distances over all months of history."""
    months = months_of(runs)
    rows = (
        ("all encounters", [*cells("encounters_usbp"), *cells("encounters_ofo")], 0.06),
        ("Border Patrol by nationality, pooled", cells("encounters_usbp", NATIONALITIES), 0.15),
        ("Border Patrol, Venezuela", cells("encounters_usbp", ["Venezuela"]), 0.20),
        ("Border Patrol, Haiti", cells("encounters_usbp", ["Haiti"]), np.inf),
        ("ports", cells("encounters_ofo"), 0.03),
        ("ports by nationality, pooled", cells("encounters_ofo", NATIONALITIES), np.inf),
        ("Darién", cells("darien_entries"), 0.12),
        ("Mexico's stops", cells("mexico_detections"), 0.10),
        ("Mexico's returns", cells("mexico_returns"), 0.12),
        ("releases", cells("releases"), 0.12),
    )
    for what, of, high in rows:
        yield Bar(f"{what}, {months[0]} to {months[-1]}", distance(runs, of, months), 0.0, high)


def lagged(runs: Ensembles) -> Iterator[Bar]:
    """The same with stops and returns of half a year before, which a forecaster would know."""
    months = months_of(runs, "2021-07")
    rows = (
        ("all encounters", [*cells("encounters_usbp"), *cells("encounters_ofo")]),
        ("Border Patrol by nationality, pooled", cells("encounters_usbp", NATIONALITIES)),
        ("Border Patrol, Venezuela", cells("encounters_usbp", ["Venezuela"])),
        ("Mexico's stops", cells("mexico_detections")),
        ("Mexico's returns", cells("mexico_returns")),
    )
    for what, of in rows:
        told = f"{distance(runs, of, months):.3f} with those on record"
        yield Bar(
            f"{what}, {months[0]} to {months[-1]}", distance(runs, of, months, LAGGED), 0.0, np.inf, told
        )


def downstream(runs: Ensembles) -> Iterator[Bar]:
    """From observed entries on."""
    months = months_of(runs, "2024-01")
    venezuelans = cells("encounters_usbp", ["Venezuela"])
    if months:
        yield Bar(
            "Venezuelans between ports from observed entries, January to June 2024",
            distance(runs, venezuelans, months, FROM_ENTRIES), 0.0, 0.30, "delay alone .92",
        )  # fmt: skip
    made = mean(runs, "encounters_usbp", ["2023-12"], scenario=FROM_ENTRIES, nationality="Venezuela")
    seen = observed("encounters_usbp", "2023-12", nationality="Venezuela")
    yield Bar("the same, December 2023 over observed", made / seen, 0.85, 1.15)


def money(runs: Ensembles) -> Iterator[Bar]:
    """A month without money for Mexico's institute."""
    if "2024-04" in runs.by_name[HISTORY].periods:
        for what, who, low, high in (
            ("others than Mexicans", NOT_MEXICANS, 0.40, 1.10), ("Mexicans", MEXICANS, -0.05, 0.05),
        ):  # fmt: skip
            made = mean(runs, "encounters_usbp", ["2024-04"], scenario=NO_MONEY, nationality=who)
            usual = mean(runs, "encounters_usbp", ["2024-04"], nationality=who)
            yield Bar(f"money out in April 2024: {what} between ports", made / usual - 1.0, low, high)
    paid = mean(
        runs, "encounters_usbp", ["2023-12"], scenario="funds-last-december", nationality=NOT_MEXICANS
    )
    out = mean(runs, "encounters_usbp", ["2023-12"], nationality=NOT_MEXICANS)
    yield Bar(
        "December 2023 with money less without it, of others than Mexicans", out / paid - 1.0, 0.23, 0.53,
        "observed +38% on November",
    )  # fmt: skip


def single_months(runs: Ensembles) -> Iterator[Bar]:
    """Figures of single months."""
    for month, share in (("2023-01", 0.91), ("2023-04", 0.31)):
        made = share_of(runs, "expulsions_title_42", "encounters_usbp", month, nationality="Venezuela")
        yield Bar(f"Title 42 for a Venezuelan, {month}", made, share - 0.1, share + 0.1, f"{share:.2f}")
    for month in ("2022-10", "2022-11", "2023-01"):
        made = mean(runs, "encounters_usbp", [month], place="el_paso_sector")
        seen = observed("encounters_usbp", month, place="el_paso_sector")
        yield Bar(f"El Paso, {month}", made, 0.9 * seen, 1.1 * seen, f"{seen:,.0f}", ",.0f")
    made, seen = mean(runs, "mexico_detections", ["2023-04"]), observed("mexico_detections", "2023-04")
    yield Bar("Mexico's stops, April 2023", made, 0.75 * seen, 1.25 * seen, f"{seen:,.0f}", ",.0f")
    for month, share in (("2022-12", 0.56), ("2023-02", 0.09), ("2023-12", 0.64)):
        met = sum(mean(runs, name, [month]) for name in ("encounters_usbp", "encounters_ofo"))
        made = mean(runs, "releases", [month]) / met
        yield Bar(f"released of all encountered, {month}", made, share - 0.05, share + 0.05, f"{share:.2f}")
    for month, seen in (("2022-11", 0.20), ("2023-04", 0.88)):
        made = mean(runs, "encounters_usbp", [month], nationality="Venezuela") / mean(
            runs, "encounters_usbp", ["2022-09"], nationality="Venezuela"
        )
        yield Bar(f"Venezuelans, {month} over September 2022", made, 0.0, np.inf, f"{seen:.2f}")


def harm(runs: Ensembles) -> Iterator[Bar]:
    """Harm, waiting and those who were not seen: within a factor of their sources."""
    within = lambda value: (value / WITHIN, value * WITHIN)  # noqa: E731
    north = mean(runs, "waiting_north_mexico", ["2023-05"])
    yield Bar("waiting in the north, May 2023", north, *within(65_000), "65,000", ",.0f")
    kidnapped = mean(runs, "kidnappings", ["2023"]) / mean(runs, "mexico_entries", ["2023"])
    yield Bar("kidnapped per transit of Mexico, 2023", kidnapped, 0.05 / WITHIN, 0.09 * WITHIN, ".05 to .09")
    dead = mean(runs, "deaths", ["2023"], place="darien")
    yield Bar("deaths in the Darién, 2023", dead, *within(93), "93 found", ",.0f")
    sectors = [
        cell.place
        for cell in runs.by_name[HISTORY].index
        if cell[0] == "deaths" and cell.place.endswith("_sector")
    ]
    at_border = sum(mean(runs, "deaths", ["2022"], place=sector) for sector in sorted(set(sectors)))
    yield Bar("deaths at the US border, 2022", at_border, *within(718), "718", ",.0f")
    fiscal_2022 = [
        *(f"2021-{month}" for month in (10, 11, 12)),
        *(f"2022-{month:02d}" for month in range(1, 10)),
    ]
    away = mean(runs, "evasions", fiscal_2022)
    yield Bar("got away, fiscal 2022", away, *within(606_000), "606,000 known", ",.0f")


def parties(runs: Ensembles) -> Iterator[Bar]:
    """Families and children, share of Border Patrol encounters, by quarter."""
    months = months_of(runs)
    gaps = {"family_unit": 0.0, "unaccompanied_child": 0.0}
    results = runs.by_name[HISTORY]
    for first in range(0, len(months) - 2, 3):
        quarter = months[first : first + 3]
        rows = [results.periods.index(month) for month in quarter]
        for party in gaps:
            of = (
                results.index[Cell("encounters_usbp", ALL, ALL, party)],
                results.index[Cell("encounters_usbp")],
            )
            made = results.values[:, rows][:, :, of[0]].sum() / results.values[:, rows][:, :, of[1]].sum()
            told = observed_values(
                [Cell("encounters_usbp", ALL, ALL, party), Cell("encounters_usbp")], quarter
            ).sum(axis=0)
            if np.isfinite(told).all():
                gaps[party] = max(gaps[party], abs(made - told[0] / told[1]))
    for party, gap in gaps.items():
        yield Bar(f"{party}: largest distance of a quarter's share", gap, 0.0, 0.05)


def sectors(runs: Ensembles) -> Iterator[Bar]:
    """Where people of each nationality cross: total variation of sector shares, in sample for one pull a sector."""
    results = runs.by_name[HISTORY]
    months = [month for month in months_of(runs, "2022-01") if month <= "2023-12"]
    if months:
        groups, made, seen = counts_by_sector(results, months)
        everybody = np.broadcast_to(seen.sum(axis=0), seen.shape)
        people, alike = mean_distance(made, seen)
        by_people, by_month = mean_distance(everybody, seen)
        span = f"{months[0]} to {months[-1]}"
        yield Bar(
            f"mean of nationality-months by people, {span}", people, 0.0, 0.20, f"all alike {by_people:.3f}"
        )
        yield Bar(f"each month alike, {span}", alike, 0.0, np.inf, f"all alike {by_month:.3f}")
        for group, ours, theirs in zip(groups, made, seen, strict=True):
            yield Bar(f"{group}, by people", mean_distance(ours, theirs)[0], 0.0, np.inf)
    months = months_of(runs)
    yield Bar(
        f"sectors, distances of months (WAPE), {months[0]} to {months[-1]}",
        distance(runs, cells_of(ALL), months), 0.0, 0.20,
    )  # fmt: skip


def june_2019(runs: Ensembles) -> Iterator[Bar]:
    """June 2019: demand held at March to May, nothing fitted to June or later."""
    bounds = {"others than Mexicans": (named(), -0.90, -0.60), "Mexicans": (MEXICANS, -0.25, 0.05)}
    for what, (who, low, high) in bounds.items():
        made, still = (fall_of_2019(runs, who, scenario) for scenario in (JUNE_2019, STILL_2019))
        seen = observed("encounters_usbp", "2019-09", nationality=who)
        seen = seen / observed("encounters_usbp", "2019-05", nationality=who) - 1.0
        told = f"{seen:+.3f}; with nothing moved from June on {still:+.3f}"
        yield Bar(f"{what} between ports, September over May 2019", made, low, high, told, "+.3f")
    for what, who in (("others than Mexicans", named()), ("Mexicans", MEXICANS)):
        made = mean(runs, "encounters_usbp", SCALED_TO, scenario=JUNE_2019, nationality=who)
        told = f"{sum(observed('encounters_usbp', month, nationality=who) for month in SCALED_TO):,.0f}"
        yield Bar(f"{what}, March to May 2019, to which demand is scaled", made, 0.0, np.inf, told, ",.0f")


def fall_of_2019(runs: Ensembles, who: Sequence[str], scenario: str) -> float:
    """Encounters between ports in September over May 2019, less 1."""
    september, may = (
        mean(runs, "encounters_usbp", [month], scenario=scenario, nationality=who)
        for month in ("2019-09", "2019-05")
    )
    return september / may - 1.0


MISSES = Path(__file__).with_name("history_misses.md")  # in a person's words
PARTS = (in_sample, lagged, downstream, money, single_months, sectors, parties, harm, june_2019)


def run_study(replicates: int, people_per_agent: int) -> tuple[dict[str, list[Bar]], list[str]]:
    """Every bar, by part; and the balance of people in Mexico."""
    variants = {**VARIANTS, LAGGED: lagged_inputs()}
    scenarios = [*SHIPPED, *(variant(name, body) for name, body in variants.items())]
    scenarios.append(variant(STILL_2019, STILL, extends=JUNE_2019))
    runs = Ensembles(scenarios, replicates=replicates, people_per_agent=people_per_agent)
    bars = {part.__doc__.splitlines()[0].rstrip("."): list(part(runs)) for part in PARTS if part.__doc__}
    return bars, balance_table(runs)


def balance_table(runs: Ensembles) -> list[str]:
    """People in Mexico from observed entries, thousands a month: rows of a table in Markdown."""
    lines = [f"| month | {' | '.join(BALANCE)} |", "|---" * (len(BALANCE) + 1) + "|"]
    for month in months_of(runs, "2023-01", scenario=FROM_ENTRIES):
        people = (
            sum(mean(runs, name, [month], scenario=FROM_ENTRIES) for name in names)
            for names in BALANCE.values()
        )
        lines.append(f"| {month} | {' | '.join(f'{each / 1000.0:,.0f}' for each in people)} |")
    return lines


def page_of(parts: dict[str, list[Bar]], balance: list[str], settings: str) -> str:
    """The page, in Markdown."""
    lines = [
        "# How near history comes",
        "",
        "Made by `python -m studies.history`. Stops, returns and monthly demand are inputs, so the first part proves",
        "the bookkeeping and is no score. A bar that is missed stays missed here until a mechanism mends it.",
        "",
        settings,
    ]
    for title, bars in parts.items():
        lines += ["", f"## {title}", "", "| what | figure | bar | observed | met |", "|---|---|---|---|---|"]
        for bar in bars:
            high = f"{bar.high:{bar.form}}" if np.isfinite(bar.high) else ""
            wanted = "reported" if not high else f"{bar.low:{bar.form}} to {high}"
            met = "" if not high else "yes" if bar.met else "**no**"
            lines.append(f"| {bar.what} | {bar.figure:{bar.form}} | {wanted} | {bar.told} | {met} |")
    lines += ["", "## People in Mexico, from observed entries, thousands a month", ""]
    lines += [
        "All nationalities; who is sent back by the US waits in the north again. Nobody counted the stocks.",
        "",
    ]
    lines += balance
    return "\n".join(lines) + "\n\n" + MISSES.read_text(encoding="utf-8")


def text_of(replicates: int, people_per_agent: int, settings: str) -> str:
    """The page, run and written."""
    return page_of(*run_study(replicates, people_per_agent), settings)


if __name__ == "__main__":
    make_page("history", __doc__, PAGE, text_of, replicates=12)
