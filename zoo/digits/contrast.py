"""Where ink and paper differ: the threshold between them, and the shade of grey that shows the difference best."""

import numpy as np
from PIL import Image

from zoo.digits.lighting import evened

CLEAR = 0.4  # a contrast of brightness, as a share of black to white, with which no colour needs to be looked at
BETTER = 1.25  # so many times the contrast of the simpler grey must that of another be
LOOKED_AT = 200  # pixels a side, of which the colour is chosen
CHANNELS = ("red", "green", "blue")


def threshold(grey: np.ndarray) -> tuple[float, float]:
    """Otsu's threshold (1979): the one that makes the variance between dark and light pixels largest.

    Args:
        grey: from 0 to 1, of any shape.

    Returns:
        The threshold, and the contrast: the difference of the two means, 0 in a picture of one tone.
    """
    counts, edges = np.histogram(grey, 256, (0, 1))
    values = (edges[:-1] + edges[1:]) / 2
    below = counts.cumsum()[:-1]
    above = grey.size - below
    sums = (counts * values).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        dark, light = sums[:-1] / below, (sums[-1] - sums[:-1]) / above
        between = np.nan_to_num(below * above * (light - dark) ** 2)
    best = int(between.argmax())
    if not between[best]:
        return 0.5, 0.0
    # In the middle of the gap, should the histogram have one.
    return float(edges[1:-1][between == between[best]].mean()), float(light[best] - dark[best])


def clearest_grey(picture: Image.Image) -> tuple[np.ndarray, str]:
    """An RGB picture in grey: its brightness where that shows the ink, else what shows it best.

    Yellow on white differs in blue alone, red on a green of equal brightness in red and green. So the red, green and blue channel
    and the direction in which the colours differ most (the first principal component) are compared with the brightness by the
    contrast of their two tones.

    Returns:
        float32 [height, width] from 0 to 1, and what was done, empty for a picture without colours.
    """
    rgb = np.asarray(picture)
    if not np.ptp(rgb, axis=2).any():
        return np.asarray(picture.convert("L"), np.float32) / 255, ""
    step = max(1, max(rgb.shape) // LOOKED_AT)
    few = rgb[::step, ::step].astype(np.float32) / 255
    brightness = np.asarray(picture.convert("L"), np.float32) / 255
    plain = _contrast(brightness[::step, ::step])
    if plain >= CLEAR:
        return brightness, "colours: turned to grey"
    contrasts = [_contrast(few[..., channel]) for channel in range(3)]
    best = int(np.argmax(contrasts))
    mean = few.mean(axis=(0, 1))
    direction = np.linalg.eigh(np.cov((few - mean).reshape(-1, 3).T))[1][:, -1].astype(np.float32)
    projected = (few - mean) @ direction
    lowest = float(projected.min())
    combined = _contrast((projected - lowest).clip(0, 1))
    if max(contrasts[best], combined) < BETTER * plain:
        return brightness, "colours: turned to grey"
    if combined < BETTER * contrasts[best]:
        return rgb[..., best].astype(np.float32) / 255, f"colours: read by {CHANNELS[best]} alone, which shows the ink best"
    values = (rgb.astype(np.float32) / 255 - mean) @ direction - lowest
    return values.clip(0, 1), "colours: read by the direction in which they differ most"


def _contrast(grey: np.ndarray) -> float:
    return threshold(evened(grey)[0])[1]
