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
HERE = Path(__file__).resolve()


def is_ours(file):
    """Whether a file is this one, or a copy of it: a clone that is installed has two."""
    return file.is_file() and file.read_bytes() == HERE.read_bytes()


def find_other():
    """Where another `model` is found, or None; the folder `model/` of a clone of Corridor is not one."""
    path = [entry for entry in sys.path if not is_ours(Path(entry) / HERE.name)]
    spec = PathFinder.find_spec("model", path)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    clones = (
        spec is not None and spec.origin is None and all(is_ours(Path(each) / HERE.name) for each in folders)
    )
    return None if clones else spec


if __name__ == "__main__":
    sys.exit(WORDS)
other = find_other()
if other is None:
    raise ImportError(WORDS, name="model")
sys.modules[__name__] = module_from_spec(other)
if other.loader is not None:  # a folder without `__init__.py` has nothing to run
    other.loader.exec_module(sys.modules[__name__])
