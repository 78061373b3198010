"""Uploads: what is taken and for how long, and that no zip reaches beyond its folder, its limits or into a traceback."""

import io
import os
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.web import uploads

MIDI = (".mid", ".midi")
in_one_folder = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def packed(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def taken(path: Path, content: bytes) -> dict[str, bytes]:
    """The files that `unpacked` gives of a zip with these bytes, by their names."""
    path.write_bytes(content)
    with uploads.unpacked(path, MIDI) as folder:
        return {file.name: file.read_bytes() for file in folder.iterdir()}


def refused(path: Path, content: bytes) -> str:
    """What is told about a zip with these bytes."""
    with pytest.raises(UserError) as caught:
        taken(path, content)
    told = str(caught.value)
    assert str(path.parent) not in told
    assert "\n" not in told
    return told


@pytest.fixture
def upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a zip is put; nothing but the zip may be left beside it afterwards."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / "tunes.zip"


def test_a_text_that_is_too_long_is_told_and_none_is_an_empty_one() -> None:
    assert uploads.text(None) == ""
    assert uploads.text("ab", most=2) == "ab"
    with pytest.raises(UserError, match="the text has 200,001 characters: paste at most 200,000"):
        uploads.text("a" * 200_001)


def test_a_file_is_there_for_the_time_of_its_use(tmp_path: Path) -> None:
    path = tmp_path / "Tune.MID"
    path.write_bytes(b"MThd")
    with uploads.taken(path, MIDI) as file:
        assert file.read_bytes() == b"MThd"
    assert not path.exists()


def test_a_file_is_deleted_when_its_use_fails(tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"
    path.write_bytes(b"MThd")
    with pytest.raises(UserError, match="no notes"), uploads.taken(path, MIDI):
        raise UserError("no notes")
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tune.exe", b"MZ", r"tune\.exe ends in '\.exe': choose a file that ends in \.mid or \.midi"),
        ("tune", b"MZ", "tune ends in 'nothing': choose"),
        ("tune.mid", b"", r"tune\.mid is empty: choose another file"),
        ("tune.mid", b"a" * 1001, r"tune\.mid has 0\.0 MB: choose a file of at most 0\.001 MB"),
    ],
)
def test_a_file_of_another_kind_or_size_is_told_and_deleted(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError, match=told) as caught, uploads.taken(path, MIDI, most=1000):
        pass
    assert str(tmp_path) not in str(caught.value)
    assert not path.exists()


def test_of_two_who_upload_the_same_file_one_has_it_and_the_other_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"  # Gradio gives both this path
    path.write_bytes(b"MThd")
    with uploads.taken(path, MIDI) as first:
        with pytest.raises(UserError, match=r"tune\.mid is gone: choose the file again"), uploads.taken(path, MIDI):
            pass
        path.write_bytes(b"MThd")
        with uploads.taken(path, MIDI) as second:
            assert second.read_bytes() == b"MThd"
        assert first.read_bytes() == b"MThd"


def test_uploads_that_wait_for_their_use_are_weighed_and_forgotten_ones_deleted(tmp_path: Path) -> None:
    fresh, forgotten, used = (tmp_path / f"{name}.mid" for name in ("fresh", "forgotten", "used"))
    fresh.write_bytes(b"123")
    forgotten.write_bytes(b"12345")
    os.utime(fresh, (9_000, 9_000))
    os.utime(forgotten, (5_000, 5_000))
    assert uploads.waiting([str(fresh), str(forgotten), str(used)], clock=lambda: 10_000) == 3
    assert list(tmp_path.iterdir()) == [fresh]


def test_no_file_is_told() -> None:
    with pytest.raises(UserError, match="no file: choose one first"), uploads.taken(None, MIDI):
        pass


def test_a_zip_gives_the_files_with_the_right_endings_and_nothing_stays(upload: Path) -> None:
    files = {"set/one.mid": b"1", "set/two.MIDI": b"2", "other/one.mid": b"3", "read.me": b"4", "set/.hidden.mid": b"5"}
    assert taken(upload, packed(files)) == {"one.mid": b"1", "two.MIDI": b"2", "2-one.mid": b"3"}
    assert list(upload.parent.iterdir()) == [upload]


def test_every_file_of_one_name_is_kept_and_a_long_name_is_cut(upload: Path) -> None:
    names = ["1-one.mid", "a/one.mid", "b/one.mid", "c/one.mid", f"{300 * 'x'}.mid"]
    found = taken(upload, packed({name: name.encode() for name in names}))
    assert sorted(found.values()) == sorted(name.encode() for name in names)
    assert f"{56 * 'x'}.mid" in found


