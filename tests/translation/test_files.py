"""A user's file of sentences: what is read, and what is refused in one line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.translation import data, dataset, files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read as a CSV file"),
        (b"", "has no rows"),
        (b"\x89PNG\r\n\x1a\n", "is a picture, not a text file"),
        (b"en\nA man.\n", "has one column, 'en': sentences in two languages are needed, separated by a tab"),
        (b"A man.\tEin Mann.\nA dog.\tEin Hund.\n", "'A man.' is no name of a language: its first row has to name them"),
        (b"en\tde\tEN\nA\tB\tC\n", "has two columns called 'en'"),
        (b"en\tde\nA man.\n", "row 2: 1 cell, but the header has 2"),
        (b"en\tde\nA man.\tEin\tMann\n", "row 2: 3 cells, but the header has 2"),
        (b"en\tde\nA man.\t\n\tEin Mann\n", "has no row with a sentence in each language"),
        (b"en\tde\nA man.\tEin Mann.\n", "has 1 examples, (none|1) of them in the train split: 10 are"),
        (b"en\tde\nA man.\tEin \xff.\n", "line 2: the byte 0xFF in .* is not of UTF-8"),
        ("\t".join(f"{c}a" for c in "abcdefghijklmnopqrstu").encode(), "has 21 columns: 20 languages are the most"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "pairs.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        dataset.check_trainable(data.load(str(path)))
    assert "\n" not in str(error.value)


def test_a_row_with_an_empty_cell_is_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("en\tde\nOne.\tEins.\nTwo.\t \nThree.\tDrei.\n")
    assert files.read(path) == {"en": [b"One.", b"Three."], "de": [b"Eins.", b"Drei."]}
    assert f"1 row of {path} with no en or no de: skipped" in capsys.readouterr().err


_CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters='"\ufeff#'), min_size=1).filter(
    lambda text: bool(text.strip()) and not text[0].isspace()
)


@given(st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=5))
def test_sentences_come_back_as_they_were_but_for_white_space(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "pairs.tsv"
    path.write_text("en\tde\n" + "".join(f'"{a}"\t"{b}"\n' for a, b in rows), encoding="utf-8")
    texts = files.read(path)
    for i, language in enumerate(("en", "de")):
        assert [text.decode() for text in texts[language]] == [re.sub(r"\s+", " ", row[i]).strip() for row in rows]
