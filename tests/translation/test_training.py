"""Training a translator from a file to the published model."""

import numpy as np
import pytest
import tensorflow as tf

from tests.translation import corpus
from zoo.core.cards import read_card
from zoo.core.errors import UserError
from zoo.translation import training
from zoo.translation.model import Translator


def loaded(folder):
    return Translator(read_card(folder), tf.saved_model.load(folder), folder)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 30, "quick": False}, "a width of 30 cannot be shared by 4 heads of attention: name a multiple of 4"),
        ({"languages": ("en", "es")}, "'es'"),
        ({"languages": ("en",)}, "two of these languages are needed, not en alone"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_computed(options, message, tmp_path):
    table = corpus.write(tmp_path / "own.tsv")
    with pytest.raises(UserError, match=message):
        training.train(str(table), **{"out": tmp_path / "new", "quick": True, **options})
    assert [path.name for path in tmp_path.iterdir()] == ["own.tsv"]


@pytest.mark.slow
def test_a_translator_learns_a_corpus_and_another_one_starts_from_it(tmp_path, monkeypatch):
    monkeypatch.setitem(training.QUICK, "dropout", 0.0)
    table = corpus.write(tmp_path / "own.tsv")
    card = training.train(str(table), out=tmp_path / "first", quick=True, epochs=80, precision="float32")
    assert tuple(card.architecture["languages"]) == ("en", "de", "fr")
    model = loaded(tmp_path / "first")
    texts = corpus.sentences()
    translations = model.translate(texts["en"], "en", "de")
    # By chance none would be right: there are many words and orders.
    assert np.mean([got == wanted for got, wanted in zip(translations, texts["de"], strict=True)]) > 0.1, translations[:5]

    two = corpus.write(tmp_path / "two.tsv", ("de", "fr"))
    card = training.train(str(two), out=tmp_path / "second", quick=True, epochs=1, start=tmp_path / "first", precision="float32")
    assert {metric.command.partition(" --data ")[2] for metric in card.metrics} == {f"{two} --languages de,fr"}
    again = loaded(tmp_path / "second")
    assert again.languages == ("en", "de", "fr")
    # English, which the new data lack, is translated all the same.
    assert len(again.translate(texts["en"], "en", "de")) == len(texts["en"])
    other = tmp_path / "other.tsv"
    other.write_text("en\tes\n" + "".join(f"The dog sees {i} birds.\tEl perro ve {i} aves.\n" for i in range(100)))
    with pytest.raises(UserError, match="'es'"):
        training.train(str(other), out=tmp_path / "third", quick=True, start=tmp_path / "first")
