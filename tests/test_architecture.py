"""The shape of the code: what may import what, what is public, what may print."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import grimp
import networkx as nx
import pytest

import corridor
from tests.for_all import for_all
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "model").rglob("*.py"))
PACKAGES = ("corridor", "corridor_app")  # those in which nothing goes round in a circle


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    return done.stdout.strip()


def test_imports_go_one_way():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr


def imports_within(*packages: str) -> nx.DiGraph:
    """Who imports whom, imports for type checkers included; not the names that `corridor` loads when first used."""
    found = grimp.build_graph(*packages, exclude_type_checking_imports=False, cache_dir=None)
    edges = ((name, used) for name in found.modules for used in found.find_modules_directly_imported_by(name))
    return nx.DiGraph((name, used) for name, used in edges if name != "corridor")


def rooms_of(modules: nx.DiGraph) -> nx.DiGraph:
    """Who imports whom among the rooms of each house: what lies side by side in one folder, each with all in it."""
    edges = set()
    for name, used in modules.edges:
        house: list[str] = []
        for ours, theirs in zip(name.split("."), used.split("."), strict=False):
            if ours != theirs:
                edges.add((".".join([*house, ours]), ".".join([*house, theirs])))
                break
            house.append(ours)
    return nx.DiGraph(edges)


def circles(graph: nx.DiGraph) -> list[str]:
    """The imports of each knot of modules that reach one another."""
    knots = [knot for knot in nx.strongly_connected_components(graph) if len(knot) > 1]
    return [
        f"a circle of {len(knot)}:\n"
        + "\n".join(f"  {name} imports {used}" for name, used in sorted(graph.subgraph(knot).edges))
        for knot in sorted(knots, key=min)
    ]


def test_no_module_imports_itself_by_way_of_others():
    found = circles(imports_within(*PACKAGES))
    assert not found, "\n".join(found)


def test_no_room_imports_itself_by_way_of_others():
    found = circles(rooms_of(imports_within(*PACKAGES)))
    assert not found, "\n".join(found)


def test_a_circle_is_found_even_if_a_part_of_it_is_for_type_checkers(tmp_path, monkeypatch):
    texts = {
        "__init__": "",
        "attic/__init__": "",
        "attic/box": "import roundhouse.cellar.barrel",
        "attic/chest": "",
        "cellar/__init__": "",
        "cellar/barrel": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import roundhouse.attic.chest",
        "one": "from roundhouse.two import name",
        "two": "def name():\n    import roundhouse.one",
    }
    for name, text in texts.items():
        file = tmp_path / "roundhouse" / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    modules = imports_within("roundhouse")
    assert circles(modules) == [
        "a circle of 2:\n  roundhouse.one imports roundhouse.two\n  roundhouse.two imports roundhouse.one"
    ]
    assert circles(rooms_of(modules))[0] == (
        "a circle of 2:\n"
        "  roundhouse.attic imports roundhouse.cellar\n"
        "  roundhouse.cellar imports roundhouse.attic"
    )


@for_all("name", corridor.__all__)
def test_every_public_name_is_there(name):
    assert getattr(corridor, name) is not None


def test_the_public_names_are_those_listed():
    tree = ast.parse(Path(corridor.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == set(corridor._HOME_OF) == set(corridor.__all__) - {"__version__"}
    assert len(corridor.__all__) == len(set(corridor.__all__))


def test_a_public_name_says_where_it_lives():
    for home, names in corridor._HOMES.items():
        module = importlib.import_module(home)
        for name in names:
            assert getattr(module, name) is getattr(corridor, name)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        corridor.nothing  # noqa: B018


def test_importing_the_package_imports_nothing_heavy():
    heavy = "numpy pandas numba mesa pydantic streamlit altair scipy"
    code = f"import sys, corridor; print([n for n in {heavy.split()!r} if n in sys.modules])"
    assert run_python(code) == "[]"


def test_help_imports_nothing_heavy():
    code = (
        "import sys, corridor.cli\n"
        "try: corridor.cli.main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "print([n for n in ('numpy', 'pandas', 'numba', 'mesa', 'scipy') if n in sys.modules])"
    )
    assert run_python(code).splitlines()[-1] == "[]"


def test_using_the_whole_public_face_does_not_import_streamlit():
    code = (
        "import sys, corridor\n"
        "for name in corridor.__all__: getattr(corridor, name)\n"
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
