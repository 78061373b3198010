"""The inputs of the inference contenders."""

import numpy as np
import pytest
import tensorflow as tf

import zoo
from benchmarks import inference
from benchmarks.workloads import REVIEW
from zoo.text.words import split


def test_each_review_has_as_many_tokens_as_it_should() -> None:
    texts = inference.raw_inputs("sentiment_transformer", 3)
    assert len(set(texts)) == 3
    assert split(tf.constant(texts)).row_lengths().numpy().tolist() == [REVIEW] * 3


def test_digits_are_images() -> None:
    images = inference.raw_inputs("digits_mlp", 4)
    assert images.dtype == np.uint8
    assert images.shape == (4, 28, 28)


def test_sentences_texts_and_scenes_are_the_same_each_time() -> None:
    assert all(len(text.split()) == 12 for text in inference.raw_inputs("translation_transformer", 3))
    (text,) = inference.raw_inputs("writing_lstm", 1)
    assert len(text.split()) == 12 * inference.SENTENCES
    assert inference.raw_inputs("writing_lstm", 2)[0] == text
    pictures = inference.raw_inputs("captioner", 2)
    assert [picture.shape for picture in pictures] == [(96, 96, 3)] * 2
    np.testing.assert_array_equal(pictures[0], inference.raw_inputs("captioner", 1)[0])


@pytest.mark.pretrained
@pytest.mark.parametrize("model", [card.name for card in zoo.list_models() if card.name in inference.USES])
def test_the_contenders_of_sequence_networks_work(model: str) -> None:
    assert inference.ours(model, "2", "1")() == 2
    if model in inference.PREDICTORS:
        assert inference.keras_predict(model, "2", "1")() == 2
