import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from zoo.captions import graph
from zoo.captions.canvas import fitted
from zoo.captions.network import Captioner
from zoo.text.subwords import END, START, Subwords

INK = (200, 30, 40)


def drawing() -> np.ndarray:
    """A red bar on white paper, 50 wide and 20 high."""
    pixels = np.full((20, 50, 3), 255, np.uint8)
    pixels[4:14, 8:30] = INK
    return pixels


def encoded(pixels: np.ndarray, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, kind, **options)
    return content.getvalue()


@pytest.fixture(scope="module")
def signatures(network: Captioner, vocabulary: Path) -> dict[str, Callable[..., Any]]:
    return graph.endpoints(network, vocabulary)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "JPEG"])
def test_picture_files_are_read_in_the_graph(kind: str) -> None:
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    np.testing.assert_allclose(graph.decoded(encoded(drawing(), kind, **options)), drawing(), atol=0 if kind != "JPEG" else 8)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "JPEG"])
def test_a_grey_picture_has_three_equal_colours(kind: str) -> None:
    grey = np.full((9, 12), 90, np.uint8)
    np.testing.assert_allclose(graph.decoded(encoded(grey, kind)), np.full((9, 12, 3), 90), atol=1)


def test_what_is_transparent_is_white() -> None:
    ink = np.zeros((10, 10, 4), np.uint8)
    ink[2:5] = *INK, 255
    ink[6] = *INK, 51  # a fifth
    pixels = graph.decoded(encoded(ink, "PNG")).numpy()
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[3, 3].tolist() == list(INK)
    assert pixels[6, 6].tolist() == [244, 210, 212]


def test_what_is_no_picture_is_an_error(signatures: dict[str, Callable[..., Any]]) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError):
        signatures["caption"](tf.constant([b"no picture"]))


def test_files_and_pixels_have_the_same_captions_the_best_one_first(
    signatures: dict[str, Callable[..., Any]], network: Captioner
) -> None:
    pictures = np.stack([drawing(), drawing()[::-1]])
    of_files = signatures["caption"](tf.constant([encoded(each, "PNG") for each in pictures]))
    of_pixels = signatures["caption_image"](pictures)
    assert of_files["text"].shape == (2, graph.BEAMS)
    np.testing.assert_array_equal(of_files["text"], of_pixels["text"])
    np.testing.assert_allclose(of_files["log_probability"], of_pixels["log_probability"], atol=1e-5)
    assert all(len(set(row)) == graph.BEAMS for row in of_files["text"].numpy().tolist())
    small = np.stack([fitted(each, network.config.image) for each in pictures])
    np.testing.assert_array_equal(signatures["caption_image"](small)["text"], of_files["text"])


def test_no_pictures_have_no_captions(signatures: dict[str, Callable[..., Any]]) -> None:
    assert signatures["caption"](tf.constant([], tf.string))["text"].shape == (0, graph.BEAMS)


def test_a_score_is_the_log_probability_of_each_subword_and_the_end(
    signatures: dict[str, Callable[..., Any]], network: Captioner, vocabulary: Path
) -> None:
    texts = ["a red square", "two blue circles", ""]
    files = tf.constant([encoded(drawing(), "PNG")] * 3)
    found = signatures["score"](files, tf.constant(texts))
    memory = network.encode(fitted(drawing(), network.config.image)[None])
    for text, value, size in zip(texts, found["log_probability"].numpy(), found["subwords"].numpy(), strict=True):
        ids = [START, *Subwords.load(vocabulary).encode(text.encode()), END]
        logits = tf.nn.log_softmax(network.logits(memory, np.array([ids[:-1]], np.int32)))[0].numpy()
        np.testing.assert_allclose(value, sum(row[i] for row, i in zip(logits, ids[1:], strict=True)), rtol=1e-4)
        assert size == len(ids) - 1


def test_attend_gives_a_grid_of_weights_for_each_subword(signatures: dict[str, Callable[..., Any]], network: Captioner) -> None:
    files = tf.constant([encoded(drawing(), "PNG")] * 2)
    found = signatures["attend"](files, tf.constant(["a red square", "a"]))
    assert found["subwords"].numpy().tolist() == [[b"a", b" red", b" square"], [b"a", b"", b""]]
    grid = network.config.grid
    assert found["weights"].shape == (2, 3, grid, grid)
    np.testing.assert_allclose(tf.reduce_sum(found["weights"], [2, 3]), [[1, 1, 1], [1, 0, 0]], atol=1e-5)


def test_of_a_long_caption_the_beginning_is_taken(signatures: dict[str, Callable[..., Any]], network: Captioner) -> None:
    files = tf.constant([encoded(drawing(), "PNG")])
    text = tf.constant(["a red square " * 500])
    assert signatures["score"](files, text)["subwords"].numpy().tolist() == [network.config.longest]
    assert signatures["attend"](files, text)["subwords"].shape == (1, network.config.longest)
