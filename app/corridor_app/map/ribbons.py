"""Shapes of the map as GeoJSON: arcs with a width and an arrow, broken arcs, circles. No Streamlit here.

Sizes are in radians of the Mercator plane, so that they grow and shrink with the map: a scale drawn on the map is
right on every screen. Polygons run clockwise, as d3 wants them; the other way round fills the rest of the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Feature = dict[str, Any]

SAMPLES = 28
THINNEST = 0.0018
HEAD_LENGTH, HEAD_WIDTH = 1.0, 2.1  # of the width of the line
SMALLEST_HEAD = 0.0115
DASH, GAP = 0.0125, 0.0065
DECIMALS = 3


def project(points: np.ndarray) -> np.ndarray:
    """Latitude and longitude in degrees, float64[N, 2], to x and y of the Mercator plane, radians."""
    latitude, longitude = np.radians(points).T
    return np.column_stack([longitude, np.arctanh(np.sin(latitude))])


def ribbon(
    start: tuple[float, float],
    end: tuple[float, float],
    bend: float,
    width: float,
    *,
    broken: bool,
    about: Mapping[str, Any],
) -> Feature:
    """An arc from one place to another with an arrow at its end.

    Parameters
    ----------
    start, end
        Latitude and longitude, degrees.
    bend
        Height of the arc over its length, to the left of the way.
    width
        Radians of the Mercator plane; thinner lines than one can see are widened to `THINNEST`.
    broken
        Whether it is drawn in dashes.
    about
        Properties of the feature.
    """
    width = max(width, THINNEST)
    line = _arc(start, end, bend)
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    head = min(max(HEAD_LENGTH * width, SMALLEST_HEAD), 0.7 * along[-1])
    body = along[-1] - head
    cuts = _dashes(body, width) if broken else [(0.0, body)]
    rings = [_band(line, along, first, last, width) for first, last in cuts]
    rings.append(_head(line, along, body, max(HEAD_WIDTH * width, 0.85 * SMALLEST_HEAD)))
    return _polygons(rings, about)


def circle(place: tuple[float, float], radius: float, about: Mapping[str, Any]) -> Feature:
    """A circle around a place, of a radius in radians of the Mercator plane."""
    turn = np.linspace(0.0, 2 * np.pi, SAMPLES, endpoint=False)
    around = np.column_stack([np.cos(turn), np.sin(turn)]) * radius
    return _polygons([project(np.array([place]))[0] + around], about)


def path(points: Sequence[tuple[float, float]]) -> Feature:
    """A line without a width."""
    places = [[longitude, latitude] for latitude, longitude in points]
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": places}, "properties": {}}


def _arc(start: tuple[float, float], end: tuple[float, float], bend: float) -> np.ndarray:
    first, last = project(np.array([start, end]))
    chord = last - first
    over = (first + last) / 2 + 2 * bend * np.array([-chord[1], chord[0]])
    share = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    return (1 - share) ** 2 * first + 2 * share * (1 - share) * over + share**2 * last


def _dashes(length: float, width: float) -> list[tuple[float, float]]:
    """Where dashes begin and end, the last at the arrow; wide lines have longer dashes."""
    dash, gap = DASH + 0.6 * width, GAP + 0.15 * width
    count = max(1, round((length + gap) / (dash + gap)))
    period = (length + gap) / count
    return [(number * period, (number + 1) * period - gap) for number in range(count)]


def _band(line: np.ndarray, along: np.ndarray, first: float, last: float, width: float) -> np.ndarray:
    inner = along[(along > first) & (along < last)]
    middle = _points(line, along, np.concatenate([[first], inner, [last]]))
    aside = _normals(middle) * width / 2
    return np.concatenate([middle + aside, (middle - aside)[::-1]])


def _head(line: np.ndarray, along: np.ndarray, base: float, width: float) -> np.ndarray:
    foot, tip = _points(line, along, np.array([base, along[-1]]))
    aside = _normals(np.array([foot, tip]))[0] * width / 2
    return np.array([foot + aside, tip, foot - aside])


def _points(line: np.ndarray, along: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.column_stack([np.interp(wanted, along, line[:, axis]) for axis in (0, 1)])


def _normals(line: np.ndarray) -> np.ndarray:
    """Directions across a line, to its left, float64[N, 2]."""
    ahead = np.gradient(line, axis=0)
    ahead /= np.hypot(*ahead.T)[:, None]
    return np.column_stack([-ahead[:, 1], ahead[:, 0]])


def _polygons(rings: Sequence[np.ndarray], about: Mapping[str, Any]) -> Feature:
    coordinates = []
    for ring in rings:
        x, y = ring.T
        if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) > 0:
            ring = ring[::-1]
        degrees = np.degrees(np.column_stack([ring[:, 0], np.arcsin(np.tanh(ring[:, 1]))]))
        closed = np.concatenate([degrees, degrees[:1]]).round(DECIMALS)
        coordinates.append([closed.tolist()])
    geometry = {"type": "MultiPolygon", "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": dict(about)}
