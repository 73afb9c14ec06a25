"""What the real server keeps of visitors, and whose word it takes for an address."""

import os
import socket
import sys
import urllib.error

import pytest
from starlette.exceptions import HTTPException
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from corridor_app.jobs import kept_uploads
from tests import bound
from tests.browsing import wait_for
from tests.patience import PATIENCE
from tests.visiting import Visitor

ADDRESS = "import streamlit as st\nst.text(f'address {st.context.ip_address}')\n"
SERVE = """\
import sys
from pathlib import Path
from corridor_app import serving
serving.PAGE = Path(sys.argv[2])
serving.main(sys.argv[1], "false")
"""


@pytest.fixture
def small_server(tmp_path):
    """The server of the app around a page that says from which address it is asked."""
    started = []

    def start(**environment):
        (tmp_path / "page.py").write_text(ADDRESS, encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = bound.start(
            [sys.executable, "-c", SERVE, str(port), str(tmp_path / "page.py")],
            cwd=tmp_path,
            env={**os.environ, "STREAMLIT_SERVER_ADDRESS": "127.0.0.1", **environment},
        )
        started.append(server)
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        return f"http://127.0.0.1:{port}"

    yield start
    for each in started:
        each.terminate()
        each.wait(PATIENCE)


@pytest.mark.parametrize(
    ("environment", "shown"),
    [({}, "address None"), ({"FORWARDED_ALLOW_IPS": "127.0.0.1"}, "address 203.0.113.7")],
)
def test_a_header_says_the_address_only_where_a_proxy_is_named(small_server, environment, shown):
    visitor = Visitor(small_server(**environment), {"X-Forwarded-For": "203.0.113.7"})
    assert visitor.open().texts == shown
    visitor.leave()


def test_a_session_keeps_so_many_files_and_another_is_refused_none(small_server):
    address = small_server()
    one, other = Visitor(address), Visitor(address)
    one.open()
    other.open()
    for number in range(kept_uploads.MOST_OF_ONE):
        assert one.put(f"{number}", "a.yaml", b"x") == 204
    with pytest.raises(urllib.error.HTTPError) as refused:
        one.put("more", "a.yaml", b"x")
    assert refused.value.code == 413
    refused.value.close()
    assert other.put("0", "a.yaml", b"x") == 204
    one.leave()
    other.leave()


def test_a_session_keeps_so_many_bytes(monkeypatch):
    monkeypatch.setattr(kept_uploads, "MOST_BYTES_OF_ONE", 100)
    files = kept_uploads.BoundedUploads("/upload")
    for number in range(2):
        files.add_file("one", UploadedFileRec(f"{number}", "a.csv", "text/csv", b"x" * 40))
    with pytest.raises(HTTPException) as refused:
        files.add_file("one", UploadedFileRec("2", "a.csv", "text/csv", b"x" * 40))
    assert refused.value.status_code == 413
    files.add_file("two", UploadedFileRec("0", "a.csv", "text/csv", b"x" * 40))


def test_all_sessions_together_keep_so_many_bytes(monkeypatch):
    monkeypatch.setattr(kept_uploads, "MOST_BYTES", 100)
    files = kept_uploads.BoundedUploads("/upload")

    def add(session, number):
        files.add_file(session, UploadedFileRec(number, "a.yaml", "text/plain", b"x" * 40))

    add("one", "0")
    add("two", "0")
    with pytest.raises(HTTPException) as refused:
        add("three", "0")
    assert refused.value.status_code == 503
    files.remove_session_files("one")
    add("three", "0")
