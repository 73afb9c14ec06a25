"""One test of many cases: all are tried, and the failure names every one that is wrong."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest

Case = tuple[Any, ...]


def for_all(names: str | tuple[str, ...], cases: Iterable, *, ids: Callable | Iterable | None = None):
    """Call a test for all cases in turn, as one test; written as `pytest.mark.parametrize` is.

    A thousand cheap checks as a thousand tests cost more in the runner than in the checks.

    Parameters
    ----------
    names
        Of the arguments that a case gives; the others are fixtures, the same for all cases.
    ids
        What a case is called in the failure: a function of its only value, or a word for each.
    """
    listed = list(cases)
    arguments = tuple(each.strip() for each in names.split(",")) if isinstance(names, str) else names
    values = [case if len(arguments) > 1 else (case,) for case in listed]
    words = [*map(ids, listed)] if callable(ids) else [*map(str, ids if ids is not None else listed)]
    assert listed, "a test without a case proves nothing"

    def decorate(check: Callable) -> Callable:
        @wraps(check)
        def test(**fixtures):
            wrong = []
            for word, case in zip(words, values, strict=True):
                try:
                    check(**dict(zip(arguments, case, strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as error:
                    wrong.append(f"{word[:200]}: {type(error).__name__}: {error}")
            assert not wrong, f"{len(wrong)} of {len(values)} are wrong:\n" + "\n\n".join(wrong)

        fixtures = inspect.signature(check).parameters
        kept = [each for name, each in fixtures.items() if name not in arguments]
        test.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
        del test.__wrapped__  # type: ignore[attr-defined]
        return test

    return decorate
