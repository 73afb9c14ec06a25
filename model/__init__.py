"""Corridor: scenarios of migrant flows through Panama, Mexico and the US border.

A tour in five lines::

    import model

    history = model.run_ensemble("history", replicates=20)
    what_if = model.run_ensemble("funds-last-december", replicates=20)
    model.compare([history, what_if]).table()

To begin with: `scenario_names`, `LEVERS`, `INDICATORS`; `load_scenario`, `parse_scenario`; `run_ensemble`,
`run_ensembles`, `compare`; `fan_rows`, `fan_chart`, `write_results`, `make_report`; and the types `Scenario`,
`Results` and `InputError`. docs/notebooks/first-look.ipynb uses them in turn.

The names below are the public face; the command line and the app use nothing else. They are loaded when
first used, so `import model` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from model.version import __version__

if TYPE_CHECKING:
    from model.experiments.compare import Comparison, SharedPeriods, compare, shared_periods, write_results
    from model.experiments.deals import DealSpace, explore_deals
    from model.experiments.ensemble import run_ensemble, run_ensembles
    from model.experiments.kept import run_kept
    from model.experiments.report import make_report
    from model.experiments.reproduce import reproduce
    from model.foundations.errors import CorridorError, InputError
    from model.outputs.figures import deal_chart, deal_rows, fan_chart, fan_rows
    from model.outputs.observations import observed_points, observed_values
    from model.outputs.results import Results
    from model.outputs.tables import csv_bytes
    from model.spec.bargain_items import INTERESTS, ISSUES, SIDE_DEALS
    from model.spec.evidence import load_observed, search_evidence
    from model.spec.geography import load_geography, load_outlines
    from model.spec.indicators import INDICATORS
    from model.spec.levers import LEVERS
    from model.spec.parameters import load_parameters
    from model.spec.policy import resolve
    from model.spec.scenario import Scenario, load_scenario, parse_scenario, scenario_names
    from model.spec.skill import load_skill

__all__ = [
    "INDICATORS",
    "INTERESTS",
    "ISSUES",
    "LEVERS",
    "SIDE_DEALS",
    "Comparison",
    "CorridorError",
    "DealSpace",
    "InputError",
    "Results",
    "Scenario",
    "SharedPeriods",
    "__version__",
    "compare",
    "csv_bytes",
    "deal_chart",
    "deal_rows",
    "explore_deals",
    "fan_chart",
    "fan_rows",
    "load_geography",
    "load_observed",
    "load_outlines",
    "load_parameters",
    "load_scenario",
    "load_skill",
    "make_report",
    "observed_points",
    "observed_values",
    "parse_scenario",
    "reproduce",
    "resolve",
    "run_ensemble",
    "run_ensembles",
    "run_kept",
    "scenario_names",
    "search_evidence",
    "shared_periods",
    "write_results",
]

_HOMES = {
    "model.experiments.compare": (
        "Comparison",
        "SharedPeriods",
        "compare",
        "shared_periods",
        "write_results",
    ),
    "model.experiments.deals": ("DealSpace", "explore_deals"),
    "model.experiments.ensemble": ("run_ensemble", "run_ensembles"),
    "model.experiments.kept": ("run_kept",),
    "model.experiments.report": ("make_report",),
    "model.experiments.reproduce": ("reproduce",),
    "model.foundations.errors": ("CorridorError", "InputError"),
    "model.outputs.figures": ("deal_chart", "deal_rows", "fan_chart", "fan_rows"),
    "model.outputs.observations": ("observed_points", "observed_values"),
    "model.outputs.results": ("Results",),
    "model.outputs.tables": ("csv_bytes",),
    "model.spec.bargain_items": ("INTERESTS", "ISSUES", "SIDE_DEALS"),
    "model.spec.evidence": ("load_observed", "search_evidence"),
    "model.spec.geography": ("load_geography", "load_outlines"),
    "model.spec.indicators": ("INDICATORS",),
    "model.spec.levers": ("LEVERS",),
    "model.spec.parameters": ("load_parameters",),
    "model.spec.policy": ("resolve",),
    "model.spec.scenario": ("Scenario", "load_scenario", "parse_scenario", "scenario_names"),
    "model.spec.skill": ("load_skill",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'model' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
