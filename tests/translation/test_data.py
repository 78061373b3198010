"""Sentences from a file and from Multi30k, and their splits."""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zoo.core import sources
from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.translation import data, dataset, multi30k
from zoo.translation.dataset import Sentences

TEXTS = {  # what the files of a small Multi30k hold, by language
    "train": {"en": ["A man.", "A dog runs."], "de": ["Ein Mann.", "Ein Hund rennt."], "fr": ["Un homme.", "Un chien court."]},
    "validation": {"en": ["A cat."], "de": ["Eine Katze."], "fr": ["Un\u2028chat."]},
    "test": {"en": ["A red bird."], "de": ["Ein Vogel, rot. "], "fr": ["Un oiseau rouge."]},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of a small Multi30k, which is the pinned one while a test runs."""
    place = tmp_path / "given"
    place.mkdir()
    for split, texts in TEXTS.items():
        for language in multi30k.LANGUAGES:
            content = "".join(f"{text}\n" for text in texts.get(language, texts["en"])).encode()
            path = place / multi30k.file_name(split, language)
            path.write_bytes(gzip.compress(content, mtime=0))
            monkeypatch.setitem(multi30k.SHA256, path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    return place


def test_a_folder_with_the_files_of_multi30k_is_multi30k(folder: Path) -> None:
    sentences = data.load(str(folder))
    assert sentences.source.name == "multi30k"
    assert sentences.languages == ("en", "de", "fr")
    assert sentences.split("train")["de"] == [b"Ein Mann.", b"Ein Hund rennt."]
    assert sentences.split("validation")["fr"] == ["Un\u2028chat.".encode()], "only a line feed ends a line"
    assert sentences.split("test")["de"] == [b"Ein Vogel, rot."]
    assert sentences.sizes() == {"train": 2, "validation": 1, "test": 1}
    assert data.load(str(folder), ("cs", "en")).languages == ("cs", "en")
    assert data.load(str(folder), ("es", "fr", "en"), common=True).languages == ("fr", "en")


def test_the_downloaded_files_are_the_same_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow_datasets as tfds

    asked: list[str] = []

    def download(self: object, urls: dict[str, str]) -> dict[str, Path]:
        asked.extend(urls.values())
        return {name: folder / name for name in urls}

    monkeypatch.setattr(sources, "online", lambda *_: True)
    monkeypatch.setattr(tfds.download.DownloadManager, "download", download)
    first = data.load("multi30k")
    assert first.source.how == "downloaded by TensorFlow Datasets"
    assert f"{multi30k.ADDRESS}/train.de.gz" in asked
    again = data.load("multi30k")
    assert again.source.how == "prepared for TensorFlow Datasets"
    assert first.texts == again.texts == data.load(str(folder)).texts
    assert first.fingerprint() == data.load(str(folder)).fingerprint()


def table(path: Path, columns: tuple[str, ...], order: tuple[int, ...] = (0, 1, 2)) -> str:
    """A file of 60 examples in three languages. The third has a sentence that many examples share, so they are in one split."""
    rows = [(f"number {i} is here", f"Nummer {i} ist hier", "veel" if i % 3 else f"nummer {i}") for i in range(60)]
    path.write_text("".join("\t".join(row[i] for i in order) + "\n" for row in [columns, *rows]), encoding="utf-8")
    return str(path)


def test_a_model_is_measured_on_the_split_that_it_did_not_learn_from(tmp_path: Path) -> None:
    file = table(tmp_path / "three.tsv", ("en", "de", "nl"))
    learned = data.load(file)
    card = SimpleNamespace(dataset=learned.describe())
    for languages in (None, ("en", "de"), ("nl", "en")):
        found, has_test = data.as_learned(file, card, ("en", "de", "nl"), languages)
        assert has_test
        assert found.languages == (languages or ("en", "de", "nl"))
        np.testing.assert_array_equal(found.splits, learned.splits)
    # A model that began from another one has the languages in the order of that one.
    found, has_test = data.as_learned(file, card, ("de", "fr", "nl", "en"), None)
    assert has_test
    np.testing.assert_array_equal(found.splits, learned.splits)
    assert (data.load(file, ("en", "de")).splits != learned.splits).any()
    assert not data.as_learned(table(tmp_path / "other.tsv", ("en", "de", "fr")), card, ("en", "de", "nl"), None)[1]


def test_columns_that_nobody_asks_for_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "notes.tsv"
    path.write_text("en\tsource url\tde\nOne.\t\tEins.\nTwo.\tx\tZwei.\n", encoding="utf-8")
    assert data.load(str(path), ("de", "en")).texts == {"de": [b"Eins.", b"Zwei."], "en": [b"One.", b"Two."]}
    with pytest.raises(UserError, match="'source url' is no name of a language"):
        data.load(str(path))


def test_without_data_and_network_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"Multi30k is not prepared .* go online once, or give a folder with its files \(train.en"
    ):
        data.load("multi30k")
    with pytest.raises(UserError, match=r"holds no file of Multi30k \(train.en.gz and so on\)"):
        data.load(str(tmp_path))
    with pytest.raises(UserError, match="no data set is called 'multi30': did you mean multi30k"):
        data.load("multi30")


def test_a_changed_and_a_missing_file_are_told(folder: Path) -> None:
    path = folder / "val.fr.gz"
    path.write_bytes(gzip.compress(b"other\n"))
    with pytest.raises(UserError, match=r"val.fr.gz is not Multi30k's val.fr.gz: its sha256 is .* fetch https://raw"):
        data.load(str(folder))
    assert data.load(str(folder), ("en", "de")).languages == ("en", "de"), "the other languages can be used"
    path.unlink()
    with pytest.raises(UserError, match=r"Multi30k's file val.fr.gz cannot be read: .* no such file"):
        data.load(str(folder))


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        (("en", "es"), "no language of multi30k is called 'es': there are en, de, fr and cs"),
        (("en", "en"), "en, en: name each language once"),
        (("en",), "multi30k has sentences in en, de, fr, cs: two of these languages are needed, not en alone"),
    ],
)
def test_languages_that_cannot_be_used(folder: Path, languages: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        data.load(str(folder), languages)


def rows() -> Iterator[tuple[str, str]]:
    for i in range(300):
        yield f"Sentence {i} has words {i * 7} of its own {i * 11}.", f"Der Satz {i} hat {i * 7} eigene Wörter {i * 11}."


def test_the_split_of_an_example_depends_on_its_content_alone(tmp_path: Path) -> None:
    pairs = list(rows())
    paths = [tmp_path / "a.tsv", tmp_path / "b.csv"]
    paths[0].write_text("en\tde\n" + "".join(f"{a}\t{b}\n" for a, b in pairs))
    paths[1].write_text("en,de\n" + "".join(f'"{a}","{b}"\n' for a, b in reversed(pairs)))
    found = [data.load(str(path)) for path in paths]
    assert [each.languages for each in found] == [("en", "de")] * 2
    assert all(set(found[0].split(name)["en"]) == set(found[1].split(name)["en"]) for name in ("train", "validation", "test"))
    assert found[0].fingerprint() == found[1].fingerprint()
    sizes = found[0].sizes()
    assert 200 < sizes["train"] < 280
    assert min(sizes.values()) > 10
    dataset.check_trainable(found[0])


def test_near_duplicates_are_in_the_same_split_and_counted() -> None:
    long = b"An old man in a red coat feeds the birds in the park"
    texts = {
        "en": [long, long + b" today.", b"Hello!", b"hello", b"Another thing entirely happens over there now."],
        "de": [b"Ja, eins", b"zwei", b"Hallo.", b"Guten Tag", b"HALLO"],
    }
    shares = dataset.shares(texts)
    assert shares[0] == shares[1]
    assert shares[2] == shares[3] == shares[4], "the same in one language is enough"
    assert shares[0] != shares[2]
    splits = np.array(["train", "test", "train", "validation", "test"])
    sentences = Sentences(texts, splits, Source("mine", "1", "", ""))
    assert dataset.near_duplicates(sentences, "test") == 2
    assert (
        dataset.near_duplicates(Sentences(texts, np.array(["train", "train", "train", "test", "test"]), sentences.source), "test")
        == 2
    )
    assert sentences.directions == (("en", "de"), ("de", "en"))
