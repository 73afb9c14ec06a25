"""Corridor inside joblib, loky, the EMA workbench, Dask and Jupyter: the numbers of a plain run, and an end.

`make study` installs these tools (the extra `guests`) and runs them; where one is missing, its test fails.
"""

import nbformat
import pytest
from nbclient import NotebookClient

from tests.experiments.test_guests import HEAD, TAIL, ends_well
from tests.patience import PATIENCE

pytestmark = pytest.mark.study

GUARD = 'if __name__ == "__main__":'
JOBLIB = """
    from joblib import Parallel, delayed
    found = Parallel(n_jobs=2, backend="{}")(delayed(run)(seed) for seed in (1, 2))
"""
EMA = """
from ema_workbench import IntegerParameter, Model, MultiprocessingEvaluator, ScalarOutcome, Scenario
from ema_workbench import SequentialEvaluator

def model(seed=1):
    return {"total": run(seed)}
"""
EVALUATED = """
    corridor_model = Model("corridor", function=model)
    corridor_model.uncertainties = [IntegerParameter("seed", 1, 2)]
    corridor_model.outcomes = [ScalarOutcome("total")]
    with EVALUATOR as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=[Scenario("a", seed=1), Scenario("b", seed=2)])
    order = experiments["seed"].astype(int).tolist()
    found = [float(outcomes["total"][order.index(seed)]) for seed in (1, 2)]
"""
DASK = """
    from dask.distributed import Client, LocalCluster
    with LocalCluster(n_workers=2, threads_per_worker=2, processes={}, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            {}
"""
MAPPED = "found = client.gather(client.map(run, (1, 2)))"
GIVEN = "found = [run(seed, executor=client.get_executor()) for seed in (1, 2)]"
CALLERS = {
    **{f"joblib_{how}": ("", JOBLIB.format(how)) for how in ("loky", "multiprocessing", "threading")},
    "given_loky": (
        "from joblib.externals.loky import get_reusable_executor\n",
        "\n    pool = get_reusable_executor(2)\n    found = [run(seed, executor=pool) for seed in (1, 2)]",
    ),
    "ema_sequential": (EMA, EVALUATED.replace("EVALUATOR", "SequentialEvaluator(corridor_model)")),
    "ema_multiprocessing": (
        EMA,
        EVALUATED.replace("EVALUATOR", "MultiprocessingEvaluator(corridor_model, 2)"),
    ),
    "dask_processes": ("", DASK.format(True, MAPPED)),
    "dask_threads": ("", DASK.format(False, MAPPED)),
    "given_dask_processes": ("", DASK.format(True, GIVEN)),
    "given_dask_threads": ("", DASK.format(False, GIVEN)),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_every_tool_gets_the_numbers_and_ends(caller, tmp_path, scenario_folder):
    before, body = CALLERS[caller]
    ends_well(tmp_path, HEAD + before + GUARD + body + TAIL, scenario_folder / "short.yaml")


CELLS = (
    "found = [run(seed, workers=2) for seed in (1, 2)]\n" + TAIL.replace("\n    ", "\n"),
    # What a notebook defines is no module, so it is its fork that finds it.
    "with ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool: found = list(pool.map(run, (1, 2)))\n"
    + TAIL.replace("\n    ", "\n"),
)


def test_the_cells_of_a_notebook_get_the_numbers(scenario_folder):
    head = HEAD.replace("sys.argv[1]", repr(str(scenario_folder / "short.yaml")))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (head, *CELLS)])
    NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3").execute()
    for cell in notebook.cells[1:]:
        assert [output.get("text") for output in cell.outputs] == ["right\n"]
