"""Pictures of scenes, drawn as people draw, in every way that a few lines can vary (domain randomisation, Tobin et al. 2017).

The ground is white, cream, grey, coloured or dark paper, plain, ruled or squared, sometimes with the table around it. The things
are drawn with pencil, pen, marker or crayon, in strokes that wobble; the fill is solid, grainy or hatched. Then come light that
falls off, shadows, the white balance, blur, noise and JPEG artefacts. So a network that learns from these pictures may read
photographs and drawings that were made in other ways.
"""

import colorsys
import io
import math
import random
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from zoo.captions import strokes
from zoo.captions.handwritten import FAR, Handwriting
from zoo.captions.scenes import DIGITS, Scene, Thing
from zoo.images.digit_images import SIZE as DIGIT_SIZE
from zoo.images.mnist_form import BOX

SIDE = 96  # pixels of a picture, each way
FINE = 3  # shapes are drawn so many times larger, for smooth edges

# Hue, saturation and value, each from and to, on light and on dark ground. Hues are in degrees.
LIGHT = {
    "red": ((-10, 9), (0.75, 1), (0.65, 1)),
    "orange": ((19, 33), (0.8, 1), (0.88, 1)),
    "yellow": ((48, 60), (0.75, 1), (0.86, 1)),
    "green": ((92, 160), (0.55, 1), (0.32, 0.8)),
    "blue": ((202, 234), (0.65, 1), (0.45, 1)),
    "purple": ((268, 305), (0.45, 1), (0.35, 0.8)),
    "black": ((0, 360), (0, 0.25), (0, 0.2)),
}
DARK = {
    "red": ((-8, 8), (0.7, 0.95), (0.85, 1)),
    "orange": ((20, 33), (0.75, 1), (0.92, 1)),
    "yellow": ((50, 60), (0.6, 1), (0.92, 1)),
    "green": ((95, 155), (0.5, 0.95), (0.7, 1)),
    "blue": ((200, 228), (0.5, 0.85), (0.85, 1)),
    "purple": ((275, 308), (0.35, 0.7), (0.8, 1)),
    "white": ((0, 360), (0, 0.06), (0.9, 1)),
}
_Y, _X = np.mgrid[:SIDE, :SIDE].astype(np.float32) / SIDE - 0.5


@dataclass(frozen=True)
class Pen:
    """What draws a thing.

    Args:
        width: of a stroke, in pixels.
        grain: how much paper shows through, 0 to 1.
        opacity: of its ink.
    """

    width: float
    grain: float
    opacity: float


def draw(scene: Scene, handwriting: Handwriting, dice: random.Random) -> np.ndarray:
    """A picture of the scene, uint8 [SIDE, SIDE, 3]. What is outside a scene that is not square is as bright as its edge.

    Args:
        scene: what is drawn.
        handwriting: its digits are taken from.
        dice: decides how.
    """
    dark = any(thing.colour == "white" for thing in scene.things) or (
        all(thing.colour != "black" for thing in scene.things) and dice.random() < 0.12
    )
    tilt = dice.uniform(-6, 6) if dice.random() < 0.6 else 0.0
    picture = _ground(dark, tilt, dice)
    one_pen = _pen_of_a_hand(dice) if dice.random() < 0.7 else None
    inks: dict[str, np.ndarray] = {}
    for thing in scene.things:
        if thing.colour not in inks or dice.random() < 0.2:
            inks[thing.colour] = _ink(thing.colour, dark, dice)
        ink = inks[thing.colour]
        _add(picture, thing, scene, ink, _pen(thing, one_pen or _pen_of_a_hand(dice)), tilt, handwriting, dice)
    return _framed(_photographed(picture, dice), scene)


def _ink(colour: str, dark: bool, dice: random.Random) -> np.ndarray:
    """A colour of that name, float32 [3] from 0 to 1."""
    if colour == "black" and dice.random() < 0.15:  # pencil
        value = dice.uniform(0.2, 0.4)
        return np.array([value, value, value * dice.uniform(1, 1.1)], np.float32)
    hue, saturation, value = (dice.uniform(*limits) for limits in (DARK if dark else LIGHT)[colour])
    return np.array(colorsys.hsv_to_rgb(hue / 360 % 1, saturation, value), np.float32)


@cache
def _textures() -> np.ndarray:
    """Noise with the mean 0 and the standard deviation 1, fine to coarse, float32 [4, 256, 256]; it repeats without a seam."""
    random_numbers = np.random.default_rng(0)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256)))
    tiles = []
    for power in (0.0, 0.6, 1.0, 1.6):
        spectrum = np.fft.fft2(random_numbers.standard_normal((256, 256))) / np.maximum(frequency, 1 / 128) ** power
        spectrum[0, 0] = 0
        tile = np.fft.ifft2(spectrum).real
        tiles.append(tile / tile.std())
    return np.stack(tiles).astype(np.float32)


