"""What reaches a terminal, a pipe, another program: every command, whatever names and texts of others hold."""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Annotated, get_args, get_origin, get_type_hints

import pytest
from typer.models import ArgumentInfo

import corridor.cli
from corridor.cli import app, progress, screen
from tests import bound
from tests.patience import PATIENCE

CORRIDOR = Path(sys.executable).with_name("corridor")
HOSTILE = "a\x1b[31mb\x1b]8;;http://x.y\x07c\u202ed\x9b2Je\x7ff\rg\bh\u2028i\u2066j"
HOSTILE_NAME = HOSTILE.replace("/", "-")  # of a file
COMMANDS = {each.name or each.callback.__name__: each.callback for each in app.registered_commands}
WITHOUT_JSON = {"app"}  # it becomes a server
ENVIRONMENTS = (
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
)
QUICK = [
    ("levers",),
    ("indicators",),
    ("scenarios",),
    ("nationalities",),
    ("evidence",),
    ("evidence", "--csv"),
    ("doctor", "--no-timing"),
    ("validate", "history"),
    ("validate", "ñandú"),
    ("--help",),
    ("run", "--help"),
]


def declared(command):
    """The parameters of a command: name, what it takes, whether it is an argument."""
    for name, hint in get_type_hints(command, include_extras=True).items():
        if get_origin(hint) is Annotated:
            kind, how = get_args(hint)[:2]
            yield name, kind, isinstance(how, ArgumentInfo), how


def hostile_calls(place):
    """Words of every command in which each argument and each option, one at a time, is hostile."""
    for name, command in COMMANDS.items():
        given = [each for each in declared(command) if each[2]]
        required = [
            each for each in given if inspect.signature(command).parameters[each[0]].default is inspect._empty
        ]
        if given:
            yield name, [name, *([HOSTILE] * max(1, len(required)))]
        for option, kind, is_argument, how in declared(command):
            if is_argument or kind is bool:
                continue
            shown = next(iter(how.param_decls or ()), f"--{option.replace('_', '-')}")
            value = f"{place}/{HOSTILE}" if "Path" in str(kind) else HOSTILE
            if (name, shown) == ("evidence", "--search"):
                continue  # finds nothing, and says no more than that
            yield f"{name} {shown}", [name, *(["history"] * len(required)), shown, value]
        yield f"{name} --{HOSTILE}", [name, f"--{HOSTILE}"]
    yield "no such command", [HOSTILE]


def steering(text):
    return [
        repr(character)
        for character in text
        if character not in "\n\t" and screen.clean(character) != character
    ]


def test_no_name_of_others_steers_a_terminal(run_command, tmp_path):
    """In every argument and every option of every command."""
    (tmp_path / "file").write_text("a file where a folder would have to be")
    calls, shown_escaped = dict(hostile_calls(tmp_path / "file")), 0
    assert len(calls) > 60
    for name, words in calls.items():
        for more in ([], ["--json"] if words[0] in COMMANDS and words[0] not in WITHOUT_JSON else []):
            code, shown, said = run_command(*words, *more)
            assert code, f"{name} was not refused"
            assert not steering(shown + said), f"{name}: {said!r}"
            assert "Traceback" not in said
            shown_escaped += "\\x1b[31m" in shown + said or "\\u001b[31m" in shown + said
    assert shown_escaped > len(calls) / 2, "most repeat what they refuse"


