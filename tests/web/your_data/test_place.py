"""A visitor's folder: what goes in, what its words show, and that nothing stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.web.your_data.kinds import KINDS
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
