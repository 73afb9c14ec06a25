"""Make the table of observed figures from a folder of evidence: `python -m studies.observed_table FOLDER`.

The folder holds `observed_monthly.csv`, `observed_2018_2019.csv` and `series/*.csv` (columns series, month, group,
value). Each figure of
model/corridor/data/observed.csv comes from there: `DIRECT` names the series of those that are copied, `made_of_groups`
says how the groups of nationalities are put together, from what their files say publishers call them. `Other` is what a
total leaves when every group that the series names is taken off, so the groups add up to the total in every month. The
months of 2018 and 2019 name eleven nationalities, so there `Other` holds China, India, Brazil and the rest too.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from corridor.inputs.evidence.nationality_names import LEFT
from corridor.inputs.evidence.observed_series import ALL, Figure, in_order
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.inputs.registries.nationalities import NATIONALITIES, load_nationalities

FIRST, LAST = "2020-07", "2024-06"
BY_SECTOR = ("2021-01", "2023-12")  # months of nationalities by sector: the table ends there
TITLE_42_ENDS, PAROLE_BEGINS, APPOINTMENTS_BEGIN = "2023-05", "2022-10", "2023-01"
CBP, OHSS, SNM, INM, UPMRIP, IOM = (
    "CBP monthly tables",
    "OHSS monthly tables",
    "SNM Panama",
    "INM Honduras",
    "UPMRIP Mexico",
    "IOM MMP",
)
OUTCOMES = {
    "releases": "USBP Releases",
    "paroles_at_ports": "OFO Paroles",
    "transfers_to_ice": "Transfers to ICE",
    "transfers_to_hhs": "Transfers to HHS",
    "title_8_repatriations": "T8 repatriations",
}
"""Indicators of OHSS's table of outcomes, all nationalities together."""
PARTIES = {
    "single_adult": ("Single adults",),
    "family_unit": ("Family unit individuals", "Accompanied Minors"),
    "unaccompanied_child": ("UC",),
}
"""Minors at ports who travel with an adult are counted with families."""
PLACES = {"border": "US-Mexico border", "darien": "Darien"}

# Series of the main table, with their publisher and months: what it names is copied as it stands.
DIRECT = {
    "encounters_usbp": ("us_sw_encounters_usbp", CBP, FIRST, LAST),
    "encounters_ofo": ("us_sw_encounters_ofo", CBP, FIRST, LAST),
    "expulsions_title_42": ("us_title42_expulsions", CBP, FIRST, TITLE_42_ENDS),
    "darien_entries": ("panama_darien_entries", SNM, FIRST, LAST),
    "honduras_entries": ("honduras_irregular_entries", INM, FIRST, LAST),
    "mexico_detections": ("mexico_detections", UPMRIP, FIRST, LAST),
    "mexico_returns": ("mexico_returns", UPMRIP, FIRST, LAST),
    "parole_arrivals": ("us_chnv_paroles", OHSS, PAROLE_BEGINS, LAST),
    "cbp_one_appointments": ("us_cbp_one_appointments", OHSS, APPOINTMENTS_BEGIN, LAST),
}
EARLIER = {
    "encounters_usbp": ("us_sw_encounters_usbp", OHSS, "2018-01", "2019-12"),
    "mexico_detections": ("mexico_detections", UPMRIP, "2019-01", "2019-12"),
    "mexico_returns": ("mexico_returns", UPMRIP, "2019-01", "2019-12"),
}
"""Of the table of 2018 and 2019, in the same form: the year of Mexico's deployment of June 2019."""
WITH_HAITI = ("Brazil", "Chile")
"""Births in Panama's table, mostly children of Haitians: counted with Haiti, as the fit always took them."""

# Finer tables: series, publisher of the rows, and the publisher whose names stand in `published_as`.
FINER = {
    "encounters_usbp": [
        ("encounters_22_nationalities", "us_sw_encounters_usbp", CBP),
        ("encounters_usbp_126_nationalities", "us_sw_encounters_usbp_ohss", OHSS),
    ],
    "encounters_ofo": [("encounters_22_nationalities", "us_sw_encounters_ofo", CBP)],
    "darien_entries": [("darien_entries_all_nationalities", "panama_darien_entries_iso3", SNM)],
    "honduras_entries": [("honduras_entries_all_nationalities", "honduras_irregular_entries_iso3", INM)],
    "mexico_detections": [("mexico_detections_all_nationalities", "mexico_detections_iso3", UPMRIP)],
    "cbp_one_appointments": [("../observed_monthly", "us_cbp_one_appointments", OHSS)],
}
WHOLE_COUNTRIES = ("China", "India", "Brazil")
"""Groups of one citizenship that CBP names: exact between ports, where OHSS rounds to 10."""

