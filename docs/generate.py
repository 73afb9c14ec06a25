"""Write everything that is generated: `make generate`, or `python docs/generate.py [--no-examples]`.

The pages of docs/reference, the list of coverage in docs/evidence.md, the JSON Schema of scenario files, the app's
texts in other languages, and what the examples of pages print (docs/examples.py; this takes minutes, and
`--no-examples` leaves it out). Run it after a change of model/corridor/data, of the command line, of the format of
scenarios, of a public docstring, or of results; tests fail while something is stale. What it writes is not written by
hand, so it cannot contradict the model. Pages that studies write (validation, hindcast, performance and others) take
much longer and have targets of their own: `make help`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from corridor.inputs.scenarios.schema import scenario_schema
from corridor_app import catalogue

DOCS = Path(__file__).parent
FOLDER = DOCS / "reference"
sys.path[:0] = [
    str(DOCS),
    str(FOLDER),
]  # so that `examples` and `generators` are found however this file is run

import examples  # noqa: E402
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


def schema_text() -> str:
    """The JSON Schema of a scenario file, as it lies beside the scenarios."""
    return json.dumps(scenario_schema(), indent=0) + "\n"  # an editor reads it, and spaces are a fifth of it


PAGES = {
    "../../scenarios/scenario.schema.json": schema_text,
    "../evidence.md": coverage.evidence_page,
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
    parser = argparse.ArgumentParser(prog="python docs/generate.py", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--no-examples", action="store_true", help="leave out what the examples of pages print"
    )
    no_examples = parser.parse_args().no_examples
    written = []
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    for path in [*written, *catalogue.refresh()]:
        sys.stdout.write(f"{os.path.relpath(path, DOCS)}\n")
    if not no_examples:
        examples.main([])


if __name__ == "__main__":
    main()
