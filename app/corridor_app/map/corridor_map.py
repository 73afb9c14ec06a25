"""The map of a month: lines as wide as the people who move, circles as large as those who wait. No Streamlit here.

Drawn with Altair, not with pydeck: it asks no other host for tiles, carries an alternative text, and its shapes are
made in the plane of the map (`corridor_app.map.ribbons`), so that one scale of widths holds on every screen and in
print.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import Any

import altair as alt
import numpy as np

import corridor
from corridor_app.map import flows
from corridor_app.map.month import NOWHERE, WAYS, Month, located
from corridor_app.map.ribbons import Feature, circle, path, ribbon
from corridor_app.words.language import N_, _
from corridor_app.words.wording import change, rounded

UNCOUNTED = N_("not counted")
MORE, FEWER = N_("more"), N_("fewer")


@dataclass(frozen=True)
class Palette:
    """Colours of a map. Those of lines are told apart by colour-blind readers; neither of more and fewer is better."""

    land: str
    sea: str
    ink: str
    circle: str
    uncounted: str
    onward: str
    lawful: str
    back: str
    more: str
    fewer: str


LIGHT = Palette(
    "#ecebe4",
    "#ffffff",
    "#33383b",
    "#3c4246",
    "#8d8d86",
    "#0b66a3",
    "#1a9a75",
    "#d2500a",
    "#31688e",
    "#b5651d",
)
DARK = Palette(
    "#2a3237",
    "#14191c",
    "#e6ebee",
    "#c6ced3",
    "#848d92",
    "#5cb0e6",
    "#3fc79c",
    "#f58a4b",
    "#7cb6dc",
    "#e0a05c",
)

WIDEST, LARGEST = 0.027, 0.027  # width of the most people on a line, radius of the most in a place; radians
CENTRE = [-94.3, 25.6]
FIT = "min(width / 0.93, height / 0.76)"  # the corridor from Bogotá to New York, on any screen
KEY_WEST, KEY_EAST = -118.0, -111.5
KEY_ROWS = (15.8, 12.9, 10.0, 6.2)
SIDES = ("left", "right")  # where names begin or end
NAMED = {
    "darien": (N_("Darién"), -0.5),
    "managua": (N_("Managua"), 0.6),
    "tapachula": (N_("Tapachula"), -1.5),
    "central_mexico": (N_("Mexico City"), -1.4),
    "tijuana": (N_("Tijuana"), -1.1),
    "ciudad_juarez": (N_("Juárez"), -0.7),
    "reynosa": (N_("Reynosa"), 1.4),
    "new_york": (N_("New York"), 0.5),
    "chicago": (N_("Chicago"), -0.5),
    "denver": (N_("Denver"), -0.3),
    "los_angeles": (N_("Los Angeles"), -0.4),
    "other_us_city": (N_("elsewhere in the US"), 0.8),
}
"""Places with a name on the map: the name, and how far east of the place it begins or west of it ends, degrees."""


def map_spec(month: Month, *, title: str, description: str, palette: Palette = LIGHT) -> dict[str, Any]:
    """The month as lines and circles: a Vega-Lite specification.

    Altair makes it from named data, and the shapes are put in afterwards: Altair would look at every one of their
    numbers, which takes longer than a month of the play may last.
    """
    layers = [
        _shapes("land").mark_geoshape(fill=palette.land, stroke=palette.sea, strokeWidth=0.7),
        _shapes("legs").mark_geoshape(filled=False, stroke=palette.uncounted, strokeWidth=1.1, opacity=0.8),
        _circles(),
        _ribbons(_kinds(month, palette), palette),
        _shapes("key").mark_geoshape(fill=palette.ink, fillOpacity=0.45, stroke=palette.ink, strokeWidth=0.6),
        *_words(palette),
    ]
    chart = (
        alt.layer(*layers)
        .project("mercator", center=CENTRE, scale=alt.ExprRef(FIT))
        .properties(title=title, width="container", height="container", description=description)
        .configure_view(stroke=None)
    )
    return chart.to_dict() | {
        "datasets": {
            "land": corridor.load_outlines()["features"],
            "legs": [path(points) for points in flows.uncounted()],
            "circles": circles_of(month, palette),
            "lines": lines_of(month),
            "key": _key_shapes(month),
            "key words": [
                {"latitude": latitude, "longitude": KEY_EAST + 1.6, "text": said}
                for latitude, _people, said in key_of(month)
            ],
            **{f"names {side}": _names(side) for side in SIDES},
        }
    }


def _shapes(name: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name=name))


def _kinds(month: Month, palette: Palette) -> dict[str, str]:
    """What colours of lines mean, and the colours."""
    if month.view == "difference":
        kinds = {MORE: palette.more, FEWER: palette.fewer}
    else:
        kinds = {words: getattr(palette, way) for way, words in WAYS.items()}
    return {_(words): colour for words, colour in (kinds | {UNCOUNTED: palette.uncounted}).items()}


def _kind(month: Month, way: str, value: float) -> str:
    if month.view == "difference":
        return _(MORE) if value > 0 else _(FEWER)
    return _(WAYS[way])


def lines_of(month: Month) -> list[Feature]:
    """The lines of a month as shapes, with what is said of each."""
    known = {line.id: line for line in flows.lines()}
    number_words = change if month.view == "difference" else rounded
    features = []
    lines = month.lines
    for name, value in zip(lines["line"], lines["value"], strict=True):
        line = known[name]
        about = {
            "name": line.label,
            "people": number_words(float(value)),
            "how": _("balance of several counts") if line.balance else _("counted in the model"),
            "kind": _kind(month, line.way, value),
        }
        width = WIDEST * abs(value) / month.most_moving
        features.append(
            ribbon(line.start, line.end, line.bend, width, broken=line.way == "back", about=about)
        )
    return features


def _ribbons(kinds: dict[str, str], palette: Palette) -> alt.Chart:
    legend = alt.Legend(
        title=None,
        orient="top",
        symbolType="square",
        symbolSize=130,
        columns=2,
        labelLimit=260,
        labelColor=palette.ink,
        padding=0,
    )
    scale = alt.Scale(domain=list(kinds), range=list(kinds.values()))
    return (
        _shapes("lines")
        .mark_geoshape(opacity=0.9, stroke=None)
        .encode(
            color=alt.Color("properties.kind:N", scale=scale, legend=legend),
            tooltip=[
                alt.Tooltip("properties.name:N", title=_("line")),
                alt.Tooltip("properties.people:N", title=_("people")),
                alt.Tooltip("properties.how:N", title=_("number")),
            ],
        )
    )


def radius(month: Month, people: float) -> float:
    """Of the circle of so many people, in radians of the plane of the map: areas are to scale."""
    return LARGEST * float(np.sqrt(abs(people) / month.most_waiting))


def circles_of(month: Month, palette: Palette = LIGHT) -> list[Feature]:
    """The places of a month as shapes, with what is said of each."""
    known = located()
    number_words = change if month.view == "difference" else rounded
    features = []
    rows = month.circled
    for place, label, value in zip(rows["place"], rows["label"], rows["value"], strict=True):
        colour = palette.circle
        if month.view == "difference":
            colour = palette.more if value > 0 else palette.fewer
        about = {"name": label, "people": number_words(float(value)), "fill": colour}
        features.append(circle(flows.at(known[place]), radius(month, value), about))
    return features


def _circles() -> alt.Chart:
    return (
        _shapes("circles")
        .mark_geoshape(fillOpacity=0.2, strokeWidth=1.2)
        .encode(
            fill=alt.Fill("properties.fill:N", scale=None),
            stroke=alt.Stroke("properties.fill:N", scale=None),
            tooltip=[
                alt.Tooltip("properties.name:N", title=_("place")),
                alt.Tooltip("properties.people:N", title=_("people")),
            ],
        )
    )


def key_of(month: Month) -> list[tuple[float, float, str]]:
    """The scale drawn on the map: latitude, people and their words; three widths, and a circle where there are any."""
    top = _round_down(month.most_moving)
    rows = [
        (latitude, people, _("{people} a month").format(people=rounded(people)))
        for latitude, people in zip(KEY_ROWS[:3], (top / 10, top / 2, top), strict=True)
    ]
    if month.circles != NOWHERE:
        people = _round_down(month.most_waiting)
        rows.append((KEY_ROWS[3], people, _("{people} in a place").format(people=rounded(people))))
    return rows


def _round_down(value: float) -> float:
    """The next 1, 2 or 5 with zeros below a number."""
    unit = 10.0 ** floor(log10(max(value, 1.0)))
    return max(step for step in (1, 2, 5) if step * unit <= max(value, 1.0)) * unit


def _key_shapes(month: Month) -> list[Feature]:
    features = []
    for latitude, people, _said in key_of(month):
        if latitude == KEY_ROWS[3]:
            features.append(circle((latitude, (KEY_WEST + KEY_EAST) / 2), radius(month, people), {}))
        else:
            width = WIDEST * people / month.most_moving
            features.append(
                ribbon((latitude, KEY_WEST), (latitude, KEY_EAST), 0, width, broken=False, about={})
            )
    return features


def _names(side: str) -> list[dict[str, Any]]:
    """Names on one side of their places."""
    known = {place.id: place for place in corridor.load_geography().places}
    found = []
    for name, (text, aside) in NAMED.items():
        if (aside > 0) == (side == "left"):
            latitude, longitude = flows.at(known[name])
            found.append({"latitude": latitude, "longitude": longitude + aside, "text": _(text)})
    return found


def _words(palette: Palette) -> list[alt.Chart]:
    """Names of places, where there is room for them, and words of the scale."""
    ink, halo = {"color": palette.ink}, {"color": palette.land, "stroke": palette.land, "strokeWidth": 3}
    names = [
        _text(f"names {side}", side, "width < 380 ? 0 : width < 600 ? 9 : 11", look)
        for side in SIDES
        for look in (halo, ink)
    ]
    return [_text("key words", "left", "max(10, min(12, width / 60))", ink), *names]


def _text(name: str, align: Any, size: str, look: dict[str, Any]) -> alt.Chart:
    return (
        _shapes(name)
        .mark_text(align=align, baseline="middle", fontSize=alt.ExprRef(size), **look)
        .encode(longitude="longitude:Q", latitude="latitude:Q", text="text:N")
    )
