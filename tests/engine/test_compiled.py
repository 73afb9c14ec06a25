"""The cache of compiled code: an edit of any source of the engine makes another one, a damaged one is made anew."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from model.engine import compiled
from tests.cases import for_all

SOURCES = sorted(path.name for path in Path(compiled.__file__).parent.glob("*.py"))
PROGRAM = """\
from model.engine.compiled import kernel

@kernel
def doubled(number):
    return number * 2

print(doubled(21), sum(doubled.stats.cache_hits.values()))
"""


@pytest.fixture
def copied_engine(tmp_path, monkeypatch):
    """The digest of a copy of the engine's sources."""
    for name in SOURCES:
        shutil.copy(Path(compiled.__file__).parent / name, tmp_path / name)
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "compiled.py"))
    return tmp_path


def test_the_digest_depends_on_the_sources_alone_not_on_where_they_lie(copied_engine, monkeypatch):
    there = compiled.source_digest()
    monkeypatch.undo()
    assert compiled.source_digest() == there


@for_all("name", SOURCES)
def test_changing_a_source_changes_the_digest_and_changing_it_back_brings_it_back(copied_engine, name):
    before, source = compiled.source_digest(), copied_engine / name
    text = source.read_text(encoding="utf-8")
    source.write_text(text + "\n# a comment\n", encoding="utf-8")
    assert compiled.source_digest() != before
    source.write_text(text, encoding="utf-8")
    assert compiled.source_digest() == before


def test_a_new_source_or_another_version_changes_the_digest(copied_engine, monkeypatch):
    before = compiled.source_digest()
    (copied_engine / "zebra.py").write_text("", encoding="utf-8")
    with_new_source = compiled.source_digest()
    assert with_new_source != before
    monkeypatch.setattr(numba, "__version__", "0.0")
    assert compiled.source_digest() != with_new_source


def test_the_cache_lies_in_a_folder_of_the_digest_unless_the_user_chose_one(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(compiled, "user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "untouched")
    for number in range(8):
        (tmp_path / "corridor" / "kernels" / f"old-{number}").mkdir(parents=True)
    compiled._choose_cache()
    folder = Path(numba.config.CACHE_DIR)
    assert folder == tmp_path / "corridor" / "kernels" / compiled.source_digest()
    assert len(list(folder.parent.iterdir())) == compiled.CACHES_KEPT
    monkeypatch.setattr(numba.config, "CACHE_DIR", "untouched")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    compiled._choose_cache()
    assert numba.config.CACHE_DIR == "untouched"


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(compiled, "user_cache_path", lambda name: tmp_path / "file" / name)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "untouched")
    compiled._choose_cache()
    assert numba.config.CACHE_DIR == "untouched"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "cache").mkdir()

    def run():
        environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        words = [sys.executable, str(tmp_path / "program.py")]
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run


@pytest.mark.parametrize("kind", ("nbi", "nbc"))
def test_a_damaged_cache_is_compiled_anew(run, tmp_path, kind):
    assert run() == ["42", "0"]
    assert run() == ["42", "1"], "found in the cache"
    (file,) = (tmp_path / "cache").rglob(f"*.{kind}")
    file.write_bytes(file.read_bytes()[:-9])
    assert run() == ["42", "0"]
    assert run() == ["42", "1"], "mended"
