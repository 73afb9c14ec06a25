"""The compiled functions of the engine as plain Python: the same source, run by the interpreter."""

import sys
from types import FunctionType

from numba.core.dispatcher import Dispatcher


def plain(function, **replaced):
    """The plain twin of a compiled function; everything compiled that it calls is plain too.

    Functions named in `replaced` are used instead of theirs, wherever they are called.
    """
    twins = {}

    def twin(compiled):
        source = compiled.py_func
        if source not in twins:
            scope = dict(vars(sys.modules[source.__module__]))
            twins[source] = FunctionType(source.__code__, scope, source.__name__, source.__defaults__)
            for name in source.__code__.co_names:
                if isinstance(scope.get(name), Dispatcher):
                    scope[name] = replaced.get(name) or twin(scope[name])
        return twins[source]

    return twin(function)
