"""A user's CSV file of texts and labels: what is read, and what is refused in one line."""

from pathlib import Path

import pytest

from zoo.data import review_files, reviews
from zoo.errors import UserError


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read as a CSV file"),
        (b"", "has no rows: it needs a header"),
        (b"review,label\nfine,1\n", "has no column 'text': there are 'review', 'label'"),
        (b"text,label\nfine\n", "row 2: 1 cell, but the header has 2"),
        (b"text,label\nfine,1,2\n", "row 2: 3 cells, but the header has 2: a cell that contains commas must be in quotes"),
        (b"text,label\nfine,1\ndull,0\n", r"of the \d reviews of its (train|validation|test) split (none|1) has the label"),
        (b"text,label\n", "no row with both text and label: a classifier needs two or more classes"),
        (b"text,label\nfine,1\ngrand,pos\n", "only the label 'positive': a classifier needs two or more"),
        (b"\xff\xfe\x00", "it is not in UTF-16"),
        (b'text,label\n"fine,1\n', "row 2: the quote before 'fine,1' is never closed"),
        (
            b"text,label\n" + b"".join(b"word,%d\n" % i for i in range(200)),
            "label has 200 different values; 100 classes are the most",
        ),
    ],
)
def test_a_bad_csv_file_is_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "mine.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        reviews.check_trainable(reviews.load(str(path)))
    assert "\n" not in str(error.value)


def test_a_folder_and_an_unknown_name_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read as a CSV file"):
        reviews.load(str(tmp_path))
    with pytest.raises(UserError, match="no data set is called 'imbd': there is imdb"):
        reviews.load("imbd")


def test_positive_and_negative_have_many_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        'text,note,label\n"Fine,\n""really""",x,pos\nDull,y, NEGATIVE\n' + "é" * 200_000 + ",z,1\n", encoding="utf-8-sig"
    )
    texts, labels, classes = review_files.read(path, "text", "label")
    assert texts == [b'Fine,\n"really"', b"Dull", ("é" * 200_000).encode()]
    assert classes == ("negative", "positive")
    assert labels.tolist() == [1, 0, 1]


def test_classes_are_in_the_order_of_numbers_then_of_the_alphabet(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\na,10\nb,9\nc,unsure\nd,9.5\ne,bad\n")
    assert review_files.read(path, "text", "label")[2] == ("9", "9.5", "10", "bad", "unsure")


def test_rows_without_text_or_label_are_skipped_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\nfine,good\n,good\ndull,\n  ,bad\npoor,bad\n")
    texts, labels, classes = review_files.read(path, "text", "label")
    assert (texts, labels.tolist(), classes) == ([b"fine", b"poor"], [1, 0], ("bad", "good"))
    assert f"3 rows of {path} have no text or no label: skipped" in capsys.readouterr().err
    assert list(review_files.rows(path, ["text"])) == [["fine"], ["dull"], ["poor"]]
    assert f"2 rows of {path} have no text: skipped" in capsys.readouterr().err
