"""The wheel and the sdist: all that the program reads is inside, and what is installed works far from a clone."""

import os
import re
import signal
import socket
import subprocess
import sys
import tarfile
import time
import tomllib
import urllib.request
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests import bound
from tests.delivery.conftest import ROOT, run_alone
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow
JUNK = {"__pycache__"}
RUN = ("run", "history", "--replicates", "1", "--people-per-agent", "1000", "--out")


def files_of(folder):
    """Names of the files below a folder that belong to the project, relative to the root of the clone."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not JUNK & set(path.parts) and path.suffix not in {".pyc", ".nbi", ".nbc"}
    }


def names_in(requirements):
    return {re.match(r"[\w.-]+", line)[0].replace(".", "-") for line in requirements}


def contents_of(wheel):
    with zipfile.ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_wheel_holds_every_file_of_the_packages_and_every_scenario(built):
    packed = contents_of(next((built / "from-clone").glob("*.whl")))
    wanted = {
        name.split("/", 1)[1]: name
        for part in ("model/corridor", "app/corridor_app")
        for name in files_of(ROOT / part)
    }
    beside = [name for part in ("scenarios", "blind") for name in files_of(ROOT / part)]
    wanted |= {"corridor/_" + name: name for name in beside} | {"model.py": "model/model.py"}
    here = {name: content for name, content in packed.items() if ".dist-info/" not in name}
    assert here.keys() == wanted.keys()
    assert {
        "corridor/py.typed",
        "corridor/data/outlines.geojson",
        "corridor_app/entry/.streamlit/config.toml",
    } <= here.keys()
    assert all(content == (ROOT / wanted[name]).read_bytes() for name, content in here.items())


def test_the_wheel_made_of_the_sdist_is_the_wheel_made_of_the_clone(built):
    of_sdist, of_clone = (next(folder.glob("*.whl")) for folder in (built, built / "from-clone"))
    assert contents_of(of_sdist) == contents_of(of_clone)


def test_the_sdist_holds_what_it_takes_to_check_and_read_the_project(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as file:
        names = {name.split("/", 1)[1] for name in file.getnames()}
    parts = ("app", "model", "scenarios", "blind", "tests", "docs", "studies")
    wanted = {name for part in parts for name in files_of(ROOT / part)}
    wanted |= {"LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "Makefile", "constraints.txt"}
    assert wanted <= names


def test_the_wheel_says_what_it_is_and_what_it_needs(built):
    packed = contents_of(next(built.glob("*.whl")))
    text = next(content for name, content in packed.items() if name.endswith("/METADATA")).decode()
    says = Parser().parsestr(text)
    assert says["Name"] == "corridor"
    assert says["Requires-Python"] == "<3.14,>=3.11"
    assert says["License-Expression"] == "MIT"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    always = [line for line in says.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert names_in(always) == names_in(project["dependencies"])
    assert any(name.endswith("/licenses/LICENSE") for name in packed)


def test_the_installed_package_is_not_the_clone(installed, tmp_path):
    code = "import corridor, corridor_app; print(corridor.__file__); print(corridor_app.__file__)"
    found = run_alone([installed / "python", "-c", code], tmp_path).stdout.split()
    assert all(Path(name).is_relative_to(installed.parent) for name in found) and len(found) == 2


def test_the_old_name_of_the_installed_package_says_the_new_one(installed, tmp_path):
    done = run_alone([installed / "python", "-c", "import model"], tmp_path)
    assert done.returncode == 1 and "write `import corridor`" in done.stderr


def test_an_installed_run_gives_the_bytes_of_the_clone(installed, tmp_path):
    done = run_alone([installed / "corridor", *RUN, tmp_path / "installed"], tmp_path)
    assert done.returncode == 0, done.stderr
    clone = [sys.executable, "-m", "corridor", *RUN, tmp_path / "clone"]
    done = run_alone(clone, tmp_path, PYTHONPATH=str(ROOT / "model"))
    assert done.returncode == 0, done.stderr
    made = {path.name: path.read_bytes() for path in (tmp_path / "installed" / "history").iterdir()}
    assert {
        "replicates.csv",
        "summary.csv",
        "crossed.parquet",
        "datapackage.json",
        "manifest.json",
    } < made.keys()
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "clone" / "history").iterdir()}


def test_installed_commands_work_in_an_empty_folder(installed, tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\nextends: history\nrun: {replicates: 1}\n")
    for words, said in (
        (("validate", "mine.yaml"), "mine.yaml"),
        (("doctor", "--no-timing"), "/corridor/_scenarios"),
        (("levers",), "mexico.enforcement_funding"),
        (("evidence", "--search", "Panama"), "Panama"),
    ):
        done = run_alone([installed / "corridor", *words], tmp_path)
        assert done.returncode == 0, (words, done.stderr)
        assert said in done.stdout, words


def test_the_first_page_of_the_installed_app_shows_without_an_exception(installed, tmp_path):
    code = (
        "from pathlib import Path; import corridor_app; from streamlit.testing.v1 import AppTest\n"
        "entry = Path(corridor_app.__file__).parent / 'entry' / 'main.py'\n"
        "page = AppTest.from_file(str(entry), default_timeout=600).run()\n"
        "print(len(page.exception), len(page.markdown) > 0)"
    )
    done = run_alone([installed / "python", "-c", code], tmp_path)
    assert done.stdout.split()[-2:] == ["0", "True"], done.stdout + done.stderr


def test_the_installed_app_starts(installed, tmp_path):
    port = free_port()
    command = [installed / "corridor", "app", "--headless", "--port", str(port)]
    with bound.start(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as server:
        try:
            assert fetch(f"http://127.0.0.1:{port}/_stcore/health") == b"ok"
            assert b"<html" in fetch(f"http://127.0.0.1:{port}/")
        finally:
            stop(server)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def fetch(address):
    """What an address answers, asked until it does."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def stop(server):
    """End a server and the processes that it started, which share its process group."""
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(timeout=PATIENCE)
