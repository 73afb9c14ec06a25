"""Compiled code is kept between processes, and a damaged cache costs a compilation, not a run."""

import os
import subprocess
import sys

import pytest

PROGRAM = """\
from model.engine.compiled import kernel

@kernel
def doubled(number):
    return number * 2

print(doubled(21), sum(doubled.stats.cache_hits.values()))
"""


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
