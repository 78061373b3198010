"""Scenes by their split and number: what each shows, its picture as a JPEG file, and its captions.

Several processes draw them (zoo.core.parallel), so this module imports no TensorFlow: they start fast.
"""

import io
import random
from functools import cache

import numpy as np
from PIL import Image

from zoo.captions import drawing, scenes, sentences
from zoo.captions.dataset import HELD_OUT
from zoo.captions.handwritten import Handwriting

CHUNK = 50  # scenes that a process draws at a time
QUALITY = 95  # of the JPEG files, with the colours in full resolution: 5 KB each


def draw_chunk(chunk: tuple[str, str, int, int]) -> list[tuple[int, bytes, list[str], str]]:
    """Some scenes.

    Args:
        chunk: the path of an NPZ file with digits, "images" uint8 [n, 28, 28] and "labels" [n]; the split; the number of the
            first scene, and that after the last one.

    Returns:
        Of each scene its number, the JPEG file, its captions, and `str` of the scene.
    """
    path, split, first, end = chunk
    handwriting = _handwriting(path)
    drawn = []
    for number in range(first, end):
        scene, picture, captions = draw(split, number, handwriting)
        content = io.BytesIO()
        Image.fromarray(picture).save(content, "JPEG", quality=QUALITY, subsampling=0)
        drawn.append((number, content.getvalue(), captions, str(scene)))
    return drawn


def draw(split: str, number: int, handwriting: Handwriting) -> tuple[scenes.Scene, np.ndarray, list[str]]:
    """A scene with its picture, uint8 [96, 96, 3], and its captions. They depend on the split and the number alone."""
    dice = random.Random(f"{split} {number}")
    scene = scenes.sample(dice, held_out=split == HELD_OUT)
    return scene, drawing.draw(scene, handwriting, dice), sentences.describe(scene, dice)


@cache
def _handwriting(path: str) -> Handwriting:
    with np.load(path) as digits:
        return Handwriting(digits["images"], digits["labels"])
