"""Random scenarios for Hypothesis: any lever, member, value in range and date; any shock."""

import json
from datetime import date, timedelta

from hypothesis import strategies as st

from corridor.inputs.registries.levers import LEVERS, UNLIMITED
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.scenarios.scenario_files import load_scenario

FIRST, LAST = date(2020, 7, 2), date(2023, 12, 20)


def levels(lever):
    """Any value that the lever takes, its ends more often than others."""
    plain = st.sampled_from([lever.low, lever.high]) | st.floats(lever.low, lever.high).map(
        lambda x: round(x, 3)
    )
    return plain | st.just(UNLIMITED) if lever.unlimited else plain


@st.composite
def interventions(draw, lever, first, last):
    """One movement of a lever, as the mapping that a file holds."""
    start = draw(st.dates(first, last))
    entry = {"id": lever.id.replace(".", "-"), "lever": lever.id, "start": start}
    if lever.domain:
        members = draw(st.lists(st.sampled_from(lever.members), min_size=1, max_size=4, unique=True))
        entry["for"] = members
        if lever.pooled and len(members) > 1:
            entry["pooled"] = draw(st.booleans())
    profiles = ["step", "pulse", "series"] + ["ramp"] * (not lever.unlimited)
    entry["profile"] = draw(st.sampled_from(profiles))
    if entry["profile"] == "ramp":
        entry.pop("pooled", None)
    lasts = timedelta(draw(st.integers(1, 200)))
    if entry["profile"] == "series":
        later = draw(st.lists(st.integers(1, 200), max_size=2, unique=True))
        days = [start, *(min(start + timedelta(days), LAST) for days in later)]
        entry["values"] = {day.isoformat(): draw(levels(lever)) for day in days}
    else:
        entry["to"] = draw(st.floats(lever.low, lever.high).map(lambda x: round(x, 3)) | levels(lever))
        if entry["profile"] != "step" or draw(st.booleans()):
            entry["end"] = start + lasts
    if draw(st.booleans()):
        entry["announced"] = max(first, start - timedelta(draw(st.integers(0, 90))))
        if draw(st.integers(0, 3)) == 0:
            entry["cancelled"] = start
    return entry


@st.composite
def shocks(draw, kind, first, last):
    """One shock, as the mapping that a file holds."""
    start = draw(st.dates(first, last))
    size = draw(
        st.floats(kind.low, min(kind.high, 8.0)) | st.just(kind.high)
        if kind.high > 10
        else st.floats(kind.low, min(kind.high, 3.0))
    )
    entry = {
        "id": f"shock-{kind.kind.replace('_', '-')}",
        "kind": kind.kind,
        "start": start,
        "size": round(size, 3),
    }
    if kind.domain:
        entry["for"] = draw(st.lists(st.sampled_from(kind.members), min_size=1, max_size=3, unique=True))
    if kind.places:
        entry["place"] = draw(st.sampled_from(kind.places))
    if not kind.lasts_one_night and draw(st.booleans()):
        entry["end"] = start + timedelta(draw(st.integers(0, 120)))
    return entry


@st.composite
def scenario_bodies(draw, *, first=FIRST, last=LAST, most=3, removes=True):
    """The text of a scenario below `extends: history`."""
    moved = draw(
        st.lists(st.sampled_from(list(LEVERS.values())), min_size=0, max_size=most, unique_by=lambda x: x.id)
    )
    struck = draw(st.lists(st.sampled_from(list(SHOCKS.values())), max_size=2, unique_by=lambda x: x.kind))
    body = {
        "interventions": [draw(interventions(lever, first, last)) for lever in moved],
        "shocks": [draw(shocks(kind, first, last)) for kind in struck],
    }
    if removes and draw(st.booleans()):
        body["remove"] = [draw(st.sampled_from(sorted(load_scenario("history").entries())))]
    return "".join(f"{name}: {json.dumps(part, default=str)}\n" for name, part in body.items() if part)
