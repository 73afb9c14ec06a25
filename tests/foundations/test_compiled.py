"""The cache of compiled code: an edit of any source of the engine makes another one, a damaged one is made anew."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from corridor.foundations import caches, compiled
from tests import homeless
from tests.patience import PATIENCE

PACKAGE = Path(compiled.__file__).parents[1]
SOURCES = sorted(
    file.relative_to(PACKAGE) for folder in compiled.COMPILED for file in (PACKAGE / folder).glob("*.py")
)
PROGRAM = """\
from corridor.foundations.compiled import kernel

@kernel
def doubled(number):
    return number * 2

print(doubled(21), sum(doubled.stats.cache_hits.values()))
"""


@pytest.fixture
def copied_package(tmp_path, monkeypatch):
    """The digest of a copy of the sources of compiled code."""
    for folder in compiled.COMPILED:
        shutil.copytree(PACKAGE / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "foundations" / "compiled.py"))
    return tmp_path


def test_the_digest_depends_on_the_sources_alone_not_on_where_they_lie(copied_package, monkeypatch):
    there = compiled.source_digest()
    monkeypatch.undo()
    assert compiled.source_digest() == there


def test_changing_a_source_changes_the_digest_and_changing_it_back_brings_it_back(copied_package):
    before, unnoticed, not_back = compiled.source_digest(), [], []
    for name in SOURCES:
        source = copied_package / name
        text = source.read_text(encoding="utf-8")
        source.write_text(text + "\n# a comment\n", encoding="utf-8")
        unnoticed += [name] if compiled.source_digest() == before else []
        source.write_text(text, encoding="utf-8")
        not_back += [name] if compiled.source_digest() != before else []
    assert SOURCES and not unnoticed and not not_back


def test_compiled_functions_lie_in_no_other_folder():
    marked = {
        file.relative_to(PACKAGE)
        for file in PACKAGE.rglob("*.py")
        if re.search(r"^@(mechanism|kernel)\b", file.read_text(encoding="utf-8"), re.M)
    }
    assert marked and marked <= {*SOURCES}


def test_a_new_source_or_another_version_changes_the_digest(copied_package, monkeypatch):
    before = compiled.source_digest()
    (copied_package / "foundations" / "zebra.py").write_text("", encoding="utf-8")
    with_new_source = compiled.source_digest()
    assert with_new_source != before
    monkeypatch.setattr(numba, "__version__", "0.0")
    assert compiled.source_digest() != with_new_source


def test_the_cache_lies_in_a_folder_of_the_digest_unless_the_user_chose_one(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(compiled, "cache_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "untouched")
    for number in range(8):
        (tmp_path / "kernels" / f"old-{number}").mkdir(parents=True)
    compiled._choose_cache()
    folder = Path(numba.config.CACHE_DIR)
    assert folder == tmp_path / "kernels" / compiled.source_digest()
    assert len(list(folder.parent.iterdir())) == compiled.CACHES_KEPT
    monkeypatch.setattr(numba.config, "CACHE_DIR", "untouched")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
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


@pytest.fixture
def compile_in(tmp_path):
    """A function that runs the program with a cache of some kind: what it prints, and what it says beside."""
    (tmp_path / "program.py").write_text(PROGRAM)

    def run(*before, **variables):
        names = ("PATH", "PYTHONPATH", "VIRTUAL_ENV")
        environment = {name: os.environ[name] for name in names if name in os.environ} | variables
        words = [*before, sys.executable, str(tmp_path / "program.py")]
        done = subprocess.run(
            words, env=environment, capture_output=True, text=True, cwd="/", timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split(), done.stderr

    return run


def test_an_account_without_a_home_compiles_and_is_told_once(compile_in, tmp_path):
    if homeless.WORDS:
        tmp_path.chmod(0o755)
        shown, said = compile_in(*homeless.WORDS)
    else:
        (tmp_path / "home").mkdir(mode=0o555)
        shown, said = compile_in(HOME=str(tmp_path / "home"))
    assert shown == ["42", "0"]
    assert said.count("compiled code cannot be kept in") == 1
    assert "set XDG_CACHE_HOME or NUMBA_CACHE_DIR" in said and "Traceback" not in said


@pytest.mark.parametrize("variable", ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"))
def test_a_cache_that_is_a_file_is_told_and_no_failure(compile_in, tmp_path, variable):
    (tmp_path / "file").write_text("mine")
    shown, said = compile_in(**{variable: str(tmp_path / "file")})
    assert shown == ["42", "0"]
    assert said.count(f"compiled code cannot be kept in {tmp_path / 'file'}") == 1
    assert (tmp_path / "file").read_text() == "mine"


def test_a_cache_on_a_full_disk_is_told_and_no_failure(compile_in, tmp_path):
    limit = ("bash", "-c", 'ulimit -f 0; trap "" XFSZ; exec "$@"', "bash")  # no file may have one byte
    shown, said = compile_in(*limit, NUMBA_CACHE_DIR=str(tmp_path / "cache"), PYTHONDONTWRITEBYTECODE="1")
    assert shown == ["42", "0"]
    assert said.count("compiled code cannot be kept in") == 1


def test_a_cache_that_can_only_be_read_is_read(compile_in, tmp_path):
    cache = tmp_path / "cache"
    assert compile_in(NUMBA_CACHE_DIR=str(cache))[0] == ["42", "0"]
    tmp_path.chmod(0o755)
    for path in (cache, *cache.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert compile_in(*homeless.WORDS, NUMBA_CACHE_DIR=str(cache)) == (["42", "1"], "")
    for path in (cache, *cache.rglob("*")):
        path.chmod(0o755)


def test_an_account_without_a_home_makes_no_folder_where_it_stands(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(caches, "user_cache_path", lambda name: Path("~/.cache") / name)
    with pytest.raises(OSError):
        caches.cache_folder("kernels").mkdir(parents=True)
    assert not list(tmp_path.iterdir())


def test_a_cache_that_is_deleted_on_the_way_is_made_again(compile_in, tmp_path):
    cache = tmp_path / "cache"
    again = "import shutil\n" + PROGRAM + f"shutil.rmtree({str(cache)!r})\nprint(doubled(1.5))\n"
    (tmp_path / "program.py").write_text(again)
    assert compile_in(NUMBA_CACHE_DIR=str(cache)) == (["42", "0", "3.0"], "")
    assert list(cache.rglob("*.nbc"))
