from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corridor
from corridor.inputs.registries import retired
from corridor_app.choices.changes import MOST_ENTRIES, PROFILES, Entry
from corridor_app.choices.controls import (
    AT,
    BETWEEN,
    CONTROLS,
    find_control,
    levers_by_group,
    make_key,
    member_options,
)
from corridor_app.choices.links import (
    LONGEST,
    read_entries,
    read_moves,
    read_version,
    write_entries,
    write_moves,
)


@st.composite
def controls(draw):
    name = draw(st.sampled_from(list(corridor.LEVERS)))
    lever = corridor.LEVERS[name]
    if lever.domain is None:
        return find_control(name)
    members = draw(st.lists(st.sampled_from(lever.members), unique=True))
    pooled = lever.pooled and len(members) > 1 and draw(st.booleans())
    return find_control(make_key(name, members, pooled=pooled))


def values(control):
    numbers = st.floats(control.low, control.high).map(lambda value: round(value, 6))
    return st.one_of(numbers, st.just(float("inf"))) if control.unlimited else numbers


@st.composite
def entries(draw):
    control = draw(controls())
    profile = draw(st.sampled_from(PROFILES))
    start = draw(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    end = start + timedelta(days=draw(st.integers(0, 1_000)))
    ends = profile != "step" or draw(st.booleans())
    return Entry(start, control.key, profile, end if ends else None, draw(values(control)))


@given(st.lists(entries(), max_size=MOST_ENTRIES, unique=True))
def test_a_timeline_comes_back_from_a_link_as_it_was(made):
    text = write_entries(made)
    if len(text) <= LONGEST:
        assert read_entries(text) == (tuple(made), [])


@given(st.lists(controls(), max_size=MOST_ENTRIES), st.data())
def test_levers_moved_come_back_from_a_link_as_they_were(chosen, data):
    moved = {control.key: data.draw(values(control)) for control in chosen}
    text = write_moves(moved)
    if len(text) <= LONGEST:
        assert read_moves(text) == (moved, [])


@given(st.text() | st.text(alphabet=":;@~-.0123456789adeglmnprstu_", max_size=200))
def test_any_text_is_read_or_left_out(text):
    moved, unread = read_moves(text)
    assert all(find_control(key).accepts(value) for key, value in moved.items())
    dated, unclear = read_entries(text)
    assert all(find_control(each.control).accepts(each.value) for each in dated)
    if text.strip(";"):
        assert unread or moved
        assert unclear or dated


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("panama.wall:step:2023-01-01::1", "no lever of this name"),
        ("panama.darien_gate@Cuba:step:2023-01-01::1", "one value, for everyone"),
        ("us.mpp_share@Atlantis:step:2023-01-01::1", "no such member"),
        ("us.mpp_share@Cuba~Cuba:step:2023-01-01::1", "named twice"),
        ("us.mpp_share@pool~Cuba~Haiti:step:2023-01-01::1", "cannot share one cap"),
        ("us.mpp_share@:step:2023-01-01::1", "no such member"),
        ("panama.darien_gate:series:2023-01-01::1", "a step, a ramp or a pulse"),
        ("panama.darien_gate:ramp:2023-01-01::1", "need a last day"),
        ("panama.darien_gate:step:20230101::1", "a day is written as"),
        ("panama.darien_gate:step:2023-02-30::1", "a day is written as"),
        ("panama.darien_gate:step:2023-01-01::nan", "outside what its lever takes"),
        ("panama.darien_gate:step:2023-01-01::inf", "outside what its lever takes"),
        ("panama.darien_gate:step:2023-01-01::unlimited", "outside what its lever takes"),
        ("panama.darien_gate:step:2023-01-01::1.01", "outside what its lever takes"),
        ("panama.darien_gate:0.5", "lever, profile, first day, last day and value"),
        (";".join(f"panama.darien_gate:step:2023-01-01::0.{at}" for at in range(10, 32)), "more changes"),
        ("x" * (LONGEST + 1), "too long"),
    ],
)
def test_what_cannot_be_read_of_a_timeline_is_told_and_bounded(text, why):
    made, unread = read_entries(text)
    assert len(unread) == 1
    assert why in unread[0]
    assert len(made) == (MOST_ENTRIES if why == "more changes" else 0)


