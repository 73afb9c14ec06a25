"""Run the studies and write their pages: `make study`.

python -m studies            acceptance tests and all shipped scenarios, 1:50 with 20 replicates (minutes)
python -m studies --quick    the same at toy sizes, to see that it works; writes no page
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from model import compare, run_ensembles, write_results
from model.spec.scenario import scenario_names
from model.version import __version__
from studies import diplomacy
from studies.acceptance import SHIPPED, VARIANTS, Check, run_cases
from studies.pages import passes, write_scenarios, write_validation

REPLICATES, PEOPLE_PER_AGENT = 20, 50
QUICK_REPLICATES, QUICK_PEOPLE = 2, 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studies", description="Run the slow studies.")
    parser.add_argument("--quick", action="store_true", help="toy sizes; no page")
    parser.add_argument("--out", type=Path, default=Path("results") / "study", help="folder of the CSV files")
    asked = parser.parse_args()
    replicates, people = (QUICK_REPLICATES, QUICK_PEOPLE) if asked.quick else (REPLICATES, PEOPLE_PER_AGENT)
    runs, cases = run_cases(replicates=replicates, people_per_agent=people)
    for case, checks in cases:
        print(f"{case.number:4}{'pass' if passes(checks) else 'FAIL'}  {case.title}")
        for check in checks:
            print(f"          {'ok' if check.passes else 'NO'}  {line(check)}")
    library = run_ensembles(list(scenario_names()), replicates=replicates, people_per_agent=people)
    comparison = compare(library)
    settings = (
        f"Corridor {__version__}, 1:{people} with {replicates} replicates, seed 1 "
        f"({len(SHIPPED) + len(VARIANTS)} runs for the tests, {len(library)} for the scenarios)."
    )
    draws = 2 if asked.quick else diplomacy.DRAWS
    talks = diplomacy.run_study(people, draws, min(replicates, diplomacy.REPLICATES))
    about_talks = (
        f"Corridor {__version__}, 1:{people}, {draws} sets of preferences with "
        f"{min(replicates, diplomacy.REPLICATES)} replicates each, seed {diplomacy.SEED}."
    )
    if asked.quick:
        with TemporaryDirectory() as folder:
            write_scenarios(comparison, settings, Path(folder) / "scenarios.md")
            diplomacy.write_diplomacy(talks, about_talks, Path(folder) / "diplomacy.md")
        return
    write_results(library, asked.out)
    write_validation(cases, runs, settings)
    write_scenarios(comparison, settings)
    diplomacy.write_diplomacy(talks, about_talks)


def line(check: Check) -> str:
    bounds = f"{check.low:{check.form}} to {check.high:{check.form}}"
    return f"{check.what}: {np.nanmean(check.values):{check.form}} (must lie in {bounds})"


if __name__ == "__main__":
    main()
