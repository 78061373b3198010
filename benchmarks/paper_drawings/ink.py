"""Things drawn by matplotlib's Agg renderer, with ink that lies on the paper as light sees it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from benchmarks.paper_drawings import glyphs
from zoo.captions.scenes import Thing

# sRGB colours of real pens, pencils, crayons and chalk, picked by eye.
COLOURS = {
    "red": ("#d11f2a", "#e0303c", "#c8102e"),
    "green": ("#1f8a3b", "#2fa84f", "#0b7a4b"),
    "blue": ("#1b4fc4", "#2a6fdb", "#1f3fa8"),
    "yellow": ("#f5d400", "#ffdd1a", "#f2cc0c"),
    "orange": ("#f07a13", "#ff8a1f", "#ee6f00"),
    "purple": ("#7a2fa0", "#8d3fc0", "#6b2c91"),
    "black": ("#1c1c20", "#26262b", "#101014"),
    "white": ("#f4f2ea", "#fafafa", "#eceae2"),
}
BRIGHT = {"red": "#f0545c", "green": "#5fd07a", "blue": "#5aa9f5", "purple": "#c08af0", "orange": "#ff9d45", "yellow": "#ffe34d"}
WIDTHS = {"ballpoint": 0.011, "fineliner": 0.014, "felt": 0.028, "pencil": 0.012, "crayon": 0.03, "chalk": 0.026, "brush": 0.034}
SIDES = {"small": 0.19, "medium": 0.26, "large": 0.39}


@dataclass
class Layer:
    """What lies on the paper: float [h, w] how much of it covers each pixel, and float [h, w, 3] its colour, both from 0 to 1."""

    cover: np.ndarray
    colour: np.ndarray


def draw(thing: Thing, medium: str, size: tuple[int, int], dark: bool, random: np.random.Generator) -> Layer:
    """One thing on an empty sheet of `size` (width, height) pixels."""
    width, height = size
    longer = max(size)
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor="black")
    canvas: Any = FigureCanvasAgg(figure)
    axes: Any = figure.add_axes((0, 0, 1, 1), facecolor="black")
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    line = WIDTHS[medium] * longer * random.uniform(0.9, 1.15) * (0.8 if thing.size == "small" else 1.0)
    points = line * 72 / 100
    strokes, area = _placed(thing, longer, random)
    if thing.fill == "filled":
        _fill(axes, area, medium, line, random)
    for stroke in strokes:
        _stroke(axes, stroke, points, medium, random)
    canvas.draw()
    cover = np.asarray(canvas.buffer_rgba())[..., 0].astype(float) / 255
    if medium in ("crayon", "chalk", "pencil"):  # the grain of the paper takes the colour only where it is high
        grain = _grain(cover.shape, 2.2 if medium == "pencil" else 3.0, random)
        reach = {"crayon": 1.0, "chalk": 0.7, "pencil": 1.15}[medium]
        cover = cover * np.clip(reach + 0.5 * grain, 0, 1)
    shade = BRIGHT.get(thing.colour) if dark and thing.colour in BRIGHT else random.choice(COLOURS[thing.colour])
    colour = np.array([int(str(shade)[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    if medium == "pencil" and thing.colour == "black":
        colour = np.full(3, random.uniform(0.2, 0.3))
    return Layer(cover * (0.9 if medium == "brush" else 0.97), np.broadcast_to(colour, (*cover.shape, 3)))


def _placed(thing: Thing, longer: int, random: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """The strokes of a thing in pixels, and the polygon of its area."""
    if thing.kind in glyphs.DIGITS:
        texts, wide = glyphs.DIGITS[thing.kind][random.integers(2)], 0.68
    elif thing.kind == "cross" and not thing.fill:
        texts, wide = glyphs.CROSSING, 1.0
    else:
        texts, wide = glyphs.SHAPES[thing.kind][random.integers(2)], 1.0
    side = thing.side * longer
    angle = random.uniform(-0.13, 0.13)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    stretch = np.array([[wide * random.uniform(0.92, 1.08), 0.0], [random.uniform(-0.05, 0.22), -1.0]]) * side
    if thing.kind not in glyphs.DIGITS:  # only handwriting slants
        stretch[1, 0] = 0.0

    def place(text: str) -> np.ndarray:
        points = (glyphs.smooth(text) - 0.5) @ stretch
        wobble = np.cumsum(random.normal(0, 1, points.shape), 0)
        wobble -= np.linspace(0, 1, len(wobble))[:, np.newaxis] * wobble[-1]
        return (points + wobble * side * 0.0022) @ turn + np.array([thing.x, thing.y]) * longer

    strokes = list(map(place, texts))
    return strokes, np.concatenate(strokes)


def _stroke(axes: Any, stroke: np.ndarray, points: float, medium: str, random: np.random.Generator) -> None:
    """A stroke whose width follows the pressure of the hand; pencils and crayons go over it with several thin ones."""
    passes = {"pencil": 3, "crayon": 5, "chalk": 4}.get(medium, 1)
    for _ in range(passes):
        path = stroke + (random.normal(0, points * 0.16, 2) if passes > 1 else 0)
        along = np.linspace(0, 1, len(path) - 1)
        pressure = 0.85 + 0.25 * np.sin(along * np.pi * random.uniform(0.8, 2.2) + random.uniform(0, 3))
        segments = np.stack([path[:-1], path[1:]], 1)
        lines = LineCollection(list(segments), linewidths=points * pressure * (0.7 if passes > 1 else 1), colors="white")
        lines.set_capstyle("round")
        axes.add_collection(lines)


def _fill(axes: Any, area: np.ndarray, medium: str, line: float, random: np.random.Generator) -> None:
    """Colours an area, with a brush or a felt pen all over, with others in strokes."""
    outline = PathPatch(Outline(np.concatenate([area, area[:1]])), facecolor="white", edgecolor="none")
    if medium in ("brush", "felt") and random.random() < 0.7:
        axes.add_patch(outline)
        return
    outline.set_facecolor("none")
    axes.add_patch(outline)
    centre, reach = area.mean(0), np.ptp(area, axis=0).max()
    angle = random.uniform(0.3, 1.2)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    for at in np.arange(-0.8 * reach, 0.8 * reach, line * random.uniform(0.8, 1.1)):
        share = np.linspace(-0.8, 0.8, 20)[:, np.newaxis]
        bow = 0.05 * reach * np.cos(share * 2 + random.uniform(-0.4, 0.4))
        path = centre + share * reach * along + (at + bow + random.normal(0, line * 0.15)) * across
        (drawn,) = axes.plot(*path.T, color="white", linewidth=line * 0.72 * random.uniform(0.85, 1.1), solid_capstyle="round")
        drawn.set_clip_path(outline)


def _grain(shape: tuple[int, ...], size: float, random: np.random.Generator) -> np.ndarray:
    """Noise with spots of about `size` pixels, with mean 0 and standard deviation 1."""
    from scipy import ndimage

    noise = ndimage.gaussian_filter(random.standard_normal(shape), size / 2)
    return noise / noise.std()
