"""`corridor app` on any account: it asks nothing, says where the page is, and serves until it is stopped."""

import os
import pty
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests import bound
from tests.patience import PATIENCE

CORRIDOR = Path(sys.executable).with_name("corridor")
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def account(tmp_path):
    """Settings of an account that never ran the app, on a machine without a screen."""
    home = tmp_path / "home"
    home.mkdir()
    left = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "XDG_"))}
    return {name: value for name, value in left.items() if name not in SCREENS} | {"HOME": str(home)}


@pytest.fixture
def begun(tmp_path):
    """Start the app, wait for what it says first, and give that, its address and a function that stops it."""
    servers = []

    def begin(account, *words, closed=False, **how):
        port = free_port()
        command = [str(CORRIDOR), "app", "--port", str(port), *words]
        if closed:  # no descriptor 0 at all, as some supervisors start what they supervise
            command = ["bash", "-c", 'exec "$@" <&-', "bash", *command]
        with (tmp_path / "errors").open("wb") as errors:
            server = bound.start(
                command, env=account, cwd=tmp_path, stdout=subprocess.PIPE, stderr=errors, text=True, **how
            )
        servers.append(server)
        assert server.stdout is not None
        said = server.stdout.readline()
        assert said, (tmp_path / "errors").read_text()
        return said, f"http://127.0.0.1:{port}", server

    yield begin
    for server in servers:
        server.terminate()
        said, _ = server.communicate(timeout=PATIENCE)
        assert "mail" not in said.lower() + (tmp_path / "errors").read_text().lower()


def health(address):
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE) as answer:
        return answer.read()


def broken(home):
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "credentials.toml").write_text("[general\n")
    return home


HOMES = {
    "fresh": lambda home: home,
    "that is no folder": lambda home: Path(os.devnull),
    "that cannot be written": lambda home: Path("/proc"),
    "with a broken file of Streamlit": broken,
}


@pytest.mark.parametrize("home", HOMES)
def test_without_a_terminal_it_serves_whatever_the_home_is(account, begun, home):
    account["HOME"] = str(HOMES[home](Path(account["HOME"])))
    said, address, server = begun(account, stdin=subprocess.DEVNULL)
    assert said == f"Corridor is at {address} (Ctrl-C ends it)\n"
    assert health(address) == b"ok"
    assert server.poll() is None


def test_without_a_standard_input_it_serves(account, begun):
    _, address, _ = begun(account, closed=True)
    assert health(address) == b"ok"


def test_at_a_terminal_it_asks_nothing_and_leaves_nothing_in_the_home(account, begun):
    ours, theirs = pty.openpty()
    said, address, _ = begun(account, stdin=theirs)
    assert address in said
    assert health(address) == b"ok"
    os.close(theirs)
    os.close(ours)
    assert not (Path(account["HOME"]) / ".streamlit").exists()


@pytest.mark.parametrize(
    ("words", "screen", "opened"),
    [((), ":9", True), (("--headless",), ":9", False), ((), "", False)],
    ids=["a screen", "headless", "no screen"],
)
def test_a_browser_is_opened_where_there_is_a_screen(account, begun, tmp_path, words, screen, opened):
    record = tmp_path / "opened"
    os.mkfifo(record)
    stand_in = tmp_path / "xdg-open"
    stand_in.write_text(f'#!/bin/sh\necho "$1" > {record}\n')
    stand_in.chmod(0o755)
    account |= {"PATH": f"{tmp_path}:{account['PATH']}", "DISPLAY": screen}
    reader = os.open(record, os.O_RDONLY | os.O_NONBLOCK)
    _, address, server = begun(account, *words, stdin=subprocess.DEVNULL)
    health(address)
    server.send_signal(signal.SIGTERM)
    server.wait(PATIENCE)
    said = os.read(reader, 1000).decode() if opened else read_nothing(reader)
    os.close(reader)
    assert said == (f"{address}\n" if opened else "")


def read_nothing(reader):
    try:
        return os.read(reader, 1000).decode()
    except BlockingIOError:
        return ""


def test_a_port_that_is_taken_is_told_and_no_address_is_printed(account, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = bound.run(
            [CORRIDOR, "app", "--port", str(port)], env=account, cwd=tmp_path, capture_output=True, text=True
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Port {port} is not available" in done.stderr
