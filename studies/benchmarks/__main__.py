"""Measure and write docs/performance.md.

    python -m studies.benchmarks                 everything, at full size (about forty minutes)
    python -m studies.benchmarks --quick         everything, at toy sizes, to see that it works; writes no page
    python -m studies.benchmarks growth pairing  some; the page keeps what was measured before for the others

Each benchmark runs in a process of its own and leaves its section in results/benchmarks/.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from studies.benchmarks.measuring import machine
from studies.benchmarks.page import table, write_page
from tests import bound

NAMES = (
    "full_scale",
    "growth",
    "mesa_daily",
    "peer_flee",
    "jobs",
    "start_up",
    "pairing",
    "where_time_goes",
    "batches",
    "visits",
)
FOLDER = Path("results") / "benchmarks"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies.benchmarks", description="Measure Corridor.")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="name", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="toy sizes; no page")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    names = asked.names or NAMES
    if asked.here:
        print(json.dumps(import_module(f"studies.benchmarks.{names[0]}").measure(asked.quick).finished()))
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Compile once before: a process that compiles is slower and larger than those that come after it.
    code = "from studies.benchmarks.measuring import load_compiled_code; load_compiled_code()"
    bound.run([sys.executable, "-c", code], check=True)
    for name in names:
        command = [
            sys.executable,
            "-m",
            "studies.benchmarks",
            name,
            "--here",
            *(["--quick"] if asked.quick else []),
        ]
        done = bound.run(command, check=True, stdout=subprocess.PIPE, text=True)
        section = json.loads(done.stdout.splitlines()[-1])
        print(f"\n{section['title']} (load {section['load'][0]:.1f} to {section['load'][1]:.1f})")
        print(table(section["head"], section["rows"]))
        print("\n".join(section["notes"]))
        for row in section["targets"]:
            print("target:", " | ".join(row))
        if not asked.quick:
            section["machine"] = machine()
            (FOLDER / f"{name}.json").write_text(json.dumps(section, indent=1))
    if not asked.quick:
        files = [FOLDER / f"{name}.json" for name in NAMES]
        write_page([json.loads(file.read_text()) for file in files if file.exists()])


if __name__ == "__main__":
    main()
