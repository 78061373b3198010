"""The transformer block, and why it can be stacked.

A block has two parts. Attention exchanges information between the words, and a small network then works on each word by itself
(Vaswani et al. 2017, with the norm after each addition and ReLU; here as is usual now). Neither part replaces the words' vectors
x: each adds to them, which is called a residual connection,

    x <- x + attention(norm(x))
    x <- x + gelu(norm(x) W1 + b1) W2 + b2

so that x is a stream that passes through all blocks, and the gradient comes back along it unchanged (He et al. 2016). The norm
brings what each part sees to mean 0 and variance 1, whatever the size of the stream (Ba, Kiros and Hinton 2016). It stands before
the parts and not in the stream, so that the stream stays unchanged (Xiong et al. 2020).

    norm(x) = gamma (x - mean) / sqrt(variance + e) + beta,      gelu(z) = z Phi(z)

Mean and variance are those of a word's own numbers; gamma and beta are learned, and e is a small number that keeps the root from
being 0. GELU is a ReLU with a rounded corner (Hendrycks and Gimpel 2016); Phi(z) is the probability that a standard normal number
is below z.

Here 24 untrained blocks are stacked: with both residual (the "x +") and norm, with one of them, and with neither. With the
residual alone the stream explodes, and the gradient with it. With the norm alone all words soon have the same vector: each block
replaces them by means over all words (Dong, Cordonnier and Loukas 2021), and the differences between them are lost. With neither,
all vanishes. With both, the stream grows slowly, the words stay different, and the gradient keeps its size within a factor of
ten.
"""

from typing import Any, NamedTuple

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch.transformer import block

QUESTION = (
    "Make the stack 96 blocks deep (DEPTH): how does the gradient at the input grow with both, how with the residual alone?"
)
VARY = (Number("DEPTH", 6, 96, 6, "blocks in the stack"),)

DEPTH, WIDTH, HEADS, HIDDEN = 24, 32, 4, 128
TEXTS, WORDS = 8, 16
KINDS = {
    "residual and norm": (True, True),
    "residual alone": (True, False),
    "norm alone": (False, True),
    "neither": (False, False),
}


class Depths(NamedTuple):
    """Measurements of a stack at the input and after each block, [DEPTH + 1] each.

    Args:
        size: root mean square of the numbers in the stream.
        apart: share of that size by which the words of a text differ from their mean: 0 where all are the same.
        gradient: norm of the loss's gradient by the stream.
    """

    size: np.ndarray
    apart: np.ndarray
    gradient: np.ndarray


def measure(residual: bool, normalise: bool) -> Depths:
    """Sends random words forwards through a new stack and a random gradient of norm 1 back."""
    random = np.random.default_rng(0)
    x, gradient = random.normal(size=(2, TEXTS, WORDS, WIDTH))
    gradient /= np.linalg.norm(gradient)
    blocks = [block(WIDTH, HEADS, HIDDEN, seed, residual, normalise) for seed in range(DEPTH)]
    streams, gradients = [x], [gradient]
    for each in blocks:
        streams.append(each.forward(streams[-1]))
    for each in reversed(blocks):
        gradients.append(each.backward(gradients[-1]))
    size = np.array([rms(x) for x in streams])
    apart = np.array([rms(x - x.mean(axis=1, keepdims=True)) for x in streams]) / size
    return Depths(size, apart, np.array([np.linalg.norm(gradient) for gradient in reversed(gradients)]))


def rms(x: np.ndarray) -> float:
    """The root of the mean square."""
    return float(np.sqrt((x**2).mean()))


def run() -> Outcome:
    """Draws the block, and how the stream, the differences of its words and the gradient change in four kinds of stacks."""
    figure, axes = drawing.canvas("Residual and norm together let blocks be stacked", 7.5, 2, 2)
    _draw_block(axes[0, 0])
    numbers: dict[str, float | int | str] = {}
    panels = (
        (axes[0, 1], "size", "the stream's size", "root mean square"),
        (axes[1, 0], "apart", "how much words differ (1e-16: by rounding alone)", "share of the stream's size"),
        (axes[1, 1], "gradient", "the gradient on its way back", "norm, 1 at the output"),
    )
    for (kind, switches), colour, marker in zip(KINDS.items(), drawing.COLOURS, "os^D", strict=False):
        depths = measure(*switches)
        for a, name, _, _ in panels:
            a.plot(range(DEPTH + 1), getattr(depths, name), color=colour, marker=marker, markersize=4, label=kind)
        numbers[f"words differ at the end, {kind}"] = float(depths.apart[-1])
        numbers[f"gradient at the input, {kind}"] = float(depths.gradient[0])
    for a, _, title, ylabel in panels:
        a.set(title=title, xlabel="after so many blocks", ylabel=ylabel, yscale="log")
    axes[0, 0].legend(*axes[0, 1].get_legend_handles_labels(), loc="lower center", ncols=2, title="the pictures beside and below")
    return Outcome(figure, numbers)


def _draw_block(axes: Any) -> None:
    axes.axis("off")
    axes.set(title="a pre-norm block", xlim=(0, 10), ylim=(-1.6, 5))
    _arrow(axes, (0, 4), (10, 4), linewidth=3)
    axes.text(0, 4.3, "stream x")
    for left, part, colour in ((1.3, "attention", drawing.BLUE), (5.8, "feed-forward", drawing.GREEN)):
        for y, name, own in ((2.8, "norm", drawing.PURPLE), (1.3, part, colour)):
            axes.text(left, y, name, ha="center", va="center", color="white", bbox={"facecolor": own, "edgecolor": own, "pad": 6})
        _arrow(axes, (left, 4), (left, 3.2))
        _arrow(axes, (left, 2.4), (left, 1.7))
        axes.plot([left, left + 2.6], [1.3, 1.3], color="black", linewidth=1, zorder=0)
        _arrow(axes, (left + 2.6, 1.3), (left + 2.6, 3.7))
        axes.text(left + 2.6, 4, "+", ha="center", va="center", bbox={"boxstyle": "circle", "facecolor": "white"})


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], linewidth: float = 1) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "linewidth": linewidth, "shrinkA": 0, "shrinkB": 0})