CALLED = {
    "CHN": "China", "TWN": "Taiwán", "IND": "India", "BRA": "Brasil",
    "SEN": "Senegal", "MRT": "Mauritania", "GIN": "Guinea", "GNB": "Guinea-Bissau", "GMB": "Gambia", "MLI": "Malí",
    "SLE": "Sierra Leona", "LBR": "Liberia", "CIV": "Costa de Marfil", "GHA": "Ghana", "TGO": "Togo", "BEN": "Benín",
    "BFA": "Burkina Faso", "NER": "Níger", "NGA": "Nigeria", "CPV": "Cabo Verde",
    "RUS": "Rusia", "UKR": "Ucrania", "BLR": "Bielorrusia", "MDA": "Moldavia", "ROU": "Rumania", "TUR": "Turquía",
    "ARM": "Armenia", "AZE": "Azerbaiyán", "GEO": "Georgia", "KAZ": "Kazajistán", "KGZ": "Kirguistán",
    "TJK": "Tayikistán", "TKM": "Turkmenistán", "UZB": "Uzbekistán",
    "China": "CHINA, PEOPLES REPUBLIC OF",
}  # fmt: skip
"""Names that publishers use, for what the evidence calls by a code of ISO 3166 or more briefly."""

Table = Mapping[str, Mapping[str, float]]


