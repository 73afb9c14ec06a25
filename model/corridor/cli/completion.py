"""What the shell offers while a command is typed: names of scenarios, levers, indicators, nationalities, parameters,
observed figures, blind records.

A shell waits for it at every press of the key, so each function imports only what holds its names.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corridor.cli.screen import clean

SUFFIXES = (".yaml", ".yml")


def scenario_words(incomplete: str) -> list[str]:
    """Names of scenarios, and the scenario files and folders that the path may become."""
    from corridor.inputs.scenarios.scenario_files import scenario_names

    folder, _, begun = incomplete.rpartition("/")
    parent = Path(f"{folder}/" if folder or incomplete.startswith("/") else ".")
    paths = []
    try:
        for path in sorted(parent.iterdir()):
            if path.name.startswith(begun) and (begun or not path.name.startswith(".")):
                found = str(parent / path.name)
                paths += [f"{found}/"] if path.is_dir() else [found] if path.suffix in SUFFIXES else []
    except OSError:  # no such folder yet, or not for us
        pass
    if incomplete.startswith("./"):
        paths = [f"./{path}" for path in paths]
    return [*_begun(scenario_names(), incomplete), *(path for path in paths if clean(path) == path)]


def lever_words(incomplete: str) -> list[str]:
    """Levers by their ids."""
    from corridor.inputs.registries.levers import LEVERS

    return _begun(LEVERS, incomplete)


def indicator_words(incomplete: str) -> list[str]:
    """Indicators by their ids."""
    from corridor.inputs.registries.indicators import INDICATORS

    return _begun(INDICATORS, incomplete)


def nationality_words(incomplete: str) -> list[str]:
    """Nationalities."""
    from corridor.inputs.registries.nationalities import NATIONALITIES

    return _begun(NATIONALITIES, incomplete)


def observed_words(incomplete: str) -> list[str]:
    """Observed figures: those of the package, and what was imported into the usual folder."""
    from corridor.outputs.observed_files import observed_names

    return _begun(observed_names(), incomplete)


def blind_words(incomplete: str) -> list[str]:
    """Blind records that Corridor comes with."""
    from corridor.experiments.blind.record import blind_names

    return _begun(blind_names(), incomplete)


def evidence_words(incomplete: str) -> list[str]:
    """What records of evidence are found by: parameters, levers, indicators."""
    from corridor.inputs.parameters.parameter_set import load_parameters

    return [
        *_begun(load_parameters(), incomplete),
        *lever_words(incomplete),
        *indicator_words(incomplete),
    ]


def _begun(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
