"""Whether the numbers depend on the Python or the Mesa that they are computed with; writes a part of docs/running.md.

    python -m studies.compatibility [PYTHON...] [--suites]

For each interpreter and each series of Mesa that it can have: an empty environment, the package and all that it needs
as constraints.txt says, `corridor run history --replicates 2` from an empty folder, and the bytes of its CSV beside
those of the first. With --suites also the tests of spec, foundations, engine, outputs and the command line.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from corridor.outputs.layout import names_of
from studies.parts import write_part
from tests import bound
from tests.copies import path_to

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "results" / "compatibility"
PAGE = ROOT / "docs" / "running.md"
MARKS = ("<!-- compatibility: written by studies/compatibility.py -->", "<!-- compatibility: end -->")
MESAS = {"3.3": "mesa>=3.3,<3.4", "3.5": "mesa>=3.5,<3.6"}
OUT = "out/history"
TABLES = tuple(name for stem in ("replicates", "summary") for name in names_of(stem, ["month"]))
SAID = "suites.txt"
SHOWN = ("mesa", "numpy", "numba", "scipy", "pandas", "pyarrow")
RUN = ("run", "history", "--replicates", "2")
TEST_TOOLS = (
    "pytest",
    "hypothesis",
    "pytest-xdist",
    "pytest-benchmark",
    "import-linter",
    "dask[distributed]",
)
SUITES = ("tests/inputs", "tests/foundations", "tests/engine", "tests/outputs", "tests/test_*.py")
LEFT_OUT = ("tests/test_site.py",)  # builds the site, with tools that are no part of Corridor
EQUAL = "The bytes of every CSV are equal."
TOLERANCE = 1e-9
"""Largest relative difference that still counts as the same number, where bytes differ."""


def call(command: list, **options) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= options.pop("env", {})
    return bound.run([str(word) for word in command], capture_output=True, text=True, env=env, **options)


def version_of(python: str) -> str:
    code = "import platform; print(platform.python_version())"
    return call([python, "-c", code], check=True).stdout.strip()


def install(python: str, series: str, folder: Path) -> Path | None:
    """An environment with the package; None where this Python can have no such Mesa."""
    shutil.rmtree(folder, ignore_errors=True)
    call([python, "-m", "venv", folder / "env"], check=True)
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    others = [line for line in lines if not line.lower().startswith("mesa==")]
    (folder / "constraints.txt").write_text("\n".join(others) + "\n")
    inside = folder / "env" / "bin" / "python"
    pip = [inside, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = call([*pip, ROOT, MESAS[series], "-c", folder / "constraints.txt"])
    if done.returncode and "No matching distribution found for mesa" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(done.stderr)
    return inside


def measure(inside: Path, folder: Path) -> dict:
    """Versions, and the digests of what a run writes."""
    done = call([inside.with_name("corridor"), *RUN, "--out", folder / "out"], cwd=folder)
    if done.returncode:
        raise SystemExit(done.stderr)
    code = f"from importlib.metadata import version as v; print(*[v(n) for n in {SHOWN!r}])"
    versions = call([inside, "-c", code], check=True, cwd=folder).stdout.split()
    made = folder / OUT
    return {
        "versions": dict(zip(SHOWN, versions, strict=True)),
        "digests": {name: sha256((made / name).read_bytes()).hexdigest() for name in TABLES},
    }


def run_suites(inside: Path, folder: Path) -> None:
    """The tests that apply, from the clone, with this interpreter."""
    pip = [inside, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    call([*pip, *TEST_TOOLS, "-c", folder / "constraints.txt"], check=True)
    command = [inside, "-m", "pytest", "-n", "1", "-q", "-o", f"cache_dir={folder / 'pytest'}"]
    left_out = [ROOT / name for name in LEFT_OUT]
    command += sorted(path for name in SUITES for path in ROOT.glob(name) if path not in left_out)
    done = call(
        command,
        cwd=ROOT,
        env={"PYTHONPATH": path_to(ROOT)},
    )
    said = done.stdout
    if done.returncode == 1:  # a busy machine fails tests that wait for something; what is wrong fails again
        said += call(
            [*command, "--last-failed"],
            cwd=ROOT,
            env={"PYTHONPATH": path_to(ROOT)},
        ).stdout
    (folder / SAID).write_text(said)


def said_of(folder: Path) -> str:
    """What the tests said last, such as `2000 passed`, and those run again; empty where they were not run."""
    if not (folder / SAID).exists():
        return ""
    lines = re.findall(r"^=* ?(\d+ (?:passed|failed).*?) in [\d.]+s", (folder / SAID).read_text(), re.M)
    return "; the failed again, alone: ".join(lines)


def largest_difference(one: Path, other: Path) -> float:
    """The largest relative difference between the numbers of two tables; infinite where their rows differ."""
    first, second = pd.read_csv(one), pd.read_csv(other)
    texts = first.select_dtypes(exclude="number").columns
    if first.shape != second.shape or not first[texts].equals(second[texts]):
        return float("inf")
    a, b = (frame.select_dtypes("number").to_numpy(dtype=float) for frame in (first, second))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    off = np.where(same, 0, np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-300))
    return float(np.nan_to_num(off, nan=np.inf).max())


def verdict(found: dict, first: dict) -> str:
    if found["digests"] == first["digests"]:
        return "equal"
    off = max(
        largest_difference(ROOT / found["folder"] / OUT / name, ROOT / first["folder"] / OUT / name)
        for name in TABLES
    )
    return f"differ by {off:.1e} at most: " + ("within tolerance" if off <= TOLERANCE else "**not the same**")


def section(rows: list[dict]) -> str:
    """What stands in docs/running.md between the two marks."""
    measured = [row for row in rows if row.get("digests")]
    lines = ["| Python | Mesa | NumPy | Numba | SciPy | pandas | PyArrow | CSV | tests |", "|" + "---|" * 9]
    for row in rows:
        if row in measured:
            shown = [row["versions"][name] for name in SHOWN]
            last = [
                verdict(row, measured[0]) if row is not measured[0] else "the first",
                said_of(ROOT / row["folder"]),
            ]
        else:
            shown, last = [f"no `{row['mesa']}` for it", *[""] * 5], ["", ""]
        lines.append("| " + " | ".join([row["python"], *shown, *last]) + " |")
    equal = all(row["digests"] == measured[0]["digests"] for row in measured)
    says = (
        EQUAL
        if equal
        else f"Bytes differ in places; the same means a relative difference of {TOLERANCE:g} at most."
    )
    suites, left_out = (", ".join(f"`{name}`" for name in names) for names in (SUITES, LEFT_OUT))
    return TEXT.format(table="\n".join(lines), says=says, suites=suites, left_out=left_out)


TEXT = """\
Written by [studies/compatibility.py](../studies/compatibility.py); do not edit by hand. It is measured again by
`make compatibility PYTHONS="python3.11 python3.12 python3.13" SUITES=--suites`.