def read_tables(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Values by file and series, group, and month."""
    tables: dict[str, dict[str, dict[str, float]]] = {}
    files = [
        folder / "observed_monthly.csv",
        folder / "observed_2018_2019.csv",
        *(folder / f"series/{file}.csv" for file, _, _ in _finer()),
    ]
    for path in dict.fromkeys(file.resolve() for file in files):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                of = tables.setdefault(f"{path.stem}:{row['series']}", defaultdict(dict))
                of[row["group"]][row["month"]] = float(row["value"])
    return tables


def _finer() -> Iterator[tuple[str, str, str]]:
    for found in FINER.values():
        yield from found
    yield "encounters_sector_x_nationality", "us_sw_encounters_area_x_nationality", CBP


def months(first: str, last: str) -> list[str]:
    """Months from one to another, both included."""
    every = [
        f"{year}-{month:02}" for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)
    ]
    return [month for month in every if first <= month <= last]


def made_of_groups(tables: Mapping[str, Table], indicator: str, month: str) -> dict[str, tuple[int, str]]:
    """Count and publisher of each group whose file says what a finer table calls it; nothing where no name has a row.

    Between ports CBP names China, India and Brazil, and OHSS all, rounded to 10; at ports CBP names six citizenships of
    the groups, so West Africa has no figure there. Appointments name Russians alone.
    """
    found: dict[str, tuple[int, str]] = {}
    main = tables[f"observed_monthly:{DIRECT[indicator][0]}"]
    for name, nation in load_nationalities().items():
        if name in main or nation.traits.remainder:
            continue
        for file, series, publisher in FINER.get(indicator, ()):
            table = tables[f"{Path(file).stem}:{series}"]
            if indicator == "encounters_usbp" and (publisher == CBP) != (name in WHOLE_COUNTRIES):
                continue
            called = {each.upper() for each in nation.published_as[publisher]}
            members = [group for group in table if CALLED.get(group, group).upper() in called]
            values = [table[group][month] for group in members if month in table[group]]
            if values or (members and publisher != INM):
                found[name] = (round(sum(values)), publisher)
    return found


def by_nationality(tables: Mapping[str, Table], indicator: str) -> Iterator[Figure]:
    """The total, the groups, and what the total leaves, of one indicator."""
    series, publisher, first, last = DIRECT[indicator]
    main = tables[f"observed_monthly:{series}"]
    named = [name for name in NATIONALITIES if name in main and name not in (LEFT, *WITH_HAITI)]
    for month in months(first, last):
        counts = {name: (round(main[name].get(month, 0)), publisher) for name in named if _given(main[name])}
        if indicator == "darien_entries":
            for born in WITH_HAITI:
                counts["Haiti"] = (counts["Haiti"][0] + round(main[born].get(month, 0)), publisher)
        if "Total" in main:
            total = round(main["Total"].get(month, 0))
        else:
            total = round(sum(of.get(month, 0) for of in main.values()))
        groups = made_of_groups(tables, indicator, month)
        counts |= {name: found for name, found in groups.items() if name not in counts}
        if indicator != "parole_arrivals":  # four nationalities alone
            finer = {of for _, of in counts.values()} - {
                publisher
            }  # OHSS's between ports: so is what is left
            counts[LEFT] = (total - sum(count for count, _ in counts.values()), *(finer or {publisher}))
        yield Figure(indicator, month, ALL, ALL, ALL, total, publisher, "")
        for name, (count, of) in counts.items():
            yield Figure(indicator, month, ALL, name, ALL, count, of, "")


def of_earlier_years(tables: Mapping[str, Table]) -> Iterator[Figure]:
    """The totals and the eleven nationalities of 2018 and 2019, and what is left of the totals."""
    for indicator, (series, publisher, first, last) in EARLIER.items():
        of = tables[f"observed_2018_2019:{series}"]
        named = [name for name in NATIONALITIES if name in of and name != LEFT]
        for month in months(first, last):
            counts = {name: round(of[name].get(month, 0)) for name in named}
            if "Total" in of:
                total = round(of["Total"][month])
            else:
                total = round(sum(values.get(month, 0) for values in of.values()))
            counts[LEFT] = total - sum(counts.values())
            yield Figure(indicator, month, ALL, ALL, ALL, total, publisher, "")
            for name, count in counts.items():
                yield Figure(indicator, month, ALL, name, ALL, count, publisher, "")


def _given(values: Mapping[str, float]) -> bool:
    return any(values.values())


def by_party_and_place(tables: Mapping[str, Table]) -> Iterator[Figure]:
    """Encounters by kind of party, sector and office; deaths by place; outcomes of all nationalities together."""
    areas = tables["observed_monthly:us_sw_encounters_by_area"]
    deaths, outcomes = tables["observed_monthly:iom_dead_missing"], tables["observed_monthly:us_sw_outcomes"]
    for month in months(FIRST, LAST):
        for indicator, short in (("encounters_usbp", "usbp"), ("encounters_ofo", "ofo")):
            parties = tables[f"observed_monthly:us_sw_encounters_by_demographic_{short}"]
            for party, called in PARTIES.items():
                count = sum(parties[name].get(month, 0) for name in called if name in parties)
                yield Figure(indicator, month, ALL, ALL, party, round(count), CBP, "")
        for area, values in areas.items():
            office = area.endswith("Field Office")
            place = area.replace("Field Office", "office").lower().replace(" ", "_")
            indicator = "encounters_ofo" if office else "encounters_usbp"
            yield Figure(indicator, month, place, ALL, ALL, round(values.get(month, 0)), CBP, "")
        for place, called in PLACES.items():
            count = round(deaths[called].get(month, 0))
            yield Figure("deaths", month, place, ALL, ALL, count, IOM, "")
        for indicator, outcome in OUTCOMES.items():
            count = round(outcomes[f"Total | {outcome}"][month])
            yield Figure(indicator, month, ALL, ALL, ALL, count, OHSS, "")


def by_sector_and_nationality(tables: Mapping[str, Table]) -> Iterator[Figure]:
    """Encounters between ports by sector, of the nationalities that CBP's table by area names."""
    for group, values in tables[
        "encounters_sector_x_nationality:us_sw_encounters_area_x_nationality"
    ].items():
        area, nation = group.split(" | ")
        if (
            not area.endswith("Sector") or nation == LEFT
        ):  # what it leaves holds nationalities that are groups here
            continue
        place = area.lower().replace(" ", "_")
        for month in months(*BY_SECTOR):
            count = round(values.get(month, 0))
            yield Figure("encounters_usbp", month, place, nation, ALL, count, CBP, "")


def make_table(folder: Path) -> str:
    """The text of observed.csv."""
    tables = read_tables(folder)
    rows = [
        *by_party_and_place(tables),
        *by_sector_and_nationality(tables),
        *of_earlier_years(tables),
    ]
    for indicator in DIRECT:
        rows += by_nationality(tables, indicator)
    order = [*DIRECT, *OUTCOMES, "deaths"]
    lines = ["indicator,period,place,nationality,party,value,publisher"]
    lines += [
        ",".join(str(value) for value in row[:-1])
        for row in sorted(in_order(rows), key=lambda row: order.index(row.indicator))
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(prog="python -m studies.observed_table", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of evidence")
    (DATA_FOLDER / "observed.csv").write_text(
        make_table(parser.parse_args().folder), encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    main()
