"""Fuzz every target, or those named: `python -m tests.fuzzing [--seconds N] [--inputs N] [TARGET...]`.

Each target runs in a process of its own under libFuzzer's rules (Atheris). What it finds stays in
`results/fuzzing/TARGET/`; mend it, and add it to tests/test_hostile_input.py. Exit code 1 if there is anything.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from tests import bound

OUT = Path("results") / "fuzzing"
LONGEST, MOST_MB = 10, 2000  # seconds for one input, memory of the process
INSTRUMENTED = [
    "corridor.inputs",
    "corridor.outputs",
    "corridor.foundations",
    "corridor_app.choices.state",
    "corridor_app.jobs.uploads",
]
STATISTICS = {
    "inputs": r"stat::number_of_executed_units:\s*(\d+)",
    "slowest_ms": r"slowest_ms:\s*(\d+)",
    "peak_mb": r"stat::peak_rss_mb:\s*(\d+)",
}


def fuzz_one(target: str, flags: list[str]) -> None:
    """Fuzz one target in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        from corridor.foundations.errors import CorridorError
        from tests.fuzzing.targets import TARGETS, seeds

    def look(raw: bytes) -> None:
        try:
            TARGETS[target](raw)
        except CorridorError as error:
            if not str(error):
                raise AssertionError("a refusal without a word") from error

    for seed in seeds(target):  # what is read once, such as the model's own parameters, is no input's fault
        look(seed)

    slowest_ms = 0

    def look_timed(raw: bytes) -> None:
        nonlocal slowest_ms
        begun = time.process_time()  # others work on the machine
        look(raw)
        took_ms = round(1000 * (time.process_time() - begun))
        if took_ms > slowest_ms:  # libFuzzer ends this process without a last word
            slowest_ms = took_ms
            print(f"slowest_ms: {slowest_ms}", flush=True)

    atheris.Setup([sys.argv[0], *flags], look_timed)
    atheris.Fuzz()


def run_target(target: str, seconds: int, inputs: int) -> tuple[dict[str, int], list[Path], str]:
    """Fuzz a target in a process of its own; its statistics, what it found, and what it said."""
    from tests.fuzzing.targets import seeds, words

    found = OUT / target
    found.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    with tempfile.TemporaryDirectory(prefix="corridor-fuzz-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(seeds(target)):
            (corpus / str(number)).write_bytes(seed)
        dictionary = Path(folder) / "words"
        escaped = [word.replace("\\", r"\\").replace('"', r"\"") for word in words()]
        dictionary.write_text("".join(f'"{word}"\n' for word in escaped))
        flags = [
            f"-max_total_time={seconds}",
            f"-runs={inputs}",
            f"-timeout={LONGEST}",
            f"-rss_limit_mb={MOST_MB}",
            f"-dict={dictionary}",
            f"-artifact_prefix={found}/",
            "-print_final_stats=1",
            "-max_len=8192",
            str(corpus),
        ]
        done = bound.run(
            [sys.executable, "-m", "tests.fuzzing", "--one", target, *flags],
            env=os.environ | {"XDG_CACHE_HOME": folder},
            capture_output=True,
            text=True,
            errors="replace",
        )
    said = done.stdout + done.stderr
    numbers = {name: int((re.findall(pattern, said) or [-1])[-1]) for name, pattern in STATISTICS.items()}
    return numbers, sorted(set(found.iterdir()) - before), said if done.returncode else ""


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        fuzz_one(sys.argv[2], sys.argv[3:])
        return 0
    from tests.fuzzing.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument(
        "--inputs", type=int, default=-1, help="for each target at most; -1: as many as there is time for"
    )
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    failed = False
    for target in asked.targets or TARGETS:
        numbers, found, said = run_target(target, asked.seconds, asked.inputs)
        failed |= bool(found or said)
        words = ", ".join(f"{name} {number:,}" for name, number in numbers.items())
        print(f"{target}: {words}, findings {len(found)}", flush=True)
        for path in found:
            print(f"  {path}", flush=True)
        if said:
            print(said[-6000:], flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
