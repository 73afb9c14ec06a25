from pathlib import Path

import pytest

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
