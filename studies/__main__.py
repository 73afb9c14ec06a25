"""Run the studies and write their pages: `make study`.

python -m studies            acceptance tests (1:10), all shipped scenarios and talks (1:50), curves of levers (1:200),
                             20 replicates (minutes)
python -m studies --quick    the same at toy sizes, to see that it works; writes no page
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from corridor import compare, run_ensembles, write_results
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.scenarios.scenario_files import scenario_names
from corridor.version import __version__
from studies import demands, diplomacy, responses
from studies.acceptance import run_cases
from studies.checks import Check
from studies.pages import passes, write_scenarios, write_validation

REPLICATES, QUICK_REPLICATES = 20, 2
# Peaks and overflow depend on the scale: at 1:50 chance alone makes the largest day a tenth larger than at 1:10.
CASES_PEOPLE, PEOPLE, QUICK_PEOPLE = 10, 50, 1000
DEMANDS_PEOPLE = 200  # thousands of runs


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies", description="Run the slow studies.")
    parser.add_argument("--quick", action="store_true", help="toy sizes; no page")
    parser.add_argument("--out", type=Path, default=Path("results") / "study", help="folder of the CSV files")
    asked = parser.parse_args()
    replicates = QUICK_REPLICATES if asked.quick else REPLICATES
    cases_people, people = (QUICK_PEOPLE,) * 2 if asked.quick else (CASES_PEOPLE, PEOPLE)
    runs, cases = run_cases(replicates=replicates, people_per_agent=cases_people)
    for case, checks in cases:
        print(f"{case.number:4}{'pass' if passes(checks) else 'FAIL'}  {case.title}")
        for check in checks:
            print(f"          {'ok' if check.passes else 'NO'}  {line(check)}")
    library = run_ensembles(list(scenario_names()), replicates=replicates, people_per_agent=people)
    comparison = compare(library)
    settings = (
        f"Corridor {__version__}, 1:{{people}} with {replicates} replicates, seed 1 ({{runs}} scenarios)."
    )
    of_cases = settings.format(people=cases_people, runs=len(runs.by_name))
    of_library = settings.format(people=people, runs=len(library))
    draws = 2 if asked.quick else diplomacy.DRAWS
    talks = diplomacy.run_study(people, draws, min(replicates, diplomacy.REPLICATES))
    about_talks = (
        f"Corridor {__version__}, 1:{people}, {draws} sets of preferences with "
        f"{min(replicates, diplomacy.REPLICATES)} replicates each, seed {diplomacy.SEED}."
    )
    wanted = demands.run_study(*((1000, 2, 1, 16) if asked.quick else (DEMANDS_PEOPLE, 2, 4)))
    about_demands = f"Corridor {__version__}, 1:{DEMANDS_PEOPLE} with 2 replicates a point, seed 1."
    tried = responses.QUICK_LEVERS if asked.quick else tuple(LEVERS)
    number = responses.QUICK_REPLICATES if asked.quick else responses.REPLICATES
    curves, about_curves = responses.run_study(tried, number), responses.settings_of(number)
    if asked.quick:
        with TemporaryDirectory() as folder:
            write_scenarios(comparison, of_library, Path(folder) / "scenarios.md")
            diplomacy.write_diplomacy(talks, about_talks, Path(folder) / "diplomacy.md")
            demands.write_discovery(wanted, about_demands, Path(folder) / "discovery.md")
            responses.write_responses(curves, about_curves, Path(folder) / "responses.md")
        return
    write_results(library, asked.out)
    write_validation(cases, runs, of_cases)
    write_scenarios(comparison, of_library)
    diplomacy.write_diplomacy(talks, about_talks)
    demands.write_discovery(wanted, about_demands)
    responses.write_responses(curves, about_curves)


def line(check: Check) -> str:
    bounds = f"{check.low:{check.form}} to {check.high:{check.form}}"
    return f"{check.what}: {np.nanmean(check.values):{check.form}} (must lie in {bounds})"


if __name__ == "__main__":
    main()
