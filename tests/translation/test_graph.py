from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import UserError
from zoo.core.export import write_saved_model
from zoo.text import subwords
from zoo.text.subwords import SubwordGraph
from zoo.translation import casing, graph
from zoo.translation.casing import Casing
from zoo.translation.model import MOST_BYTES, Translator
from zoo.translation.network import Config, TranslationTransformer, marker
from zoo.translation.pipeline import Encoded, others

LANGUAGES = ("en", "de")
PAIRS = [
    ("A man sleeps.", "Ein Mann schläft."),
    ("A woman sleeps.", "Eine Frau schläft."),
    ("A man reads.", "Ein Mann liest."),
    ("A dog runs on the grass.", "Ein Hund läuft auf dem Gras."),
    ("Two dogs run on the beach.", "Zwei Hunde laufen am Strand."),
    ("The grass is a beach and a house.", "Das Gras ist ein Strand und ein Haus."),
    ("The woman sees a man and a dog.", "Die Frau sieht einen Mann und einen Hund."),
]
TEXTS = {language: [pair[i].encode() for pair in PAIRS] for i, language in enumerate(LANGUAGES)}


def learned(folder: Path) -> tuple[TranslationTransformer, subwords.Subwords]:
    """A network that knows PAIRS by heart."""
    casing.learn(TEXTS, folder)
    texts = Casing(folder).prepared(TEXTS)
    vocabulary = subwords.learn([text for of in texts.values() for text in of], 340, [marker(each) for each in LANGUAGES])
    vocabulary.save(folder)
    keras.utils.set_random_seed(1)
    model = TranslationTransformer(
        Config(vocabulary.size, LANGUAGES, width=32, encoder_blocks=1, decoder_blocks=1, heads=2, hidden=64, dropout=0.0)
    )
    encoded = Encoded(texts, vocabulary)
    ids = tf.constant(encoded.padded(np.arange(len(PAIRS)), len(PAIRS), int(encoded.longest.max())))
    markers, wanted = tf.tile(encoded.markers[None], [len(PAIRS), 1]), tf.gather(ids, others(2), axis=1)
    optimizer = keras.optimizers.Adam(0.005)

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = tf.cast(model({"ids": ids, "markers": markers}, training=True), tf.float32)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, logits)
            loss = tf.reduce_mean(tf.boolean_mask(losses, wanted != subwords.PADDING))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    optimizer.build(model.trainable_variables)
    for _ in range(150):
        loss = step()
    assert float(loss) < 0.05
    return model, vocabulary


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    folder = tmp_path_factory.mktemp("translator")
    model, _ = learned(folder)
    endpoints = graph.endpoints(model, SubwordGraph(folder), Casing(folder))
    write_saved_model(model, endpoints, folder / "saved")
    (folder / subwords.FILE).unlink()
    (folder / casing.FILE).unlink()
    architecture = {"network": "translation_transformer", "languages": list(LANGUAGES)}
    card: Any = SimpleNamespace(name="tiny", architecture=architecture, parameters=1)
    return Translator(card, tf.saved_model.load(str(folder / "saved")), folder / "saved")


@pytest.mark.slow
def test_what_was_learned_is_translated_in_both_directions(translator: Translator) -> None:
    for source, target in (LANGUAGES, LANGUAGES[::-1]):
        given, wanted = ([pair[LANGUAGES.index(each)] for pair in PAIRS] for each in (source, target))
        assert translator.translate(given, source, target) == wanted
        assert translator.translate(given[0], source, target) == wanted[0]
        assert translator.translate(given[::-1] * 100, source, target) == wanted[::-1] * 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t ", ""),
        (b"\xff\xfe", ""),
        ("a man  sleeps.", "ein Mann schläft."),
        ("A man sleeps. A dog runs on the grass. A man reads.", "Ein Mann schläft. Ein Hund läuft auf dem Gras. Ein Mann liest."),
        ("A man sleeps.\n\nA man\nreads.", "Ein Mann schläft. Ein Mann liest."),
    ],
)
def test_texts_of_any_form_are_translated(translator: Translator, text: str | bytes, expected: str) -> None:
    assert translator.translate(text, "en", "de") == expected