def _texture(kind: int, height: int, width: int, dice: random.Random) -> np.ndarray:
    """A random piece of a texture of `_textures`, float32 [height, width]."""
    top, left = dice.randint(0, 256 - height), dice.randint(0, 256 - width)
    return _textures()[kind, top : top + height, left : left + width]


def _ground(dark: bool, tilt: float, dice: random.Random) -> np.ndarray:
    """Paper or a board, float32 [SIDE, SIDE, 3] from 0 to 1."""
    kind = dice.random()
    if dark:
        base = np.array(colorsys.hsv_to_rgb(dice.random(), dice.uniform(0, 0.45), dice.uniform(0.04, 0.24)))
    elif kind < 0.5:
        base = np.full(3, dice.uniform(0.88, 1.0))
    elif kind < 0.72:  # cream, as old or recycled paper, or in the light of a lamp
        base = np.array(colorsys.hsv_to_rgb(dice.uniform(25, 50) / 360, dice.uniform(0.03, 0.16), dice.uniform(0.85, 1)))
    elif kind < 0.86:
        base = np.full(3, dice.uniform(0.62, 0.88))
    else:  # tinted paper
        base = np.array(colorsys.hsv_to_rgb(dice.random(), dice.uniform(0.02, 0.14), dice.uniform(0.8, 1)))
    picture = np.empty((SIDE, SIDE, 3), np.float32)
    picture[:] = base
    if dice.random() < 0.6:
        picture += (_texture(dice.randint(0, 3), SIDE, SIDE, dice) * dice.uniform(0.003, 0.03))[..., np.newaxis]
    if dice.random() < 0.3:
        _rule(picture, dark, tilt, dice)
    if dice.random() < 0.08:
        _add_table(picture, tilt, dice)
    return picture


def _rule(picture: np.ndarray, dark: bool, tilt: float, dice: random.Random) -> None:
    """Draws ruled or squared lines on the paper."""
    angle, spacing, width = math.radians(tilt), dice.uniform(5, 15) / SIDE, dice.uniform(0.4, 1.0) / SIDE
    hue = dice.choice((210, 220, 200, 150, 0, 330))
    colour = colorsys.hsv_to_rgb(hue / 360, dice.uniform(0, 0.5), dice.uniform(0.5, 0.85) if not dark else 0.5)
    strength = dice.uniform(0.15, 0.6)
    cos, sin = math.cos(angle), math.sin(angle)
    directions = [_Y * cos - _X * sin]
    if dice.random() < 0.5:
        directions.append(_X * cos + _Y * sin)
    for along in directions:
        phase = np.abs((along / spacing + dice.random()) % 1 - 0.5) * spacing  # the distance to the next line
        cover = ((width / 2 - phase) * SIDE + 0.5).clip(0, 1)[..., np.newaxis] * strength
        picture += (np.array(colour, np.float32) - picture) * cover


def _add_table(picture: np.ndarray, tilt: float, dice: random.Random) -> None:
    """Shows what the sheet lies on along one or two edges."""
    wood = np.array(colorsys.hsv_to_rgb(dice.uniform(15, 40) / 360, dice.uniform(0, 0.5), dice.uniform(0.15, 0.7)), np.float32)
    grained = wood + (_texture(2, SIDE, SIDE, dice) * 0.03)[..., np.newaxis]
    for _ in range(dice.randint(1, 2)):
        angle = math.radians(tilt) + dice.randint(0, 3) * math.pi / 2
        beyond = _X * math.cos(angle) + _Y * math.sin(angle) - dice.uniform(0.475, 0.5)
        cover = (beyond * SIDE).clip(0, 1)[..., np.newaxis]
        picture += (grained - picture) * cover


def _pen_of_a_hand(dice: random.Random) -> tuple[float, float, float]:
    """The width of a pen from 0, a fine liner, to 1, a thick marker; its grain and opacity."""
    kind = dice.random()
    if kind < 0.4:
        return dice.uniform(0, 0.45), 0.0, dice.uniform(0.8, 1)
    if kind < 0.75:
        return dice.uniform(0.4, 1), dice.uniform(0, 0.1), dice.uniform(0.8, 1)
    return dice.uniform(0.2, 0.8), dice.uniform(0.2, 0.8), dice.uniform(0.8, 1)


def _pen(thing: Thing, hand: tuple[float, float, float]) -> Pen:
    """The pen with a width that suits the thing, in pixels."""
    side = thing.side * SIDE
    thinnest, thickest = 0.9 + side * 0.006, 1.4 + side * 0.085
    if thing.colour == "yellow":  # hard to see in thin lines, so nobody draws thin ones
        thinnest += 0.5
    return Pen(thinnest + (thickest - thinnest) * hand[0] ** 1.3, hand[1], hand[2])


