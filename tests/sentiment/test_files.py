"""A user's CSV file of texts and labels: what is read, and what is refused in one line."""

from pathlib import Path

import pytest

from zoo.core.errors import UserError
from zoo.sentiment import data as reviews
from zoo.sentiment import dataset
from zoo.sentiment import files as review_files


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
        dataset.check_trainable(reviews.load(str(path)))
    assert "\n" not in str(error.value)


def test_a_folder_and_an_unknown_name_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read as a CSV file"):
        reviews.load(str(tmp_path))
    with pytest.raises(UserError, match="no data set is called 'imbd': did you mean imdb"):
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


@pytest.mark.parametrize(
    ("labels", "classes", "numbers"),
    [
        ("0 1 1", ("negative", "positive"), [0, 1, 1]),
        ("0.0 1.0 1.0", ("negative", "positive"), [0, 1, 1]),
        ("False True TRUE", ("negative", "positive"), [0, 1, 1]),
        ("-1 1 +1", ("negative", "positive"), [0, 1, 1]),
        ("−1 1.0 1", ("negative", "positive"), [0, 1, 1]),
        ("1 2 2", ("negative", "positive"), [0, 1, 1]),
        ("2 1 1", ("negative", "positive"), [1, 0, 0]),
        ("NEG Pos positive", ("negative", "positive"), [0, 1, 1]),
        ("1 0 nan", ("negative", "positive"), [1, 0]),
        ("1.0 0.0 None", ("negative", "positive"), [1, 0]),
        ("True False <NA> N/A", ("negative", "positive"), [1, 0]),
        ("-1 0 1", ("-1", "0", "1"), [0, 1, 2]),
        ("1.0 5 5.0 3.5", ("1", "3.5", "5"), [0, 2, 2, 1]),
        ("01 1 2", ("01", "1", "2"), [0, 1, 2]),
        ("Good good bad Good", ("Good", "bad"), [0, 0, 1, 0]),
        ("joy none anger", ("anger", "joy", "none"), [1, 2, 0]),
        ("yes no no", ("no", "yes"), [1, 0, 0]),
    ],
)
def test_labels_are_classes_by_a_rule(tmp_path: Path, labels: str, classes: tuple[str, ...], numbers: list[int]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\n" + "".join(f"text {i},{name}\n" for i, name in enumerate(labels.split())), encoding="utf-8")
    _, found, called = review_files.read(path, "text", "label")
    assert (called, found.tolist()) == (classes, numbers)


def test_what_labels_are_taken_for_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\na,1.0\nb,0.0\nc,nan\nd, nan\ne,0.0\n")
    review_files.read(path, "text", "label")
    told = capsys.readouterr().err
    assert "data: label has 2 classes: negative (2, '0.0'), positive (1, '1.0')\n" in told
    assert f"data: 1 row of {path} with the label 'nan', which says that there is none: left out" in told
    path.write_text("text,label\na,Fine\nb,fine\nc,fine\nd,poor\n")
    review_files.read(path, "text", "label")
    assert "data: label has 2 classes: fine (3, 'Fine'), poor (1)\n" in capsys.readouterr().err
    path.write_text("text,label\na,1\nb,2\nc,3\n")
    review_files.read(path, "text", "label")
    assert "3 classes: 1 (1), 2 (1), 3 (1); if these are stars, say of how many" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("stars", "labels", "kept"),
    [
        (5, ["1", "2", "2.5", "3", "3.5", "4", "5.0", "nan"], {"1": 0, "2": 0, "4": 1, "5.0": 1}),
        (
            5,
            ["0.5", "4,5", "4 stars", "2/5", "★★☆☆☆", "★★★★★", "3 out of 5"],
            {"0.5": 0, "4,5": 1, "4 stars": 1, "2/5": 0, "★★☆☆☆": 0, "★★★★★": 1},
        ),
        (10, ["4", "5", "6", "7", "10"], {"4": 0, "7": 1, "10": 1}),
    ],
)
def test_stars_are_negative_or_positive_by_thirds_of_their_scale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stars: int, labels: list[str], kept: dict[str, int]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text;label\n" + "".join(f"{label};{label}\n" for label in labels), encoding="utf-8")
    texts, numbers, classes = review_files.read(path, "text", "label", stars=stars)
    assert dict(zip((text.decode() for text in texts), numbers.tolist(), strict=True)) == kept
    assert classes == ("negative", "positive")
    assert "stars, neither negative nor positive: left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("label", "message"), [("8", "'8' is not one of 5"), ("4/10", "not one of 5"), ("good", "'good' is no number")]
)
def test_labels_that_are_no_stars_are_one_line(tmp_path: Path, label: str, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"text,label\nfine,5\ndull,{label}\n")
    with pytest.raises(UserError, match=f"row 3: .*{message}.* stars: correct it, or say of how many stars the scale is"):
        review_files.read(path, "text", "label", stars=5)


def test_classes_are_in_the_order_of_numbers_then_of_the_alphabet(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\na,10\nb,9\nc,unsure\nd,9.5\ne,bad\n")
    assert review_files.read(path, "text", "label")[2] == ("9", "9.5", "10", "bad", "unsure")


def test_rows_without_text_or_label_are_skipped_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\nfine,good\n,good\ndull,\n  ,bad\npoor,bad\n")
    texts, labels, classes = review_files.read(path, "text", "label")
    assert (texts, labels.tolist(), classes) == ([b"fine", b"poor"], [1, 0], ("bad", "good"))
    assert f"3 rows of {path} with no text or no label: skipped" in capsys.readouterr().err
    assert list(review_files.rows(path, ["text"])) == [["fine"], ["dull"], ["poor"]]
    assert f"2 rows of {path} with no text: skipped" in capsys.readouterr().err
