"""The notebook runs from its first cell to its last, shows what it promises, and is kept without outputs."""

import re
from pathlib import Path

import nbformat
import pytest

import corridor
from tests.delivery.conftest import ROOT
from tests.patience import PATIENCE

NOTEBOOK = ROOT / "docs" / "notebooks" / "first-look.ipynb"
FEW = ("REPLICATES = 8", "REPLICATES = 2"), ("PEOPLE_PER_AGENT = 200", "PEOPLE_PER_AGENT = 1000")
TO_BEGIN_WITH = set(re.findall(r"`(\w+)`", corridor.__doc__.split("To begin with:")[1].split("\n\n")[0]))


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_kept_without_outputs(notebook):
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in code_of(notebook))


def test_it_uses_the_names_to_begin_with_and_one_more(notebook):
    text = "\n".join(cell.source for cell in code_of(notebook))
    used = {name for name in corridor.__all__ if f"corridor.{name}" in text}
    assert {"run_ensembles", "compare", "write_results"} <= used <= TO_BEGIN_WITH | {"observed_points"}
    assert set(corridor.__all__) >= TO_BEGIN_WITH and 12 <= len(TO_BEGIN_WITH) <= 15


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_it_runs_and_shows_harm_beside_flow(notebook, tmp_path, monkeypatch):
    from nbclient import NotebookClient

    first = code_of(notebook)[0]
    for said, small in FEW:
        assert said in first.source
        first.source = first.source.replace(said, small)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "model"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.delenv(
        "MPLBACKEND", raising=False
    )  # Streamlit sets it for the whole process; figures are inline here
    NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": str(tmp_path)}}).execute()

    shown = [output for cell in code_of(notebook) for output in cell.outputs]
    assert {output.output_type for output in shown} <= {"stream", "display_data", "execute_result"}
    texts = "\n".join(output.get("text", "") or output.data.get("text/plain", "") for output in shown)
    assert "typo.yaml:2:10: unknown scenario 'histroy'; did you mean 'history'?" in texts
    for name in ("encounters_usbp", "mexico_returns", "deaths", "kidnappings"):
        assert name in texts
    assert sum("image/png" in output.get("data", {}) for output in shown) == 1
    folder = Path(tmp_path) / "results" / "first-look"
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    assert {
        "compare.csv",
        "history/summary.csv",
        "funded-50/summary.csv",
        "funded-100/summary.csv",
    } <= written
    again = corridor.Results.read(folder / "funded-100")
    assert again.values.shape[0] == 2
