"""The folk tunes: a data set from tune books of this test, and the files of the music21 package."""

import importlib.metadata
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from zoo.core.dataset import SPLITS
from zoo.core.errors import UserError
from zoo.music.data import music21_sets, sets, tune_books
from zoo.music.data.folk import FolkTunes
from zoo.music.notation import abc
from zoo.music.notation.theory import Key, Metre

SCALE = "CDEFGABcdefgab"


def body(seed: int) -> str:
    """Eight bars of eighth notes in 4/4."""
    notes = np.random.default_rng(seed).choice(list(SCALE[:-1]), (8, 8))
    return "|".join(map("".join, notes)) + "|]"


def book(*tunes: tuple[int, str, str]) -> str:
    """Every second tune is a reel, the eighth a mazurka (of which the data set has too few for a type)."""
    return "\n".join(
        f"X:{number}\nT:Tune {number}\nR:{'Reel' if number % 2 else 'mazurka' if number == 8 else ''}\n"
        f"M:4/4\nL:1/8\nK:{key}\n{notes}\n"
        for number, key, notes in tunes
    )


def pieces_of(built, split):
    return music21_sets.pieces(FolkTunes, built, split)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    one, two = folder / "one.abc", folder / "two.abc"
    one.write_text(book(*((seed, "G", body(seed)) for seed in range(1, 15)), (99, "G", "C8|D9|E8|]")))
    # In the second book: the first book's third tune a tone higher, one of its own, two that are refused.
    higher = body(3).translate(str.maketrans("CDEFGABcdefga", "DEFGABcdefgab"))
    two.write_text(book((1, "A", higher), (2, "D", body(23)), (3, "Hp", body(24)), (4, "C", "C8|D8|E/16F127/16|]")))
    builder = FolkTunes(data_dir=folder, files=[("ours", one), ("others", two)])
    builder.download_and_prepare()
    return builder


@pytest.mark.slow
def test_every_tune_is_in_one_split_or_counted_as_refused(prepared):
    tunes = [tune for split in SPLITS for tune in pieces_of(prepared, split)]
    assert sorted(tuple(tune.place.values()) for tune in tunes) == [
        ("others", "two.abc", 1),
        ("others", "two.abc", 2),
        *(("ours", "one.abc", number) for number in range(1, 15)),
    ]
    metadata = json.loads((prepared.data_path / "metadata.json").read_text())
    assert metadata["refused"] == {"a bar is too long": 1, "unknown key": 1, "off the grid": 1}
    assert sum(int(size) * count for size, count in metadata["clusters_by_size"].items()) == 16


@pytest.mark.slow
def test_a_tune_comes_back_as_it_was_read(prepared):
    tunes = {
        tune.place["number"]: tune.score
        for split in SPLITS
        for tune in pieces_of(prepared, split)
        if tune.place["file"] == "one.abc"
    }
    score = tunes[1]
    assert (score.title, score.metre, score.key, score.bars) == ("Tune 1", Metre(4, 4), Key(7), 8)
    assert score == abc.read(book((1, "G", body(1))))
    assert {number: score.type for number, score in tunes.items()} == {
        number: "reel" if number % 2 else "" for number in range(1, 15)
    }
    assert abc.read(book((8, "G", body(8)))).type == "mazurka"


@pytest.mark.slow
def test_versions_of_a_tune_share_a_split(prepared):
    places = {(tune.place["file"], tune.place["number"]): split for split in SPLITS for tune in pieces_of(prepared, split)}
    assert places["one.abc", 3] == places["two.abc", 1]
    assert set(places.values()) == {"train", "validation"}


@pytest.mark.slow
def test_what_is_prepared_is_found_where_tfds_data_dir_says(prepared, monkeypatch, caplog):
    monkeypatch.setenv("TFDS_DATA_DIR", str(prepared.data_path.parent.parent))
    caplog.set_level("INFO", "zoo")
    sets._splits.cache_clear()
    try:
        folk = sets.load("folk")
        assert folk.vocabulary is tune_books.VOCABULARY
        assert "folk_tunes" not in caplog.text, "nothing was read so far"
        assert folk.summary == "13 train, 3 validation, 0 test tunes"
        assert "data: folk_tunes 1.1.0: package music21 " in caplog.text
        card = folk.describe()
        assert (card.name, card.version, card.splits) == ("folk_tunes", "1.1.0", {"train": 13, "validation": 3, "test": 0})
        assert card.source.startswith("package music21 ")
        assert not folk.source.stand_in
        score = folk.scores["train"][0]
        small = replace(folk.vocabulary, pitches=(score.notes[0].pitch + 1, 93))
        with pytest.raises(UserError, match="the model cannot say the music of folk"):
            sets.load("folk", small)
        with pytest.raises(KeyError):
            folk.scores["valid"]
    finally:
        sets._splits.cache_clear()


def test_without_music21_the_error_names_the_extra(monkeypatch):
    def version(package):
        raise importlib.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(importlib.metadata, "version", version)
    sets._splits.cache_clear()
    with pytest.raises(UserError, match=r"needs the package music21, which is not installed: pip install 'intro-zoo\[music\]'"):
        sets.load("folk").scores["train"]
    sets._splits.cache_clear()


def test_the_wheel_has_the_three_collections():
    files = tune_books.corpus_files()
    assert {name: sum(collection == name for collection, _ in files) for name in tune_books.COLLECTIONS} == {
        "oneills1850": 39,
        "ryansMammoth": 1059,
        "airdsAirs": 6,
    }


@pytest.mark.slow
def test_real_tunes_are_read():
    aird = next(path for collection, path in tune_books.corpus_files() if collection == "airdsAirs")
    texts = dict(list(abc.tunes(aird.read_text(encoding="utf-8")))[:30])
    results = [tune_books._read(("airdsAirs", aird.name, number, text)) for number, text in texts.items()]
    read = [result.score for result in results if isinstance(result, tune_books.Tune)]
    assert len(read) >= 28
    assert all(tune_books.VOCABULARY.decode(tune_books.VOCABULARY.encode(score)).notes == score.notes for score in read)


@pytest.mark.slow
def test_reading_needs_no_tensorflow():
    code = "import sys; from zoo.music.data import tune_books; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
