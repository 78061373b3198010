"""Files are written whole or not at all, and never over something that is not ours."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from zoo.core.errors import UserError
from zoo.core.files import check_file, check_folder, is_ours, marked, numbered, write_marked, write_new, write_whole


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


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("L", (3, 2), 200).save(content, format="png")
    return content.getvalue()


PAGE = b'<!doctype html>\n<meta charset="utf-8">\n<p>why</p>\n'
MADE = {"a.png": picture(), "a.html": PAGE, "a.json": b'{\n  "rows": []\n}\n', "README.md": b"# Lessons\n"}


@pytest.mark.parametrize("name", MADE)
def test_what_a_command_made_it_may_replace_and_nothing_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    check_file("--out", path)
    assert not path.parent.exists(), "a check leaves nothing behind"
    write_marked(path, MADE[name])
    first = path.read_bytes()
    check_file("--out", path)
    write_marked(path, MADE[name])
    assert path.read_bytes() == first, "the same every time"
    for other in (MADE[name], first + b"\nmy notes\n", first[:-4], b""):
        path.write_bytes(other)
        with pytest.raises(UserError, match=f"--out .*{name} exists, and is not as a command of this project left it"):
            check_file("--out", path)
        assert path.read_bytes() == other


def test_a_marked_file_is_what_it_was(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(marked(picture()))) as image:
        assert image.text["Software"].startswith("Intro Zoo, sha256 ")
        assert image.tobytes() == b"\xc8" * 6
    assert b'<meta name="generator" content="Intro Zoo, sha256 ' in marked(PAGE)
    path = tmp_path / "README.md"
    path.write_bytes(marked(b"# Lessons\n").replace(b"\n", b"\r\n"))  # as Git on Windows
    assert is_ours(path)


@pytest.mark.slow
@settings(max_examples=50)
@given(text=st.text().map(lambda text: text.replace("\r", "") + "\n"))
def test_any_text_keeps_its_mark(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("text") / "a.md"
    path.write_bytes(marked(text.encode("utf-8", "replace")))
    assert is_ours(path)


def test_an_input_and_a_model_are_no_place_for_a_result(tmp_path: Path) -> None:
    path, link = tmp_path / "seen.png", tmp_path / "link.png"
    write_marked(path, picture())
    link.symlink_to(path)
    (tmp_path / "folder").mkdir()
    for spelling in (path, link, tmp_path / "folder" / ".." / "seen.png"):
        with pytest.raises(UserError, match="is an input of this command"):
            check_file("--out", spelling, [tmp_path / "missing.png", path])
    with pytest.raises(UserError, match="is an input of this command"):
        check_file("--out", path, [tmp_path])
    loop, nowhere = tmp_path / "loop.png", tmp_path / "nowhere.png"
    loop.symlink_to(loop)
    nowhere.symlink_to(tmp_path / "gone.png")
    for taken in (loop, nowhere, Path(os.devnull)):
        with pytest.raises(UserError, match=r"is not as a command of this project left it|symbolic links|can be written to"):
            check_file("--out", taken)
    model = tmp_path / "model"
    model.mkdir()
    for name in ("card.json", "saved_model.pb"):
        (model / name).write_text("{}")
    for place in (model, model / "new", model / "assets" / "new"):
        with pytest.raises(UserError, match="is in the folder of a model"):
            check_folder("--out", place)


def test_what_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match=r"--out .*file is a file: name a folder"):
        check_folder("--out", file)
    for folder in (file / "a", file / "a" / "b"):
        with pytest.raises(UserError, match="no folder that can be written to"):
            check_folder("--out", folder)
    with pytest.raises(UserError, match=r"no folder that can be written to|is a file"):
        check_file("--out", file / "a.png")
    with pytest.raises(UserError, match="file name too long; choose another name"):
        check_file("--out", tmp_path / f"{'x' * 250}.png")
    with pytest.raises(UserError, match="is a folder: name a file"):
        check_file("--out", tmp_path / "folder")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_new_files_take_the_first_name_that_is_free_for_all_of_them(tmp_path: Path) -> None:
    def write(content: bytes, *suffixes: str) -> list[str]:
        return [path.name for path in write_new(tmp_path, numbered("tune", 1), dict.fromkeys(suffixes, content))]

    assert write(b"one", "mid", "png") == ["tune-1.mid", "tune-1.png"]
    assert write(b"one", "mid", "abc") == ["tune-1.mid", "tune-1.abc"]  # the same again, and a file beside it
    assert write(b"two", "png") == ["tune-2.png"]
    assert write(b"three", "mid", "png") == ["tune-3.mid", "tune-3.png"]  # tune-2.mid would not have belonged to tune-2.png
    (tmp_path / "tune-2.mid").write_bytes(b"mine")
    (tmp_path / "tune-4.mid").mkdir()
    (tmp_path / "tune-5.mid").symlink_to(tmp_path / "gone.mid")
    assert write(b"four", "mid") == ["tune-6.mid"]
    assert write(b"two", "png") == ["tune-2.png"]
    assert (tmp_path / "tune-2.mid").read_bytes() == b"mine"
    (tmp_path / "tune-2.mid").unlink()
    contents = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert contents.pop("tune-1.mid") == contents.pop("tune-1.png") == contents.pop("tune-1.abc") == b"one"
    assert contents == {"tune-2.png": b"two", "tune-3.mid": b"three", "tune-3.png": b"three", "tune-6.mid": b"four"}


def test_a_full_disk_leaves_no_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_new(tmp_path, numbered("tune"), {"mid": b"1", "png": b"2"})
    assert os.listdir(tmp_path) == []


def test_names_are_numbered_and_short_enough() -> None:
    assert [name for name, _ in zip(numbered("a"), range(3), strict=False)] == ["a", "a-2", "a-3"]
    assert [name for name, _ in zip(numbered("a", 1), range(2), strict=False)] == ["a-1", "a-2"]
    assert len(next(numbered("ö" * 300)).encode()) == 200
