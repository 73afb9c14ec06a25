"""Files that somebody else chose are read by one function: regular ones only, and no more than is allowed."""

import ast
import os
import socket
from pathlib import Path

import pytest

from corridor.foundations.regular_files import read_regular

ROOT = Path(__file__).resolve().parent.parent
READING = {"open", "read_text", "read_bytes", "read_csv", "read_table", "read_parquet", "ParquetFile", "load"}
OURS = {  # who reads otherwise, and what: files of the package, or that Corridor itself has written into its own cache
    "model/corridor/foundations/regular_files.py": "the function itself",
    "model/corridor/foundations/compiled.py": "its own sources",
    "model/corridor/outputs/manifest.py": "its own sources and data",
    "model/corridor/outputs/locks.py": "the lock, opened as itself",
    "model/corridor/outputs/files.py": "drafts that it writes",
    "model/corridor/outputs/parquet.py": "content in memory",
    "model/corridor/outputs/deals.py": "content in memory",
    "model/corridor/outputs/result_folders.py": "content in memory",
    "model/corridor/inputs/reading/data_files.py": "data of the package",
    "model/corridor/inputs/reading/parsed_texts.py": "its cache",
    "model/corridor/engine/state.py": "content in memory",
    "model/corridor/experiments/batch.py": "parts that it has written",
    "model/corridor/experiments/blind/record.py": "content in memory, and scores of the package",
    "model/corridor/experiments/branching.py": "its cache",
    "model/corridor/experiments/stored_runs.py": "its own runs",
    "model/corridor/experiments/ensemble.py": "drivers that it has packed",
    "model/corridor/experiments/memory.py": "what the system says of memory",
    "model/corridor/experiments/report.py": "its template",
    "model/corridor/experiments/hindcast/run.py": "refits that it has written",
    "model/corridor/experiments/estimation/record.py": "data of the package",
    "model/corridor/inputs/scenarios/upgrade.py": "a file that was read by the one function before",
    "model/corridor/experiments/held_runs.py": "its own runs",
    "model/corridor/experiments/stored_points.py": "its own runs",
    "model/corridor/cli/screen.py": "/dev/null",
    "app/corridor_app/guard.py": "a page of Streamlit",
    "app/corridor_app/jobs/reading_process.py": "content in memory",
    "app/corridor_app/catalogue.py": "sources of the package",
    "app/corridor_app/serving.py": "/dev/null",
    "app/corridor_app/words/texts.py": "texts of the package",
}


def test_one_function_reads_what_others_chose():
    found = set()
    for file in sorted([*(ROOT / "model" / "corridor").rglob("*.py"), *(ROOT / "app").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            plain = isinstance(called, ast.Name) and called.id == "open"
            if plain or (isinstance(called, ast.Attribute) and called.attr in READING):
                found.add(file.relative_to(ROOT).as_posix())
    assert found - set(OURS) == set(), "use read_regular, or say here what is read"
    assert set(OURS) - found == set(), "these read nothing otherwise any more"


def test_a_regular_file_is_read_and_a_link_to_one(tmp_path):
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "b").symlink_to("a")
    assert read_regular(tmp_path / "a", 4) == read_regular(tmp_path / "b", 4) == b"text"
    with pytest.raises(OSError, match="larger than"):
        read_regular(tmp_path / "a", 3)


def test_what_is_not_regular_is_told_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))
    (tmp_path / "zero").symlink_to("/dev/zero")
    reasons = {
        "pipe": "a pipe",
        "zero": "a device",
        "socket": "No such device",
        ".": "directory",
        "none": "No such",
    }
    for name, why in reasons.items():
        with pytest.raises(OSError, match=why):
            read_regular(tmp_path / name, 100)
    server.close()
