import json
import re

import pytest

from corridor import InputError
from corridor.outputs import manifest as manifests
from corridor.outputs.manifest import canonical_json, manifest_bytes
from corridor.outputs.manifest_checks import read_manifest


def test_the_manifest_says_how_to_make_the_result_again(make_results):
    manifest = make_results("funds", replicates=4, seed=7, people_per_agent=25).manifest
    assert manifest["command"] == (
        "corridor run funds --no-baseline --replicates 4 --people-per-agent 25 --seed 7"
    )
    assert manifest["texts"] == {"funds": "name: funds\n"}
    assert set(manifest["hashes"]) == {"scenario", "parameters", "cells", "code", "data"}
    assert set(manifest["versions"]) == {"corridor", "python", "numpy", "numba", "mesa"}


def test_the_same_run_has_the_same_manifest_bytes(make_results):
    assert manifest_bytes(make_results().manifest, {}) == manifest_bytes(make_results().manifest, {})


def test_the_manifest_holds_no_time_and_no_path(make_results):
    content = manifest_bytes(make_results().manifest, {}).decode()
    assert not re.search(r"\d{2}:\d{2}", content)
    assert str(manifests.MODEL) not in content
    assert "/" not in content


def test_json_has_one_spelling():
    assert canonical_json({"b": 1, "a": "é"}) == '{\n  "a": "é",\n  "b": 1\n}\n'.encode()
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


def test_a_hash_of_the_tree_follows_names_and_content(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    before = manifests._tree_hash(tmp_path, "*.py")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.py").write_text("")
    assert manifests._tree_hash(tmp_path, "*.py") == before
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert manifests._tree_hash(tmp_path, "*.py") != before


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": 99})])
def test_what_is_not_a_manifest_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"manifest\.json: (cannot be read|is not a manifest)"):
        read_manifest(tmp_path / "manifest.json")
