"""Test data shared by the folders: small recordings made by hand, and results made of them."""

import numpy as np
import pytest

from model.engine.recorder import Cells, Recording
from model.outputs.manifest import describe_run
from model.outputs.results import Results

PERIODS = ("2023-11", "2023-12", "2023")


# Deliberately not in the order of the registry.
CELLS = Cells(
    indicator=("encounters_usbp", "encounters_usbp", "departures", "days_en_route", "encounters_usbp"),
    place=("tucson_sector", "all", "all", "all", "all"),
    nationality=("all", "all", "all", "El Salvador", "Cuba"),
    party=("all", "all", "all", "all", "all"),
    unit=("people", "people", "people", "days", "people"),
)


@pytest.fixture
def make_results():
    """A factory of Results: `make_results("history", shift=0.0)`; each replicate and period differs."""

    def make(
        scenario="history",
        *,
        shift=0.0,
        replicates=3,
        seed=1,
        people_per_agent=50,
        baseline=None,
        periods=PERIODS,
        undefined=(),
    ) -> Results:
        cells = len(CELLS.indicator)
        numbers = np.arange(len(periods) * cells, dtype=float).reshape(len(periods), cells)
        values = [numbers * 10 + replicate + shift for replicate in range(replicates)]
        for replicate, period, cell in undefined:
            values[replicate][period, cell] = np.nan
        recordings = [Recording(periods, CELLS, each) for each in values]
        manifest = describe_run(
            {scenario: f"name: {scenario}\n"},
            scenario=scenario,
            baseline=baseline,
            parameters_hash="0" * 64,
            cells=list(zip(*vars(CELLS).values(), strict=True)),
            start="2020-07-01",
            report_from="2021-01-01",
            end="2023-12-31",
            seed=seed,
            replicates=range(replicates),
            draws=[0] * replicates,
            people_per_agent=people_per_agent,
            daily=False,
        )
        return Results.from_recordings(
            scenario, recordings, draws=[0] * replicates, replicates=range(replicates), manifest=manifest
        )

    return make