@pytest.mark.parametrize(
    "name", ["../one.mid", "a/../../one.mid", "/etc/one.mid", "C:\\one.mid", "..\\one.mid", "\\\\host\\a\\one.mid"]
)
def test_a_zip_that_names_a_place_outside_is_refused(name: str, upload: Path) -> None:
    assert "names a place outside of it" in refused(upload, packed({name: b"1"}))
    assert list(upload.parent.iterdir()) == [upload]


def test_a_symbolic_link_is_refused(upload: Path) -> None:
    link = zipfile.ZipInfo("one.mid")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(upload, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "names a place outside of it" in refused(upload, upload.read_bytes())


def test_a_bomb_is_stopped_while_it_unpacks(upload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_UNPACKED", uploads.MEGABYTE)
    bomb = packed({"one.mid": bytes(3 * uploads.MEGABYTE)})
    assert len(bomb) < 10_000
    assert refused(upload, bomb) == "tunes.zip holds more than 1 MB when unpacked: take fewer files"
    assert list(upload.parent.iterdir()) == [upload]


def test_the_files_of_a_bomb_are_counted_together(upload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_UNPACKED", 100)
    assert len(taken(upload, packed({f"{i}.mid": bytes(10) for i in range(10)}))) == 10
    assert "when unpacked" in refused(upload, packed({f"{i}.mid": bytes(10) for i in range(11)}))


@pytest.mark.parametrize("claimed", [1, 0xFFFFFFF0])
def test_a_false_size_gives_no_more_than_there_is(claimed: int, upload: Path) -> None:
    content = packed({"one.mid": b"abcdefgh"})
    directory = content.index(b"PK\x01\x02")
    false = content[: directory + 24] + struct.pack("<L", claimed) + content[directory + 28 :]
    if claimed == 1:
        assert "not a zip file that can be read" in refused(upload, false)
    else:
        assert taken(upload, false) == {"one.mid": b"abcdefgh"}


def test_too_many_files_are_refused(upload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 3)
    assert refused(upload, packed({f"{i}.mid": b"1" for i in range(4)})) == "tunes.zip holds 4 files: at most 3"


def test_a_locked_zip_is_told(upload: Path) -> None:
    content = bytearray(packed({"one.mid": b"1"}))
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(start) + flags] |= 1
    assert "is locked by a password" in refused(upload, bytes(content))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_is_packed_in_another_way_is_told(compression: int, upload: Path) -> None:
    assert "packed in an unusual way" in refused(upload, packed({"one.mid": b"1"}, compression))


@pytest.mark.parametrize("content", [b"", b"PK", b"MThd" * 100, packed({"one.mid": b"1" * 100})[:-30]])
def test_what_is_no_zip_is_told(content: bytes, upload: Path) -> None:
    assert refused(upload, content) == "tunes.zip is not a zip file that can be read: pack the files again"


def test_a_zip_without_such_files_is_told(upload: Path) -> None:
    assert refused(upload, packed({"a.zip": packed({"one.mid": b"1"})})) == (
        "tunes.zip holds no file that ends in .mid or .midi: pack such files"
    )


@in_one_folder
@given(files=st.dictionaries(st.text(max_size=12).map(lambda name: f"{name}.mid"), st.binary(max_size=9)))
def test_no_name_in_a_zip_becomes_a_path(files: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir(exist_ok=True)
    path = tmp_path / "inner" / "tunes.zip"
    path.write_bytes(packed(files))
    told = ""
    try:
        with uploads.unpacked(path, MIDI) as folder:
            assert all(file.is_file() and file.parent == folder for file in folder.iterdir())
    except UserError as error:
        told = str(error)
    assert told == "" or told.startswith("tunes.zip holds")
    assert told.isprintable()
    assert [file.name for file in tmp_path.iterdir()] == ["inner"]


@in_one_folder
@given(place=st.integers(0, 300), change=st.integers(1, 255), cut=st.integers(0, 300))
def test_a_damaged_zip_gives_words_or_files_and_never_another_error(place: int, change: int, cut: int, tmp_path: Path) -> None:
    content = bytearray(packed({"one.mid": b"abc" * 9, "two.mid": b"d"}))
    content[place % len(content)] ^= change
    path = tmp_path / "tunes.zip"
    try:
        taken(path, bytes(content[: len(content) - cut // 10]))
    except UserError:
        assert list(tmp_path.iterdir()) == [path]
