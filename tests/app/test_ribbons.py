"""Shapes of the map: widths to scale, arrows at the end, rings the way round that fills the inside."""

import numpy as np
import pytest

from corridor_app.map.ribbons import THINNEST, circle, project, ribbon

MEXICO_CITY, JUAREZ = (19.43, -99.13), (31.69, -106.42)


def rings(feature):
    return [np.array(polygon[0])[:, ::-1] for polygon in feature["geometry"]["coordinates"]]


def area(ring):
    """Signed area in the plane of the map; clockwise is negative."""
    x, y = project(ring).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


@pytest.mark.parametrize("bend", [-0.2, 0.0, 0.3])
@pytest.mark.parametrize("broken", [True, False])
def test_rings_are_closed_and_run_clockwise(bend, broken):
    for ring in rings(ribbon(MEXICO_CITY, JUAREZ, bend, 0.01, broken=broken, about={})):
        assert (ring[0] == ring[-1]).all()
        assert area(ring) < 0


def test_the_area_of_a_line_is_its_length_times_its_width():
    length = float(np.hypot(*np.diff(project(np.array([MEXICO_CITY, JUAREZ])), axis=0)[0]))
    for width in (0.004, 0.016):
        body, head = rings(ribbon(MEXICO_CITY, JUAREZ, 0.0, width, broken=False, about={}))
        assert -area(body) == pytest.approx(width * (length - max(width, 0.0115)), rel=0.02)
        assert 0 < -area(head) < width * length


def test_the_arrow_ends_where_the_line_leads():
    *_body, head = rings(ribbon(MEXICO_CITY, JUAREZ, 0.1, 0.01, broken=False, about={}))
    assert np.hypot(*(head - np.array(JUAREZ)).T).min() < 0.01


def test_a_line_back_is_broken_and_one_of_few_people_is_as_thin_as_one_can_see():
    whole, broken = (
        rings(ribbon(MEXICO_CITY, JUAREZ, 0.0, 1e-6, broken=each, about={})) for each in (False, True)
    )
    assert len(whole) == 2
    assert len(broken) > 6
    length = float(np.hypot(*np.diff(project(np.array([MEXICO_CITY, JUAREZ])), axis=0)[0]))
    assert -area(whole[0]) == pytest.approx(THINNEST * length, rel=0.1)


def test_the_area_of_a_circle_grows_with_the_square_of_its_radius():
    small, large = (-area(rings(circle(MEXICO_CITY, radius, {}))[0]) for radius in (0.01, 0.02))
    assert large / small == pytest.approx(4, rel=0.02)
