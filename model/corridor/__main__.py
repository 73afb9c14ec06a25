"""`python -m corridor` is the command `corridor`.

Python puts the current folder first on the path before it runs this file: it is taken away again, so that a file
there (`numpy.py`) is not taken for a package. Modules that Python imported until then it may have taken from that
folder; `python -P -m corridor`, and the command `corridor`, never look there.
"""

import sys
from pathlib import Path

HERE = Path.cwd()
HOME = (
    Path(__file__).resolve().parents[1]
)  # where this package lies: if that is here, it may be found nowhere else

if not sys.flags.safe_path and Path(sys.path[0]).resolve() == HERE != HOME:
    del sys.path[0]

from corridor.cli import main  # noqa: E402  (what it imports is looked for on the path)

if __name__ == "__main__":
    main()
