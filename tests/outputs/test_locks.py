import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from platform import node

import pytest

from corridor import InputError
from corridor.outputs import locks
from corridor.outputs.files import write_files
from corridor.outputs.locks import LOCK, holder_of, locked
from tests import bound
from tests.patience import PATIENCE

HOLD = """
import sys
from corridor.outputs.locks import locked

with locked(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def hold():
    """Processes that hold a folder until they are ended."""
    begun = []

    def begin(folder):
        process = bound.start(
            [sys.executable, "-c", HOLD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        begun.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_second_process_is_refused_and_told_who_holds_the_folder_since_when(hold, tmp_path):
    holder = hold(tmp_path)
    with pytest.raises(InputError) as refused, locked(tmp_path):
        pass
    said = str(refused.value)
    assert f"process {holder.pid} on {node()}, since 20" in said
    assert "--out" in said
    assert holder_of(tmp_path)["process"] == str(holder.pid)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_holder_that_was_killed_holds_nobody_up(hold, tmp_path, end):
    holder = hold(tmp_path)
    holder.send_signal(end)
    holder.wait(timeout=PATIENCE)
    assert (tmp_path / LOCK).exists()
    assert holder_of(tmp_path) is None
    with locked(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["process"] == str(os.getpid())
    assert list(tmp_path.iterdir()) == []


def test_whoever_waits_comes_in_when_the_holder_lets_go(hold, tmp_path):
    holder = hold(tmp_path)
    threading.Timer(0.3, holder.stdin.close).start()
    with locked(tmp_path, wait=20):
        assert holder_of(tmp_path)["process"] == str(os.getpid())


def test_a_thread_may_ask_again_and_another_is_refused(tmp_path):
    refused = []

    def ask():
        try:
            with locked(tmp_path):
                pass
        except InputError as error:
            refused.append(str(error))

    with locked(tmp_path), locked(tmp_path):
        other = threading.Thread(target=ask)
        other.start()
        other.join()
        write_files(tmp_path, {"a": b"1"})
    assert len(refused) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_folder_made_for_nothing_goes_and_one_that_was_there_stays(tmp_path):
    with locked(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "a"):
        raise ZeroDivisionError
    with locked(tmp_path / "kept"):
        write_files(tmp_path / "kept", {"x": b""})
    with locked(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize("noise", [b"", b"[1]", b"\xff\xfe", b'{"process": 1}', b"[" * 3000])
def test_a_lock_file_that_cannot_be_read_still_refuses_in_words(hold, tmp_path, noise):
    hold(tmp_path)
    (tmp_path / LOCK).write_bytes(noise)
    with pytest.raises(InputError, match="is being written by another process"), locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match="cannot be written: Not a directory"),
        locked(tmp_path / "file" / "x"),
    ):
        pass


def test_where_the_file_system_knows_no_locks_writing_goes_on(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(locks.errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", no_locks)
    with locked(tmp_path):
        write_files(tmp_path, {"a": b"1"})
    assert (tmp_path / "a").read_bytes() == b"1"


def test_of_many_processes_at_once_one_is_in_at_a_time(tmp_path):
    work = """
import os, sys, time
from pathlib import Path
from corridor.outputs.locks import locked
folder = Path(sys.argv[1])
for _ in range(30):
    with locked(folder, wait=60):
        inside = os.open(folder / "inside", os.O_CREAT | os.O_EXCL)
        os.close(inside)
        (folder / "inside").unlink()
"""
    processes = [bound.start([sys.executable, "-c", work, tmp_path]) for _ in range(3)]
    assert [process.wait(timeout=PATIENCE) for process in processes] == [0, 0, 0]
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_is_a_link_overwrites_nothing(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("of great worth")
    out = tmp_path / "out"
    out.mkdir()
    (out / LOCK).symlink_to(precious)
    with pytest.raises(InputError, match=r"a link; remove it"), locked(out):
        pass
    assert precious.read_text() == "of great worth"
    assert (out / LOCK).is_symlink()
    assert holder_of(out) is None


def test_a_lock_that_is_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / LOCK)
    with pytest.raises(InputError, match="no regular file"), locked(tmp_path):
        pass


def test_a_folder_that_is_deleted_as_it_is_locked_is_made_again(tmp_path, monkeypatch):
    folder, opened, real = tmp_path / "out", [], locks._open

    def delete_first(file, flags):
        opened.append(file)
        if len(opened) == 1:
            shutil.rmtree(folder)
        return real(file, flags)

    monkeypatch.setattr(locks, "_open", delete_first)
    with locks.locked(folder):
        assert (folder / locks.LOCK).exists()
    assert len(opened) >= 2
