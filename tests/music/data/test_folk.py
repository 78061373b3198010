"""The data set from tune books of our own, prepared in a folder of the test; the music21 wheel's are only looked at."""

import json
import subprocess
import sys

import numpy as np
import pytest

from zoo.core import sources
from zoo.music.data import folk, tune_books
from zoo.music.notation import abc
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note

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


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    one, two = folder / "one.abc", folder / "two.abc"
    one.write_text(book(*((seed, "G", body(seed)) for seed in range(1, 15)), (99, "G", "C8|D9|E8|]")))
    # In the second book: the first book's third tune a tone higher, one of its own, two that are refused.
    higher = body(3).translate(str.maketrans("CDEFGABcdefga", "DEFGABcdefgab"))
    two.write_text(book((1, "A", higher), (2, "D", body(23)), (3, "Hp", body(24)), (4, "C", "C8|D8|E/16F127/16|]")))
    builder = folk.FolkTunes(data_dir=folder, files=[("ours", one), ("others", two)])
    builder.download_and_prepare()
    return builder


def test_every_tune_is_in_one_split_or_counted_as_refused(prepared):
    tunes = [tune for split in folk.SPLITS for tune in folk.tunes_of(prepared, split)]
    assert sorted((tune.collection, tune.file, tune.number) for tune in tunes) == [
        ("others", "two.abc", 1),
        ("others", "two.abc", 2),
        *(("ours", "one.abc", number) for number in range(1, 15)),
    ]
    metadata = json.loads((prepared.data_path / "metadata.json").read_text())
    assert metadata["refused"] == {"a bar is too long": 1, "unknown key": 1, "off the grid": 1}
    assert sum(int(size) * count for size, count in metadata["clusters_by_size"].items()) == 16


def test_a_tune_comes_back_as_it_was_read(prepared):
    tunes = {
        tune.number: tune.score for split in folk.SPLITS for tune in folk.tunes_of(prepared, split) if tune.file == "one.abc"
    }
    score = tunes[1]
    assert (score.title, score.metre, score.key, score.bars) == ("Tune 1", Metre(4, 4), Key(7), 8)
    assert score == abc.read(book((1, "G", body(1))))
    assert {number: score.type for number, score in tunes.items()} == {
        number: "reel" if number % 2 else "" for number in range(1, 15)
    }
    assert abc.read(book((8, "G", body(8)))).type == "mazurka"


def test_versions_of_a_tune_share_a_split(prepared):
    places = {(tune.file, tune.number): split for split in folk.SPLITS for tune in folk.tunes_of(prepared, split)}
    assert places["one.abc", 3] == places["two.abc", 1]
    assert set(places.values()) == {"train", "validation"}


def test_splits_depend_on_the_content_alone():
    scores = [Score((Note(0, 12, 40 + i % 80), Note(12, 12, 40 + i // 80)), key=Key(0)) for i in range(1000)]
    clusters = list(range(len(scores)))
    found = folk.splits(scores, clusters)
    assert folk.splits(scores[::-1], clusters) == found[::-1]
    assert {name: found.count(name) for name in folk.SPLITS} == {"train": 801, "validation": 103, "test": 96}
    together = folk.splits(scores, [0] * len(scores))
    assert len(set(together)) == 1


def test_the_content_is_metre_key_and_notes():
    score = Score((Note(0, 12, 60), Note(12, 24, 62)), ((0, Metre(6, 8)),), Key(2, "dorian"), title="Name", type="jig")
    assert folk.content(score) == b"6/8 D dorian 0,12,60 12,24,62"
    assert folk.content(score) != folk.content(score.transpose(1))


def test_what_is_prepared_is_found_where_tfds_data_dir_says(prepared, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(prepared.data_path.parent.parent))
    folk.load.cache_clear()
    try:
        assert sum(len(folk.load(split)) for split in folk.SPLITS) == 16
        digest = folk.fingerprint()
        assert digest == sources.fingerprint(folk.content(score) for split in folk.SPLITS for score in folk.load(split))
        assert len(digest) == 64
    finally:
        folk.load.cache_clear()


def test_the_source_names_the_package_and_is_no_stand_in():
    source = folk.source()
    assert (source.name, source.version, source.stand_in) == ("folk_tunes", "1.1.0", False)
    assert source.how.startswith("package music21 ")


def test_the_wheel_has_the_three_collections():
    files = tune_books.corpus_files()
    assert {name: sum(collection == name for collection, _ in files) for name in tune_books.COLLECTIONS} == {
        "oneills1850": 39,
        "ryansMammoth": 1059,
        "airdsAirs": 6,
    }


def test_real_tunes_are_read():
    aird = next(path for collection, path in tune_books.corpus_files() if collection == "airdsAirs")
    texts = dict(list(abc.tunes(aird.read_text(encoding="utf-8")))[:30])
    results = [tune_books._read(("airdsAirs", aird.name, number, text)) for number, text in texts.items()]
    read = [result.score for result in results if isinstance(result, tune_books.Tune)]
    assert len(read) >= 28
    assert all(tune_books.VOCABULARY.decode(tune_books.VOCABULARY.encode(score)).notes == score.notes for score in read)


def test_reading_needs_no_tensorflow():
    code = "import sys; from zoo.music.data import tune_books; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
