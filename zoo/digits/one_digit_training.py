"""The training of the small network of `zoo.digits.one_digit`, which recognises images that are no single digit.

One half of its images are MNIST's training images. The other half is made of them: pairs and triples that touch or overlap,
digits that are crossed out or in a frame that they touch, and scribbles. `python -m benchmarks.one_digit` trains it.
"""

import logging

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw
from scipy import ndimage

from zoo.digits import distortion
from zoo.digits.distortion import Distortion
from zoo.images.mnist_form import cropped, like_mnist

logger = logging.getLogger(__name__)

CHANNELS, UNITS = (12, 24, 48), 48
EPOCHS = 12
BATCH = 256
MADE = 54_000  # images that are no single digit, about as many as MNIST has training images
CHUNK = 2048  # images that are distorted at a time
LIMITS = Distortion(degrees=10, scale=0.15, shear=0.2, shift=0.5, bend=1.2, soften=0.4)


def cut_out(image: np.ndarray, scale: float) -> np.ndarray:
    """The ink of an image, uint8 [28, 28], without its margin and `scale` times as large."""
    ink = cropped(image)
    size = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    return np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC))


def side_by_side(parts: list[np.ndarray], random: np.random.Generator, down: bool) -> np.ndarray:
    """Digits side by side, or one above the other (`down`), that touch or overlap by up to a third of the narrower one."""
    if down:
        return side_by_side([part.T for part in parts], random, False).T
    height = max(len(part) for part in parts)
    sheet = np.zeros((2 * height, sum(part.shape[1] for part in parts) + 8), np.uint8)
    right = 0
    for part in parts:
        top = int((2 * height - len(part)) / 2 + random.uniform(-0.15, 0.15) * height)
        left = right - int(random.uniform(0, 0.33) * min(part.shape[1], right)) if right else 0
        if right:  # moved to the left until the ink touches
            while left > 0 and not (sheet[top : top + len(part), left : left + part.shape[1]] & (part > 127)).any():
                left -= 1
        area = sheet[top : top + len(part), left : left + part.shape[1]]
        np.maximum(area, part, out=area)
        right = max(right, left + part.shape[1])
    return sheet


def crossed_out(part: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A digit with strokes through it from edge to edge, or in a circle or box that touches it."""
    margin = 14
    picture = Image.fromarray(np.pad(part, margin))
    draw, pen = ImageDraw.Draw(picture), int(random.integers(2, 7))
    width, height = picture.size
    kind = random.integers(4)
    if kind == 0:
        low, high = random.uniform(0.5, 1, 2) * height
        draw.line([(2, low), (width - 2, height - high)], fill=255, width=pen)
    elif kind == 1:
        draw.line([(4, 4), (width - 4, height - 4)], fill=255, width=pen)
        draw.line([(4, height - 4), (width - 4, 4)], fill=255, width=pen)
    else:
        inset = random.uniform(4, margin + 3, 2)
        box = [inset[0], inset[0], width - inset[1], height - inset[1]]
        (draw.ellipse if kind == 2 else draw.rectangle)(box, outline=255, width=pen)
    return np.asarray(picture)


def scribble(random: np.random.Generator) -> np.ndarray:
    """A smooth random line with many turns, uint8 [80, 80]."""
    path = ndimage.gaussian_filter1d(random.normal(0, 1, (int(random.integers(30, 90)), 2)), random.uniform(1, 2.5), axis=0)
    path = 40 + path / np.abs(path).max() * 30
    picture = Image.new("L", (80, 80))
    ImageDraw.Draw(picture).line([(x, y) for x, y in path.tolist()], fill=255, width=int(random.integers(4, 8)), joint="curve")
    return np.asarray(picture)


def no_single_digits(images: np.ndarray, number: int, random: np.random.Generator) -> np.ndarray:
    """Images that are no single digit, uint8 [number, 28, 28], made of images of digits, uint8 [n, 28, 28]."""
    results = []
    for kind in random.choice(["pair", "stack", "triple", "crossed out", "scribble"], number, p=[0.5, 0.2, 0.08, 0.17, 0.05]):
        count = {"pair": 2, "stack": 2, "triple": 3}.get(kind, 1)
        parts = [cut_out(images[random.integers(len(images))], random.uniform(1.7, 2.3)) for _ in range(count)]
        if kind == "scribble":
            ink = scribble(random)
        else:
            ink = crossed_out(parts[0], random) if kind == "crossed out" else side_by_side(parts, random, kind == "stack")
        results.append(like_mnist(ink))
    return np.stack(results)


def distorted(images: np.ndarray, epoch: int) -> np.ndarray:
    """Images uint8 [n, 28, 28], each a little distorted, as float32 [n, 28, 28, 1] from 0 to 1."""
    parts = [
        distortion.distort(tf.constant(images[first : first + CHUNK], tf.float32), [epoch, first], LIMITS).numpy()
        for first in range(0, len(images), CHUNK)
    ]
    return np.concatenate(parts)[..., np.newaxis] / np.float32(255)


def train(images: np.ndarray) -> dict[str, np.ndarray]:
    """Trains the network, in about five minutes on two cores.

    Args:
        images: of single digits, uint8 [n, 28, 28].

    Returns:
        The weights as `zoo.digits.one_digit` reads them from its file, float16 by name.
    """
    keras.utils.set_random_seed(0)
    model = network()
    examples = np.concatenate([images, no_single_digits(images, MADE, np.random.default_rng(0))])
    labels = np.repeat([0.0, 1.0], [len(images), MADE])
    rate = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * len(labels) // BATCH)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), "binary_crossentropy")
    for epoch in range(EPOCHS):
        loss = model.fit(distorted(examples, epoch), labels, batch_size=BATCH, shuffle=True, verbose=0).history["loss"][0]
        logger.info("epoch %d of %d: loss %.4f", epoch + 1, EPOCHS, loss)
    weights = {}
    for number, layer in enumerate(layer for layer in model.layers if layer.weights):
        for name, values in zip(("weights", "bias"), layer.get_weights(), strict=True):
            weights[f"{name}_{number}"] = values.astype(np.float16)
    return weights


def network() -> keras.Model:
    """The network with random weights: float32 [n, 28, 28, 1] from 0 to 1 -> the doubt of each image, [n, 1]."""
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for channels in CHANNELS:
        model.add(keras.layers.Conv2D(channels, 3, padding="same", activation="relu"))
        model.add(keras.layers.MaxPooling2D(2))
    for layer in (keras.layers.Flatten(), keras.layers.Dense(UNITS, "relu"), keras.layers.Dense(1, "sigmoid")):
        model.add(layer)
    return model
