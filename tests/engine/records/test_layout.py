"""The records: their sizes, and names that plain Python reads as compiled code does."""

import numpy as np
import pytest

from corridor.engine.records import codes, layout
from tests.for_all import for_all

LAYOUTS = {
    name: value
    for name, value in vars(layout).items()
    if isinstance(value, np.dtype) and value.names is not None
}


@for_all("name", LAYOUTS)
def test_no_field_bears_the_name_of_an_attribute_of_a_record(name):
    # Plain Python would read the attribute, compiled code the field.
    assert not set(LAYOUTS[name].names) & set(dir(np.record))


def test_a_person_is_32_bytes_a_chunk_2048_and_a_world_fits_the_cache():
    assert layout.PERSON.itemsize == 32
    assert layout.CHUNK.itemsize == 2048
    # A party touches one row of the circles, and a seventh of them is read on a day: they count apart.
    circles = layout.CIRCLE.itemsize * layout.CIRCLES
    assert layout.WORLD.itemsize - circles < 256 * 1024
    assert circles < 208 * 1024


@pytest.mark.parametrize(
    "group",
    [value for name, value in vars(codes).items() if isinstance(value, tuple) and hasattr(value, "_fields")],
)
def test_codes_of_a_group_are_different(group):
    assert len(set(group)) == len(group)


def test_exits_fit_into_a_place():
    for names in codes.EXIT_NAMES.values():
        assert max(names.values()) < layout.EXITS
        assert len(set(names.values())) == len(names)
    assert codes.Wait.CROSS_FIRST + layout.SECTORS_PER_CITY <= codes.Wait.ADMITTED


def test_no_place_has_the_code_that_means_where_one_came_from():
    assert layout.PLACES <= layout.REMEMBERED
