"""The shape of the code: what may import what, what is public, what may print."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import model
from tests.cases import for_all

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "model").rglob("*.py"))


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip()


def test_imports_go_one_way():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@for_all("name", model.__all__)
def test_every_public_name_is_there(name):
    assert getattr(model, name) is not None


def test_the_public_names_are_those_listed():
    tree = ast.parse(Path(model.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == set(model._HOME_OF) == set(model.__all__) - {"__version__"}
    assert len(model.__all__) == len(set(model.__all__))


def test_a_public_name_says_where_it_lives():
    for home, names in model._HOMES.items():
        module = importlib.import_module(home)
        for name in names:
            assert getattr(module, name) is getattr(model, name)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        model.nothing  # noqa: B018


def test_importing_the_package_imports_nothing_heavy():
    heavy = "numpy pandas numba mesa pydantic streamlit altair scipy"
    code = f"import sys, model; print([n for n in {heavy.split()!r} if n in sys.modules])"
    assert run_python(code) == "[]"


def test_help_imports_nothing_heavy():
    code = (
        "import sys, model.cli\n"
        "try: model.cli.main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "print([n for n in ('numpy', 'pandas', 'numba', 'mesa', 'scipy') if n in sys.modules])"
    )
    assert run_python(code).splitlines()[-1] == "[]"


def test_using_the_whole_public_face_does_not_import_streamlit():
    code = (
        "import sys, model\n"
        "for name in model.__all__: getattr(model, name)\n"
        "print('streamlit' in sys.modules)"
    )
    assert run_python(code) == "False"


@for_all("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_and_only_the_command_line_prints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "no module docstring"
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if path.parent.name != "cli":
        assert "print" not in calls


def test_committed_files_name_no_package_index_and_no_machine_path():
    for name in ("constraints.txt", "pyproject.toml", "Makefile", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, name
        assert "/home/" not in text, name
    assert all("==" in line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
