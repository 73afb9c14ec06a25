import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import corridor
from corridor_app.charts.headlines import HEADLINES, measure
from corridor_app.jobs import full_scale, runs
from corridor_app.jobs.full_scale import Queue, Request, Stage, Status
from corridor_app.pages.full_scale import progress_words
from corridor_app.words.wording import people, rounded
from tests import bound
from tests.conftest import ROOT_SCENARIO
from tests.patience import PATIENCE

YEAR = corridor.Window.named("2021-01 to 2021-02")  # what `short` reports of its only year

MUCH_ROOM = 10**9
NICE = full_scale.NICE
ROOT = Path(__file__).resolve().parents[2]


def until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def children():
    """Full-scale processes of this one that run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z" and b"corridor_app.jobs.full_scale_process" in words:
            found.append(int(process.name))
    return found


@pytest.fixture(autouse=True, scope="module")
def compiled_before():
    """Compiling at the lowest priority would take minutes where others are at work."""
    scenario = corridor.parse_scenario(ROOT_SCENARIO)
    corridor.run_ensembles([scenario], replicates=1, people_per_agent=400, workers=1)


@pytest.fixture(autouse=True)
def no_rest(monkeypatch):
    """Jobs begin at once, and as others do: beside tests at work what has the lowest priority hardly gets on."""
    monkeypatch.setattr(full_scale, "STARTS_AFTER", 0.0)
    monkeypatch.setattr(full_scale, "NICE", 0)


@pytest.fixture
def pair(scenario_folder):
    return tuple(corridor.load_scenario(scenario_folder / f"{name}.yaml") for name in ("short", "gate"))


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def queue(store):
    made = Queue(store)
    yield made
    for visitor in ("ana", "ben", "cem"):
        made.leave(visitor)
    until(lambda: not children())


def wait_for(queue, visitor, request, stage=Stage.DONE, done=0):
    found = []

    def reached():
        found.append(queue.ask(visitor, request))
        return found[-1].stage is stage and found[-1].done >= done

    until(reached)
    return found[-1]


def identity(store):
    return {file.name: file.stat().st_ino for file in store.glob("*.run")}


def keep(scenarios, store, replicates=1, limit_bytes=MUCH_ROOM):
    return corridor.run_kept(
        scenarios, store, replicates=replicates, seed=5, people_per_agent=1, limit_bytes=limit_bytes
    )


def files_of(results):
    return [each.files() for each in results]


def test_the_numbers_are_those_of_run_ensembles_at_full_scale_byte_for_byte(queue, pair):
    status = wait_for(queue, "ana", Request(pair, 2, 5))
    expected = corridor.run_ensembles(pair, replicates=2, seed=5, people_per_agent=1, workers=1)
    assert files_of(status.results) == files_of(expected)
    assert corridor.compare(status.results).csv() == corridor.compare(expected).csv()
    assert len(files_of(expected)[0]["replicates.csv"]) > 1000


def test_a_cancelled_job_keeps_finished_runs_and_goes_on_from_them(queue, pair, store):
    request = Request(pair, 20, 5)
    wait_for(queue, "ana", request, Stage.RUNNING, done=1)
    assert len(children()) == 1
    queue.leave("ana")
    until(lambda: not children())
    kept = identity(store)
    assert 1 <= len(kept) < request.total
    assert not list(store.glob("*.part"))
    few = Request(pair, (len(kept) + 1) // 2, 5)
    assert wait_for(queue, "ana", few).done == few.total
    assert kept.items() <= identity(store).items()


def test_a_moved_slider_takes_the_baseline_from_the_runs_before(queue, pair, store):
    wait_for(queue, "ana", Request(pair[:1], 2, 5))
    kept = identity(store)
    wait_for(queue, "ana", Request(pair, 2, 5))
    assert kept.items() <= identity(store).items()
    assert len(identity(store)) == 2 * len(kept) == 4


def test_the_process_has_the_lowest_priority_and_there_is_one_for_two_visitors(queue, pair, monkeypatch):
    monkeypatch.setattr(full_scale, "NICE", NICE)
    first, second = Request(pair, 20, 5), Request(pair[:1], 1, 6)
    wait_for(queue, "ana", first, Stage.RUNNING, done=1)
    assert queue.ask("ben", second) == Status(Stage.WAITING, second.total, ahead=1)
    (process,) = children()
    assert os.getpriority(os.PRIO_PROCESS, process) == 19
    time.sleep(3 * full_scale.POLL_SECONDS)
    assert children() == [process], "another visitor's job ended the one that ran"
    queue.leave("ana")
    assert wait_for(queue, "ben", second).results[0].scenario == "short"


def test_a_job_that_two_visitors_want_is_not_cancelled_by_one(queue, pair):
    request = Request(pair[:1], 3, 5)
    queue.ask("ana", request)
    wait_for(queue, "ben", request, Stage.RUNNING)
    process = children()
    queue.leave("ana")
    time.sleep(3 * full_scale.POLL_SECONDS)
    assert children() in (process, [])  # it may have finished
    assert wait_for(queue, "ben", request).stage is Stage.DONE


def test_a_job_left_for_another_goes_on_until_the_other_is_due(queue, pair, monkeypatch):
    wait_for(queue, "ana", Request(pair, 200, 5), Stage.RUNNING, done=1)
    process = children()
    monkeypatch.setattr(full_scale, "STARTS_AFTER", 1.5)
    other = Request(pair[:1], 1, 7)
    assert queue.ask("ana", other).stage is Stage.WAITING
    time.sleep(0.5)
    assert children() == process
    assert wait_for(queue, "ana", other).stage is Stage.DONE
    assert children() == []


def test_a_visitor_has_one_waiting_job_and_all_together_only_so_many(queue, pair, monkeypatch):
    monkeypatch.setattr(full_scale, "STARTS_AFTER", 1000.0)
    monkeypatch.setattr(full_scale, "MOST_WAITING", 2)
    jobs = [Request(pair, replicates, 5) for replicates in (1, 2, 3)]
    assert queue.ask("ana", jobs[0]).ahead == 0
    assert queue.ask("ana", jobs[1]).ahead == 0
    assert queue.ask("ben", jobs[0]).ahead == 1
    assert queue.ask("cem", jobs[2]) == Status(Stage.REFUSED, jobs[2].total, ahead=2)
    queue.leave("ana")
    assert queue.ask("cem", jobs[2]).stage is Stage.WAITING


def test_a_job_that_nobody_asks_after_is_dropped_waiting_or_running(queue, pair, monkeypatch):
    first, second = Request(pair, 200, 5), Request(pair, 1, 6)
    wait_for(queue, "ana", first, Stage.RUNNING)
    queue.ask("ben", second)
    monkeypatch.setattr(full_scale, "FORGOTTEN_AFTER", 0.3)
    until(lambda: not children())
    time.sleep(1)
    assert not children()
    assert not queue._waiting


SERVER = """
import sys, time
from pathlib import Path
import corridor
from corridor_app.jobs import full_scale
full_scale.STARTS_AFTER = 0.0
queue = full_scale.Queue(Path(sys.argv[1]))
request = full_scale.Request((corridor.load_scenario(sys.argv[2]),), 500, 5)
while queue.ask("ana", request).done < 1:
    time.sleep(0.05)
