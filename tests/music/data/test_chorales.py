"""A few of the music21 wheel's chorales, prepared in a folder of the test, and the table of splits."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter

import pytest

from zoo.core.dataset import SPLITS
from zoo.music.data import chorale_books, jsb, music21_sets, sets
from zoo.music.data.chorale_books import Bar
from zoo.music.data.chorales import BachChorales
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.measures import Refused
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

CHOSEN = {
    "bwv66.6.mxl": "train",
    "bwv269.mxl": "train",
    "bwv281.krn": "validation",
    "bwv323.mxl": "test",
    "bwv27.6.mxl": "train",  # two sopranos
    "bwv304.mxl": "test",  # the metre changes
    "bwv324.mxl": "none",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    files = {name: path for name, path in chorale_books.corpus_files().items() if name in CHOSEN}
    builder = BachChorales(data_dir=tmp_path_factory.mktemp("tfds"), files=files, splits=CHOSEN)
    builder.download_and_prepare()
    return builder


@pytest.fixture(scope="module")
def scores(prepared):
    return {piece.place["id"]: piece.score for split in SPLITS for piece in music21_sets.pieces(BachChorales, prepared, split)}


def voice(score, number):
    return [note for note in score.notes if note.voice == number]


@pytest.mark.slow
def test_every_chorale_is_in_its_split_or_counted_as_refused(prepared):
    found = {split: [piece.place["id"] for piece in music21_sets.pieces(BachChorales, prepared, split)] for split in SPLITS}
    assert found == {"train": ["bwv269.mxl", "bwv66.6.mxl"], "validation": ["bwv281.krn"], "test": ["bwv323.mxl"]}
    metadata = json.loads((prepared.data_path / "metadata.json").read_text())
    assert metadata["refused_ids"] == {
        "bwv27.6.mxl": "not one soprano, alto, tenor and bass each",
        "bwv304.mxl": "the metre changes",
    }
    assert metadata["refused"] == {"not one soprano, alto, tenor and bass each": 1, "the metre changes": 1}
    assert metadata["cut_notes"] == 0


@pytest.mark.slow
def test_a_chorale_in_common_time_with_a_pickup(scores):
    score = scores["bwv66.6.mxl"]
    assert (score.metre, score.key, score.bars, score.type) == (Metre(4, 4), Key.parse("F#m"), 10, "chorale")
    assert score.voices == (Voice("Soprano", 52), Voice("Alto", 52), Voice("Tenor", 52), Voice("Bass", 52))
    # C#5 B4 | A4 B4 C#5 E5 | C#5, the bass A3 G#3 | F#3 G#3 A3 G#3: the pickup is the first bar's last quarter.
    assert [(n.start, n.duration, n.pitch) for n in voice(score, 0)[:7]] == [
        *((72, 12, 73), (84, 12, 71)),
        *((96, 24, 69), (120, 24, 71), (144, 24, 73), (168, 24, 76)),
        (192, 24, 73),
    ]
    assert [(n.start, n.pitch) for n in voice(score, 3)[:6]] == [(72, 57), (84, 56), (96, 54), (120, 56), (144, 57), (168, 56)]


@pytest.mark.slow
def test_its_grid_is_the_published_one(scores):
    # The first sixteenths of piece 163 of the training split of the JSB chorales.
    assert jsb.grid(scores["bwv66.6.mxl"])[:16].tolist() == [
        *[[73, 64, 57, 57]] * 2,
        *[[71, 64, 59, 56]] * 2,
        *[[69, 66, 61, 54]] * 4,
        *[[71, 64, 59, 56]] * 4,
        *[[73, 64, 57, 57]] * 4,
    ]


@pytest.mark.slow
def test_repeats_are_written_out_and_bars_line_up(scores):
    score = scores["bwv269.mxl"]
    assert (score.title, score.metre, score.key) == ("Aus meines Herzens Grunde (BWV 269)", Metre(3, 4), Key.parse("G"))
    # The first section is seven bars long, from pickup to pickup.
    section = [note for note in score.notes if 48 <= note.start < 48 + 7 * 72]
    again = [note for note in score.notes if 48 + 7 * 72 <= note.start < 48 + 14 * 72]
    assert [(n.start + 7 * 72, n.duration, n.pitch, n.voice) for n in section] == [
        (n.start, n.duration, n.pitch, n.voice) for n in again
    ]
    assert [(n.start, n.duration, n.pitch) for n in voice(score, 0)[:4]] == [
        *((48, 24, 67), (72, 48, 67), (120, 24, 74), (144, 36, 71)),
    ]
    assert score.end == 29 * 72 - 24  # the last bar lacks the pickup


@pytest.mark.slow
def test_voices_without_names_are_soprano_to_bass(scores):
    score = scores["bwv281.krn"]
    assert [voice(score, number)[0].pitch for number in range(4)] == [65, 60, 57, 41]
    assert (score.key, score.metre) == (Key.parse("F"), Metre(4, 4))


@pytest.mark.slow
def test_every_voice_is_one_note_at_a_time_and_the_language_can_say_it(scores):
    vocabulary = TokenVocabulary.of(scores.values(), voices=4)
    for score in scores.values():
        assert vocabulary.decode(vocabulary.encode(score)).notes == score.notes
        for number in range(4):
            assert Score(tuple(Note(n.start, n.duration, n.pitch) for n in voice(score, number))).is_melody


@pytest.mark.slow
def test_what_is_prepared_is_found_where_tfds_data_dir_says(prepared, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(prepared.data_path.parent.parent))
    sets._splits.cache_clear()
    try:
        chorales = sets.load("chorales")
        assert [score.bars for score in chorales.scores["train"]] == [29, 10]
        assert chorales.summary == "2 train, 1 validation, 1 test chorales"
        card = chorales.describe()
        assert (card.name, card.version, card.splits) == ("bach_chorales", "1.1.0", {"train": 2, "validation": 1, "test": 1})
        assert card.source.startswith("package music21 ")
        assert not chorales.source.stand_in
        assert chorales.vocabulary is chorale_books.VOCABULARY
    finally:
        sets._splits.cache_clear()


def test_the_table_has_each_chorale_once():
    with chorale_books.SPLIT_TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) == len({row["id"] for row in rows}) == 413
    assert Counter(row["split"] for row in rows) == {"none": 112, "train": 164, "test": 81, "validation": 56}
    noted = Counter((row["split"], row["note"]) for row in rows if row["note"] and row["split"] != "none")
    assert noted == {("train", "the tune is in test"): 30}
    assert all(row["note"] for row in rows if row["split"] == "none")
    assert {row["id"] for row in rows} <= set(chorale_books.corpus_files())


def test_no_tune_of_train_is_in_validation_and_those_in_test_are_noted():
    """By the titles that music21 knows, which had no part in making the table."""
    with chorale_books.SPLIT_TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    splits: dict[str, set[str]] = {}
    for row in rows:
        title = chorale_books._title(row["id"])
        if row["split"] != "none" and not row["note"] and not title.startswith("BWV"):
            splits.setdefault(re.sub(r" \(BWV.*|[^\w ]", "", title), set()).add(row["split"])
    assert len(splits) > 150
    assert {title for title, found in splits.items() if "train" in found and len(found) > 1} == {  # all sung to several tunes
        "Befiehl du deine Wege",
        "Herr Jesu Christ wahrr Mensch und Gott",
        "O Gott du frommer Gott",
        "O wie selig seid ihr doch ihr Frommen",
    }


def test_no_music_is_in_the_table_twice():
    table = chorale_books.split_table()
    for same in (
        ("bwv62.6.mxl", "bwv274.mxl"),
        ("bwv112.5.mxl", "bwv112.5-sc.mxl"),
        ("bwv253.mxl", "bwv414.mxl"),
        ("bwv366.krn", "bwv366.mxl"),
    ):
        assert sum(table[name] != "none" for name in same) == 1
    # "Jesu, meine Freude" is in test (BWV 87.7); where it is in train in other harmonies, the table says so.
    with chorale_books.SPLIT_TABLE.open(encoding="utf-8", newline="") as lines:
        notes = {row["id"]: row["note"] for row in csv.DictReader(lines, delimiter="\t")}
    assert table["bwv87.7.mxl"] == "test"
    for number in ("64.8", "81.7", "227.1", "227.7", "358"):
        assert table[f"bwv{number}.mxl"] in ("train", "none")
        assert notes[f"bwv{number}.mxl"]


def bars(*lengths):
    return [Bar(length, ()) for length in lengths]


@pytest.mark.parametrize(
    ("lengths", "starts"),
    [
        ((96, 96), [0, 96]),
        ((24, 96, 72), [72, 96, 192]),
        ((24, 96, 72, 24, 96), [72, 96, 192, 264, 288]),  # a bar cut by a repeat
        ((96, 192, 96), [0, 96, 288]),  # two bars in one measure
        ((96, 72, 96), [0, 96, 192]),  # a quarter is lacking before a full bar
    ],
)
def test_where_bars_begin(lengths, starts):
    assert chorale_books.bar_starts(bars(*lengths), 96) == starts


@pytest.mark.parametrize("lengths", [(48, 24, 24, 96), (96, 240, 96), (96, 72, 240), (96, 72, 48)])
def test_bars_that_do_not_line_up_are_refused(lengths):
    with pytest.raises(Refused, match=r"bars do not line up: measure \d stands \d+ ticks after a bar line"):
        chorale_books.bar_starts(bars(*lengths), 96)


def test_tied_notes_are_one_and_others_are_not():
    part = [
        Bar(96, ((0, 72, 60, False), (72, 24, 62, True))),
        Bar(96, ((0, 24, 62, True), (24, 24, 64, True), (60, 12, 64, False))),
    ]
    assert chorale_books.sounding(part, [0, 96], 2) == [
        Note(0, 72, 60, 2),
        Note(72, 48, 62, 2),
        Note(120, 24, 64, 2),  # no note of its pitch follows at once
        Note(156, 12, 64, 2),
    ]
    with pytest.raises(Refused, match="overlap"):
        chorale_books.sounding([Bar(96, ((0, 72, 60, False), (48, 24, 62, False)))], [0], 0)


@pytest.mark.parametrize(
    ("pitches", "sharps", "key"),
    [
        ((67, 71, 74, 43), 1, "G"),
        ((64, 67, 71, 40), 1, "Em"),
        ((69, 71, 65, 50), 0, "D dorian"),
        ((70, 70, 65, 50), 0, "Dm"),  # the sixth is flat
        ((67, 69, 65, 55), 0, "G mixolydian"),
        ((67, 69, 66, 55), 0, "G"),  # the seventh is sharp
        ((65, 65, 69, 52), 0, "E phrygian"),
        ((66, 66, 69, 52), 0, "Em"),  # the second is sharp
        ((65, 65, 69, 54), 2, "F# phrygian"),
        ((65, 65, 69, 54), 1, "Em"),  # away from home: the signature and the file's mode
    ],
)
def test_the_key_is_the_last_bass_note_with_the_mode_of_the_signature(pitches, sharps, key):
    voices = [[Note(0, 24, pitch, number)] for number, pitch in enumerate(pitches)]
    assert chorale_books.key_of(voices, sharps, minor=True) == Key.parse(key)


@pytest.mark.slow
def test_reading_needs_no_tensorflow():
    code = "import sys; from zoo.music.data import chorale_books; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
