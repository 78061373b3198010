"""Files are written whole or not at all."""

import os

import pytest

from zoo.errors import UserError
from zoo.files import write_whole


def test_a_file_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "a.bin"
    write_whole(path, b"old")
    write_whole(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    write_whole(path, b"old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_place_that_cannot_be_written_is_a_users_mistake(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    for place in ("missing/a.mid", "file/a.mid", "folder"):
        with pytest.raises(UserError, match=rf"cannot write .*{place}.*choose another place"):
            write_whole(tmp_path / place, b"new")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