print("running", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_that_ends_leaves_no_process_and_no_folder(
    how, scenario_folder, store, tmp_path, processes_of
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-c", SERVER, str(store), str(scenario_folder / "short.yaml")]
    with bound.start(
        command,
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"running\n"
        assert processes_of(server.pid) == 2
        server.send_signal(how)
        server.wait(PATIENCE)
        until(lambda: processes_of(server.pid) == 0)
    assert list(temporary.iterdir()) == []
    assert identity(store)
    assert not list(store.glob("*.part"))


def test_what_goes_wrong_is_told_and_can_be_tried_again(queue, pair, store):
    store.write_text("in the way")
    request = Request(pair[:1], 1, 5)
    assert str(store) in wait_for(queue, "ana", request, Stage.FAILED).problem
    store.unlink()
    assert queue.ask("ana", request).stage is Stage.FAILED
    assert queue.ask("ana", request, again=True).under_way
    wait_for(queue, "ana", request)


def test_a_process_that_is_killed_is_told(queue, pair):
    request = Request(pair, 200, 5)
    wait_for(queue, "ana", request, Stage.RUNNING, done=1)
    os.kill(children()[0], signal.SIGKILL)
    assert "process ended" in wait_for(queue, "ana", request, Stage.FAILED).problem


def test_a_full_store_loses_what_was_used_longest_ago_and_never_the_job_at_hand(pair, store):
    keep(pair[:1], store)
    (first,) = identity(store)
    keep(pair[1:], store, limit_bytes=(store / first).stat().st_size)
    assert len(identity(store)) == 1
    assert first not in identity(store)
    keep(pair, store, limit_bytes=0)
    assert len(identity(store)) == 2
    assert first in identity(store)


def test_a_run_used_again_counts_as_new(pair, store):
    keep(pair[:1], store)
    (first,) = identity(store)
    keep(pair[1:], store)
    os.utime(store / first, (0, 0))
    keep(pair[:1], store)
    model_limit = (store / first).stat().st_size
    keep(pair[:1], store, limit_bytes=model_limit)
    assert list(identity(store)) == [first]


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_broken_stored_run_is_run_again(damage, pair, store):
    whole = files_of(keep(pair[:1], store))
    (file,) = store.glob("*.run")
    content = file.read_bytes()
    file.write_bytes(content[:-8] + b"\0" * 8 if damage is None else damage)
    assert files_of(keep(pair[:1], store)) == whole
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status(Stage.RUNNING, 8), "Full scale: 0 of 8 runs"),
        (Status(Stage.RUNNING, 8, 3, 19.6), "Full scale: 3 of 8 runs, about 20 s left"),
        (Status(Stage.RUNNING, 8, 7, 0.0), "Full scale: 7 of 8 runs, about 1 s left"),
        (Status(Stage.RUNNING, 8, 1, 61.0), "Full scale: 1 of 8 runs, about 2 min left"),
    ],
)
def test_progress_is_told_in_words(status, words):
    assert progress_words(status) == words


