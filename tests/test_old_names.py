"""What users of 0.1.0 read when they use a name that is no more; and that nobody else's `model` is touched."""

import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent


def python(*words, where, path=(ROOT / "model",)):
    """Run Python in a folder with these folders on the path; exit code, output and errors."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=where,
        env={"PYTHONPATH": ":".join(map(str, path))},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_old_name_says_what_to_write_now(tmp_path):
    for where in (tmp_path, ROOT):  # in a clone, Python could take the folder `model` for a package
        for words in (("-c", "import model"), ("-c", "from model import compare"), ("-m", "model")):
            code, out, err = python(*words, where=where)
            assert code == 1 and out == "", words
            assert "write `import corridor`" in err and "`python -m corridor`" in err, words


def test_a_users_own_model_is_theirs_before_and_behind_ours_on_the_path(tmp_path):
    for kind, file in (
        ("a file", "model.py"),
        ("a package", "model/__init__.py"),
        ("a folder", "model/inner.py"),
    ):
        own = tmp_path / kind
        (own / file).parent.mkdir(parents=True)
        (own / file).write_text("MINE = 'mine'\n")
        word = "import model.inner as m" if kind == "a folder" else "import model as m"
        for path in ((own, ROOT / "model"), (ROOT / "model", own)):
            code, out, err = python(
                "-P", "-c", f"{word}; print(m.MINE, m.__file__)", where=tmp_path, path=path
            )
            assert (code, out.split(" ", 1)[0]) == (0, "mine"), (kind, path, err)
            assert str(own / file) in out, (kind, path)


def test_what_a_users_own_model_lacks_is_said_by_their_own_model(tmp_path):
    (tmp_path / "model.py").write_text("import nowhere_at_all\n")
    code, _, err = python("-P", "-c", "import model", where=tmp_path, path=(ROOT / "model", tmp_path))
    assert code == 1 and "No module named 'nowhere_at_all'" in err and "corridor" not in err.splitlines()[-1]