def _add(
    picture: np.ndarray,
    thing: Thing,
    scene: Scene,
    ink: np.ndarray,
    pen: Pen,
    tilt: float,
    handwriting: Handwriting,
    dice: random.Random,
) -> None:
    """Draws a thing into the picture."""
    side = thing.side * SIDE
    half = math.ceil(side * 0.62 + pen.width + 1)  # of the patch; a turned square is wider than its side
    x = (thing.x + (1 - scene.width) / 2) * SIDE
    y = (thing.y + (1 - scene.height) / 2) * SIDE
    left, top = round(x) - half, round(y) - half
    size, centre = 2 * half, (x - left, y - top)
    if thing.kind in DIGITS:
        cover = _digit(int(thing.kind), side, size, centre, pen, tilt, handwriting, dice)
    else:
        cover = _shape(thing, side, size, centre, pen, tilt, dice)
    if pen.grain:
        grains = _texture(dice.randint(0, 1), size, size, dice)
        cover = cover * (1 - pen.grain * (grains * 0.8 + 0.2).clip(0, 1))
    if dice.random() < 0.4:  # more and less ink
        cover = cover * (1 + 0.12 * _texture(3, size, size, dice)).clip(0.6, 1)
    first_row, first_column = max(0, -top), max(0, -left)
    rows, columns = slice(max(0, top), min(SIDE, top + size)), slice(max(0, left), min(SIDE, left + size))
    inside = cover[first_row : first_row + rows.stop - rows.start, first_column : first_column + columns.stop - columns.start]
    part = picture[rows, columns]
    part += (ink - part) * (inside * pen.opacity)[..., np.newaxis]


def _digit(
    digit: int,
    side: float,
    size: int,
    centre: tuple[float, float],
    pen: Pen,
    tilt: float,
    handwriting: Handwriting,
    dice: random.Random,
) -> np.ndarray:
    """How much of each pixel a handwritten digit covers, float32 [size, size]."""
    image, distances = handwriting.choose(digit, dice)
    angle = math.radians(dice.uniform(-9, 9) + tilt)
    cos, sin, slant = math.cos(angle), math.sin(angle), dice.uniform(-0.15, 0.15)
    scale = BOX / side  # pixels of the image per pixel of the patch
    across, down = scale * dice.uniform(0.9, 1.15), scale
    # Pillow wants where each pixel of the patch comes from: (x, y) -> (a x + b y + c, d x + e y + f).
    a, b, d, e = across * cos, across * (sin + slant), -down * sin, down * cos
    middle = DIGIT_SIZE / 2
    affine = (a, b, middle - a * centre[0] - b * centre[1], d, e, middle - d * centre[0] - e * centre[1])
    as_written = dice.random() < 0.35

    def moved(values: np.ndarray, outside: float) -> np.ndarray:
        picture = Image.fromarray(values - outside)
        resampled = picture.transform((size, size), Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC)
        return np.asarray(resampled) + outside

    if as_written:
        return moved(image, 0).clip(0, 1)
    distance = moved(distances, FAR)
    return (pen.width / 2 - distance / scale + 0.5).clip(0, 1)


def _shape(
    thing: Thing, side: float, size: int, centre: tuple[float, float], pen: Pen, tilt: float, dice: random.Random
) -> np.ndarray:
    """How much of each pixel a shape covers, float32 [size, size]."""
    drawn = strokes.draw(thing.kind, not thing.fill, dice)
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    turn = np.array([[cos, -sin], [sin, cos]]) * (side * FINE)
    middle = np.array(centre) * FINE

    def placed(points: np.ndarray) -> list[tuple[float, float]]:
        return list(map(tuple, (points @ turn + middle).tolist()))

    canvas = Image.new("L", (size * FINE, size * FINE))
    brush = ImageDraw.Draw(canvas)
    outline = True
    if thing.fill == "filled":
        outline = _fill(canvas, brush, placed(drawn.area), pen, dice)
    if outline:
        width = max(FINE, round((pen.width + (0.8 if not thing.fill else 0)) * FINE))
        twice = dice.random() < 0.12  # people draw over their lines
        for stroke in drawn.strokes:
            for again in range(1 + twice):
                _line(brush, placed(stroke + again * dice.uniform(-0.03, 0.03)), width)
    return np.asarray(canvas.reduce(FINE), np.float32) / 255


def _line(brush: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: int) -> None:
    """A line with round ends and corners."""
    brush.line(points, 255, width, joint="curve")
    radius = width / 2 - 0.5
    for x, y in (points[0], points[-1]):
        brush.ellipse((x - radius, y - radius, x + radius, y + radius), 255)


