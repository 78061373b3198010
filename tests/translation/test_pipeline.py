"""The batches of a translator's training."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.text.subwords import END, PADDING, learn
from zoo.translation import pipeline as pipelines
from zoo.translation.network import marker, others
from zoo.translation.pipeline import LENGTHS, pipeline, plan

LANGUAGES = "en", "de", "fr"
TEXTS = {language: [f"{language} sentence {'long ' * (i % 9)}number {i}".encode() for i in range(50)] for language in LANGUAGES}
SUBWORDS = learn([text for texts in TEXTS.values() for text in texts], 320, [marker(language) for language in LANGUAGES])


def sentences(batches):
    """{language of the marker: the texts of the rows that are none of padding}, of batches."""
    found = {name: [] for name in LANGUAGES}
    for x, _, _ in batches:
        for row, markers in zip(x["ids"].numpy(), x["markers"].numpy(), strict=True):
            for ids, number in zip(row, markers, strict=True):
                if ids[0] != PADDING:
                    assert np.count_nonzero(ids == END) == 1
                    assert ids[np.count_nonzero(ids) - 1] == END
                    found[LANGUAGES[number - 3]].append(SUBWORDS.decode(ids))
    return found


def test_an_epoch_has_each_example_once_in_all_directions():
    data = pipeline(TEXTS, {language: texts[:7] for language, texts in TEXTS.items()}, SUBWORDS, batch_size=8, seed=1)
    batches = list(data.train(0))
    assert len(batches) == data.steps
    found = sentences(batches)
    assert all(sorted(found[language]) == sorted(TEXTS[language]) for language in LANGUAGES)
    assert found["en"] != TEXTS["en"]  # shuffled
    for x, y, weight in batches:
        np.testing.assert_array_equal(y, x["ids"].numpy()[:, others(3)])
        np.testing.assert_array_equal(weight, y != PADDING)
    again = [x["ids"].numpy().tolist() for x, _, _ in data.train(0)]
    assert again == [x["ids"].numpy().tolist() for x, _, _ in batches]
    held_out = sentences(data.validation)
    assert sorted(held_out["fr"]) == sorted(TEXTS["fr"][:7])


def test_each_epoch_cuts_words_anew_and_the_seed_decides_how():
    small = {language: texts[:12] for language, texts in TEXTS.items()}

    def first(seed, epoch):
        return [x["ids"].numpy().tolist() for x, _, _ in pipeline(small, small, SUBWORDS, 4, seed).train(epoch)]

    assert first(0, 3) == first(0, 3)
    assert first(0, 3) != first(0, 4) != first(1, 4)
    data = pipeline(small, small, SUBWORDS, 4, 0)
    ids = np.concatenate([x["ids"].numpy().ravel() for x, _, _ in data.validation])
    expected = sum(len(SUBWORDS.encode(text)) + 1 for texts in small.values() for text in texts)
    assert np.count_nonzero(ids) == expected  # no merge is dropped


def test_too_long_sentences_are_left_out_and_told(caplog):
    long = {language: [*texts[:9], b"x y " * 300] for language, texts in TEXTS.items()}
    data = pipeline(long, long, SUBWORDS, 4, 0)
    assert "left out 1 training examples with a sentence of over 192 subwords" in caplog.text
    assert len(sentences(data.train(0))["de"]) == len(sentences(data.validation)["de"]) == 9
    with pytest.raises(UserError, match="the training split has no example"):
        pipeline({language: texts[9:] for language, texts in long.items()}, TEXTS, SUBWORDS, 4, 0)


@given(st.lists(st.integers(1, LENGTHS[-1]), min_size=1, max_size=80), st.integers(1, 400), st.booleans())
def test_the_plan_has_each_example_once_and_few_shapes(lengths, tokens, shuffled):
    lengths = np.array(lengths, int)
    batches = plan(lengths, tokens, np.random.default_rng(0) if shuffled else None)
    assert sorted(i for _, _, examples in batches for i in examples) == list(range(len(lengths)))
    for rows, t, examples in batches:
        assert t in LENGTHS
        assert rows % pipelines.MULTIPLE == 0
        assert 0 < len(examples) <= rows
        assert lengths[examples].max() <= t
    assert len({(rows, t) for rows, t, _ in batches}) <= len(LENGTHS)
    assert sum(len(examples) < rows for rows, _, examples in batches) <= 1
