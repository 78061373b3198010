"""Trains the small network of `zoo.digits.one_digit`: `python -m zoo.digits.one_digit_training`, some five minutes on two cores.

It needs MNIST. One half of what it sees are MNIST's training images, the other half is made of them: pairs and triples that
touch or overlap, digits crossed out or in a frame that they touch, scribbles. It writes its weights, and prints how many of
MNIST's test images, and of images made of those, it takes for no single digit.
"""

import sys

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw
from scipy import ndimage

from zoo.digits import distortion, mnist, one_digit, sklearn_digits
from zoo.digits.distortion import Distortion
from zoo.digits.handwriting import like_mnist

CHANNELS, UNITS = (12, 24, 48), 48
EPOCHS = 12
BATCH = 256
MADE = 54_000  # images that are no single digits, about as many as MNIST has training images
CHUNK = 2048  # images distorted at a time
LIMITS = Distortion(degrees=10, scale=0.15, shear=0.2, shift=0.5, bend=1.2, soften=0.4)


def cut_out(image: np.ndarray, scale: float) -> np.ndarray:
    """The ink of an image, uint8 [28, 28], without its margin, `scale` times as large."""
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    ink = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    return np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC))


def together(parts: list[np.ndarray], dice: np.random.Generator, down: bool) -> np.ndarray:
    """Digits side by side, or one above the other, that touch or overlap by up to a third of the narrower one."""
    if down:
        return together([part.T for part in parts], dice, False).T
    height = max(len(part) for part in parts)
    sheet = np.zeros((2 * height, sum(part.shape[1] for part in parts) + 8), np.uint8)
    right = 0
    for part in parts:
        top = int((2 * height - len(part)) / 2 + dice.uniform(-0.15, 0.15) * height)
        left = right - int(dice.uniform(0, 0.33) * min(part.shape[1], right)) if right else 0
        if right:  # moved on until the ink touches
            while left > 0 and not (sheet[top : top + len(part), left : left + part.shape[1]] & (part > 127)).any():
                left -= 1
        area = sheet[top : top + len(part), left : left + part.shape[1]]
        np.maximum(area, part, out=area)
        right = max(right, left + part.shape[1])
    return sheet


def spoiled(part: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """A digit with strokes through it from edge to edge, or in a circle or box that touches it."""
    margin = 14
    picture = Image.fromarray(np.pad(part, margin))
    draw, pen = ImageDraw.Draw(picture), int(dice.integers(2, 7))
    width, height = picture.size
    kind = dice.integers(4)
    if kind == 0:
        low, high = dice.uniform(0.5, 1, 2) * height
        draw.line([(2, low), (width - 2, height - high)], fill=255, width=pen)
    elif kind == 1:
        draw.line([(4, 4), (width - 4, height - 4)], fill=255, width=pen)
        draw.line([(4, height - 4), (width - 4, 4)], fill=255, width=pen)
    else:
        inset = dice.uniform(4, margin + 3, 2)
        box = [inset[0], inset[0], width - inset[1], height - inset[1]]
        (draw.ellipse if kind == 2 else draw.rectangle)(box, outline=255, width=pen)
    return np.asarray(picture)


def scribble(dice: np.random.Generator) -> np.ndarray:
    """A smooth random line with many turns."""
    path = ndimage.gaussian_filter1d(dice.normal(0, 1, (int(dice.integers(30, 90)), 2)), dice.uniform(1, 2.5), axis=0)
    path = 40 + path / np.abs(path).max() * 30
    picture = Image.new("L", (80, 80))
    ImageDraw.Draw(picture).line([(x, y) for x, y in path.tolist()], fill=255, width=int(dice.integers(4, 8)), joint="curve")
    return np.asarray(picture)


def made(images: np.ndarray, number: int, dice: np.random.Generator) -> np.ndarray:
    """Images that are no single digits, uint8 [number, 28, 28], made of images of digits."""
    results = []
    for kind in dice.choice(["pair", "stack", "triple", "spoiled", "scribble"], number, p=[0.5, 0.2, 0.08, 0.17, 0.05]):
        count = {"pair": 2, "stack": 2, "triple": 3}.get(kind, 1)
        parts = [cut_out(images[dice.integers(len(images))], dice.uniform(1.7, 2.3)) for _ in range(count)]
        if kind == "scribble":
            ink = scribble(dice)
        else:
            ink = spoiled(parts[0], dice) if kind == "spoiled" else together(parts, dice, kind == "stack")
        results.append(like_mnist(ink))
    return np.stack(results)


def distorted(images: np.ndarray, epoch: int) -> np.ndarray:
    """Each image a little changed, float32 [n, 28, 28, 1] from 0 to 1."""
    parts = [
        distortion.distort(tf.constant(images[first : first + CHUNK], tf.float32), [epoch, first], LIMITS).numpy()
        for first in range(0, len(images), CHUNK)
    ]
    return np.concatenate(parts)[..., np.newaxis] / np.float32(255)


def main() -> int:
    """Trains, measures and writes."""
    data = mnist.load(real=True)
    train, test = data.split("train")[0], data.split("test")[0]
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for channels in CHANNELS:
        model.add(keras.layers.Conv2D(channels, 3, padding="same", activation="relu"))
        model.add(keras.layers.MaxPooling2D(2))
    for layer in (keras.layers.Flatten(), keras.layers.Dense(UNITS, "relu"), keras.layers.Dense(1, "sigmoid")):
        model.add(layer)
    images = np.concatenate([train, made(train, MADE, np.random.default_rng(0))])
    labels = np.repeat([0.0, 1.0], [len(train), MADE])
    rate = keras.optimizers.schedules.CosineDecay(2e-3, EPOCHS * len(labels) // BATCH)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), "binary_crossentropy")
    for epoch in range(EPOCHS):
        loss = model.fit(distorted(images, epoch), labels, batch_size=BATCH, shuffle=True, verbose=0).history["loss"][0]
        print(f"epoch {epoch + 1}: loss {loss:.4f}", flush=True)
    weights = {}
    for number, layer in enumerate(layer for layer in model.layers if layer.weights):
        for name, values in zip(("weights", "bias"), layer.get_weights(), strict=True):
            weights[f"{name}_{number}"] = values.astype(np.float16)
    np.savez_compressed(one_digit.WEIGHTS, **weights)
    one_digit._layers.cache_clear()
    others = made(test, 10_000, np.random.default_rng(1))
    for name, images in (
        ("MNIST's test images", test),
        ("scikit-learn's digits", sklearn_digits.load().images),
        ("made", others),
    ):
        found = one_digit.doubt(images)
        shares = [f"{(found >= level).mean():.4f} from {level}" for level in (one_digit.UNSURE, one_digit.NOT_ONE)]
        print(f"{name}, taken for no single digit: {', '.join(shares)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
