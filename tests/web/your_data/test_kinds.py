"""What is read of each kind of data. What the wings read is tested with them; here is how it reaches the page."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from zoo.core.errors import UserError
from zoo.web.your_data import examples, shown
from zoo.web.your_data.kinds import KINDS, MOST_CHOICES, MOST_COLUMNS, Field, Read, field_of, look_at_table, text_and_label
from zoo.web.your_data.place import Place


def _read(kind: str, name: str, content: str | bytes, tmp_path: Path, **asked: object) -> tuple[Place, Read]:
    place = Place()
    upload = tmp_path / name
    upload.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        with place.used():
            place.receive(KINDS[kind], upload)
            assert place.data is not None
            return place, KINDS[kind].read(place.data, **asked)
    except UserError:
        place.leave()
        raise


def test_the_example_of_a_table_shows_every_kind_of_column(tmp_path: Path) -> None:
    place, read = _read("table", "flats.csv", examples.table(), tmp_path, target="rent")
    assert read.kinds == {
        "area": "number",
        "rooms": "number",
        "district": "category",
        "balcony": "boolean",
        "built": "number",
        "free from": "date",
        "rent": "to predict: a number",
    }
    assert sum(read.sizes.values()) == examples.ROWS
    assert any("built (19 missing)" in notice for notice in read.notices)
    assert not any(str(place.folder) in place.plain(notice) for notice in read.notices)
    page = shown.of_read(read, "rows")
    assert "Read: 400 rows" in page
    place.leave()


def test_columns_can_be_left_out_and_a_number_read_as_classes(tmp_path: Path) -> None:
    place, read = _read(
        "table", "flats.csv", examples.table(), tmp_path, target="rooms", task="classification", ignore=["rent", "rooms"]
    )
    assert "rent" not in read.kinds
    assert read.kinds["rooms"] == "to predict: 5 classes"
    assert read.options["task"] == "classification"
    assert read.options["hints"].ignore == ("rent",)
    place.leave()


def test_reviews_are_read_by_the_columns_that_their_names_suggest(tmp_path: Path) -> None:
    place, read = _read("reviews", "films.csv", examples.reviews(), tmp_path)
    assert read.options == {"text": "text", "label": "label", "stars": None}
    assert sum(read.sizes.values()) == examples.SENTENCES
    with pytest.raises(UserError, match="both the text and the label"):
        KINDS["reviews"].read(place.data, text="label", label="label")
    place.leave()
    assert text_and_label(["id", "Stars", "Review"]) == ("Review", "Stars")
    assert text_and_label(["a", "b"]) == ("a", "b")


def test_the_example_of_a_text_is_long_enough(tmp_path: Path) -> None:
    place, read = _read("text", "verses.txt", examples.text(), tmp_path)
    assert sum(read.sizes.values()) == len(examples.text())
    place.leave()


def test_the_example_of_tunes_is_read_whole(tmp_path: Path) -> None:
    place, read = _read("tunes", "walks.zip", examples.tunes(), tmp_path)
    assert sum(read.sizes.values()) == examples.TUNES
    place.leave()


def test_pairs_are_read_by_language(tmp_path: Path) -> None:
    rows = "".join(f"{word} one {i}\t{word} eins {i}\n" for i in range(20) for word in ("red", "blue", "green", "old", "new"))
    place, read = _read("pairs", "words.tsv", f"en\tde\n{rows}", tmp_path)
    assert read.kinds == {"en": "language", "de": "language"}
    place.leave()


def _zip(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


@pytest.mark.parametrize("name", ["/etc/hosts", "../a.png", "sub\\a.png", ".hidden.png"])
def test_a_caption_cannot_name_a_picture_elsewhere_on_this_machine(name: str, tmp_path: Path) -> None:
    content = _zip(captions__csv=f"picture,caption\na.png,a cat\n{name},a dog\n".encode(), a__png=b"no picture")
    with pytest.raises(UserError, match=r"captions\.csv, row 3: .* is no plain name"):
        _read("pictures", "cats.zip", content, tmp_path)


def test_a_table_with_too_many_columns_is_refused_before_it_is_read(tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(f"c{i}" for i in range(MOST_COLUMNS + 1)) + "\n" + "1," * MOST_COLUMNS + "1\n")
    with pytest.raises(UserError, match=r"wide\.csv has 501 columns: at most 500"):
        look_at_table(wide)


def test_names_and_cells_of_a_file_are_shown_as_text(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("<b>,y\n<script>,1\n")
    page = shown.of_look("<i>.csv", look_at_table(file))
    assert "&lt;b&gt;" in page
    assert "<script>" not in page
    assert "<i>" not in page


def test_the_form_begins_with_the_first_row_and_spans_the_column() -> None:
    assert field_of("n", "number", np.array([2.0, np.nan, 5.0], np.float32)) == Field("n", "number", 2.0, (), 2.0, 5.0, 1.0)
    assert field_of("x", "number", np.array([0.1, 0.3], np.float32)).step == pytest.approx(0.001)
    assert field_of("e", "number", np.array([np.nan], np.float32)).value == 0.0
    assert field_of("c", "number", np.array([4.0, 4.0], np.float32)).high == 5.0
    towns = np.array([b"Ulm", b"Bonn", b"", b"Bonn"], dtype=object)
    assert field_of("town", "category", towns) == Field("town", "category", "Ulm", ("Bonn", "Ulm"))
    assert field_of("day", "date", np.array([b"", b"2024-05-31"])).value == "2024-05-31"


def test_the_form_offers_the_value_that_it_begins_with_however_rare_it_is() -> None:
    towns = np.array([b"Ulm", *(f"town {i}".encode() for i in range(MOST_CHOICES) for _ in range(2))], dtype=object)
    field = field_of("town", "category", towns)
    assert field.value == field.choices[0] == "Ulm"
    assert len(set(field.choices)) == MOST_CHOICES
    assert field_of("none", "category", np.array([b""], dtype=object)).choices == ()
