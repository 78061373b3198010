from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from zoo.sentiment import two_views
from zoo.sentiment.training import PRETRAINING
from zoo.text.encoded import EncodedTexts
from zoo.text.words import MASK, RESERVED

SIZE, FIRST = 40, len(RESERVED)


def encoded(texts: list[list[list[int]]]) -> EncodedTexts:
    """Texts as lists of sentences as lists of ids."""
    sentences = [sentence for text in texts for sentence in text]
    sizes = np.array([len(sentence) for sentence in sentences], np.int64)
    words = np.array([word for sentence in sentences for word in sentence], np.int32)
    lengths = np.array([sum(map(len, text)) for text in texts], np.int64)
    return EncodedTexts(tf.constant(words), lengths, np.cumsum(sizes) - sizes)


@given(
    st.lists(st.lists(st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=9), max_size=7), min_size=1, max_size=7),
    st.integers(1, SIZE),
    st.integers(0, 2**31 - 1),
)
def test_each_sentence_is_read_or_asked_for(texts: list[list[list[int]]], targets: int, seed: int) -> None:
    view, others = two_views.divide(encoded(texts), targets, [seed, 0])
    read, asked = view.words.numpy(), others.to_list()
    assert view.lengths.sum() == len(read)
    for text, start, length, unread in zip(texts, view.starts, view.lengths, asked, strict=True):
        left = read[start : start + length].tolist()
        begins = [int(place - start) for place in view.sentences if start <= place < start + length]
        assert len(begins) >= min(1, len(text))
        assert len(begins) <= np.ceil(two_views.READ * len(text))
        rest = list(text)
        for first, after in pairwise([*begins, length]):
            sentence = left[first:after]
            rest = rest[rest.index(sentence) + 1 :]  # whole sentences, in their order
        whole = {word for sentence in text for word in sentence}
        assert unread == sorted(set(unread))
        assert set(unread) <= whole
        assert all(FIRST <= word < targets for word in unread)
        assert {word for word in whole if FIRST <= word < targets} <= {*unread, *left}


def test_the_share_that_is_read_varies_from_text_to_text() -> None:
    long = encoded([[[word] for word in range(3, SIZE)] * 10] * 200)
    share = two_views.divide(long, SIZE, [0, 0])[0].lengths / long.lengths
    assert share.min() < 0.05
    assert two_views.READ - 0.05 < share.max() < two_views.READ + 0.01
    assert abs(share.mean() - two_views.READ / 2) < 0.05


def test_words_of_one_class_tell_most() -> None:
    film, superb, waste, dull = range(FIRST, FIRST + 4)
    texts = [[[film, superb, superb]], [[film, superb]], [[film, waste]], [[film, waste, dull]]]
    found = two_views.class_dependence(encoded(texts), np.array([1, 1, 0, 0]), SIZE)
    assert found[film] < found[dull] < found[waste]
    # By hand: superb is in 2 of the positive texts and in none of the others; how often in each plays no part.
    positive, negative = 4 + SIZE, 5 + SIZE
    assert found[superb] == pytest.approx(np.log(3 / positive) - np.log(1 / negative), rel=1e-5)
    several = two_views.class_dependence(encoded(texts), np.array([0, 0, 1, 2]), SIZE)
    assert several[film] < several[dull] < several[superb]


@pytest.mark.slow
def test_batches_are_divided_anew_each_epoch_and_the_same_when_asked_again() -> None:
    random = np.random.default_rng(0)
    texts = [[random.integers(FIRST, SIZE, random.integers(1, 60)).tolist() for _ in range(8)] for _ in range(60)]
    texts.append([random.integers(FIRST, SIZE, 2000).tolist()])  # a text of one sentence, longer than what is read of one
    hidden, unread = np.ones(SIZE, np.float32), np.arange(SIZE, dtype=np.float32)
    hidden[:FIRST] = 0
    recipe = replace(PRETRAINING, batch_size=16)
    data = two_views.batches(encoded(texts), encoded(texts[:5]), hidden, unread, SIZE, 64, recipe)
    epochs = [list(data.train(number)) for number in (0, 0, 1)]
    shown = [[x["word"].numpy().tolist() for x, _, _ in batches] for batches in epochs]
    assert shown[0] == shown[1] != shown[2]
    for batches in epochs:
        assert len(batches) == data.steps == 4
        assert sum(len(weight) for _, _, weight in batches) == len(texts)
        for x, y, _ in batches:
            words, at, counts = x["word"].numpy(), x["at"].numpy(), y["counts"].numpy()
            assert words.shape[:2] == at.shape[:2] == counts.shape[:2]
            assert words.shape[2] <= 64
            assert (words != 0).sum((1, 2)).max() <= two_views.LONGEST
            masked = np.take_along_axis(words, at, 2)[counts > 0] == RESERVED.index(MASK)
            assert masked.mean() > 0.5
            np.testing.assert_array_equal(y["weight"], unread[y["unread"].numpy()])
    assert sum(len(weight) for _, _, weight in data.validation) == 5
