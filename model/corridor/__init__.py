"""Corridor: scenarios of migrant flows through Panama, Mexico and the US border.

A tour in five lines::

    import corridor

    history = corridor.run_ensemble("history", replicates=20)
    what_if = corridor.run_ensemble("funds-last-december", replicates=20)
    corridor.compare([history, what_if]).table()

To begin with: `scenario_names`, `LEVERS`, `INDICATORS`; `load_scenario`, `parse_scenario`; `run_ensemble`,
`run_ensembles`, `compare`; `fan_rows`, `fan_chart`, `write_results`, `make_report`; and the types `Scenario`,
`Results` and `InputError`. docs/notebooks/first-look.ipynb uses them in turn.

The names below are the public face; the command line and the app use nothing else. They are loaded when
first used, so `import corridor` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from corridor.version import __version__

if TYPE_CHECKING:
    from corridor.engine.simulation import Simulation
    from corridor.experiments.blind.record import (
        BlindRecord,
        blind_names,
        load_blind_scores,
        read_blind_record,
    )
    from corridor.experiments.blind.scoring import BlindScores, score_blind
    from corridor.experiments.compare import Comparison, SharedPeriods, compare, shared_periods, write_results
    from corridor.experiments.deals import DealSpace, explore_deals
    from corridor.experiments.ensemble import run_ensemble, run_ensembles
    from corridor.experiments.kept import run_kept
    from corridor.experiments.observed_scores import ObservedScores, score_observed
    from corridor.experiments.projection import projected_summary, projection_table, result_files
    from corridor.experiments.report import make_report
    from corridor.experiments.reproduce import reproduce
    from corridor.foundations.errors import CorridorError, InputError
    from corridor.foundations.windows import Window
    from corridor.inputs.compiling.policy import resolve
    from corridor.inputs.evidence.observed_import import import_observed, parse_observed
    from corridor.inputs.evidence.observed_series import ObservedSeries
    from corridor.inputs.evidence.search import load_observed, search_evidence
    from corridor.inputs.evidence.skill import load_skill
    from corridor.inputs.parameters.parameter_set import load_parameters
    from corridor.inputs.registries.bargain_items import INTERESTS, ISSUES, SIDE_DEALS
    from corridor.inputs.registries.geography import load_geography, load_outlines
    from corridor.inputs.registries.indicators import INDICATORS
    from corridor.inputs.registries.levers import LEVERS
    from corridor.inputs.registries.retired import find_retired
    from corridor.inputs.scenarios.scenario import Scenario
    from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario, scenario_names
    from corridor.outputs.figure_rows import deal_rows, fan_rows
    from corridor.outputs.figures import deal_chart, fan_chart
    from corridor.outputs.observations import observed_points, observed_values
    from corridor.outputs.observed_files import list_observed, observed_files, read_observed, write_observed
    from corridor.outputs.results import Results
    from corridor.outputs.tables import csv_bytes

__all__ = [
    "INDICATORS",
    "INTERESTS",
    "ISSUES",
    "LEVERS",
    "SIDE_DEALS",
    "BlindRecord",
    "BlindScores",
    "Comparison",
    "CorridorError",
    "DealSpace",
    "InputError",
    "ObservedScores",
    "ObservedSeries",
    "Results",
    "Scenario",
    "SharedPeriods",
    "Simulation",
    "Window",
    "__version__",
    "blind_names",
    "compare",
    "csv_bytes",
    "deal_chart",
    "deal_rows",
    "explore_deals",
    "fan_chart",
    "fan_rows",
    "find_retired",
    "import_observed",
    "list_observed",
    "load_blind_scores",
    "load_geography",
    "load_observed",
    "load_outlines",
    "load_parameters",
    "load_scenario",
    "load_skill",
    "make_report",
    "observed_files",
    "observed_points",
    "observed_values",
    "parse_observed",
    "parse_scenario",
    "projected_summary",
    "projection_table",
    "read_blind_record",
    "read_observed",
    "reproduce",
    "resolve",
    "result_files",
    "run_ensemble",
    "run_ensembles",
    "run_kept",
    "scenario_names",
    "score_blind",
    "score_observed",
    "search_evidence",
    "shared_periods",
    "write_observed",
    "write_results",
]

_HOMES = {
    "corridor.engine.simulation": ("Simulation",),
    "corridor.experiments.blind.record": (
        "BlindRecord",
        "blind_names",
        "load_blind_scores",
        "read_blind_record",
    ),
    "corridor.experiments.blind.scoring": ("BlindScores", "score_blind"),
    "corridor.experiments.compare": (
        "Comparison",
        "SharedPeriods",
        "compare",
        "shared_periods",
        "write_results",
    ),
    "corridor.experiments.deals": ("DealSpace", "explore_deals"),
    "corridor.experiments.ensemble": ("run_ensemble", "run_ensembles"),
    "corridor.experiments.kept": ("run_kept",),
    "corridor.experiments.observed_scores": ("ObservedScores", "score_observed"),
    "corridor.experiments.projection": ("projected_summary", "projection_table", "result_files"),
    "corridor.experiments.report": ("make_report",),
    "corridor.experiments.reproduce": ("reproduce",),
    "corridor.foundations.errors": ("CorridorError", "InputError"),
    "corridor.foundations.windows": ("Window",),
    "corridor.outputs.figure_rows": ("deal_rows", "fan_rows"),
    "corridor.outputs.figures": ("deal_chart", "fan_chart"),
    "corridor.outputs.observations": ("observed_points", "observed_values"),
    "corridor.outputs.observed_files": (
        "list_observed",
        "observed_files",
        "read_observed",
        "write_observed",
    ),
    "corridor.outputs.results": ("Results",),
    "corridor.outputs.tables": ("csv_bytes",),
    "corridor.inputs.registries.bargain_items": ("INTERESTS", "ISSUES", "SIDE_DEALS"),
    "corridor.inputs.evidence.observed_import": ("import_observed", "parse_observed"),
    "corridor.inputs.evidence.observed_series": ("ObservedSeries",),
    "corridor.inputs.evidence.search": ("load_observed", "search_evidence"),
    "corridor.inputs.registries.geography": ("load_geography", "load_outlines"),
    "corridor.inputs.registries.indicators": ("INDICATORS",),
    "corridor.inputs.registries.levers": ("LEVERS",),
    "corridor.inputs.registries.retired": ("find_retired",),
    "corridor.inputs.parameters.parameter_set": ("load_parameters",),
    "corridor.inputs.compiling.policy": ("resolve",),
    "corridor.inputs.scenarios.scenario": ("Scenario",),
    "corridor.inputs.scenarios.scenario_files": ("load_scenario", "parse_scenario", "scenario_names"),
    "corridor.inputs.evidence.skill": ("load_skill",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
#: What is loaded only with the extra `report`.
_REPORTED = ("corridor.experiments.report", "corridor.outputs.figures")


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'corridor' has no attribute {name!r}")
    home = _HOME_OF[name]
    if home in _REPORTED:
        from corridor.foundations.extras import need

        need("report", f"corridor.{name}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