FILES = {
    "key": f"name: a\nextends: history\n{json.dumps(HOSTILE)}: 1\n",
    "value": f"name: {json.dumps(HOSTILE)}\nextends: history\n",
    "parent": f"name: a\nextends: {json.dumps(HOSTILE)}\n",
    "raw": f"name: a\nextends: {HOSTILE}\n",
    "lever": f"name: a\nextends: history\ninterventions:\n  - {{id: x, lever: {json.dumps(HOSTILE)}, to: 1}}\n",
    "title": f"name: a\nextends: history\ntitle: {json.dumps(HOSTILE)}\nsweep: {{over: []}}\n",
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("command", ("validate", "run", "batch", "sensitivity", "discover"))
def test_no_text_of_a_file_steers_a_terminal(run_command, tmp_path, monkeypatch, kind, command):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / f"{HOSTILE_NAME}.yaml"
    file.write_text(FILES[kind], encoding="utf-8")
    code, shown, said = run_command(command, file)
    assert code == 2
    assert not steering(shown + said)
    assert "\\x1b[31m" in said


def test_no_text_of_results_steers_a_terminal(run_command, scenario_folder, tmp_path):
    out = tmp_path / "out"
    assert run_command("run", scenario_folder / "short.yaml", "--replicates", 1, "--out", out)[0] == 0
    manifest = out / "short" / "manifest.json"
    read = json.loads(manifest.read_text())
    for change in ({"scenario": HOSTILE}, {HOSTILE: 1}, {"run": HOSTILE}):
        manifest.write_text(json.dumps(read | change))
        for words in (
            ("compare", out),
            ("report", out, "--out", tmp_path / "x.html"),
            ("reproduce", manifest),
        ):
            _, shown, said = run_command(*words)
            assert not steering(shown + said)


def test_a_table_escapes_what_it_holds_and_takes_nothing_for_markup(capsys):
    from corridor.cli import terminal

    terminal.show_table(HOSTILE, ["[red]a", HOSTILE], [["[bold]b[/]", HOSTILE], [":smile:", "1"]])
    shown = capsys.readouterr().out
    assert not steering(shown)
    assert "[red]a" in shown and "[bold]b[/]" in shown and ":smile:" in shown


def test_nothing_else_of_the_command_line_prints():
    for file in Path(corridor.cli.__file__).parent.glob("*.py"):
        if file.name == "screen.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"print", "typer.echo", "typer.secho"}, file
                assert not called.startswith(("sys.stdout.write", "sys.stderr.write")), file


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_listing_is_written_in_ascii(environment):
    for words in QUICK:
        done = bound.run(
            [CORRIDOR, *words], env=os.environ | environment, capture_output=True, timeout=PATIENCE
        )
        assert done.returncode == (2 if "ñandú" in words else 0), done.stderr
        assert b"Traceback" not in done.stderr
        assert (done.stdout + done.stderr).isascii()


@pytest.mark.parametrize(
    ("shell", "code", "said"),
    [
        ("{} evidence >&-", 0, ""),
        ("{} levers --json >&-", 0, ""),
        ("{} --help >&-", 0, ""),
        ("{} validate nope 2>&-", 2, ""),
        ("{} validate nope 2>/dev/full", 2, ""),
        ("{} validate nope >&- 2>&-", 2, ""),
        ("{} evidence </dev/null | true; exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{} evidence | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{} evidence >/dev/full", 1, "standard output cannot be written: No space left on device"),
        ("{} levers --json >/dev/full", 1, "standard output cannot be written: No space left on device"),
        ("{} nationalities >/dev/full", 1, "standard output cannot be written: No space left on device"),
        ("{} --version >/dev/full", 1, "standard output cannot be written: No space left on device"),
    ],
)
def test_output_that_nobody_can_take_is_no_traceback(shell, code, said):
    done = bound.run(["bash", "-c", shell.format(CORRIDOR)], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == code, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert bool(said) == bool(done.stderr)


def test_a_closed_output_costs_a_run_nothing(scenario_folder, tmp_path):
    shell = f"{CORRIDOR} run {scenario_folder / 'short.yaml'} --replicates 1 --out {tmp_path / 'out'} >&- 2>&- <&-"
    assert bound.run(["bash", "-c", shell], timeout=PATIENCE).returncode == 0
    text = (tmp_path / "out" / "short" / "summary.csv").read_text()
    assert text.startswith("scenario,") and text.count("\n") > 50


@pytest.mark.parametrize("name", ["CORRIDOR_STATES_MB", "CORRIDOR_FULL_SCALE_PAIRS"])
def test_every_command_names_a_bad_variable_first(run_command, monkeypatch, name):
    monkeypatch.setenv(name, "inf")
    for command, callback in COMMANDS.items():
        required = [
            "history"
            for option, *_ in declared(callback)
            if inspect.signature(callback).parameters[option].default is inspect._empty
        ]
        code, shown, said = run_command(command, *required)
        assert (code, shown) == (2, ""), command
        assert said.startswith(f"{name}: expected ")
    assert run_command("run", "--help")[0] == 0


# --- for programs ----------------------------------------------------------------------------------------------------


def test_every_command_answers_with_json_or_is_listed_as_one_that_does_not():
    takes = {name for name, command in COMMANDS.items() if "json" in inspect.signature(command).parameters}
    assert takes | WITHOUT_JSON == set(COMMANDS)
    assert not takes & WITHOUT_JSON


def document(run_command, *words):
    """The exit code and the document; nothing else on standard output, nothing on standard error."""
    code, shown, said = run_command(*words, "--json")
    assert said == ""
    found = json.loads(shown, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert {"command", "corridor", "exit_code", "notes"} <= set(found)
    assert (found["command"], found["exit_code"]) == (words[0], code)
    return code, found


@pytest.mark.parametrize("command", ["levers", "indicators", "scenarios", "nationalities", "evidence"])
def test_lists_are_documents_and_columns_with_tabs(run_command, command):
    _, found = document(run_command, command)
    rows = found["records" if command == "evidence" else command]
    _, *lines = run_command(command, "--csv")[1].splitlines()
    assert len(rows) == len(lines) and all("id" in row for row in rows)
    if command != "evidence":
        listed = [line.split("\t") for line in run_command(command)[1].splitlines()]
        assert listed[0][0] == "id" and len({len(line) for line in listed}) == 1
        assert [line[0] for line in listed[1:]] == [row["id"] for row in rows]
        name = rows[0]["id"]
        assert [row["id"] for row in document(run_command, command, name)[1][command]] == [name]
        code, said, problems = run_command(command, f"{name}x", "qqqq")
        assert (code, said) == (2, "") and f"did you mean {name!r}?" in problems and "'qqqq'" in problems


def test_results_are_documents(run_command, scenario_folder, tmp_path):
    gate, out, one = scenario_folder / "gate.yaml", tmp_path / "out", tmp_path / "one"
    _, found = document(run_command, "run", gate, "--replicates", 2, "--fates", "--out", out)
    assert found["written"] == [
        f"{out}/gate/",
        f"{out}/short/",
        f"{out}/compare.csv",
        f"{out}/headline.csv",
        f"{out}/fates.csv",
    ]
    row = next(row for row in found["differences"] if row["indicator"] == "mexico_detections")
    assert row["scenario"] == "gate" and "difference" in row and {"first_day", "difference_p10"} <= set(row)
    assert found["fates"]
    _, found = document(run_command, "run", scenario_folder / "short.yaml", "--replicates", 1, "--out", one)
    assert {"scenario", "indicator", "period", "mean", "observed"} == set(found["levels"][0])
    _, found = document(run_command, "compare", out / "gate", out / "short")
    assert found["differences"]
    _, found = document(run_command, "report", out / "gate", "--out", tmp_path / "page.html")
    assert found["written"] == [str(tmp_path / "page.html")]
    _, found = document(run_command, "reproduce", one / "short" / "manifest.json")
    assert found["equal"] is True and found["differences"] == []
    with (one / "short" / "replicates.csv").open("a") as file:
        file.write("x\n")
    code, found = document(run_command, "reproduce", one / "short" / "manifest.json")
    assert code and (found.get("equal") is False or found["problems"])
    words = ("batch", gate, "--replicates", 2, "--by", "darien_entries", "--out", tmp_path / "batch")
    _, found = document(run_command, *words)
    assert found["by"] == "darien_entries" and found["ranking"][0]["scenario"] == "gate"
    assert found["failures"] == [] and found["reused"] == 0


def test_analyses_are_documents(run_command, tmp_path):
    toy = ("demands-together", "--people-per-agent", 5000, "--out", tmp_path)
    _, found = document(run_command, "sensitivity", *toy, "--size", 2, "--of", "deaths")
    assert found["runs"] == 34 and {"indicator", "varied", "total", "first"} <= set(found["indices"][0])
    words = ("discover", "--deals", "negotiated-2023", "--draws", 2, "--replicates", 1, "--out", tmp_path)
    _, found = document(run_command, *words)
    assert found["concessions"] and found["demands"] and 0 <= found["agreed"] <= 1
    _, found = document(run_command, "doctor", "--no-timing")
    assert found["caches"][0]["can_be_written"] in {True, False} and found["installed"]["Corridor"]


def test_problems_are_part_of_the_document(run_command, tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text("name: wrong\nextends: history\ntitel: a\nnaem: b\n")
    code, found = document(run_command, "validate", file)
    assert code == 2
    first, second = found["problems"]
    assert set(first) == {"file", "line", "column", "path", "message", "nearest"}
    assert (first["file"], first["line"], first["nearest"]) == (str(file), 3, "title")
    assert second["line"] == 4
    code, found = document(run_command, "run", "history", "--replicates", "many")
    assert code == 2 and "--replicates" in found["problems"][0]["message"]
    code, found = document(run_command, "run", "histori")
    assert code == 2 and found["problems"][0]["nearest"] == "history"


# --- in a shell ------------------------------------------------------------------------------------------------------


def complete(*words, shell="bash"):
    """What the shell is offered for the last word, through the protocol of Typer."""
    variables = {"_CORRIDOR_COMPLETE": f"complete_{shell}", "COMP_CWORD": str(len(words))}
    variables |= {"COMP_WORDS": " ".join(["corridor", *words])}
    variables |= {"_TYPER_COMPLETE_ARGS": " ".join(["corridor", *words])}
    variables |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = bound.run([CORRIDOR], env=os.environ | variables, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("run", "darien-g"), "darien-gate"),
        (("batch", "--by", "encounters_u"), "encounters_usbp"),
        (("sensitivity", "--of", "dar"), "darien_entries"),
        (("discover", "negotiated-2"), "negotiated-2023"),
        (("levers", "us.title_42_s"), "us.title_42_share"),
        (("indicators", "enc"), "encounters_usbp"),
        (("nationalities", "Ven"), "Venezuela"),
        (("scenarios", "hist"), "history"),
        (("evidence", "--search", "demand_noise_s"), "demand_noise_sd"),
        (("observed", "score", "--observed", "pack"), "packaged"),
        (("lev",), "levers"),
    ],
)
def test_the_shell_completes_names(words, offered):
    assert offered in complete(*words)
    assert all(word.startswith(words[-1]) for word in complete(*words))


def test_the_shell_completes_files_and_folders_beside_names(scenario_folder):
    below = f"{scenario_folder}/"
    assert complete("run", below) == [f"{below}gate.yaml", f"{below}short.yaml"]
    assert complete("run", str(scenario_folder)[:-2]) == [below]
    (scenario_folder / f"evil{HOSTILE_NAME}.yaml").write_text("")
    assert complete("run", f"{below}ev") == []
    assert "history" in complete("run", "hist", shell="fish")


def test_completion_loads_neither_the_engine_nor_a_plot():
    program = (
        "import sys; from corridor.cli import completion as c; c.scenario_words(''); c.lever_words('');"
        "c.indicator_words(''); c.nationality_words(''); c.evidence_words('');"
        "print({'numba', 'pandas', 'pyarrow', 'scipy', 'mesa', 'matplotlib', 'altair'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# --- how far it is ---------------------------------------------------------------------------------------------------


def test_a_line_tells_how_far_it_is_where_there_is_no_terminal(capfd, monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0.2)
    with progress.progress_of(f"3 {HOSTILE}") as show:
        for done in range(5):
            show(done, 40)
            time.sleep(0.15)
    first, *_, last = capfd.readouterr().err.splitlines()
    assert re.fullmatch(r"3 a\\x1b\[31m.*: [01] of 40(, about \d+ s left)?", first)
    assert re.fullmatch(r".*: [234] of 40, about \d+ s left", last)


def test_a_quick_command_and_one_that_has_ended_say_nothing(capfd):
    with progress.progress_of("quick") as show:
        show(1, 1)
    assert capfd.readouterr().err == ""


def test_a_word_tells_that_code_is_compiled(capfd, monkeypatch):
    from corridor.foundations import compiled

    monkeypatch.setattr(progress, "EVERY", 0.1)

    @compiled.kernel
    def tripled(number):
        return number * 3

    with progress.progress_of("first run"):
        compiled._at_work.add("tripled")  # as while `tripled` is compiled, which is over too soon to be seen
        time.sleep(0.3)
        assert f"first run: starting ({progress.COMPILING})" in capfd.readouterr().err
        compiled._at_work.discard("tripled")
        capfd.readouterr()
        assert tripled(2) == 6 and not compiled.is_compiling()
        time.sleep(0.3)
        after = capfd.readouterr().err
    assert "first run: starting" in after and "compiling" not in after.splitlines()[-1]


def test_the_shown_time_is_in_words_that_fit():
    assert [progress._spoken(seconds) for seconds in (3.2, 90, 5400)] == ["3 s", "2 min", "1.5 h"]


def test_a_line_of_progress_does_not_ask_a_module_that_is_only_half_imported(monkeypatch):
    """On a slow machine the line is due while another thread imports the engine."""
    monkeypatch.setitem(sys.modules, "corridor.foundations.compiled", ModuleType("compiled"))
    assert progress._is_compiling() is False
