"""Names of earlier releases: refusals say what to write now, `validate --upgrade` writes it."""

import pytest

import corridor
from corridor.inputs.registries import retired
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.retired import RETIRED, name_hint, read_retired
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.scenarios.upgrade import upgrade_text

ROWS = (
    {"kind": "lever", "name": "panama.gate", "since": "0.3.0", "write": "panama.darien_gate"},
    {
        "kind": "lever",
        "name": "mexico.effort",
        "since": "0.3.0",
        "say": "it is three levers now, see the change log",
    },
    {"kind": "parameter", "name": "rate_of_crossing", "since": "0.3.0", "write": "crossing_rate"},
    {"kind": "scenario", "name": "past", "since": "0.3.0", "write": "history"},
    {"kind": "field", "name": "run.scale", "since": "0.3.0", "write": "run.people_per_agent"},
    {"kind": "field", "name": "interventions.until", "since": "0.3.0", "write": "interventions.end"},
)
OLD = """\
# What I tried in March.
name: mine
title: 'The gate: panama.gate, half'   # a title is no name
extends: past

interventions:
  # the gate
  - {id: gate, lever: panama.gate, start: 2023-07-01, until: 2023-08-01, to: 0.5, source: a test}
  - id: again
    lever: "panama.gate"     # in quotes
    start: 2023-10-01
    to: 0.50
    source: a test
run: {replicates: 2, scale: 1000}
overrides:
  rate_of_crossing: 0.6
"""


@pytest.fixture
def old_names(monkeypatch):
    monkeypatch.setattr(retired, "RETIRED", read_retired(ROWS))


def test_a_retired_name_is_refused_with_its_line_and_what_to_write_now(old_names):
    with pytest.raises(corridor.InputError) as found:
        corridor.parse_scenario(OLD, "mine.yaml")
    said = str(found.value)
    for line, words in (
        ("mine.yaml:4:10", "'past', retired in 0.3.0: write 'history'"),
        ("mine.yaml:8:23", "'panama.gate', retired in 0.3.0: write 'panama.darien_gate'"),
        ("mine.yaml:8:55", "'until', retired in 0.3.0: write 'interventions.end'"),
        ("mine.yaml:14:", "'scale', retired in 0.3.0: write 'run.people_per_agent'"),
        ("mine.yaml:16:", "'rate_of_crossing', retired in 0.3.0: write 'crossing_rate'"),
    ):
        assert any(each.startswith(line) and words in each for each in said.splitlines()), (line, said)
    with pytest.raises(corridor.InputError, match="write 'history'"):
        corridor.load_scenario("past")