Does a number depend on what it is computed with? Each row is an empty environment with Corridor installed from
a wheel, with all that it needs at the versions of [constraints.txt](../constraints.txt), Mesa excepted. In
each, `corridor run history --replicates 2` (1:50, full period) ran from an empty folder.

{table}

{says} Random numbers are drawn from keys by integer arithmetic that is Corridor's own ([decision
3](decisions/0003-keyed-randomness.md)), not by Python, NumPy or Mesa; Mesa holds and activates the institutions
and none of their order is left to chance; and CSV has one number format with six decimals. `manifest.json`
differs between rows, as it must: it names the versions.

Where bytes would differ, for instance with another version of Numba or on another kind of processor, whose
compilers may round a sum or an exponential differently in the last digit, two results count as the same when no
number differs by more than 1e-9 of its size. A person whose decision lies on the edge may then go another way,
so a difference can be larger than that in single cells; such a row would say so.

Tests: {suites} without {left_out}, from the clone, where a number
is given. Tests of experiments, of the app, of its pages in a browser, of the site and of what is delivered are
not among them. Python 3.11 runs every test with each change (`make test`).

### What is delivered

`tests/delivery` builds the sdist and the wheel, compares the wheel made of the sdist with that of the clone,
installs it into an empty environment and runs, from an empty folder, `corridor run`, `validate`, `doctor`,
`levers`, `evidence` and the app; the bytes of the run are those of the clone.

### Types

`corridor` is typed (`py.typed`). A test gives pyright, in strict mode, a program that uses every public name:
nothing in it is of unknown type. `pyright --verifytypes corridor --ignoreexternal` finds every public name
complete. Over all modules, those included that nobody outside should import, more than 84% of symbols have
a declared or plainly inferred type; what is missing is mostly attributes of institutions that override those of
Mesa's `Agent`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "pythons", nargs="*", help="interpreters, the reference first; none: write the section again"
    )
    parser.add_argument(
        "--suites", action="store_true", help="also run the tests that apply, once an interpreter"
    )
    chosen = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = FOLDER / "found.json"
    if chosen.pythons:
        rows = []
        for python in chosen.pythons:
            version = version_of(python)
            for series, wanted in MESAS.items():
                folder = FOLDER / f"python-{version}-mesa-{series}"
                inside = install(python, series, folder)
                row = {"python": version, "mesa": wanted, "folder": str(folder.relative_to(ROOT))}
                rows.append(row if inside is None else row | measure(inside, folder))
                print(json.dumps(rows[-1]), flush=True)
                if chosen.suites and inside is not None and wanted == next(iter(MESAS.values())):
                    run_suites(inside, folder)
                    print(said_of(folder), flush=True)
        found.write_text(json.dumps(rows, indent=2) + "\n")
    write_part(PAGE, MARKS, section(json.loads(found.read_text())))


if __name__ == "__main__":
    main()
