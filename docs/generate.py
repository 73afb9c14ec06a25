"""Write what is made from the registries and the code: `python docs/generate.py`.

The pages of docs/reference, docs/coverage.md, the JSON Schema of scenario files, and the app's texts in other
languages. Run it after a change of model/corridor/data, of the command line, of the format of scenarios, or of a
public docstring; tests fail while something is stale. Nothing on those pages is written by hand, so nothing there can
contradict the model.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from corridor.inputs.scenarios.scenario_files import scenario_schema
from corridor_app import catalogue

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))  # so that `generators` is found however this file is run

from generators import (  # noqa: E402
    commands,
    coverage,
    indicators,
    levers,
    names,
    nationalities,
    parameters,
    places,
    shocks,
    sources,
)

FOLDER = DOCS / "reference"


def schema_text() -> str:
    """The JSON Schema of a scenario file, as it lies beside the scenarios."""
    return json.dumps(scenario_schema(), indent=1) + "\n"


PAGES = {
    "../../scenarios/scenario.schema.json": schema_text,
    "../coverage.md": coverage.coverage_page,
    "levers.md": levers.lever_page,
    "shocks.md": shocks.shock_page,
    "indicators.md": indicators.indicator_page,
    "parameters.md": parameters.parameter_page,
    "nationalities.md": nationalities.nationality_page,
    "places.md": places.place_page,
    "sources.md": sources.source_page,
    "commands.md": commands.command_page,
    "python.md": names.names_page,
}


def main() -> None:
    """Write the files that differ from what they should be, and name them."""
    FOLDER.mkdir(exist_ok=True)
    written = []
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    for path in [*written, *catalogue.refresh()]:
        sys.stdout.write(f"{os.path.relpath(path, DOCS)}\n")


if __name__ == "__main__":
    main()
