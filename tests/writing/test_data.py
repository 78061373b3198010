"""Texts from files and folders, their splits, and what is refused."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zoo
from zoo.core.dataset import SPLITS
from zoo.core.sources import of_user
from zoo.writing import data, files, tiny_shakespeare
from zoo.writing.dataset import Text

LINE = "To be, or not to be: that is the question.\n"
LONG = LINE * 300


@given(st.text(max_size=300))
def test_the_splits_are_the_text_in_its_order(content: str) -> None:
    text = Text(content.encode("utf-8", errors="replace"), of_user("own", ""))
    assert b"".join(text.split(name) for name in SPLITS) == text.content == text.split("all")
    assert text.sizes() == {name: len(text.split(name).decode()) for name in SPLITS}


def test_the_test_split_is_that_of_nanogpt() -> None:
    text = Text(b"x" * 1_115_394, of_user("own", ""))
    assert text.sizes() == {"train": 1_003_854 - 50_192, "validation": 50_192, "test": 111_540}


def test_a_file_is_read_with_line_feeds_and_without_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    path.write_bytes(codecs.BOM_UTF8 + LONG.replace("\n", "\r\n").encode())
    text = data.load(str(path))
    assert text.content == LONG.encode()
    assert text.source.name == "book"
    assert text.describe().own
    assert text.fingerprint() == data.load(str(path)).fingerprint()


def test_a_folder_is_one_text_in_the_order_of_the_paths(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    for name, start in (("b.txt", "Second"), ("a.txt", "First"), ("more/c.txt", "Third"), ("d.md", "Never")):
        (tmp_path / name).write_text(f"{start}\n{LONG}")
    content = data.load(str(tmp_path)).content.decode()
    assert content.startswith("First\nTo be")
    assert [content.index(f"{start}\n") for start in ("First", "Second", "Third")] == sorted(
        content.index(f"{start}\n") for start in ("First", "Second", "Third")
    )
    assert "question.\n\nSecond" in content
    assert "Never" not in content


def test_other_encodings_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    latin = LONG.replace("question", "caf\u00e9")
    (tmp_path / "windows.txt").write_bytes(latin.encode("cp1252"))
    assert data.load(str(tmp_path / "windows.txt")).content.decode() == latin
    assert "is read as Windows-1252" in capsys.readouterr().err
    (tmp_path / "broken.txt").write_bytes(latin.encode() + b"\xff\n")
    assert data.load(str(tmp_path / "broken.txt")).content.decode() == latin + "\ufffd\n"
    assert "1 bytes are not UTF-8" in capsys.readouterr().err
    (tmp_path / "wide.txt").write_text(latin, encoding="utf-16")
    assert data.load(str(tmp_path / "wide.txt")).content.decode() == latin


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has 0 characters, and a network learns from 10,000 or more"),
        (LINE.encode(), "has 43 characters"),
        (bytes(range(256)) * 100, "is not a text file"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 20_000, "is a picture, not a text file"),
        (b"PK\x03\x04" + b"x" * 20_000, "is a spreadsheet or a zip archive, not a text file"),
        (LONG.encode() + b"\0", "is not a text file"),
        (LONG.encode("utf-16") + b"\0", "begins as UTF-16 and is broken"),
    ],
)
def test_what_is_no_text_to_learn_from_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(zoo.UserError, match=message) as error:
        data.load(str(path))
    assert "\n" not in str(error.value)


def test_too_much_text_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 20_000)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(LONG)
    assert data.load(str(tmp_path / "a.txt"))
    with pytest.raises(zoo.UserError, match=r"has 25,800 bytes of text, and at most 20,000 are read"):
        data.load(str(tmp_path))


def test_missing_things_are_refused(tmp_path: Path) -> None:
    with pytest.raises(zoo.UserError, match=r"no data set is called 'tiny_shakespear': did you mean tiny_shakespeare"):
        data.load("tiny_shakespear")
    with pytest.raises(zoo.UserError, match=r"has no \.txt files"):
        data.load(str(tmp_path))
    with pytest.raises(zoo.UserError, match=r"tiny_shakespeare is not prepared .* does not answer"):
        data.load("tiny_shakespeare")


def test_a_file_that_is_tiny_shakespeare_is_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "input.txt"
    path.write_bytes(LONG.encode())
    monkeypatch.setattr(tiny_shakespeare, "is_it", lambda text: text == LONG.encode())
    source = data.load(str(path)).source
    assert (source.name, source.version, source.licence) == ("tiny_shakespeare", "1.0.0", "public domain")


def test_a_prepared_copy_is_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow_datasets as tfds
    from tensorflow_datasets.datasets.tiny_shakespeare import tiny_shakespeare_dataset_builder as builders

    (tmp_path / "input.txt").write_text(LONG)
    monkeypatch.setattr(tfds.download.DownloadManager, "download", lambda *_: str(tmp_path / "input.txt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tfds.download.DownloadManager, "_record_or_validate_checksums", lambda *_: None, raising=False)
        builders.Builder(data_dir=tmp_path / "prepared", version="1.0.0").download_and_prepare()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "prepared"))
    monkeypatch.setattr(tiny_shakespeare, "is_it", lambda text: text == LONG.encode())
    text = data.load("tiny_shakespeare")
    assert text.content == LONG.encode()
    assert text.source.how == "prepared for TensorFlow Datasets"
    monkeypatch.setattr(tiny_shakespeare, "is_it", lambda text: False)
    with pytest.raises(zoo.UserError, match="is not the text of that name"):
        data.load("tiny_shakespeare")
