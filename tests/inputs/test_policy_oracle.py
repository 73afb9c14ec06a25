"""The algebra against an independent statement of its rules, one member and one day at a time."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.scenario import Scenario
from corridor.inputs.scenarios.scenario_files import load_scenario

PLACES = "mexico.shelter_places"
FIRST = date(2023, 1, 1)
CITIES = LEVERS[PLACES].members[:3]
SHORT_RUN = 40


def oracle(layers, layer, member, day, before=None):
    """The value of a member on a day, one day at a time: an independent statement of the rules.

    `layers` is a list of lists of interventions; `before` limits the topmost layer to earlier starts.
    """
    if layer < 0:
        return LEVERS[PLACES].default[member]
    owners = [
        entry
        for entry in layers[layer]
        if member in entry["for"]
        and not entry.get("cancelled")
        and entry["start"] <= day <= entry.get("end", date.max)
        and (before is None or entry["start"] < before)
    ]
    if not owners:
        return oracle(layers, layer - 1, member, day)
    owner = max(owners, key=lambda entry: entry["start"])
    in_force = oracle(layers, layer, member, owner["start"], before=owner["start"])
    if owner["profile"] == "ramp":
        done = (day - owner["start"]).days / (owner["end"] - owner["start"]).days
        return in_force + done * (owner["to"] - in_force)
    if owner["profile"] == "series":
        passed = [date_ for date_ in owner["values"] if date_ <= day]
        return owner["values"][max(passed)] if passed else in_force
    return owner["to"]


@st.composite
def interventions(draw, prefix):
    starts = draw(st.lists(st.integers(0, SHORT_RUN - 1), max_size=5, unique=True))
    entries = []
    for number, start in enumerate(starts):
        profile = draw(st.sampled_from(["step", "pulse", "ramp", "series"]))
        length = draw(st.integers(1, 20))
        entry = {
            "id": f"{prefix}-{number}",
            "lever": PLACES,
            "for": draw(st.lists(st.sampled_from(CITIES), min_size=1, max_size=3, unique=True)),
            "profile": profile,
            "start": FIRST + timedelta(days=start),
        }
        if profile in ("pulse", "ramp") or draw(st.booleans()):
            entry["end"] = entry["start"] + timedelta(days=length)
        if profile == "series":
            offsets = draw(st.lists(st.integers(0, length), min_size=1, max_size=3, unique=True))
            entry["values"] = {
                entry["start"] + timedelta(days=offset): draw(st.integers(0, 100)) for offset in offsets
            }
        else:
            entry["to"] = draw(st.integers(0, 100))
        if draw(st.integers(0, 4)) == 0:
            entry["announced"] = entry["cancelled"] = entry["start"]
        entries.append(entry)
    return entries


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_member_and_day_has_the_value_that_the_rules_give_it(data):
    layers = [data.draw(interventions(prefix)) for prefix in ("root", "child", "grandchild")]
    inherited = [entry["id"] for entry in layers[0]]
    removed = data.draw(st.lists(st.sampled_from(inherited), unique=True)) if inherited else []
    last = FIRST + timedelta(days=SHORT_RUN - 1)
    with tempfile.TemporaryDirectory() as path:
        for name, extends, entries in zip(
            ("root", "child", "grandchild"), (None, "root", "child"), layers, strict=True
        ):
            own = {"period": {"start": FIRST, "end": last}} if extends is None else {"extends": extends}
            if name == "grandchild":
                own["remove"] = removed
            made = Scenario.model_validate({"name": name, "interventions": entries, **own})
            Path(path, f"{name}.yaml").write_text(made.to_yaml())
        parent, policy = (resolve(load_scenario(name, [path])) for name in ("child", "grandchild"))

    kept = [[entry for entry in layers[0] if entry["id"] not in removed], *layers[1:]]
    expected = [
        [oracle(kept, 2, city, FIRST + timedelta(days=day)) for city in CITIES] for day in range(SHORT_RUN)
    ]
    found = policy.levers[PLACES].values[:, : len(CITIES)]
    assert np.allclose(found, expected, rtol=0, atol=1e-9)
    same = slice(0, policy.diverges_on)
    assert np.array_equal(found[same], parent.levers[PLACES].values[same, : len(CITIES)])
    changed = [day for day in range(1, SHORT_RUN) if (found[day] != found[day - 1]).any()]
    assert policy.levers[PLACES].change_days(CITIES).tolist() == changed
