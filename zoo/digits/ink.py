"""The ink of handwritten digits, found in a grey picture.

Ink is told apart from the paper, and from what else the picture shows: a table around the sheet, shadows, ruled lines, frames,
underlines, specks. Outlined digits are filled and dotted strokes joined.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from zoo.core.errors import UserError
from zoo.digits import paper
from zoo.digits.contrast import threshold
from zoo.digits.lighting import evened
from zoo.digits.marks import SPECK, without_frames, without_rules, without_underlines
from zoo.digits.shapes import EIGHT, border_share, without_specks
from zoo.digits.solid_strokes import filled_outlines, joined_dots

MAX_INK = 0.5  # digits cover at most this share of a picture
NOISY, SMOOTH = 0.05, 1.5  # a picture with this much noise (1 is black to white) is smoothed, over this many pixels
SMALL_PICTURE = 32  # pixels of the shorter side; smaller pictures are no photographs, so uneven light is not looked for


@dataclass(frozen=True)
class Written:
    """What is written in a picture.

    Args:
        ink: float32 [height, width], from 0 for paper to 1.
        mask: bool, of the same shape: where the strokes are.
        notices: what was done to the picture, in words.
    """

    ink: np.ndarray
    mask: np.ndarray
    notices: tuple[str, ...] = ()


def find(grey: np.ndarray, name: str) -> Written:
    """Finds the ink in a picture.

    Args:
        grey: float32 [height, width] from 0 (black) to 1 (white).
        name: what messages call the picture.

    Raises:
        UserError: ink and paper cannot be told apart, or the picture has no ink or hardly anything else.
    """
    sheet = paper.sheet(grey)
    if sheet is not None:
        written = find(sheet, name)
        return replace(written, notices=("a sheet of paper on another ground: the ground left out", *written.notices))
    bright, mask, notices = _bright_ink(grey, name)
    mask, ruled = without_rules(mask)
    if ruled:
        notices.append(f"{ruled} ruled lines: taken out")
    if not mask.any():
        raise UserError(f"{name} shows no ink but ruled lines: give a picture with a digit in clear contrast")
    if mask.mean() > MAX_INK:
        raise UserError(f"{name} is {mask.mean():.0%} ink: give a picture of digits with paper around them")
    mask = without_specks(mask, SPECK / 10)  # a small share, since a large frame makes the strokes of a digit look small
    mask, framed = without_frames(mask)
    if framed:
        notices.append("a frame around the writing: taken out")
    mask = without_specks(mask, SPECK)
    mask, filled = filled_outlines(mask)
    if filled.any():
        notices.append("an outlined digit: filled")
    mask, joined = joined_dots(mask)
    if joined.any():
        notices.append("dotted strokes: joined")
    mask, underlined = without_underlines(mask)
    if underlined:
        notices.append("a line below or above the writing: taken out")
    if border_share(mask) > paper.ALONG_BORDER:
        notices.append("ink runs along the edge: look whether a shadow with a sharp edge was taken for it, or leave a margin")
    return Written(_strength(bright, mask, filled | joined), mask, tuple(notices))


def _bright_ink(grey: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The picture with bright ink on evenly dark paper, the mask of the ink, and what was done to the picture."""
    notices = []
    if _noise(grey) > NOISY and min(grey.shape) > 4 * SMALL_PICTURE:
        grey = ndimage.gaussian_filter(grey, SMOOTH)
        notices.append("much noise: smoothed")
    flat, uneven = evened(grey) if min(grey.shape) > SMALL_PICTURE else (grey, False)
    unclear: UserError | None = None
    try:
        bright, inverted = paper.on_dark(flat, name)
        mask = bright > threshold(bright)[0]
        border = border_share(mask)
    except (paper.NoGroundError, paper.NoInkError) as error:
        border, unclear = 1.0, error
    # Uneven light may come from a shadow with a sharp edge, so little ink along the border is enough to look for one.
    lit = paper.without_shadows(grey, border) if border > (0.01 if uneven else paper.ALONG_BORDER) else None
    if lit is not None:
        bright, mask = lit
        return bright, mask, [*notices, "a shadow with a sharp edge: taken out"]
    if unclear:
        raise unclear
    if uneven:
        notices.append("uneven light: evened out")
    if inverted:
        notices.append("dark ink on a light ground: inverted")
    return bright, mask, notices


def _noise(grey: np.ndarray) -> float:
    """The standard deviation of the noise.

    It comes from the median difference between neighbours, which the few edges of ink do not change.
    """
    return float(np.median(np.abs(np.diff(grey, axis=1))) / 0.6745 / np.sqrt(2))


def _strength(bright: np.ndarray, mask: np.ndarray, added: np.ndarray) -> np.ndarray:
    """The strength of the ink from 0 to 1, float32 [height, width]: 0 for paper, 1 where ink was added to the picture."""
    ground, full = np.median(bright[~mask]), np.median(bright[mask & ~added])
    strength = ((bright - ground) / (full - ground)).clip(0, 1)
    near = ndimage.binary_dilation(mask, EIGHT)  # with the grey edge of the strokes
    return np.where(added, 1, np.where(near & (strength > paper.MIN_CONTRAST), strength, 0)).astype(np.float32)
