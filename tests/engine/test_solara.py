"""Mesa's page in a browser draws a simulation: the program of docs/how-to/mesa.md, its buttons, and its server."""

import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests import bound
from tests.patience import PATIENCE

pytestmark = pytest.mark.study

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "mesa.md"
PRESSED = """
import time

import ipyvuetify, ipywidgets
from page import Page, simulation, solara


@solara.component
def Whole():  # as the server shows it: controls are in the bar at the side
    with solara.AppLayout():
        Page()


def pressed(label):
    next(each for each in shown.find(ipyvuetify.Btn).widgets if each.children == [label]).click()


_, shown = solara.render(Whole(), handle_error=False)
for _ in range(3):
    pressed("Step")
assert simulation.steps == simulation.today == len(simulation.datacollector.get_model_vars_dataframe()) == 3
assert len(shown.find(ipywidgets.Image).widgets) + len(shown.find(ipywidgets.HTML).widgets) >= 2, "two plots"
pressed("\\u25b6")
until = time.monotonic() + 600
while simulation.steps < 8 and time.monotonic() < until:
    time.sleep(0.1)
assert simulation.steps >= 8
pressed("\\u275a\\u275a")
pressed("Reset")
shown.close()
print("right")
"""


@pytest.fixture
def folder(tmp_path):
    (program,) = (
        block for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S) if "SolaraViz" in block
    )
    (tmp_path / "page.py").write_text(program)
    return tmp_path


def test_the_buttons_of_mesas_page_step_play_and_reset(folder):
    (folder / "press.py").write_text(PRESSED)
    done = subprocess.run(
        [sys.executable, "press.py"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "right"  # Solara names bars that no page shows


def test_solaras_server_gives_the_page(folder):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    words = [
        "-m",
        "solara",
        "run",
        "page.py",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-open",
        "--production",
    ]
    with (folder / "log").open("w") as log:
        server = bound.start([sys.executable, *words], cwd=folder, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
                        assert answer.status == 200 and "solara" in answer.read().decode().lower()
                    break
                except OSError:
                    assert server.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
                    time.sleep(0.3)
        finally:
            server.kill()
            server.wait()
    assert "Traceback" not in (folder / "log").read_text()