def test_a_file_is_rewritten_in_place_and_nothing_else_of_it_changes(old_names, run_command, tmp_path):
    file = tmp_path / "mine.yaml"
    for mark, end in (("", "\n"), ("\ufeff", "\r\n")):
        file.write_bytes((mark + OLD).replace("\n", end).encode())
        file.chmod(0o640)
        code, out, err = run_command("validate", "--upgrade", file)
        assert (code, err) == (0, "")
        assert f"{file}: line 8: panama.gate -> panama.darien_gate" in out
        assert f"{file}: line 14: scale -> people_per_agent" in out
        assert out.count(" -> ") == 6 and "mine is valid" in out
        wanted = OLD.replace("lever: panama.gate", "lever: panama.darien_gate").replace(
            '"panama.gate"', '"panama.darien_gate"'
        )
        for before, after in (("past", "history"), ("until:", "end:"), ("scale:", "people_per_agent:")):
            wanted = wanted.replace(before, after)
        wanted = wanted.replace("rate_of_crossing", "crossing_rate")
        assert file.read_bytes() == (mark + wanted).replace("\n", end).encode()
        assert file.stat().st_mode & 0o777 == 0o640
        assert [each.name for each in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_file_without_retired_names_is_not_touched(old_names, run_command, scenario_folder):
    file = scenario_folder / "gate.yaml"
    before = file.stat()
    code, out, _ = run_command("validate", "--upgrade", file)
    assert code == 0 and "nothing to upgrade" in out
    assert file.stat().st_ino == before.st_ino and file.stat().st_mtime_ns == before.st_mtime_ns


def test_where_only_words_can_say_it_every_place_is_named_and_no_file_is_changed(
    old_names, run_command, tmp_path
):
    ours, theirs = tmp_path / "a.yaml", tmp_path / "b.yaml"
    ours.write_text(OLD)
    theirs.write_text(OLD.replace("lever: panama.gate", "lever: mexico.effort"))
    code, _, err = run_command("validate", "--upgrade", ours, theirs)
    assert code == 2
    assert f"{theirs}:8:23: the lever 'mexico.effort' was retired in 0.3.0: it is three levers now" in err
    assert ours.read_text() == OLD
    code, _, err = run_command("validate", "--upgrade", "history")
    assert code == 2 and "give the path of one" in err


def test_a_row_that_says_nothing_or_both_or_is_of_no_kind_is_refused():
    for row, why in (
        ({"kind": "lever", "name": "a", "since": "0.3.0"}, "one of `write` and `say` is needed"),
        (
            {"kind": "lever", "name": "a", "since": "0.3.0", "write": "b", "say": "c"},
            "one of `write` and `say`",
        ),
        ({"kind": "leaver", "name": "a", "since": "0.3.0", "write": "b"}, "unknown kind 'leaver'"),
    ):
        with pytest.raises(corridor.InputError, match=why):
            read_retired([row])


def test_what_is_retired_is_no_name_of_this_release_and_what_to_write_is_one():
    known = {
        "lever": LEVERS,
        "shock": SHOCKS,
        "indicator": INDICATORS,
        "parameter": corridor.load_parameters().parameters,
        "scenario": corridor.scenario_names(),
    }
    wrong = [
        key
        for key, old in RETIRED.items()
        if old.kind in known
        and (old.name in known[old.kind] or (old.write is not None and old.write not in known[old.kind]))
    ]
    assert wrong == []


CONTENTION = """\
name: mine
title: Mexico holds people back
extends: history
interventions:
  - {id: a, lever: mexico.contention, for: [tapachula], start: 2023-07-01, to: 1}
overrides: {detection_probability: 0.5}
"""


@pytest.mark.parametrize("command", [("validate",), ("run", "--replicates", 1), ("batch",)])
def test_a_file_of_an_earlier_release_is_refused_at_the_front_door_with_what_to_write(
    run_command, tmp_path, command
):
    file, out = tmp_path / "mine.yaml", tmp_path / "out"
    file.write_text(CONTENTION)
    words = [command[0], file, *command[1:], *(() if command[0] == "validate" else ("--out", out))]
    code, _, said = run_command(*words)
    assert code == 2
    lines = said.splitlines()
    for place, wanted in (
        (
            f"{file}:5:20: ",
            "'mexico.contention', retired in 0.3.0: effort from 0 to 1 is what it does now: mexico.stops",
        ),
        (f"{file}:6:36: ", "'detection_probability', retired in 0.3.0: by nationality now: stop_chance"),
    ):
        assert any(place in line and wanted in line for line in lines), (place, said)
    assert not out.exists()
    code, _, said = run_command("validate", "--upgrade", file)
    assert code == 2 and f"{file}:5:20" in said and "mexico.sent_back_share" in said
    assert file.read_text() == CONTENTION


def test_every_lever_and_parameter_that_is_retired_is_refused_with_its_own_words():
    asked = 0
    for old in RETIRED.values():
        entry = {
            "lever": f"interventions: [{{id: a, lever: {old.name}, start: 2023-07-01, to: 1}}]",
            "parameter": f"overrides: {{{old.name}: 0.5}}",
        }.get(old.kind)
        if entry is None:
            continue
        asked += 1
        with pytest.raises(corridor.InputError) as found:
            corridor.parse_scenario(f"name: mine\nextends: history\n{entry}\n", "mine.yaml")
        words = f"write '{old.write}'" if old.write else old.say
        assert any(
            line.startswith("mine.yaml:3:") and words in line for line in str(found.value).splitlines()
        ), old
    assert asked >= 18


def test_a_name_that_no_release_knew_gets_the_nearest(old_names):
    assert name_hint("lever", "panama.darien_gat", LEVERS) == "; did you mean 'panama.darien_gate'?"
    assert upgrade_text("name: a\n") == ("name: a\n", ())
