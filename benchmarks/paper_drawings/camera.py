"""Sheets of paper on a table, and a camera that takes them: in linear light, with a lens, a sensor and a JPEG file."""

import io

import numpy as np
from PIL import Image
from scipy import ndimage

from benchmarks.paper_drawings.ink import Layer

PAPERS = {
    "white": (0.93, 0.93, 0.92),
    "cream": (0.94, 0.90, 0.80),
    "recycled": (0.80, 0.78, 0.74),
    "ruled": (0.94, 0.94, 0.95),
    "squared": (0.95, 0.95, 0.93),
    "blackboard": (0.13, 0.17, 0.15),
    "black card": (0.09, 0.09, 0.10),
}
TABLES = ((0.55, 0.38, 0.24), (0.30, 0.20, 0.13), (0.35, 0.36, 0.38), (0.16, 0.16, 0.18), (0.70, 0.62, 0.52))


def linear(colour: np.ndarray) -> np.ndarray:
    """Light of sRGB values (IEC 61966-2-1)."""
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def encoded(light: np.ndarray) -> np.ndarray:
    """SRGB values of light."""
    light = light.clip(0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def sheet(kind: str, size: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """Paper, float [h, w, 3] of linear light."""
    width, height = size
    paper = np.broadcast_to(np.array(PAPERS[kind]), (height, width, 3)).copy()
    pulp = sum(ndimage.gaussian_filter(random.standard_normal((height, width)), s) * s for s in (0.7, 3, 12))
    strength = 0.03 if kind in ("blackboard", "black card") else 0.008
    paper += (pulp / pulp.std() * strength * (2 if kind == "recycled" else 1))[..., np.newaxis]
    if kind in ("ruled", "squared"):
        step = max(size) * (random.uniform(0.07, 0.1) if kind == "ruled" else random.uniform(0.04, 0.055))
        blue = np.array([0.62, 0.74, 0.90])
        for axis, length in ((0, height), (1, width)):
            if axis == 1 and kind == "ruled":
                continue
            at = np.arange(length)[:, np.newaxis] - np.arange(step * 0.6, length, step)
            line = np.exp(-((np.abs(at).min(1) / (max(size) * 0.0016)) ** 2)) * 0.7
            line = line[:, np.newaxis, np.newaxis] if axis == 0 else line[np.newaxis, :, np.newaxis]
            paper = paper * (1 - line) + blue * line
    if kind == "blackboard":  # chalk that was wiped away
        wiped = ndimage.gaussian_filter(random.standard_normal((height, width)), (25, 6))
        paper += (np.clip(wiped / wiped.std(), 0, 3) * 0.02)[..., np.newaxis]
    return linear(paper.clip(0, 1))


def inked(paper: np.ndarray, layer: Layer, opaque: bool) -> np.ndarray:
    """The paper with a layer: pens colour the light that the paper throws back, crayon and chalk hide the paper."""
    colour = linear(layer.colour)
    cover = layer.cover[..., np.newaxis]
    if opaque:
        return paper * (1 - cover) + colour * cover
    return paper * (1 - cover + cover * colour)


def photograph(
    paper: np.ndarray, out: tuple[int, int], quality: int, random: np.random.Generator, flat: bool
) -> tuple[bytes, np.ndarray]:
    """A JPEG file of `out` (width, height) pixels, and the homography [3, 3] from shares of the sheet to shares of the picture.

    Args:
        paper: float [h, w, 3] of linear light.
        out: the size of the picture.
        quality: of the JPEG file.
        random: decides how the camera is held.
        flat: scanned: no perspective, no table, even light.
    """
    height, width = paper.shape[:2]
    margin = 0.0 if flat else random.choice([-0.02, 0.0, 0.03])
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * (1 - 2 * margin) + margin
    if not flat:
        corners = corners + random.uniform(-0.028, 0.028, (4, 2))
    homography = _homography(np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float), corners)
    table = linear(np.array(TABLES[random.integers(len(TABLES))]))
    grain = ndimage.gaussian_filter(random.standard_normal((out[1] * 2, out[0] * 2)), (1, 14))
    picture = table * (1 + 0.25 * (grain / grain.std())[..., np.newaxis]).clip(0.3, 2)
    rows, columns = np.mgrid[: out[1] * 2, : out[0] * 2]
    places = np.stack([(columns + 0.5) / (2 * out[0]), (rows + 0.5) / (2 * out[1]), np.ones(rows.shape)])
    back = np.einsum("ij,jhw->ihw", np.linalg.inv(homography), places)
    x, y = back[0] / back[2], back[1] / back[2]
    inside = ndimage.gaussian_filter(((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)).astype(float), 1)[..., np.newaxis]
    at = y * height - 0.5, x * width - 0.5
    sampled = np.stack([ndimage.map_coordinates(paper[..., c], at, order=1, mode="nearest") for c in range(3)], -1)
    picture = sampled * inside + picture * (1 - inside)
    if not flat:
        picture = _lit(picture, random)
    blur = random.uniform(0.5, 1.6)
    picture = ndimage.gaussian_filter(picture, (blur, blur, 0))
    picture = picture.reshape(out[1], 2, out[0], 2, 3).mean((1, 3))
    # A sensor counts photons: noise grows with the root of the light.
    full = random.uniform(900, 6000)
    picture = random.poisson(picture.clip(0, 1) * full) / full
    shown = Image.fromarray(np.rint(encoded(picture) * 255).astype(np.uint8))
    content = io.BytesIO()
    shown.save(content, "JPEG", quality=quality)
    return content.getvalue(), homography


def _lit(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A lamp beside the sheet, the shadow of a hand or a head, the colour of the light, and the vignette of the lens."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[:height, :width] / max(height, width)
    lamp = random.uniform(-0.6, 1.6, 2)
    above = random.uniform(0.9, 1.6)
    distance = (columns - lamp[0]) ** 2 + (rows - lamp[1]) ** 2 + above**2
    light = above**3 / distance**1.5
    light = light / light.max() * random.uniform(0.85, 1.05)
    if random.random() < 0.4:
        at, size = random.uniform(0.0, 1.0, 2), random.uniform(0.2, 0.45, 2)
        blob = ((columns - at[0]) / size[0]) ** 2 + ((rows - at[1]) / size[1]) ** 2
        light = light * (1 - random.uniform(0.15, 0.4) / (1 + np.exp((blob - 1) * 6)))
    away = (columns - columns.mean()) ** 2 + (rows - rows.mean()) ** 2
    light = light * (1 - random.uniform(0, 0.35) * away)
    warmth = random.uniform(-0.1, 0.16)
    return picture * light[..., np.newaxis] * np.array([1 + warmth * 0.5, 1.0, 1 - warmth])


def _homography(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The projective map [3, 3] that takes four points [4, 2] to four others."""
    rows, right = [], []
    for (x, y), (u, v) in zip(start, end, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1).reshape(3, 3)
