"""The contrast of ink and paper: the threshold between them, and the grey that shows a coloured picture's ink best."""

import numpy as np
from PIL import Image

from zoo.digits.lighting import evened

CLEAR = 0.4  # with this contrast of brightness the colours are not examined; 1 is black on white
BETTER = 1.25  # a less simple grey is taken where its contrast is this many times that of the simpler one
SAMPLE_SIDE = 200  # pixels a side, about, of the sample in which contrasts are compared
CHANNELS = ("red", "green", "blue")


def threshold(grey: np.ndarray) -> tuple[float, float]:
    """Otsu's threshold (1979), which makes the variance between dark and light pixels largest.

    Args:
        grey: from 0 to 1, of any shape.

    Returns:
        The threshold, and the contrast: the mean of the light pixels minus that of the dark ones, 0 in a picture of one tone.
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
    # Where the histogram has a gap, all thresholds in it are equally good: the middle is taken.
    return float(edges[1:-1][between == between[best]].mean()), float(light[best] - dark[best])


def clearest_grey(picture: Image.Image) -> tuple[np.ndarray, str]:
    """An RGB picture in the grey that shows its ink: the brightness where its contrast is clear, else the best of five.

    Yellow and white differ only in blue; red and an equally bright green differ in red and green. So five greys are compared by
    the contrast of ink and paper: the brightness, the red, green and blue channel, and the direction in which the colours differ
    most (the first principal component).

    Args:
        picture: in mode "RGB".

    Returns:
        float32 [height, width] from 0 to 1, and what was done, in words; empty for a picture without colours.
    """
    rgb = np.asarray(picture)
    brightness = np.asarray(picture.convert("L"), np.float32) / 255
    if not np.ptp(rgb, axis=2).any():
        return brightness, ""
    step = max(1, max(rgb.shape) // SAMPLE_SIDE)
    plain = _contrast(brightness[::step, ::step])
    if plain >= CLEAR:
        return brightness, "colours: turned to grey"
    sample = rgb[::step, ::step].astype(np.float32) / 255
    contrasts = [_contrast(sample[..., channel]) for channel in range(3)]
    best = int(np.argmax(contrasts))
    mean = sample.mean(axis=(0, 1))
    direction = np.linalg.eigh(np.cov((sample - mean).reshape(-1, 3).T))[1][:, -1].astype(np.float32)
    projected = (sample - mean) @ direction
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