def _fill(
    canvas: Image.Image, brush: ImageDraw.ImageDraw, area: list[tuple[float, float]], pen: Pen, dice: random.Random
) -> bool:
    """Fills an area, solid or with dense strokes. Says whether its outline is to be drawn, too."""
    if dice.random() < 0.75:
        brush.polygon(area, 255)
        return dice.random() < 0.4
    size = canvas.width
    mask = Image.new("L", canvas.size)
    ImageDraw.Draw(mask).polygon(area, 255)
    lines = Image.new("L", canvas.size)
    hatch = ImageDraw.Draw(lines)
    width = max(FINE, round(max(pen.width, 1.3) * FINE))
    step = width * dice.uniform(1.05, 1.5)
    angle = math.radians(dice.uniform(0, 180))
    cos, sin = math.cos(angle), math.sin(angle)
    ends, at, side = [], -size * 0.75, 1
    while at < size * 0.75:
        for reach in (-side, side):
            along = reach * size * 0.75
            wander = dice.uniform(-0.2, 0.2) * step
            ends.append((size / 2 + along * cos - (at + wander) * sin, size / 2 + along * sin + (at + wander) * cos))
        at, side = at + step, -side
    hatch.line(ends, 255, width)
    canvas.paste(lines, (0, 0), mask)
    return True


def _photographed(picture: np.ndarray, dice: random.Random) -> np.ndarray:
    """The picture as a camera or a scanner sees it, uint8 [SIDE, SIDE, 3]; a quarter of the pictures stays as drawn."""
    if dice.random() < 0.25:
        return np.rint(picture.clip(0, 1) * 255).astype(np.uint8)
    if dice.random() < 0.6:  # the light falls off to one side
        light = 1 + _X * dice.uniform(-0.3, 0.3) + _Y * dice.uniform(-0.3, 0.3)
        if dice.random() < 0.25:  # and a shadow lies on the paper
            angle = dice.uniform(0, 2 * math.pi)
            edge = (_X * math.cos(angle) + _Y * math.sin(angle) - dice.uniform(-0.2, 0.4)) / dice.uniform(0.02, 0.25)
            light -= (edge + 0.5).clip(0, 1) * dice.uniform(0.1, 0.35)
        picture = picture * light[..., np.newaxis]
    if dice.random() < 0.5:  # white balance and exposure
        picture = picture * np.array([dice.uniform(0.9, 1.08) for _ in range(3)], np.float32)
        picture = picture * dice.uniform(0.85, 1.1) + dice.uniform(0, 0.06)
    if dice.random() < 0.6:
        strength = dice.uniform(0.003, 0.035)
        top, left = dice.randint(0, 160), dice.randint(0, 160)
        noise = _textures()[0, top : top + SIDE, left : left + SIDE] * strength
        if dice.random() < 0.5:
            picture = picture + noise[..., np.newaxis]
        else:
            picture = picture + np.stack([noise, noise[::-1], noise[:, ::-1]], -1)
    pixels = Image.fromarray(np.rint(picture.clip(0, 1) * 255).astype(np.uint8))
    if dice.random() < 0.5:
        pixels = _blurred(pixels, dice)
    if dice.random() < 0.35:
        content = io.BytesIO()
        pixels.save(content, "JPEG", quality=dice.randint(40, 95), subsampling=dice.choice((0, 2)))
        pixels = Image.open(content)
    return np.asarray(pixels)


def _blurred(pixels: Image.Image, dice: random.Random) -> Image.Image:
    """The picture with less detail, as if it had been taken from a coarser or larger one."""
    kind = dice.random()
    if kind < 0.6:
        side = dice.randint(56, 92)
        small = pixels.resize((side, side), Image.Resampling.BILINEAR)
        return small.resize((SIDE, SIDE), dice.choice((Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)))
    side = dice.randint(100, 150)
    large = pixels.resize((side, side), Image.Resampling.BILINEAR)
    return large.resize((SIDE, SIDE), Image.Resampling.BILINEAR)


def _framed(pixels: np.ndarray, scene: Scene) -> np.ndarray:
    """The picture with what is outside the scene filled, as `zoo.captions.canvas` does for pictures that are not square."""
    if scene.width == scene.height == 1:
        return pixels
    width, height = round(scene.width * SIDE), round(scene.height * SIDE)
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    inner = pixels[top : top + height, left : left + width]
    whole = np.empty_like(pixels)
    whole[:] = np.median(np.concatenate([inner[0], inner[-1], inner[1:-1, 0], inner[1:-1, -1]]), axis=0)
    whole[top : top + height, left : left + width] = inner
    return whole
