"""Training a translator from a file to the published model."""

import numpy as np
import pytest
import tensorflow as tf

from tests.translation import corpus
from zoo.core.cards import read_card
from zoo.core.errors import UserError
from zoo.translation import training
from zoo.translation.model import Translator


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
def test_a_translator_starts_from_another_one(small_translator, tmp_path):
    two = corpus.write(tmp_path / "two.tsv", ("de", "fr"))
    card = training.train(str(two), out=tmp_path / "second", quick=True, epochs=1, start=small_translator, precision="float32")
    assert {metric.command.partition(" --data ")[2] for metric in card.metrics} == {f"{two} --languages de,fr"}
    again = Translator(read_card(tmp_path / "second"), tf.saved_model.load(tmp_path / "second"), tmp_path / "second")
    assert again.languages == ("en", "de", "fr")
    # English, which the new data lack, is translated all the same, and not as a network would that begins anew.
    texts = corpus.sentences()
    translations = again.translate(texts["en"], "en", "de")
    assert np.mean([got == wanted for got, wanted in zip(translations, texts["de"], strict=True)]) > 0.1, translations[:5]
    other = tmp_path / "other.tsv"
    other.write_text("en\tes\n" + "".join(f"The dog sees {i} birds.\tEl perro ve {i} aves.\n" for i in range(100)))
    with pytest.raises(UserError, match="'es'"):
        training.train(str(other), out=tmp_path / "third", quick=True, start=small_translator)
