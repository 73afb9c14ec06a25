"""Hostile scenario texts by the thousand: shipped files with what breaks readers put where their parts are.

`hostile_texts(seed)` yields bytes for ever, the same for the same seed. `python -m tests.fuzzing.hostile COUNT [SEED]`
reads that many as a scenario file is read, and says how many were refused, the rate, the slowest and the memory.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import corridor
from corridor.foundations.errors import CorridorError
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.shocks import SHOCKS
from corridor.inputs.scenarios.scenario_files import scenario_folders

HEAD = "name: x\nextends: history\n"
LONGEST_SEED = 1_500  # characters: a short text is read sooner, and breaks as well
SLOWEST = 1.0  # seconds of processor time that one text may take

ODD = [
    *(
        "~",
        "''",
        "0",
        "-0",
        "-1",
        "1e400",
        ".nan",
        "-.inf",
        "0x" + "f" * 3_000,
        "9" * 5_000,
        "0o9",
        "1_0",
        "010",
        "+1",
    ),
    *(
        "true",
        "yes",
        "on",
        "Unlimited",
        "unlimited",
        "[]",
        "{}",
        "[[]]",
        "{a: {}}",
        "- a",
        "? a",
        "a: b",
        "|",
        ">-",
        "'",
    ),
    *(
        "!!bool x",
        "!!int x",
        "!!float .",
        "!!null x",
        "!!binary x",
        "!!timestamp x",
        "!!set {a}",
        "!!omap [a: 1]",
    ),
    *(
        "!!str",
        "!",
        "!a b",
        "!!python/name:os.system",
        "&a x",
        "*a",
        "&a [*a]",
        "{<<: *a}",
        "<<: {a: 1}",
        "%YAML 1.1",
    ),
    *(
        r'"\UFFFFFFFF"',
        r'"\ud800"',
        r'"\x1b]0;x\a"',
        r'"\0"',
        r'"\u202e"',
        '"' + "\\n" * 500 + '"',
        "\x1b[2J",
        "\x00",
    ),
    *(
        "2023-02-30",
        "0000-00-00",
        "9999-12-31",
        "2023-1-1",
        "2023-01-01T00:00:00Z",
        "=1+1",
        "../../etc/passwd",
        "\ufeff",
    ),
    *(
        "[" * 30,
        "{a: " * 30,
        "- " * 30,
        "x" * 25_000,
        "1" * 400 + ".5",
        "\u00e9" * 100,
        "\U0001f600",
        "\t",
        "...",
        "---",
    ),
]
"""Values that a reader may stumble over."""

NAMES = [
    *LEVERS,
    *INDICATORS,
    *SHOCKS,
    *corridor.Scenario.model_fields,
    "for",
    "start",
    "end",
    "to",
    "values",
    "over",
]
CONTROLS = "\x00\x01\x07\x08\x0b\x1b\x7f\x85\u2028\u2029\ufeff\ufffe\ud800"
LISTS = [
    "interventions",
    "shocks",
    "demands",
    "remove",
    "overrides",
    "sweep",
    "diplomacy",
    "run",
    "period",
    "narrative",
]


def hostile_texts(seed: int) -> Iterator[bytes]:
    """Texts without end, the same for the same seed: about half near to a shipped file, half made to fill a reader."""
    chance = random.Random(seed)
    shipped = [
        text
        for file in sorted(scenario_folders()[0].glob("*.yaml"))
        if len(text := file.read_text(encoding="utf-8")) <= LONGEST_SEED
    ]
    while True:
        if chance.random() < 0.7:
            lines = chance.choice(shipped).splitlines()
            for _ in range(chance.randint(1, 5)):
                chance.choice(_DAMAGES)(lines, chance)
            text = "\n".join(lines)
        else:
            text = chance.choice(_MADE)(chance)
        raw = text.encode("utf-8", "surrogatepass")
        yield _bytes_changed(raw, chance) if chance.random() < 0.15 else raw


def _other_value(lines: list[str], chance: random.Random) -> None:
    at = _line(lines, chance)
    key, colon, _ = lines[at].partition(":")
    lines[at] = f"{key}{colon or ':'} {chance.choice(ODD)}"


def _other_key(lines: list[str], chance: random.Random) -> None:
    at = _line(lines, chance)
    indent = len(lines[at]) - len(lines[at].lstrip())
    _, _, value = lines[at].partition(":")
    lines[at] = f"{' ' * indent}{chance.choice([*NAMES, *ODD])}:{value}"


def _other_name(lines: list[str], chance: random.Random) -> None:
    at = _line(lines, chance)
    words = lines[at].split(" ")
    words[chance.randrange(len(words))] = chance.choice(NAMES)
    lines[at] = " ".join(words)


def _repeat(lines: list[str], chance: random.Random) -> None:
    first = _line(lines, chance)
    block = lines[first : first + chance.randint(1, 8)]
    lines[first:first] = block * chance.choice([1, 1, 2, 20, 200])


def _drop(lines: list[str], chance: random.Random) -> None:
    at = _line(lines, chance)
    del lines[at : at + chance.randint(1, 3)]


def _shift(lines: list[str], chance: random.Random) -> None:
    at = _line(lines, chance)
    lines[at] = " " * chance.randint(1, 4) + lines[at] if chance.random() < 0.5 else lines[at].lstrip()


def _character(lines: list[str], chance: random.Random) -> None:
    at = _line(lines, chance)
    place = chance.randint(0, len(lines[at]))
    new = chance.choice([*CONTROLS, *"&*!|>%@`'\"#{}[],?:-\t", "\\"])
    lines[at] = lines[at][:place] + new + lines[at][place:]


def _anchor(lines: list[str], chance: random.Random) -> None:
    at = _line(lines, chance)
    key, colon, value = lines[at].partition(":")
    lines[at] = f"{key}{colon or ':'} &a{value or ' x'}"
    lines.append(f"narrative: {chance.choice(['*a', '[*a, *a]', '{<<: *a}', '{*a : 1}'])}")


_DAMAGES: list[Callable[[list[str], random.Random], None]] = [
    *[_other_value] * 4, *[_other_key] * 2, *[_other_name] * 2, _repeat, _drop, _shift, _character, _anchor
]  # fmt: skip


def _line(lines: list[str], chance: random.Random) -> int:
    if not lines:
        lines.append("")
    return chance.randrange(len(lines))


def _count(chance: random.Random) -> int:
    """How many of something: mostly few, for the rate; now and then as many as fit."""
    return chance.choice([1, 3, 10, 10, 30, 100, 1_000, 20_000] if chance.random() < 0.03 else [1, 3, 10])


def _bomb(chance: random.Random) -> str:
    wide, deep = chance.randint(2, 9), chance.randint(2, 15)
    kind = chance.choice(["[{}]", "{{k: [{}]}}"])
    levels = [f"a0: &a0 {chance.choice(['x', 'x' * 1_000, '[x, x]', '{x: 1}'])}"]
    for level in range(1, deep):
        levels.append(f"a{level}: &a{level} " + kind.format(", ".join([f"*a{level - 1}"] * wide)))
    return HEAD + "\n".join(levels)


def _aliases(chance: random.Random) -> str:
    where = chance.choice(
        ["remove: [{}]", "overrides: {{a: [{}]}}", "demands: [{}]", "sweep: {{over: [{}]}}"]
    )
    value = chance.choice("xy") * chance.choice([1, 100, 5_000, 19_000])
    return f"{HEAD}question: &a {value}\n" + where.format("*a, " * _count(chance))


def _nested(chance: random.Random) -> str:
    opening = chance.choice(["[", "{a: ", "- ", "? ", "[{", "!!seq [", "&a [", "{? ["])
    return f"{HEAD}{chance.choice(LISTS)}: {chance.choice(['', chr(10) + ' '])}" + opening * _count(chance)


def _many(chance: random.Random) -> str:
    """Many entries of one list, each odd in some field."""
    part = chance.choice(["interventions", "shocks", "demands"])
    fields = {
        "interventions": [
            "id",
            "lever",
            "for",
            "pooled",
            "profile",
            "start",
            "end",
            "announced",
            "cancelled",
            "to",
            "values",
        ],
        "shocks": ["id", "kind", "start", "end", "size", "for", "place", "source"],
        "demands": ["id", "of", "indicator", "place", "nationality", "year", "at_most", "at_least", "source"],
    }[part]
    sound = {
        "id": "a",
        "lever": chance.choice([*LEVERS]),
        "kind": chance.choice([*SHOCKS]),
        "start": "2023-05-01",
        "to": "1",
    }
    sound |= {
        "indicator": chance.choice([*INDICATORS]),
        "size": "1",
        "of": "us",
        "at_most": "1",
        "end": "2023-06-01",
    }
    rows = []
    for number in range(_count(chance)):
        row = {
            name: sound.get(name, chance.choice(ODD[:40]))
            for name in chance.sample(fields, chance.randint(1, len(fields)))
        }
        if chance.random() < 0.5:
            row[chance.choice([*fields, "x"])] = chance.choice(ODD)
        if "id" in row:
            row["id"] += str(number)
        rows.append("- {" + ", ".join(f"{name}: {value}" for name, value in row.items()) + "}")
    return f"{HEAD}{part}:\n" + "\n".join(rows)


def _pairs(chance: random.Random) -> str:
    """A mapping where one is expected or not, with names that are near to known ones."""
    known = chance.choice(
        [NAMES, ["crossing_rate", "latent_demand"], ["us", "mexico"], ["2023-05-01", "Cuba"]]
    )
    pairs = [
        f"{chance.choice(known)}{chance.choice(['', 'x', number])}: {chance.choice(ODD)}"
        for number in range(_count(chance))
    ]
    return f"{HEAD}{chance.choice(LISTS)}: {{{', '.join(pairs)}}}\n"


def _words(chance: random.Random) -> str:
    return HEAD + "\n".join(
        " ".join(chance.choices([*ODD, *NAMES, *":-?[]{},&*"], k=chance.randint(1, 9))) for _ in range(9)
    )


_MADE: list[Callable[[random.Random], str]] = [_bomb, _aliases, _nested, _many, _pairs, _words]


def _bytes_changed(raw: bytes, chance: random.Random) -> bytes:
    """Other encodings, bytes that are no text, a text cut off."""
    kind = chance.randrange(4)
    if kind == 0:
        return raw[: chance.randrange(len(raw) + 1)]
    if kind == 1:
        return raw.decode("utf-8", "replace").encode(chance.choice(["utf-16", "utf-32", "utf-8-sig"]))
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.randbytes(chance.randint(1, 8)) + raw[at:]


def main(count: int, seed: int = 1) -> int:
    """Read so many; 1 if any crashes or takes longer than `SLOWEST`."""
    said: Counter[str] = Counter()
    slowest, findings = (0.0, b""), []
    resolve(corridor.parse_scenario(HEAD))
    begun = time.perf_counter()
    for raw in islice(hostile_texts(seed), count):
        started = time.process_time()
        try:
            resolve(corridor.parse_scenario(raw))
            said["read"] += 1
        except CorridorError as error:
            said["refused" if str(error) else "refused without a word"] += 1
        except Exception as error:
            said[type(error).__name__] += 1
            findings.append((repr(error)[:200], raw))
        took = time.process_time() - started
        slowest = max(slowest, (took, raw))
        if took > SLOWEST:
            findings.append((f"{took:.2f} s", raw))
    rate = count / (time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = ", ".join(f"{name} {number:,}" for name, number in sorted(said.items()))
    sys.stdout.write(
        f"{count:,} texts of seed {seed}: {counts}; {rate:,.0f} a second, slowest {slowest[0]:.2f} s, {peak:.0f} MB\n"
    )
    for why, raw in findings:
        sys.stdout.write(f"{why}: {raw[:2_000]!r}\n")
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
