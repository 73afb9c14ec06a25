"""Long texts are parsed once: what is kept says the same, and an edit or a damaged file never meets it."""

from pathlib import Path

import pytest

from corridor.foundations.errors import InputError
from corridor.inputs.reading import parsed_texts, yaml_source
from corridor.inputs.reading.yaml_source import read_yaml_text
from tests.for_all import for_all

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(
    [*(ROOT / "model" / "corridor" / "data").glob("*.yaml"), *(ROOT / "scenarios").glob("*.yaml")]
)
LONG_TEXT = "a:\n  - {b: 1, c: 2023-12-01, d: 0.1, e: no}\nf:\n" + "# filling\n" * parsed_texts.LONG


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder of kept texts."""
    monkeypatch.setattr(parsed_texts, "cache_folder", lambda name: tmp_path / name)
    return tmp_path / "texts"


@pytest.fixture
def forbid_parsing(monkeypatch):
    """A function after whose call nothing can be parsed."""

    def refuse(*_):
        raise AssertionError("parsed again")

    return lambda: monkeypatch.setattr(yaml_source, "_read_nodes", refuse)


@for_all("file", SHIPPED, ids=lambda file: file.name)
def test_what_is_kept_of_a_shipped_file_is_what_it_says(file, monkeypatch):
    monkeypatch.setattr(parsed_texts, "LONG", 0)
    text = file.read_text(encoding="utf-8")
    parsed = read_yaml_text(text).data
    assert repr(parsed_texts.recall(text)) == repr(parsed)


def test_a_long_text_is_parsed_once(forbid_parsing):
    parsed = read_yaml_text(LONG_TEXT).data
    forbid_parsing()
    assert read_yaml_text(LONG_TEXT).data == parsed == {
        "a": [{"b": 1, "c": "2023-12-01", "d": 0.1, "e": "no"}],
        "f": None,
    }  # fmt: skip


def test_a_problem_in_what_was_kept_has_its_place():
    fresh = read_yaml_text(LONG_TEXT, file="f").problem(("a", 0, "c"), "is wrong")
    kept = read_yaml_text(LONG_TEXT, file="f").problem(("a", 0, "c"), "is wrong")
    assert str(kept) == str(fresh) == "f:2:15: is wrong"


def test_a_short_text_is_not_kept(folder):
    read_yaml_text("a: 1\n")
    assert not folder.exists()


def test_what_is_refused_is_not_kept_and_is_refused_again(folder):
    text = LONG_TEXT + "g: .nan\n"
    for _ in range(2):
        assert read_yaml_text(text, keep_refused=True).refused
        with pytest.raises(InputError, match="not a finite number"):
            read_yaml_text(text)
    assert not folder.exists()


def test_an_edited_text_is_parsed():
    read_yaml_text(LONG_TEXT)
    assert read_yaml_text(LONG_TEXT.replace("b: 1", "b: 2")).data["a"][0]["b"] == 2


def test_other_rules_of_reading_make_other_entries(folder, monkeypatch):
    read_yaml_text(LONG_TEXT)
    monkeypatch.setattr(parsed_texts, "_rules", lambda: b"another version")
    assert parsed_texts.recall(LONG_TEXT) is None
    read_yaml_text(LONG_TEXT)
    assert len(list(folder.iterdir())) == 2


def test_a_damaged_entry_is_parsed_again_and_replaced(folder):
    parsed = read_yaml_text(LONG_TEXT).data
    (entry,) = folder.iterdir()
    entry.write_text('{"a": [')
    assert read_yaml_text(LONG_TEXT).data == parsed
    assert parsed_texts.recall(LONG_TEXT) == parsed


def test_the_oldest_entries_go(folder, monkeypatch):
    monkeypatch.setattr(parsed_texts, "TEXTS_KEPT", 3)
    for number in range(5):
        read_yaml_text(f"{LONG_TEXT}g: {number}\n")
    assert len(list(folder.iterdir())) == 3
    assert parsed_texts.recall(f"{LONG_TEXT}g: 4\n")


def test_a_folder_that_cannot_be_written_is_no_failure(folder):
    folder.parent.parent.joinpath("corridor").write_text("a file where a folder should be")
    assert read_yaml_text(LONG_TEXT).data["f"] is None
