"""Whom a limit counts: with and without a proxy, and whatever a visitor sends."""

from types import SimpleNamespace

import pytest
from streamlit.runtime.context import StreamlitHeaders

from corridor_app.jobs import visitors
from corridor_app.jobs.full_scale import MOST_OF_ONE, MOST_WAITING, Queue, Request, Stage
from corridor_app.jobs.visitors import BEHIND_PROXY, FORWARDED


@pytest.fixture
def seen(monkeypatch):
    """Let a visitor come from an address, in a session, with headers."""

    def come(address=None, session="a", *forwarded):
        headers = StreamlitHeaders([(FORWARDED, each) for each in forwarded])
        monkeypatch.setattr(visitors.st, "context", SimpleNamespace(ip_address=address, headers=headers))
        context = SimpleNamespace(session_id=session)
        monkeypatch.setattr(visitors, "get_script_run_ctx", lambda **_: context)
        return visitors.visitor()

    return come


def test_on_the_machine_itself_each_session_is_a_visitor(seen):
    assert seen(session="a") == seen(session="a") != seen(session="b")


def test_a_header_that_anybody_can_send_counts_for_nothing_unless_a_proxy_is_trusted(seen, monkeypatch):
    assert seen("10.0.0.1", "a", "1.1.1.1") == seen("10.0.0.1", "b", "2.2.2.2") == "10.0.0.1"
    assert seen(None, "a", "1.1.1.1") == seen(None, "a", "2.2.2.2")
    monkeypatch.setenv(BEHIND_PROXY, "1")
    assert seen(None, "a", "1.1.1.1") == seen(None, "b", "1.1.1.1") == "1.1.1.1"


def test_behind_a_proxy_what_it_added_last_is_the_address(seen, monkeypatch):
    monkeypatch.setenv(BEHIND_PROXY, "1")
    assert seen(None, "a", "9.9.9.9, 1.1.1.1") == "1.1.1.1"
    assert seen("127.0.0.1", "a", "9.9.9.9", "8.8.8.8, 1.1.1.1") == "1.1.1.1"
    for nonsense in ("", "unknown", "1.1.1.1, ", "![x](http://evil.example)", "999.1.1.1"):
        assert seen(None, "a", nonsense) == "session a"


def test_a_visitor_cannot_choose_among_addresses_of_their_network(seen):
    assert seen("2001:db8:1:2::3") == seen("2001:db8:1:2:ffff::9") != seen("2001:db8:1:3::3")
    assert seen("::ffff:10.0.0.1") == "10.0.0.1"


def test_of_one_address_so_many_jobs_wait_in_however_many_sessions(tmp_path, monkeypatch):
    queue = Queue(tmp_path)
    monkeypatch.setattr(queue, "_begin", lambda: None)  # nothing is run: all wait

    def ask(session, address):
        return queue.ask(session, Request((), 1, seed=hash(session)), address=address).stage

    stages = [ask(f"tab-{number}", "10.0.0.1") for number in range(MOST_OF_ONE + 1)]
    assert stages == [Stage.WAITING] * MOST_OF_ONE + [Stage.REFUSED]
    others = [ask(f"other-{number}", f"10.0.1.{number}") for number in range(MOST_WAITING)]
    assert others.count(Stage.WAITING) == MOST_WAITING - MOST_OF_ONE
