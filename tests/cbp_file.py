"""A file in the layout of CBP's nationwide encounters, made of the margins that the project's evidence holds.

cbp_margins.csv has two months of the southwest border, on both sides of a fiscal year's begin: by nationality and
kind of party, by nationality and sector or office, and Title 42 expulsions by nationality. The rows made of them have
these margins; how the margins cross is made up here.
"""

import csv
from pathlib import Path

HEADER = [
    *("Fiscal Year", "Month Grouping", "Month (abbv)", "Component", "Land Border Region"),
    *("Area of Responsibility", "AOR (Abbv)", "Demographic", "Citizenship", "Title of Authority"),
    *("Encounter Type", "Encounter Count"),
]
MARGINS = Path(__file__).parent / "cbp_margins.csv"
COMPONENTS = {"usbp": "U.S. Border Patrol", "ofo": "Office of Field Operations"}
DEMOGRAPHICS = {
    "Single adults": "Single Adults",
    "Family unit individuals": "FMUA",
    "Accompanied Minors": "Accompanied Minors",
    "UC": "UC / Single Minors",
}
ENGLISH = ("", *("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"))
NAMED = {
    "China": "CHINA, PEOPLES REPUBLIC OF",
    **{name: name.upper() for name in ("Brazil", "India", "Romania", "Russia", "Turkey", "Ukraine")},
}


def cbp_rows():
    """Rows by column of the header; counts are whole numbers."""
    margins = {}
    with MARGINS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cell = row["month"], row["component"], row["nationality"], row["by"]
            margins.setdefault(cell, {})[row["member"]] = int(row["value"])
    rows = []
    for (month, component, nation, by), demographics in margins.items():
        if by != "demographic":
            continue
        areas = margins[month, component, nation, "area"]
        called = {nation.upper(): None} | (
            {NAMED[name]: margins[month, component, name, "citizenship"][name] for name in NAMED
             if (month, component, name, "citizenship") in margins} if nation == "Other" else {}
        )  # fmt: skip
        for demographic, area, count in crossed(demographics, areas):
            for citizenship, part in split(called, count):
                rows.append([month, component, area, demographic, citizenship, part])
    return [line for row in rows for line in by_authority(row, margins)]


def crossed(rows, columns):
    """A table with these sums of rows and columns: filled from one corner, as far as each sum allows."""
    rows, columns = dict(rows), dict(columns)
    for row in rows:
        for column in columns:
            count = min(rows[row], columns[column])
            rows[row] -= count
            columns[column] -= count
            if count:
                yield row, column, count
    assert not any([*rows.values(), *columns.values()])


def split(called, count):
    """A count by citizenship: those who have a name of their own first."""
    for name in [each for each in called if called[each]]:
        part = min(called[name], count)
        called[name] -= part
        count -= part
        if part:
            yield name, part
    if count:
        yield next(iter(called)), count


def by_authority(row, margins):
    """A row as one or two lines of CBP's: those expelled under Title 42 first."""
    month, component, area, demographic, citizenship, count = row
    group = "Other" if citizenship in NAMED.values() else citizenship.title()
    left = margins[month, "both", group, "authority"]
    expelled = min(left["Title 42"], count) if component == "usbp" or group == "Mexico" else 0
    left["Title 42"] -= expelled
    year, number = int(month[:4]), int(month[5:])
    for title, kind, part in (
        ("Title 42", "Expulsions", expelled),
        ("Title 8", "Apprehensions", count - expelled),
    ):
        if part:
            yield [
                f"{year + (number >= 10)}{' (FYTD)' if number >= 10 else ''}", "FYTD", ENGLISH[number],
                COMPONENTS[component], "Southwest Land Border", area,
                area.removesuffix(" Sector").removesuffix(" Field Office"), DEMOGRAPHICS[demographic], citizenship,
                title, kind, part,
            ]  # fmt: skip


def elsewhere():
    """Rows of other borders, which are passed over."""
    return [
        ["2022", "FYTD", "SEP", "U.S. Border Patrol", "Northern Land Border", "Swanton Sector", "Swanton",
         "Single Adults", "MEXICO", "Title 8", "Apprehensions", 211],
        ["2023 (FYTD)", "FYTD", "OCT", "Office of Field Operations", "Other", "Miami Field Office", "Miami",
         "Single Adults", "CUBA", "Title 8", "Inadmissibles", 1204],
    ]  # fmt: skip


def written(rows, *, separator=",", header=HEADER, ends="\r\n", bom=True, number=str):
    """The bytes of a file; `number` writes counts."""

    def cell(value):
        text = number(value) if isinstance(value, int) else value
        return f'"{text}"' if separator in text or '"' in text else text

    lines = [separator.join(map(cell, row)) for row in [header, *rows]]
    return (("\ufeff" if bom else "") + ends.join(lines) + ends).encode()
