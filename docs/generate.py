"""Write the pages of docs/reference and docs/coverage.md: `python docs/generate.py`.

Run it after a change of model/data, of the command line, or of a public docstring; tests/test_docs.py fails while a
page is stale. Nothing on those pages is written by hand, so nothing there can contradict the model.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))  # so that `generators` is found however this file is run

from generators import commands, coverage, indicators, levers, names, parameters, places, shocks, sources  # noqa: E402

FOLDER = DOCS / "reference"
PAGES = {
    "../coverage.md": coverage.coverage_page,
    "levers.md": levers.lever_page,
    "shocks.md": shocks.shock_page,
    "indicators.md": indicators.indicator_page,
    "parameters.md": parameters.parameter_page,
    "places.md": places.place_page,
    "sources.md": sources.source_page,
    "commands.md": commands.command_page,
    "python.md": names.names_page,
}


def main() -> None:
    """Write the pages that differ from what lies in the folder, and name them."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(DOCS)}\n")


if __name__ == "__main__":
    main()
