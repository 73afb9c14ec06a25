from pathlib import Path

import pytest

from corridor import InputError
from corridor.outputs.files import write_files


def everything_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_files_are_written_and_nothing_else_stays(tmp_path):
    written = write_files(tmp_path / "new", {"a/x.csv": b"1\n", "y.csv": b"2\n"})
    assert [path.read_bytes() for path in written] == [b"1\n", b"2\n"]
    assert everything_below(tmp_path / "new") == {"a", "a/x.csv", "y.csv"}


def test_content_may_come_in_pieces(tmp_path):
    write_files(tmp_path, {"x.csv": (piece for piece in (b"a\n", b"1\n"))})
    assert (tmp_path / "x.csv").read_bytes() == b"a\n1\n"


def test_an_interruption_while_writing_leaves_the_old_files(tmp_path):
    write_files(tmp_path, {"x.csv": b"old", "y.csv": b"old"})

    def interrupted():
        yield b"sec"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, {"x.csv": b"first", "y.csv": interrupted()})
    assert everything_below(tmp_path) == {"x.csv", "y.csv"}
    assert (tmp_path / "x.csv").read_bytes() == (tmp_path / "y.csv").read_bytes() == b"old"


def test_nothing_is_written_through_a_link_below_the_folder(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "history").symlink_to(elsewhere)
    with pytest.raises(InputError, match="is a link"):
        write_files(out, {"history/replicates.csv": b"x"})
    assert not any(elsewhere.iterdir())


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("of great worth")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.csv").symlink_to(precious)
    write_files(tmp_path / "out", {"a.csv": b"x"})
    assert precious.read_text() == "of great worth"
    assert (tmp_path / "out" / "a.csv").read_bytes() == b"x"


def test_the_folder_that_was_asked_for_may_be_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    write_files(tmp_path / "out", {"a.csv": b"x"})
    assert (tmp_path / "real" / "a.csv").read_bytes() == b"x"
