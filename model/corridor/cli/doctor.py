"""The command that looks at the installation and the machine: what is there, what can be written, how fast it is."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import Annotated

import typer

from corridor.cli import screen, terminal
from corridor.cli.options import AsJson
from corridor.foundations.extras import EXTRAS

NEEDED = ("mesa", "numpy", "scipy", "numba", "pandas", "pyarrow", "pydantic")
MB, GB = 1e6, 1e9
SCALE = 50
LITTLE_SPACE = 1 * GB
COMPILED = "compiled code"
ABSENT = "not installed"
REMEDY = "set XDG_CACHE_HOME to a folder that can be"


def doctor(
    no_timing: Annotated[bool, typer.Option("--no-timing", help="Do not time a replicate.")] = False,
    json: AsJson = False,
) -> None:
    """Show versions, folders, caches, disk, cores and memory, and time one replicate of history at 1:50."""
    versions = [["Corridor", version_of("corridor")], ["Python", platform.python_version()]]
    versions += [[name, version_of(name)] for name in NEEDED]
    versions += [
        [f"{name} (extra {extra})", version_of(name)] for extra, names in EXTRAS.items() for name in names
    ]
    terminal.show_table("Installed", ["part", "version"], versions)
    where = [[what, str(path)] for what, path in homes().items()]
    terminal.show_table("Where", ["what", "folder"], where)
    screen.answer(installed=dict(versions), where=dict(where))

    notes = [f"{name} is not installed" for name, found in versions if found == ABSENT and name in NEEDED]
    from corridor.foundations.compiled import not_kept

    caches = []
    for name, folder in cache_folders().items():
        reason = why_not_written(folder)
        writable = reason is None
        caches.append([name, f"{size_of(folder) / MB:,.1f}", "yes" if writable else "no", str(folder)])
        about = {"what": name, "bytes": size_of(folder), "can_be_written": writable, "folder": str(folder)}
        screen.extend("caches", about)
        if reason is not None and name == COMPILED:
            notes.append(not_kept(reason))
        elif reason is not None:
            notes.append(f"{folder} cannot be written ({reason}), so {name} are not kept; {REMEDY}")
    terminal.show_table("Caches", ["what", "MB", "can be written", "folder"], caches)

    free = shutil.disk_usage(Path.cwd()).free
    if free < LITTLE_SPACE:
        notes.append(f"only {free / GB:.1f} GB are free on the disk of this folder")
    machine = [
        ["system", f"{platform.system()} {platform.release()}, {platform.machine()}"],
        ["free disk here", f"{free / GB:,.1f} GB"],
        ["cores", str(cores())],
        ["memory", f"{memory / GB:,.1f} GB" if (memory := total_memory()) else "unknown"],
    ]
    if not no_timing:
        first, again = time_replicates()
        machine.append([f"one replicate of history at 1:{SCALE}", f"{again:.2f} s"])
        machine.append(["the first one, with loading or compiling code", f"{first:.2f} s"])
    screen.answer(machine=dict(machine))
    terminal.show_table("Machine", ["what", "found"], machine)
    terminal.show_notes(notes)


def version_of(package: str) -> str:
    """The installed version of a package, or that there is none."""
    if package == "corridor":
        from corridor.version import __version__

        return __version__
    try:
        return version(package)
    except PackageNotFoundError:
        return ABSENT


def homes() -> dict[str, Path]:
    """Where the code runs from, and where scenarios are found by name: a clone, or an installed package."""
    import corridor
    from corridor import scenario_names
    from corridor.inputs.scenarios.scenario_files import scenario_folders

    folders = scenario_folders()
    found = {f"{len(scenario_names())} scenarios": folders[0]} if folders else {}
    return {"Python": Path(sys.prefix), "Corridor": Path(corridor.__file__).parent} | found


def cache_folders() -> dict[str, Path]:
    """Where compiled code, stored states and parsed registries are kept."""
    import numba

    import corridor.foundations.compiled  # noqa: F401  (it chooses the folder of compiled code)
    from corridor.experiments.branching import states_folder
    from corridor.inputs.reading.parsed_texts import texts_folder

    chosen = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    folders = {"stored states": states_folder(), "parsed registries": texts_folder()}
    return ({COMPILED: Path(chosen)} if chosen else {}) | folders


def size_of(folder: Path) -> int:
    """Bytes in the files of a folder, those below it included; a file that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def why_not_written(folder: Path) -> str | None:
    """Why no file can be made in a folder, which is made for it if it is absent; None if one can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"as much as a block of the disk".ljust(4096))
        return None
    except OSError as error:
        return error.strerror or str(error)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def total_memory() -> int:
    """Memory of the machine in bytes; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def time_replicates() -> tuple[float, float]:
    """Seconds of one replicate of history in this process: the first time, and again."""
    from corridor import run_ensemble

    seconds = []
    for _ in range(2):
        start = perf_counter()
        run_ensemble("history", replicates=1, people_per_agent=SCALE, workers=1)
        seconds.append(perf_counter() - start)
    return seconds[0], seconds[1]
