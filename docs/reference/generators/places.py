"""places.md: every place by kind, the way in one drawing, routes and crossings."""

from __future__ import annotations

from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.geography import Geography, Place, load_geography
from corridor.inputs.registries.places import FIELDS, PLACES_FILE
from generators.tables import head, table, value

KINDS_OF_PLACE = {
    "leg": "Legs of the way",
    "station": "Stations of Mexico's migration institute",
    "fork": "Forks: a choice that takes no time",
    "wait": "Northern cities where people wait",
    "cross": "Crossings, one a sector",
    "custody": "Border Patrol custody, one a sector",
    "return": "After a return to northern Mexico",
    "end": "Ends of journeys",
}


def place_page() -> str:
    """Every place by kind, with a drawing of the way, the routes and the crossings that can be closed."""
    geography = load_geography()
    parts = [
        head(
            "Places",
            ["places.yaml"],
            "The map that the engine walks. To add a place or a leg, add a row to the file "
            "([how](../how-to/add-a-place.md)). *Days* is a number or the parameter with the mean stay. *Rank* orders "
            "places along the way: an arrival at a lower or equal rank is a setback. Where an exit is not named, it is "
            "not used. Coordinates are approximate centres.",
        ),
        f"## The way in one drawing\n\n{_drawing(geography)}",
    ]
    for kind, title in KINDS_OF_PLACE.items():
        rows = [_place_row(place) for _, place in geography.of_kind(kind)]
        header = ["id", "what", "country", "latitude, longitude", "rank", "days", "leads to"]
        shared = ""
        if len({row[-1] for row in rows}) == 1:
            shared = f"Each leads to: {rows[0][-1]}.\n\n"
            header, rows = header[:-1], [row[:-1] for row in rows]
        parts.append(f"## {title}\n\n{shared}{table(header, rows)}")
    rows = [
        [
            f"`{route.id}`",
            f"`{route.begins}`"
            + "".join(f"; {nation}: `{place}`" for nation, place in route.differs.items()),
            f"`{route.parameter}`" if route.parameter else "dated arrivals",
            f"`{route.opened_by}`" if route.opened_by else "",
            f"`{route.closed_by}`" if route.closed_by else "",
        ]
        for route in geography.routes
    ]
    header = ["route", "begins at", "share", "opened by", "closed by"]
    parts.append(f"## Routes\n\n{table(header, rows)}")
    rows = [[f"`{name}`", row["label"], f"`{row['sector']}`"] for name, row in geography.crossings.items()]
    parts.append(f"## Crossings that can be closed\n\n{table(['id', 'what', 'in sector'], rows)}")
    rows = [
        [f"`{row['id']}`", f"`{lever}`", value(float(given["value"])), given["status"], given["source"]]
        for section in FIELDS
        for row in read_data_file(PLACES_FILE)[section]
        for lever, given in row.get("defaults", {}).items()
    ]
    words = "What each lever of a place is where nothing moves it. *assumed*: nothing but judgement."
    header = ["place", "lever", "default", "status", "source"]
    parts.append(f"## Defaults of levers\n\n{words}\n\n{table(header, rows)}")
    return "\n".join(parts)


def _place_row(place: Place) -> list[str]:
    where = "" if place.latitude is None else f"{place.latitude:g}, {place.longitude:g}"
    days = f"`{place.days}`" if isinstance(place.days, str) else f"{place.days:g}" if place.days else ""
    leads = [f"{name.replace('_', ' ')}: `{target}`" for name, target in place.exits.items()]
    leads += [f"`{target}`" for target in place.feeds]
    if place.fate:
        leads.append(f"counted as {place.fate.replace('_', ' ')}")
    return [f"`{place.id}`", place.label, place.country or "", where, str(place.rank), days, ", ".join(leads)]


def _drawing(geography: Geography) -> str:
    """A Mermaid flowchart from the routes to the sectors; custody and ends are left out."""
    drawn = {
        place.id: place
        for place in geography.places
        if place.kind in ("leg", "station", "fork", "wait", "cross")
    }
    drawn.pop("release", None)
    words = {"detected": "detected", "moved_south": "moved south", "joined_caravan": "joins a caravan"}
    lines = ["flowchart LR"]
    lines += [f'  {place.id}["{place.label}"]' for place in drawn.values()]
    for place in drawn.values():
        for name, target in place.exits.items():
            if target in drawn:
                arrow = f"-. {words[name]} .->" if name in words else "-->"
                lines.append(f"  {place.id} {arrow} {target}")
        lines += [f"  {place.id} --> {target}" for target in place.feeds if target in drawn]
    for route in geography.routes:
        lines.append(f'  route_{route.id}(["route: {route.id}"]) --> {route.begins}')
        lines += [f'  route_{route.id} -- "{nation}" --> {place}' for nation, place in route.differs.items()]
    return "\n".join(["```mermaid", *lines, "```", ""])
