"""The Containerfile: what it copies is there, its user is nobody special, and its commands are ones that work."""

import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from tests import bound
from tests.delivery.conftest import ROOT, run_alone
from tests.delivery.test_package import fetch, free_port, stop


def instructions():
    """(instruction, words) of each line of the Containerfile, continued lines joined."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def last(name):
    return [words for instruction, words in instructions() if instruction == name][-1]


def settings():
    return dict(word.split("=", 1) for word in shlex.split(last("ENV")))


def copied():
    plain = [words.split() for name, words in instructions() if name == "COPY" and "--from" not in words]
    return [path for *paths, _ in plain for path in paths]


def test_every_path_that_it_copies_exists_and_is_sent_to_whoever_builds_it():
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert rules[1] == "*", "nothing is sent but what is named"
    sent = {rule[1:] for rule in rules if rule.startswith("!")}
    assert set(copied()) == sent
    assert all((ROOT / path).exists() for path in copied())


def test_it_copies_all_that_the_wheel_is_made_of():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    parts = set(re.search(r"^packages = \[(.*)\]", text, re.M)[1].replace('"', "").split(", "))
    parts = {part.split("/")[0] for part in parts}
    parts |= set(re.findall(r'^"(\w+)" = "corridor/_', text, re.M))
    assert parts | {"pyproject.toml", "constraints.txt", "README.md", "LICENSE"} == set(copied())


def test_nothing_of_python_or_numba_that_a_machine_left_behind_is_sent():
    rules = [rule.removeprefix("**/") for rule in (ROOT / ".dockerignore").read_text().splitlines()]
    for name in ("__pycache__", "day.cpython-311.pyc", "day.move-12.py311.nbi", "day.move-12.py311.1.nbc"):
        assert any(fnmatch.fnmatch(name, rule) for rule in rules if rule not in {"*"} and rule[0] != "!"), (
            name
        )


def test_it_runs_as_a_numbered_user_without_rights():
    user = last("USER")
    assert user.isdigit() and int(user) > 999
    made = next(words for name, words in instructions() if name == "RUN" and words.startswith("useradd"))
    assert f"--uid {user} " in made
    after = [name for name, _ in instructions()]
    assert "COPY" not in after[after.index("USER") :]


def test_it_installs_what_the_constraints_say_on_a_python_that_is_supported():
    installs = next(words for name, words in instructions() if name == "RUN" and "pip install" in words)
    assert "-c constraints.txt" in installs
    base = next(words for name, words in instructions() if name == "ARG")
    assert re.search(r"python:3\.1[123]-slim-bookworm$", base)


@pytest.mark.slow
def test_the_app_starts_with_its_command_and_settings_and_its_health_check_tells(installed, tmp_path):
    command, entry = json.loads(last("CMD")), json.loads(last("ENTRYPOINT"))
    assert entry == ["corridor"] and command[:2] == ["app", "--headless"]
    asked = json.loads(last("HEALTHCHECK").split("CMD ", 1)[1])
    port = free_port()
    check = [sys.executable, *(word.replace(":8501/", f":{port}/") for word in asked[1:])]
    assert asked[0] == "python" and str(port) in check[-1]
    assert run_alone(check, tmp_path).returncode != 0
    command = [str(port) if word == "8501" else word for word in command]
    env = os.environ | {name: value for name, value in settings().items() if name != "PATH"}
    env.pop("PYTHONPATH", None)
    with bound.start(
        [installed / entry[0], *command],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        try:
            # An address of this machine that only a server on every address answers.
            assert fetch(f"http://127.0.0.2:{port}/_stcore/health") == b"ok"
            assert run_alone(check, tmp_path).returncode == 0
        finally:
            stop(server)
    assert run_alone(check, tmp_path).returncode != 0


def test_the_port_that_it_names_is_the_one_that_it_uses():
    assert last("EXPOSE") == json.loads(last("CMD"))[-1] == "8501"
    assert f":{last('EXPOSE')}/_stcore/health" in last("HEALTHCHECK")
