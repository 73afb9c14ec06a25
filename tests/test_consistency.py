"""Rules that span files: those checked when a scenario is loaded, and those that must read the code."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import corridor
from corridor.foundations.errors import InputError, Problem
from corridor.inputs import consistency
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.reading.registry import read_data_file
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import load_nationalities
from corridor.inputs.registries.observed import observed_rows
from corridor.inputs.registries.places import visa_lever

PACKAGE = Path(corridor.__file__).parent
READERS = ("engine", "inputs/compiling", "inputs/registries", "experiments")
SHORTEST = 6
"""Letters of its own that a name put together in the code must have, so that it stands for few."""


@cache
def names_in_code() -> tuple[frozenset[str], tuple[re.Pattern, ...]]:
    """Texts of the code that reads levers and parameters, and patterns of texts that it puts together."""
    texts, patterns = set(), []
    for file in sorted(file for room in READERS for file in (PACKAGE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if sum(len(part) for part in parts if part) >= SHORTEST:
                    patterns.append(
                        re.compile("".join(r"\w+" if part is None else re.escape(part) for part in parts))
                    )
    return frozenset(texts), tuple(patterns)


@cache
def names_in_places() -> set[str]:
    """Names that rows of places.yaml give: parameters of days and routes, levers that open or close a route."""
    rows = [row for section in read_data_file("places.yaml").values() for row in section]
    fields = ("days", "detection_factor", "gives_up", "parameter", "pull", "opened_by")
    visas = {visa_lever(row["lands_in"]) for row in rows if "lands_in" in row}
    return visas | {str(row[field]) for row in rows for field in fields if field in row}


def is_read(name: str) -> bool:
    texts, patterns = names_in_code()
    return name in texts or name in names_in_places() or any(pattern.fullmatch(name) for pattern in patterns)


def test_the_shipped_data_break_no_rule():
    consistency.check_consistency()


def test_every_lever_is_read_by_something():
    programmes = {nation.worker_programme for nation in load_nationalities().values()}
    unread = [
        name
        for name, lever in LEVERS.items()
        if not is_read(name) and name not in programmes and lever.copied_to is None
    ]
    assert unread == []
    assert not is_read("panama.darien_patrols")


def test_every_parameter_is_used_by_something():
    assert [name for name in load_parameters() if not is_read(name)] == []
    assert not is_read("crossing_rat")


def test_every_published_nationality_has_the_name_by_which_its_publisher_calls_it():
    published = {(row[6], row[3]) for row in observed_rows()} - {(row[6], "all") for row in observed_rows()}
    nations = load_nationalities()
    assert [pair for pair in sorted(published) if not nations[pair[1]].published_as.get(pair[0])] == []


def test_all_problems_come_at_once_even_if_what_a_rule_rests_on_cannot_be_read(monkeypatch):
    def cannot_read():
        raise InputError([Problem("a.yaml", 3, 1, "", "is broken")])

    rules = (lambda: [Problem("b.yaml", 1, 1, "", "is wrong")], cannot_read, lambda: [])
    monkeypatch.setattr(consistency, "RULES", rules)
    with pytest.raises(InputError) as caught:
        consistency.check_consistency.__wrapped__()
    assert [str(problem) for problem in caught.value.problems] == [
        "a.yaml:3:1: is broken",
        "b.yaml:1:1: is wrong",
    ]


@pytest.mark.parametrize(
    ("rule", "file", "old", "new", "said"),
    [
        (
            consistency.nationalities_own_their_values,
            "parameters.yaml",
            "  over: nationality\n  shared: 0.34\n",
            "  values: {Cuba: 0.6, default: 1.0}\n",
            "family_share: a value by nationality stands in the files of nationalities/",
        ),
        (
            consistency.places_name_parameters_that_exist,
            "places.yaml",
            "gives_up: sent_back_give_up\n",
            "gives_up: sent_back_gives_up\n",
            "sent_back: no parameter 'sent_back_gives_up'; did you mean 'sent_back_give_up'?",
        ),
        (
            consistency.levers_name_members_that_exist,
            "levers.yaml",
            "[[returns_to_mexico, +, Ecuador]",
            "[[returns_to_mexico, +, Equador]",
            "us.mpp_share has no member 'Equador'; did you mean 'Ecuador'?",
        ),
    ],
)
def test_a_rule_names_what_breaks_it_with_its_line(monkeypatch, rule, file, old, new, said):
    text = (PACKAGE / "data" / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    changed = text.replace(old, new)
    monkeypatch.setattr(consistency, "read_data_text", lambda name: changed)
    monkeypatch.setattr(
        consistency,
        "read_data_file",
        lambda name: YAML(typ="safe").load(changed) if name == file else read_data_file(name),
    )
    (problem,) = rule()
    assert said in problem.message
    assert problem.file.endswith(file)
    assert new.strip().split("\n")[0][:12] in changed.split("\n")[problem.line - 1]
