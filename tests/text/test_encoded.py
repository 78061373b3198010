from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from zoo.sentiment.training import FINETUNING
from zoo.text import encoded as texts
from zoo.text.encoded import EncodedTexts
from zoo.text.words import RESERVED, VOCABULARY, WordVocabulary


def vocabulary(folder: Path, words: list[str]) -> WordVocabulary:
    (folder / VOCABULARY).write_text("".join(f"{word}\n" for word in (*RESERVED, *words)))
    return WordVocabulary(folder)


def of_sentences(sizes: list[list[int]]) -> EncodedTexts:
    """Texts whose sentences have so many words."""
    begins = np.cumsum([0, *(size for text in sizes for size in text)])[:-1]
    lengths = np.array([sum(text) for text in sizes])
    return EncodedTexts(tf.range(lengths.sum()), lengths, begins.astype(np.int64))


def test_a_sentence_begins_with_a_text_and_after_the_marks_that_end_one(tmp_path: Path) -> None:
    given_texts = [b"Good film! Not bad... Is it?", b"", b"the film", b"...", b"film . !? good", b""]
    encoded = EncodedTexts.of(given_texts, vocabulary(tmp_path, ["film", "good", ".", "!", "?"]))
    assert encoded.lengths.tolist() == [11, 0, 2, 3, 5, 0]
    assert encoded.sentences.tolist() == [0, 3, 8, 11, 13, 16, 20]
    assert encoded.between(0, 3).sentences.tolist() == [0, 3, 8, 11]
    part = encoded.between(2, 5)
    assert (part.lengths.tolist(), part.sentences.tolist()) == ([2, 3, 5], [0, 2, 5, 9])
    np.testing.assert_array_equal(part.words, encoded.words[11:21])


@given(
    st.lists(st.lists(st.integers(1, 400), max_size=5), min_size=1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 50),
)
def test_a_piece_is_some_sentences_of_its_text(sizes: list[list[int]], seed: int, epoch: int) -> None:
    encoded = of_sentences(sizes)
    starts, lengths = texts.pieces(encoded, [seed, epoch])
    np.testing.assert_array_equal((starts, lengths), texts.pieces(encoded, [seed, epoch]))
    for text, start, length in zip(sizes, starts.tolist(), lengths.tolist(), strict=True):
        edges = np.cumsum([0, *text]).tolist()
        assert (start in edges and start + length in edges) or length == texts.LONGEST_PIECE
        assert 0 <= start <= start + length <= edges[-1]
        assert length > 0 or not text


def test_half_of_the_texts_are_cut_and_each_epoch_cuts_others() -> None:
    encoded = of_sentences([[5] * 40] * 10_000)
    starts, sizes = texts.pieces(encoded, [0, 0])
    whole = sizes == 200
    assert abs(whole.mean() - (1 - texts.CUT)) < 0.05
    assert (starts[whole] == 0).all()
    # Any sentence may be the first; a fifth of what is wanted, at least, ends with it.
    counts = np.bincount(starts[~whole] // 5, minlength=40)
    assert counts.min() > 60
    assert 0.1 < (sizes[~whole] == 5).mean() < 0.3
    assert not np.array_equal(sizes, texts.pieces(encoded, [0, 1])[1])


def test_of_a_very_long_text_a_piece_is_taken() -> None:
    starts, sizes = texts.pieces(of_sentences([[10_000]] * 1000), [0, 0])
    assert (sizes == texts.LONGEST_PIECE).all()
    assert len(set(starts.tolist())) > 400


def test_the_vocabulary_is_what_most_texts_contain(tmp_path: Path) -> None:
    size = texts.learn_vocabulary([b"Not bad, not bad!", b"not bad", b"a film", b"A film"], 6, tmp_path)
    assert (tmp_path / VOCABULARY).read_text().split("\n") == [*RESERVED, "a", "bad", "film", ""]
    assert size == 6
    assert texts.learn_vocabulary([b"Not bad, not bad!", b"not bad"], 100, tmp_path) == 5


def test_a_window_is_a_part_of_its_text(tmp_path: Path) -> None:
    words = [chr(ord("a") + i) for i in range(20)]
    encoded = EncodedTexts.of([" ".join(words[:7]).encode(), b"", " ".join(words[7:]).encode()], vocabulary(tmp_path, words))
    assert encoded.lengths.tolist() == [7, 0, 13]
    evidence = np.arange(40, dtype=np.float16).reshape(20, 2, 1)
    of_windows = texts.in_windows(encoded.with_evidence(evidence), encoded.starts, encoded.lengths, window=5)
    found = of_windows["word"].numpy()
    assert found.shape == (3, 3, 5)
    # Evidence lies at its word.
    np.testing.assert_array_equal(of_windows["evidence"], np.where((found > 0)[..., None, None], evidence[found - 3], 0))
    assert texts.in_windows(encoded.between(0, 2), encoded.starts[:2], encoded.lengths[:2], window=5).keys() == {"word"}
    rows = [[[int(i) for i in window if i] for window in text] for text in found]
    ids = list(range(3, 23))
    assert rows == [[ids[:4], ids[4:7], []], [[], [], []], [ids[7:12], ids[12:16], ids[16:20]]]


@pytest.mark.slow
def test_each_epoch_sees_each_text_once_in_batches_of_like_length(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    given_texts = [f"film {i} " + "good " * random.integers(0, 90) for i in range(300)]
    learned = vocabulary(tmp_path, ["film", "good"])
    train, validation = (
        EncodedTexts.of([text.encode() for text in part], learned) for part in (given_texts[:250], given_texts[250:])
    )
    targets = random.random((300, 1)).astype(np.float32)
    pipeline = texts.batches(train, targets[:250], validation, targets[250:], 64, FINETUNING)
    assert pipeline.steps == 8
    epochs = [list(pipeline.train(number)) for number in (0, 1, 0)]
    for batches in epochs:
        assert len(batches) == pipeline.steps
        np.testing.assert_allclose(np.sort(np.concatenate([y[:, 0] for _, y, _ in batches])), np.sort(targets[:250, 0]))
        assert {x["word"].shape[2] for x, _, _ in batches} <= {32, 64}
        assert all((w.numpy() == 1).all() for _, _, w in batches)
    lengths = sorted(int(tf.math.count_nonzero(row)) for x, _, _ in epochs[0] for row in x["word"])
    assert lengths == sorted(texts.pieces(train, [FINETUNING.seed, 0])[1].tolist())
    whole = sorted(int(tf.math.count_nonzero(row)) for x, _, _ in pipeline.validation for row in x["word"])
    assert whole == sorted(len(text.split()) for text in given_texts[250:])
    first = [[x["word"].numpy().tolist() for x, _, _ in batches] for batches in epochs]
    assert first[0] == first[2]
    assert first[0] != first[1]
