"""The batches of a text: each byte once, the byte after it as the target."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.writing import pipeline

TEXT = bytes(range(128)) * 24


def test_targets_are_the_bytes_that_follow():
    data = pipeline.batches(TEXT, TEXT[:100], batch_size=4, seed=1)
    for x, y, weight in data.train(0):
        assert x.shape == (4, pipeline.PIECE)
        np.testing.assert_array_equal((x.numpy() + 1) % 128, y.numpy())
        assert weight.numpy().all()


def test_an_epoch_is_a_function_of_its_number():
    data = pipeline.batches(TEXT, TEXT[:100], batch_size=4, seed=1)
    first, again, other = ([x.numpy().tolist() for x, _, _ in data.train(number)] for number in (0, 0, 1))
    assert first == again
    assert first != other
    assert len(first) == data.steps


@settings(max_examples=30)
@given(length=st.integers(2, 200), read=st.integers(1, 20).map(lambda half: 2 * half))
def test_each_byte_but_the_first_is_predicted_once_with_enough_before_it(length, read):
    text = bytes(i % 256 for i in range(length))
    targets = []
    for batch in pipeline.held_out(text, read):
        for x, y, weight in zip(*(part.numpy() for part in batch), strict=True):
            counted = np.flatnonzero(weight)
            targets += y[counted].tolist()
            assert targets[0] == 1 or counted[0] >= min(read // 2, len(x) - 1)
            assert (y[counted] == (x[counted] + 1) % 256).all()
    assert targets == list(text[1:])


def test_a_text_shorter_than_a_piece_is_one_batch():
    data = pipeline.batches(b"abcdefgh", b"abc", batch_size=64, seed=0)
    ((x, y, _),) = data.train(0)
    assert data.steps == 1
    assert bytes(x.numpy()[0].tolist()) + bytes(y.numpy()[0, -1:].tolist()) == b"abcdefgh"


def test_names_are_other_ones_in_each_epoch():
    speech = b"the night is long and the day is far from us, and no lark has sung of it, so let us speak of what we know"
    text = b"ROMEO:\n" + speech + b"\n\nJULIET:\n" + speech + b"\n\n"
    data = pipeline.batches(text * 200, text, batch_size=4, seed=1)

    def read(number):
        return b"\n".join(bytes(row) for x, _, _ in data.train(number) for row in x.numpy().astype(np.uint8))

    first, second = read(0), read(1)
    assert len(re.findall(rb"\n(?!ROMEO|JULIET)[A-Z]+:\n", first)) > 20
    assert first != second
