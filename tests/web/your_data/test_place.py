"""A visitor's folder: what goes in, what its words show, and that nothing stays."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.web.your_data.kinds import KINDS, Read
from zoo.web.your_data.place import Place, Places


def test_an_upload_moves_into_the_folder_which_ends_with_the_visit(tmp_path: Path) -> None:
    places = Places()
    place = places.new("somebody")
    upload = tmp_path / "my prices; rm.csv"
    upload.write_text("a,b\n1,2\n")
    place.receive(KINDS["table"], upload)
    assert place.data is not None
    assert place.data.name == "my_prices_rm.csv"
    assert not upload.exists()
    assert places.of("somebody") is place
    with pytest.raises(UserError, match="no data yet"):
        places.of("another")
    places.leave("somebody")
    assert not place.folder.exists()


def test_a_new_upload_takes_the_place_of_the_older_one() -> None:
    places = Places()
    first, second = places.new("somebody"), places.new("somebody")
    assert not first.folder.exists()
    assert second.folder.exists()
    places.leave("somebody")


def test_a_folder_stays_while_somebody_works_in_it() -> None:
    place = Place()
    with place.used():
        place.leave()
        assert place.folder.exists()
    assert not place.folder.exists()
    with pytest.raises(UserError, match="was closed"), place.used():
        pass


def test_words_of_an_error_name_no_folder_of_this_machine() -> None:
    place = Place()
    with pytest.raises(UserError, match=r"^a\.csv, row 3: wrong$"), place.used():
        raise UserError(f"{place.folder}/a.csv, row 3: wrong")
    place.leave()


def test_a_zip_of_any_name_lies_outside_of_the_models_folder(tmp_path: Path) -> None:
    place = Place()
    upload = tmp_path / "Out.zip"
    with zipfile.ZipFile(upload, "w") as archive:
        archive.writestr("walk.abc", "X:1")
    place.receive(KINDS["tunes"], upload)
    place.forget_model()
    assert place.data is not None
    assert [file.name for file in place.data.iterdir()] == ["walk.abc"]
    place.leave()


def test_the_zip_of_a_model_is_served_where_it_lies_and_ends_with_the_visit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    place = Place()
    place.data = place.folder / "walks.zip"  # the folder of an upload called walks.zip.zip
    place.data.mkdir()
    place.out.mkdir(parents=True)
    (place.out / "card.json").write_text("{}")
    packed = place.packed()
    with zipfile.ZipFile(packed) as archive:
        assert archive.namelist() == ["walks/card.json"]
    assert gr.DownloadButton().move_resource_to_block_cache(str(packed)) == str(packed)
    place.leave()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [None, UserError("wrong")])
def test_a_reading_counts_unless_another_one_or_other_data_have_come_meanwhile(error: UserError | None) -> None:
    place = Place()
    place.data = place.folder / "a.csv"
    older, newer = Read({"training": 1}), Read({"training": 2})

    def outdone(by: Callable[[], object]) -> Read:
        by()
        if error:
            raise error
        return older

    assert place.reread(lambda _: outdone(lambda: place.reread(lambda _: newer))) is None
    assert place.read is newer
    assert place.reread(lambda _: outdone(place.leave)) is None
    assert place.left
    assert place.read is None


def test_what_is_wrong_with_data_is_told_without_the_folder_and_nothing_is_read() -> None:
    place = Place()
    place.data = place.folder / "a.csv"
    place.read = Read({"training": 1})

    def wrong(data: Path) -> Read:
        raise UserError(f"{data}, row 3: wrong")

    with pytest.raises(UserError, match=r"^a\.csv, row 3: wrong$"):
        place.reread(wrong)
    assert place.read is None
    place.leave()


@given(st.text(max_size=200))
def test_any_name_becomes_a_file_within_the_folder(name: str) -> None:
    place = Place()
    try:
        path = place.path_for(f"{name}.csv")
        assert path.parent == place.folder
        assert path.suffix == ".csv"
        path.write_text("")
    finally:
        place.leave()