def test_seconds_left_come_from_the_runs_made_and_not_from_those_kept(pair, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(full_scale, "monotonic", lambda: now)
    job = full_scale._Job(Request(pair, 4, 5), due=now, asked=now, counts=[(now - 4, 4)])
    assert full_scale._seconds_left(job) is None
    job.counts.append((now, 6))
    assert full_scale._seconds_left(job) == pytest.approx(4)


def draw(folder):
    from pathlib import Path

    import corridor
    from corridor_app.choices import state
    from corridor_app.jobs import runs
    from corridor_app.pages import full_scale
    from corridor_app.widgets.window_choice import Chosen

    state.restore_language()
    pair = [corridor.load_scenario(Path(folder) / f"{name}.yaml") for name in ("short", "gate")]
    quick = corridor.run_ensembles(pair, replicates=2, seed=5, people_per_agent=400, workers=1)
    shown = Chosen(corridor.Window.named("2021-01 to 2021-02"), "2021-01 to 2021-02")
    full_scale.show(runs.Outcome(quick[1], quick[0]), pair[1], pair[0], shown, 5)


@pytest.fixture
def open_box(scenario_folder, queue, monkeypatch):
    monkeypatch.setattr(runs, "full_scale_queue", lambda: queue)

    def run(pairs):
        monkeypatch.setenv("CORRIDOR_FULL_SCALE_PAIRS", str(pairs))
        return AppTest.from_function(draw, args=(str(scenario_folder),), default_timeout=PATIENCE)

    yield run
    for visitor in [name for job in queue._waiting.values() for name in job.visitors]:
        queue.leave(visitor)


def words_of(page):
    return " ".join(each.value for each in page.markdown)


def test_the_page_shows_the_numbers_when_the_job_has_finished(open_box, pair):
    page = open_box(2).run()
    assert not page.exception
    assert page.button(key="full-scale-cancel")
    until(lambda: bool(page.run().table))
    assert not page.exception
    table = page.table[0].value
    full = corridor.run_ensembles(pair, replicates=2, seed=5, people_per_agent=1, workers=1)
    found = [measure(full[1], full[0], YEAR, headline.indicator) for headline in HEADLINES]
    assert list(table["Full scale"])[::2] == [rounded(people(each.scenario)) for each in found]
    assert list(table) == ["Full scale", "Quick look, 1:50"]
    assert all(str(cell).startswith("−") for cell in table.iloc[1]), "fewer pass a gate that is half shut"
    assert "2 pairs at full scale, beside the same 2 of the 2 in the quick look." in words_of(page)
    assert "--window '2021-01 to 2021-02'" in words_of(page)
    assert [each.label for each in page.get("download_button")] == [
        "headline.csv at full scale",
        "compare.csv at full scale",
        "summary.csv at full scale",
        "results.zip at full scale",
    ]
    assert not page.button


def test_the_quick_look_is_shown_by_the_runs_that_full_scale_has_too(open_box, pair):
    page = open_box(1).run()
    until(lambda: bool(page.run().table))
    assert not page.exception
    quick = corridor.run_ensembles(pair, replicates=1, seed=5, people_per_agent=400, workers=1)
    found = [measure(quick[1], quick[0], YEAR, headline.indicator) for headline in HEADLINES]
    shown = page.table[0].value["Quick look, 1:50"]
    assert list(shown)[::2] == [rounded(people(each.scenario)) for each in found]
    assert "1 pairs at full scale, beside the same 1 of the 2 in the quick look." in words_of(page)


def test_a_visitor_cancels_on_the_page_and_goes_on(open_box, queue):
    page = open_box(100).run()
    until(lambda: "1 of 200" in " ".join(each.proto.text for each in page.run().get("progress")))
    page.button(key="full-scale-cancel").click().run()
    assert not page.exception
    assert "runs are finished and kept" in words_of(page)
    until(lambda: not children())
    page.run()
    time.sleep(3 * full_scale.POLL_SECONDS)
    assert not children(), "it began again by itself"
    page.button(key="full-scale-go-on").click().run()
    assert not page.exception
    assert page.button(key="full-scale-cancel")
    until(lambda: bool(children()))
    page.button(key="full-scale-cancel").click().run()


def test_a_server_that_is_told_to_run_none_shows_nothing(open_box, queue):
    page = open_box(0).run()
    assert not page.exception
    assert not page.markdown
    assert queue._thread is None
