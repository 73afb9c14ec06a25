"""The name that the package had in 0.1.0. `import model` says what to write now; gone in the release after 0.2.

Many people have a `model` of their own. Theirs is taken wherever it lies: in their folder, which comes first on the
path; or behind this file (a folder without `__init__.py`, a project installed to be edited), for which this file
steps aside.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

WORDS = (
    "Corridor's package is called `corridor` since 0.2: write `import corridor` in place of `import model`, and "
    "`python -m corridor` in place of `python -m model`. Public names are the same; the change log has the others."
)
HERE = Path(__file__).resolve().parent


def find_other():
    """Where another `model` is found, or None; the folder `model/` of a clone of Corridor is not one."""
    spec = PathFinder.find_spec("model", [entry for entry in sys.path if Path(entry).resolve() != HERE])
    folders = list(spec.submodule_search_locations or ()) if spec else []
    ours = (
        spec is not None and spec.origin is None and {Path(folder).resolve() for folder in folders} <= {HERE}
    )
    return None if ours else spec


if __name__ == "__main__":
    sys.exit(WORDS)
other = find_other()
if other is None:
    raise ImportError(WORDS, name="model")
sys.modules[__name__] = module_from_spec(other)
if other.loader is not None:  # a folder without `__init__.py` has nothing to run
    other.loader.exec_module(sys.modules[__name__])
