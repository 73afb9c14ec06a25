"""What is fuzzed: each target reads bytes as the product would, and anything but a refusal in words is a finding.

A target may raise `CorridorError` (the refusal); `__main__` lets that pass. Everything else that it raises, a text
that takes longer than the limit, and memory beyond the limit are findings.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import numpy as np

import corridor
from corridor.engine.recording.recorder import Cells, Recording
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.parameters.parameter_file import read_parameters
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.entries import Intervention, Run, Shock
from corridor.inputs.scenarios.scenario_files import scenario_folders
from corridor.outputs.files import write_files
from corridor.outputs.manifest import MODEL, WHOLE, canonical_json, describe_run, seal_of
from corridor.outputs.results import Results
from corridor.outputs.rows import MANIFEST, WIDE
from tests.cbp_file import cbp_rows, elsewhere, written
from tests.sealing import reseal

SHORTEST_SEED, LONGEST_SEED = 20, 6_000  # bytes: a mutation of a longer text seldom says anything new
NAME_ENDS = b"\0"


def scenario(raw: bytes) -> None:
    """A scenario file: parsed, and its policies laid over those of its parents."""
    resolve(corridor.parse_scenario(raw.decode("utf-8", "replace")))


REPLICATES = "replicates.csv"
FILES = {"results": REPLICATES, "wide": WIDE, "manifest": MANIFEST}
"""Target -> the file of a result that it is about."""


def parameters(raw: bytes) -> None:
    """A file of parameters."""
    read_parameters(raw.decode("utf-8", "replace"))


class _Folder:
    """A folder of results in memory-backed storage where there is some; one of its files is replaced."""

    def __init__(self, wide: bool) -> None:
        shared = Path("/dev/shm")
        self.path = Path(tempfile.mkdtemp(prefix="corridor-fuzz-", dir=shared if shared.is_dir() else None))
        self.baseline = _results("history", 0.0)
        write_files(self.path / "gate", _results("gate", 1.0).files(wide=wide))

    def put(self, name: str, raw: bytes) -> Path:
        """Replace a file; hashes fit again where they can, so that what lies behind them is reached."""
        folder = self.path / "gate"
        (folder / name).write_bytes(raw)
        try:
            if name == MANIFEST and isinstance(json.loads(raw), dict):
                manifest = json.loads(raw)
                (folder / name).write_bytes(canonical_json(manifest | {WHOLE: seal_of(manifest)}))
            elif raw:
                reseal(folder)
        except (ValueError, RecursionError):
            pass
        return folder


_folders: dict[bool, _Folder] = {}


def _folder(wide: bool = False) -> _Folder:
    if wide not in _folders:
        _folders[wide] = _Folder(wide)
    return _folders[wide]


def results(raw: bytes) -> None:
    """A replicates.csv beside a sound manifest: read, and compared with a baseline."""
    _read_and_compare(REPLICATES, raw)


def wide(raw: bytes) -> None:
    """A replicates.parquet in the same way."""
    _read_and_compare(WIDE, raw)


def _read_and_compare(name: str, raw: bytes) -> None:
    folder = _folder(wide=name == WIDE)
    read = Results.read(folder.put(name, raw))
    corridor.compare([folder.baseline, read], baseline="history").files()
    read.files()


def manifest(raw: bytes) -> None:
    """A manifest.json beside a sound replicates.csv: read, and what it stands for read with it."""
    folder = _folder()
    path = folder.put(MANIFEST, raw)
    corridor.compare([folder.baseline, Results.read(path)], baseline="history")


class _Address(dict):
    """Stands where Streamlit keeps the address of the page."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, given: dict[str, str]) -> None:
        self.clear()
        self.update(given)


def link(raw: bytes) -> None:
    """A link to the page: restored, and written again, with what a session would hold in between."""
    from corridor_app.choices import state

    pairs = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200))
    real = state.st
    state.st = SimpleNamespace(session_state={}, query_params=_Address(pairs))  # type: ignore[assignment]
    try:
        state.restore_language()
        state.restore()
        session = state.st.session_state
        if session[state.SCENARIO] not in corridor.scenario_names():
            raise AssertionError("a link chose a scenario that does not exist")
        if not all(np.isfinite(value) for value in session[state.MOVED].values()):
            raise AssertionError("a link moved a slider to no number")
        state.take_notes()
        state.write_address(session[state.MOVED])
    finally:
        state.st = real


