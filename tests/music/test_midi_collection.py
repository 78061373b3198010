"""Every file of the collection is read, or refused in one line that names it."""

from collections import Counter

import pytest

from tests.music.midi_collection import SCALE, SPECIAL, WHOLE, collection, header, many, track
from zoo.core.errors import UserError
from zoo.music.notation import midi, midi_chunks, midi_events, midi_writing
from zoo.music.notation.theory import Metre


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """name -> the score, or the message of its refusal. Any other error fails here."""
    folder = tmp_path_factory.mktemp("midi")
    found = {}
    for name, content in collection(folder):
        path = folder / f"{name}.mid"
        path.write_bytes(content)
        try:
            found[name] = midi.read(path)
        except UserError as refused:
            found[name] = str(refused)
        path.unlink()
    return found


def shapes(score):
    return [(note.start, note.end, note.pitch) for note in score.notes]


def kinds(read):
    return Counter((name.partition("_")[0], isinstance(score, str)) for name, score in read.items())


@pytest.mark.slow
def test_the_collection_is_large_and_varied(read):
    assert len(read) >= 350
    count = kinds(read)
    assert count["music21", False] + count["music21", True] >= 20
    assert (count["corpus", False], count["corpus", True]) == (4, 0)
    assert (count["ours", False], count["ours", True]) == (40, 0)
    assert count["cut", True] <= WHOLE.index(b"\x90") + 2  # no note has begun
    assert count["changed", False] > 100


@pytest.mark.slow
def test_a_refusal_is_one_line_that_names_the_file(read):
    for name, refusal in read.items():
        if isinstance(refusal, str):
            assert f"{name}.mid' " in refusal
            assert "\n" not in refusal


@pytest.mark.slow
def test_what_was_read_survives_being_written(read, tmp_path):
    path = tmp_path / "again.mid"
    for name, score in read.items():
        if isinstance(score, str) or len(score.notes) > 10_000:
            continue
        midi_writing.write(score, path)
        again = midi.read(path)
        assert again == score, name
        assert [note.velocity for note in again.notes] == [note.velocity for note in score.notes], name


@pytest.mark.slow
def test_of_a_file_that_is_cut_short_what_is_whole_is_read(read):
    for length in range(1, len(WHOLE)):
        if not isinstance(cut := read[f"cut_at_{length}"], str):
            assert shapes(cut)[:-1] == SCALE[: len(cut.notes) - 1]
            assert cut.notes[-1].pitch == SCALE[len(cut.notes) - 1][2]


@pytest.mark.slow
@pytest.mark.parametrize("name", SPECIAL)
def test_special_files(read, name):
    outcome, result = SPECIAL[name][1], read[name]
    if isinstance(outcome, str):
        assert isinstance(result, str), result
        assert outcome in result
    else:
        assert outcome in (shapes(result), len(result.notes))


@pytest.mark.slow
def test_nonsense_leaves_what_was_before_it(read):
    for name in ("metre_4_0", "metre_0_4", "metre_7_8192", "metre_short"):
        assert read[name].metres == ((0, Metre(4, 4)),)
    for name in ("key_of_12_sharps", "key_of_mode_9", "key_short"):
        assert read[name].key is None
    for name in ("tempo_0", "tempo_short"):
        assert read[name].tempos == ((0, 120.0),)
    assert read["metre_255_1"].metre == Metre(255, 1)
    assert (len(read["tracks_128"].voices), read["tracks_128"].voices[9].drums) == (128, True)
    assert read["name_latin_1"].voices[0].name == "Flöte"


def test_a_file_with_too_many_notes_is_read_no_further():
    """Damage that comes after the last note that is allowed would take long to search."""
    with pytest.raises(ValueError, match="more than 200,000 notes"):
        midi_chunks.parse(header() + track(many(midi_events.MOST_NOTES + 1), b"\0\x90\xf4" * 10**6))


def test_of_a_file_that_is_too_large_no_more_than_the_limit_is_read(tmp_path):
    """It holds 64 GB of zeros, which no machine could read; on disk it takes no room."""
    path = tmp_path / "huge.mid"
    with path.open("wb") as file:
        file.write(header())
        file.truncate(2**36)
    with pytest.raises(UserError, match="larger than 16 MB"):
        midi.read(path)