@pytest.mark.slow
def test_a_sentence_without_end_is_translated_in_parts(translator: Translator) -> None:
    for text in ("man " * 300, "man" * 300, "\0" * 5000, "é" * 500):
        assert isinstance(translator.translate(text, "en", "de"), str)
    assert translator.translate([], "en", "de") == []


@pytest.mark.slow
def test_a_log_probability_is_that_of_the_network_for_the_translation(translator: Translator) -> None:
    given, wanted = (list(each) for each in zip(*PAIRS, strict=True))
    source, target = tf.fill([len(given)], "en"), tf.fill([len(given)], "de")
    found = translator.saved_model.signatures["translate"](text=tf.constant(given), source=source, target=target)
    scores = translator.score(given, wanted, "en", "de")
    np.testing.assert_allclose(found["log_probability"], scores.log_probability, atol=1e-3)
    assert (scores.subwords > 1).all()
    wrong = translator.score(given, [*wanted[1:], wanted[0]], "en", "de")
    assert (wrong.log_probability < scores.log_probability).all()
    both = translator.saved_model.signatures["translate"](
        text=tf.constant([" ".join(given[:2]), ""]), source=source[:2], target=target[:2]
    )
    np.testing.assert_allclose(both["log_probability"], [scores.log_probability[:2].sum(), 0.0], atol=1e-3)


@pytest.mark.slow
def test_alternatives_are_different_and_the_best_is_the_translation(translator: Translator) -> None:
    found = translator.alternatives("A man sleeps.", "en", "de", n=3)
    assert found[0][0] == "Ein Mann schläft."
    assert len({text for text, _ in found}) == len(found) == 3
    assert found[0][1] > max(log_probability for _, log_probability in found[1:])
    assert translator.alternatives("", "en", "de") == [("", 0.0)]
    with pytest.raises(UserError, match="n = 11"):
        translator.alternatives("A man sleeps.", "en", "de", n=11)


@pytest.mark.slow
def test_attention_is_told_word_by_word(translator: Translator) -> None:
    attention = translator.attend("A man  sleeps.", "Ein Mann schläft.", "en", "de")
    assert attention.source == ["a", "man", "sleeps", "."]
    assert attention.target == ["ein", "Mann", "schläft", "."]
    assert attention.weights.shape == (4, 4)
    assert (attention.weights >= 0).all()
    assert (attention.weights.sum(1) < 1.0001).all()
    assert attention.weights.sum() > 0.5
    assert translator.attend("", "Mann", "en", "de").weights.shape == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda model: model.translate("A man.", "en", "es"), "no language of tiny is called 'es': there are en and de"),
        (lambda model: model.translate("A man.", "en", "en"), "source and target are both 'en'"),
        (lambda model: model.translate(["A man.", 5], "en", "de"), "takes texts: str, or bytes"),
        (lambda model: model.translate(None, "en", "de"), "takes texts: str, or bytes"),
        (lambda model: model.translate("a" * (MOST_BYTES + 1), "en", "de"), "a text has 1,000,001 bytes"),
        (lambda model: model.score(["a"], [], "en", "de"), "1 texts and 0 translations"),
        (lambda model: model.score("a", ["a"], "en", "de"), "put it into a list"),
        (lambda model: model.attend("xy" * 600, "a", "en", "de"), "more than 512 subwords, too many to attend at once"),
    ],
)
def test_what_cannot_be_translated_is_told_in_one_line(
    translator: Translator, ask: Callable[[Translator], Any], message: str
) -> None:
    with pytest.raises(UserError, match=message) as caught:
        ask(translator)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_the_signatures_refuse_a_language_that_they_do_not_know(translator: Translator) -> None:
    translate = translator.saved_model.signatures["translate"]
    for source, target, message in (("es", "de", "not a language of this model"), ("de", "de", "are the same language")):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            translate(text=tf.constant(["a"]), source=tf.constant([source]), target=tf.constant([target]))