def upload(raw: bytes) -> None:
    """A file that a visitor brings: its name, a zero byte, its content."""
    from corridor_app.jobs.reading_process import read

    name, _, content = raw.partition(NAME_ENDS)
    answer = read(content.decode("utf-8", "replace"), name.decode("utf-8", "replace"))
    if answer.scenario is None and not answer.problems and not answer.too_large:
        raise AssertionError("a file was refused without a word")


def observed(raw: bytes) -> None:
    """A file of observed figures: read in one locale and the other, written, and read back."""
    for locale in ("en", "es"):
        try:
            series = corridor.parse_observed(raw, file="observed.csv", locale=locale, vintage="2024-07-01")
        except corridor.InputError:
            continue
        kept = corridor.observed_files(series)["observed.csv"]
        if corridor.parse_observed(kept, file="observed.csv").rows != series.rows:
            raise AssertionError("figures that were written read back as others")
        if any(row.value < 0 for row in series.rows):
            raise AssertionError("a negative count was read")


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (scenario, parameters, results, wide, manifest, link, upload, observed)
}


def _results(name: str, shift: float) -> Results:
    periods = ("2023-11", "2023-12", "2023")
    cells = Cells(
        indicator=("departures", "encounters_usbp", "encounters_usbp"),
        place=("all", "all", "tucson_sector"),
        nationality=("all", "Cuba", "all"),
        party=("all",) * 3,
        unit=("people",) * 3,
    )
    values = [np.arange(9.0).reshape(3, 3) * 10 + replicate + shift for replicate in range(2)]
    described = describe_run(
        {name: f"name: {name}\n"},
        scenario=name,
        baseline="history",
        parameters_hash="0" * 64,
        cells=[list(row) for row in zip(*vars(cells).values(), strict=True)],
        start="2023-07-01",
        report_from="2023-11-01",
        end="2023-12-31",
        seed=1,
        replicates=range(2),
        draws=[0, 0],
        people_per_agent=50,
        daily=False,
        fates=False,
    )
    recordings = [Recording(periods, cells, each) for each in values]
    return Results.from_recordings(name, recordings, draws=[0, 0], replicates=range(2), manifest=described)


def seeds(target: str) -> Iterator[bytes]:
    """What fuzzing of a target begins with."""
    texts = [path.read_bytes() for path in sorted(scenario_folders()[0].glob("*.yaml"))]
    texts = [text for text in texts if SHORTEST_SEED < len(text) < LONGEST_SEED]
    if target == "scenario":
        yield from texts
    if target == "upload":
        yield from (b"mine.yaml" + NAME_ENDS + text.replace(b"name: ", b"name: my-", 1) for text in texts)
    if target == "parameters":
        entries = (MODEL / "data" / "parameters.yaml").read_text(encoding="utf-8").split("\n\n")
        yield from (entry.encode() for entry in entries if SHORTEST_SEED < len(entry) < LONGEST_SEED)
    if target in FILES:
        made = (_results("gate", shift).files(wide=target == "wide") for shift in (0.0, 1.0))
        yield from (files[FILES[target]] for files in made)
    if target == "observed":
        lines = cbp_rows()[::90]
        yield written([*lines, *elsewhere()])
        yield written(lines, separator=";", number=lambda count: f"{count:,}".replace(",", "."))
        yield b"indicator,period,place,nationality,party,value,publisher\ndarien_entries,2023-12,,Peru,,5,a\n"
        yield "indicador;mes;nacionalidad;valor\ndeaths;dic-23;Haití;1.200\n".encode()
    if target == "link":
        moved = {"mexico.enforcement_funding": "0.5", "start": "2023-06-01", "period": "2023"}
        yield urlencode({"scenario": "funds-last-december", "replicates": "5", **moved}).encode()
        yield b"show=deaths&of=nationality&hold=us.title_42&language=es&scenario=history"


def words() -> list[str]:
    """What a mutation may put in: names that the readers know, and numbers that are none."""
    fields = {
        *corridor.Scenario.model_fields,
        *Intervention.model_fields,
        *Shock.model_fields,
        *Run.model_fields,
    }
    odd = [
        "extends: history",
        "!!",
        "&a",
        "*a",
        "<<:",
        ".nan",
        ".inf",
        "1e999",
        "9999-12-31",
        "unlimited",
        "nan",
    ]
    return [*sorted(fields), *LEVERS, *INDICATORS, *odd]