def test_a_good_part_of_a_link_is_kept_beside_a_bad_one():
    made, unread = read_entries("nonsense;panama.darien_gate:pulse:2023-01-01:2023-02-01:0.25")
    assert made == (Entry(date(2023, 1, 1), "panama.darien_gate", "pulse", date(2023, 2, 1), 0.25),)
    assert len(unread) == 1


def test_versions_of_links_are_known_to_the_second():
    assert [read_version(text) for text in ("1", "2")] == [1, 2]
    for text in ("3", "0", "²", "", "two"):
        with pytest.raises(ValueError, match="version"):
            read_version(text)


def test_every_lever_can_be_picked_and_starts_within_its_range():
    listed = [name for names in levers_by_group().values() for name in names]
    by_hand = {control.lever for control in CONTROLS.values() if not control.members}
    assert sorted([*listed, *by_hand]) == sorted(corridor.LEVERS)
    assert len(listed) == len(set(listed))
    history = corridor.resolve(corridor.load_scenario("history"))
    for name in listed:
        control = find_control(name)
        lever = corridor.LEVERS[name]
        finite = [value for value in history.levers[name].values.flat if value < float("inf")]
        assert lever.low == control.low < control.top <= control.high == lever.high
        assert max(finite, default=0) <= control.top
        assert 10 <= (control.top - control.low) / control.step <= 1_000


def test_the_same_members_in_another_order_are_the_same_control():
    first = find_control("us.removal_flights_weekly@Cuba~Venezuela")
    assert first is not None
    assert first.key == "us.removal_flights_weekly@Venezuela~Cuba"
    every = f"us.mpp_share{AT}{BETWEEN.join(member_options('us.mpp_share'))}"
    assert find_control(every).key == "us.mpp_share"


def test_the_four_sliders_are_found_by_lever_and_members_too():
    found = [
        find_control("mexico.enforcement_funding"),
        find_control("mexico.return_acceptance_monthly@pool~Cuba~Haiti~Nicaragua~Venezuela"),
        find_control("us.return_use_share@Cuba~Haiti~Nicaragua~Venezuela"),
        find_control("panama.deportee_acceptance_monthly@Venezuela"),
    ]
    assert [control.key for control in found] == ["funding", "pledge", "use", "panama"]
    assert find_control("us.return_use_share@Cuba").key != "use"


def test_a_nationality_stands_for_all_its_parties():
    control = find_control("us.title_42_share@Venezuela")
    members = corridor.LEVERS["us.title_42_share"].members
    assert [members[column] for column in control.columns] == [
        "Venezuela/single_adult",
        "Venezuela/family_unit",
        "Venezuela/unaccompanied_child",
    ]
    with pytest.raises(ValueError, match="named twice"):
        find_control("us.title_42_share@Venezuela~Venezuela/family_unit")


def test_a_retired_name_of_a_link_is_read_as_the_one_to_write_now(monkeypatch):
    rows = (
        {"kind": "lever", "name": "panama.gate", "since": "0.3.0", "write": "panama.darien_gate"},
        {"kind": "lever", "name": "mexico.effort", "since": "0.3.0", "say": "it is three levers now"},
        {"kind": "place", "name": "Venezuelans", "since": "0.3.0", "write": "Venezuela"},
    )
    monkeypatch.setattr(retired, "RETIRED", retired.read_retired(rows))
    moves, unread = read_moves("panama.gate:0.5;us.removal_flights_weekly@Venezuelans~Cuba:3;mexico.effort:1")
    assert moves == {"panama.darien_gate": 0.5, "us.removal_flights_weekly@Venezuela~Cuba": 3.0}
    assert unread == ["retired in 0.3.0: it is three levers now"]


def test_a_link_with_contention_is_told_what_to_write_and_the_rest_of_it_is_read():
    moves, unread = read_moves("mexico.contention@tapachula:0.9;mexico.stops@tapachula:1.5")
    assert moves == {"mexico.stops@tapachula": 1.5}
    (said,) = unread
    assert "retired in 0.3.0" in said and "mexico.stops (a multiple of the stops on record)" in said
    entries, unread = read_entries("mexico.contention@tapachula:pulse:2023-07-01:2023-08-01:1")
    assert not entries and len(unread) == 1
