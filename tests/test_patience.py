"""No test says how fast something is: a machine that does much else may be ten times slower than a quiet one."""

import ast
from pathlib import Path

from tests.for_all import for_all

TESTS = Path(__file__).parent
CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "time"}
WAITS = {"timeout", "default_timeout"}
A_POLL = 5
"""Seconds of one try of a loop that waits with patience."""

MEASURES = {
    "patience.py": "work as a multiple of counting",
    "visiting.py": "what `pytest -m study` prints of ten visitors",
    "fuzzing": "what `python -m tests.fuzzing` prints of its speed",
}


def files():
    names = (each.relative_to(TESTS) for each in TESTS.rglob("*.py"))
    return sorted(str(each) for each in names if str(each) not in MEASURES and each.parts[0] not in MEASURES)


def is_elapsed(node):
    """Whether this is a clock less an earlier reading of it."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and isinstance(node.left, ast.Call)
        and isinstance(node.left.func, ast.Attribute | ast.Name)
        and (node.left.func.attr if isinstance(node.left.func, ast.Attribute) else node.left.func.id)
        in CLOCKS
    )


def faults(source):
    """Lines that measure a time, or that wait for less than `PATIENCE`."""
    for node in ast.walk(ast.parse(source)):
        if is_elapsed(node):
            yield node.lineno
        for word in node.keywords if isinstance(node, ast.Call) else ():
            given = word.value.value if isinstance(word.value, ast.Constant) else None
            if word.arg in WAITS and isinstance(given, int | float) and given != A_POLL:
                yield node.lineno


@for_all("name", files())
def test_a_test_waits_with_patience_and_times_nothing(name):
    assert [*faults((TESTS / name).read_text())] == []


def test_a_test_that_times_something_or_is_in_a_hurry_is_found():
    assert [*faults("assert time.monotonic() - began < 1.0")]
    assert [*faults("page.run(timeout=30)")]
    assert not [*faults("page.run(timeout=PATIENCE)\nurlopen(address, timeout=5)")]
