"""Test data shared by the folders: small recordings made by hand, and results made of them."""

import os
import shutil
import signal
import subprocess
import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from corridor import cli
from corridor.cli import progress
from corridor.engine.recording.recorder import Cells, Recording
from corridor.outputs.manifest import describe_run
from corridor.outputs.results import Results

# A shared machine is slow at times; how long an example takes says nothing of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser):
    parser.addoption("--pictures", type=Path, help="folder that keeps a picture of every page of the app")


def pytest_report_header(config):
    """Say which programs read the CSV files, where `make study` runs those tests."""
    if config.option.markexpr != "study" or hasattr(config, "workerinput"):
        return None
    from tests.outputs.programs import FOREIGN

    found = [f"{each.name} {each.version or 'is missing'}" for each in FOREIGN]
    return f"programs that read the CSV files: {', '.join(found)}"


NO_BROWSER = "no page can be opened"
HOW_TO_GET_THEM = "`make system` as root installs what is missing on Debian"


@cache
def why_no_page_opens():
    """What is missing to open a page in a browser; nothing where it can be opened."""
    if not shutil.which("chromium"):
        return f"{NO_BROWSER} (there is no chromium)"
    from playwright._impl._driver import compute_driver_executable  # not where only numbers are tested

    node, _ = compute_driver_executable()
    driver = subprocess.run([node, "--version"], capture_output=True, text=True)
    return f"{NO_BROWSER} ({driver.stderr.strip()})" if driver.returncode else ""


def pytest_runtest_setup(item):
    """A page that nobody opened is not tested: in CI that fails, elsewhere the rest runs and the last line tells."""
    opens_pages = item.get_closest_marker("browser") or "browser" in getattr(item, "fixturenames", ())
    if opens_pages and (why := why_no_page_opens()):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """Say, below all that pytest says, how many tests of pages did not run."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    skipped = sum(NO_BROWSER in str(report.longrepr) for report in reporter.stats.get("skipped", ()))
    if skipped:
        tests = "1 browser test" if skipped == 1 else f"{skipped} browser tests"
        reporter.write_line(f"{tests} did not run: {why_no_page_opens()}; {HOW_TO_GET_THEM}")


PERIODS = ("2023-11", "2023-12", "2023")


# Deliberately not in the order of the registry.
CELLS = Cells(
    indicator=("encounters_usbp", "encounters_usbp", "departures", "days_en_route", "encounters_usbp"),
    place=("tucson_sector", "all", "all", "all", "all"),
    nationality=("all", "all", "all", "El Salvador", "Cuba"),
    party=("all", "all", "all", "all", "all"),
    unit=("people", "people", "people", "days", "people"),
)


@pytest.fixture
def make_results():
    """A factory of Results: `make_results("history", shift=0.0)`; each replicate and period differs."""

    def make(
        scenario="history",
        *,
        shift=0.0,
        replicates=3,
        seed=1,
        people_per_agent=50,
        baseline=None,
        periods=PERIODS,
        end="2023-12-31",
        undefined=(),
    ) -> Results:
        cells = len(CELLS.indicator)
        numbers = np.arange(len(periods) * cells, dtype=float).reshape(len(periods), cells)
        values = [numbers * 10 + replicate + shift for replicate in range(replicates)]
        for replicate, period, cell in undefined:
            values[replicate][period, cell] = np.nan
        recordings = [Recording(periods, CELLS, each) for each in values]
        manifest = describe_run(
            {scenario: f"name: {scenario}\n"},
            scenario=scenario,
            baseline=baseline,
            parameters_hash="0" * 64,
            cells=list(zip(*vars(CELLS).values(), strict=True)),
            start="2020-07-01",
            report_from="2021-01-01",
            end=end,
            seed=seed,
            replicates=range(replicates),
            draws=[0] * replicates,
            people_per_agent=people_per_agent,
            daily=False,
            fates=False,
        )
        return Results.from_recordings(
            scenario, recordings, draws=[0] * replicates, replicates=range(replicates), manifest=manifest
        )

    return make


ROOT_SCENARIO = """\
name: short
title: Eight months without events
period: {start: 2020-07-01, report_from: 2021-01-01, end: 2021-02-28}
run: {replicates: 3, seed: 5, people_per_agent: 400}
"""
GATE_SCENARIO = """\
name: gate
title: Panama turns half back
extends: short
interventions:
  - {id: half-turned-back, lever: panama.darien_gate, start: 2021-01-10, to: 0.5, source: a test}
"""


@pytest.fixture
def scenario_folder(tmp_path):
    """A folder with a root scenario that is quick to run, `short`, and one that extends it, `gate`."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "short.yaml").write_text(ROOT_SCENARIO)
    (folder / "gate.yaml").write_text(GATE_SCENARIO)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _interruptions_are_heard():
    """A shell lets what it starts behind it ignore Ctrl-C, tests too, and with them all that they start."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def processes_of():
    """How many processes of a session run; one that ended and waits to be collected does not."""

    def count(session: int) -> int:
        running = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                after_name = (process / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            state, owner = after_name[0], int(after_name[3])
            running += owner == session and state != "Z"
        return running

    return count


@pytest.fixture
def run_command(capsys, monkeypatch):
    """Run a command in this process: `code, out, err = run_command("run", ...)`, however slow the machine is."""
    monkeypatch.setattr(progress, "EVERY", 3600.0)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words])
        code = ended.value.code
        return (code or 0, *capsys.readouterr())

    return run
