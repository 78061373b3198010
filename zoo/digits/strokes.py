"""The ink of handwritten digits, found in a grey picture: told apart from the paper and from what was drawn around it.

Paper is what most of the picture's border is. Taken out are the dark surroundings of a sheet, ruled lines, frames, underlines and
specks. Outlined digits are filled, dotted strokes joined. All lengths are relative to the picture or to the ink, so that size
does not matter.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

from zoo.core.errors import UserError
from zoo.digits.contrast import threshold
from zoo.digits.lighting import evened

MIN_CONTRAST = 0.2  # between ink and paper, as a share of black to white
SURE = 0.75  # the share of border pixels that must agree on what is paper
# The share of border pixels with ink from which on it is perhaps a shadow; of digits, only those without a margin.
ALONG_EDGE = 0.1
MAX_INK = 0.5  # the share of a picture that digits may cover
NOISY, SMOOTH = 0.05, 1.5  # noise of black to white from which on a picture is smoothed, and over how many pixels
WIDEST_PEN = 0.2  # the width of a stroke, as a share of the picture's shorter side, is less
SPECK = 0.02  # a patch of less than this share of the largest one is dirt
SMALL_PICTURE = 32  # no photograph has fewer pixels a side: uneven light is not looked for

SHEET = 0.3  # the share of the picture that a sheet of paper covers at least
RECTANGULAR = 0.88  # the share of the smallest rectangle around it that a sheet covers; an ellipse covers 0.79
WRITTEN = 0.82  # the share of a sheet that is not ink

RULE = 0.95  # the share of the picture's width that a ruled line runs through
RULE_PIECE = 0.12  # of the width: straight pieces of this length make up a line
FRAMED = 0.2  # the longer side of a patch that a frame holds, as a share of the frame's
CONVEX, ROUND = 0.85, 0.95  # what fills less of its convex hull is surely, or perhaps, no circle and no box
FLAT = 4  # a patch so many times wider than high is no digit
NARROW = 0.3  # the width of an outlined stroke, as a share of the digit's longer side, is at most this
WIDEST_DIGIT = 1.5  # the width of a dotted digit, as a multiple of its height, is at most this
STRAIGHT = 1.1  # the length of a dot or a dash, as a multiple of its diagonal, is at most this

EIGHT = np.ones((3, 3), bool)  # pixels that touch at a corner belong together


class NoInkError(UserError):
    """A picture of one tone."""


class NoGroundError(UserError):
    """A picture whose border does not tell what is paper."""


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
    """The ink in a picture from 0 (black) to 1 (white), float32 [height, width]; `name` is what messages call the picture.

    Raises:
        UserError: ink and paper cannot be told apart, there is no ink, or almost nothing else.
    """
    sheet = _sheet(grey)
    if sheet is not None:
        written = find(sheet, name)
        return replace(written, notices=("a sheet of paper on another ground: the ground left out", *written.notices))
    notices = []
    unknown: UserError | None = None
    if _noise(grey) > NOISY and min(grey.shape) > 4 * SMALL_PICTURE:
        grey = ndimage.gaussian_filter(grey, SMOOTH)
        notices.append("much noise: smoothed")
    flat, uneven = evened(grey) if min(grey.shape) > SMALL_PICTURE else (grey, False)
    try:
        bright, inverted = on_dark(flat, name)
        mask = bright > threshold(bright)[0]
        edge = _along_edge(mask)
    except (NoGroundError, NoInkError) as error:
        edge, unknown = 1.0, error
    lit = _without_shadows(grey, edge) if edge > (0.01 if uneven else ALONG_EDGE) else None
    if lit is not None:
        bright, mask = lit
        notices.append("a shadow with a sharp edge: taken out")
    elif unknown:
        raise unknown
    else:
        if uneven:
            notices.append("uneven light: evened out")
        if inverted:
            notices.append("dark ink on a light ground: inverted")
    mask, ruled = without_rules(mask)
    if ruled:
        notices.append(f"{ruled} ruled lines: taken out")
    if not mask.any():
        raise UserError(f"{name} shows no ink but ruled lines: give a picture with a digit in clear contrast")
    if mask.mean() > MAX_INK:
        raise UserError(f"{name} is {mask.mean():.0%} ink: give a picture of digits with paper around them")
    mask = _without_specks(mask, SPECK / 10)  # beside a large frame the strokes of a digit look small
    mask, framed = _without_frames(mask)
    if framed:
        notices.append("a frame around the writing: taken out")
    mask = _without_specks(mask, SPECK)
    mask, filled = _filled_outlines(mask)
    if filled.any():
        notices.append("an outlined digit: filled")
    mask, joined = _joined_dots(mask)
    if joined.any():
        notices.append("dotted strokes: joined")
    mask, underlined = _without_underlines(mask)
    if underlined:
        notices.append("a line below or above the writing: taken out")
    if _along_edge(mask) > ALONG_EDGE:
        notices.append("ink runs along the edge: look whether a shadow with a sharp edge was taken for it, or leave a margin")
    return Written(_strength(bright, mask, filled | joined), mask, tuple(notices))


def on_dark(grey: np.ndarray, name: str) -> tuple[np.ndarray, bool]:
    """The picture with bright ink on dark paper, and whether it was inverted for that.

    Raises UserError where the border does not tell what is paper.
    """
    level, contrast = threshold(grey)
    _check_contrast(contrast, name)
    dark = grey < level
    edge = max(1, round(min(grey.shape) / 40))
    inner = np.zeros(grey.shape, bool)
    inner[edge:-edge, edge:-edge] = True
    share = dark[~inner].mean()
    if 1 - SURE < share < SURE:
        raise NoGroundError(
            f"{name}: ink and paper cannot be told apart, {share:.0%} of the border is dark: leave an even margin around a digit"
        )
    return (grey, False) if share >= SURE else (1 - grey, True)


def pen_width(mask: np.ndarray) -> float:
    """The mean width of strokes in pixels: those of a stroke are a quarter of its width and half a pixel from the paper."""
    return float(4 * (ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask].mean() - 0.5))


def without_rules(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Takes out ruled lines, those that run through the whole picture, across and down; and says how many.

    Where a stroke crosses a line the ink is thicker than the line, and stays (as in the removal of staff lines from printed
    music).
    """
    lines = 0
    for turned in (False, True):
        across = mask.T if turned else mask
        across, found = _without_rows(across)
        lines += found
        mask = across.T if turned else across
    return mask, lines


def _without_rows(mask: np.ndarray) -> tuple[np.ndarray, int]:
    height, width = mask.shape
    # A line that rises a little consists of straight pieces, one or two pixels from each other.
    piece = np.ones((1, max(3, round(RULE_PIECE * width))), bool)
    straight = ndimage.binary_opening(ndimage.binary_dilation(mask, np.ones((3, 1), bool)), piece)
    labels, _ = ndimage.label(straight, EIGHT)
    thickness = _runs(mask)
    rules = np.zeros(mask.shape, bool)
    found = 0
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        if columns.stop - columns.start < RULE * width:
            continue
        track = (labels[rows, columns] == number) & mask[rows, columns]
        # At each place the thinnest; where writing touches the line, over less than three quarters of it, the ink is thicker.
        usual = float(np.quantile(np.where(track, thickness[rows, columns], height).min(axis=0), 0.25))
        if usual <= max(3, 0.05 * max(mask.shape)):
            rules[rows, columns] |= track & (thickness[rows, columns] <= 1.6 * usual + 1)
            found += 1
    return mask & ~rules, found


def _runs(mask: np.ndarray) -> np.ndarray:
    """For each pixel of the mask how many pixels follow each other there, up and down: int [height, width]."""
    rows = np.arange(len(mask))[:, np.newaxis]
    last = np.maximum.accumulate(np.where(mask, -1, rows), axis=0)  # the nearest row without ink above, and below
    following = np.minimum.accumulate(np.where(mask, len(mask), rows)[::-1], axis=0)[::-1]
    return np.where(mask, following - last - 1, 0)


def _check_contrast(contrast: float, name: str) -> None:
    if contrast < MIN_CONTRAST:
        raise NoInkError(f"{name} shows no ink, it is almost uniform: give a picture with one digit in clear contrast")


def _noise(grey: np.ndarray) -> float:
    """The standard deviation of noise, from the median difference of neighbours, which the few edges of ink do not change."""
    return float(np.median(np.abs(np.diff(grey, axis=1))) / 0.6745 / np.sqrt(2))


def _along_edge(mask: np.ndarray) -> float:
    """The share of the picture's border that is ink."""
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())


def _without_shadows(grey: np.ndarray, edge: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Dark ink on light paper with shadows: the picture with bright ink on dark paper, and the ink's mask.

    A closing (the largest value nearby, then of those the smallest) wipes out what is dark and narrower than a fifth of the
    picture: what stays is the paper with its shadows, by which the picture is divided. None where this finds no ink, or does not
    halve the share of the picture's border that is ink, `edge`.
    """
    side = 2 * round(WIDEST_PEN * min(grey.shape) / 2) + 1  # odd, so that edges stay where they are
    paper = ndimage.grey_closing(grey, size=(side, side))
    bright = (1 - (grey / np.maximum(paper, 0.05)).clip(0, 1)).astype(np.float32)
    level, contrast = threshold(bright)
    if contrast < MIN_CONTRAST:
        return None
    mask = bright > level
    labels, _ = ndimage.label(mask, EIGHT)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    # The corners of a shadow at the edge of the picture remain.
    at_edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    inside = np.setdiff1d(np.flatnonzero(areas), at_edge)
    if len(inside) and areas[inside].max() >= areas[at_edge].max() / 4:
        rest = mask & np.isin(labels, at_edge)
        bright, mask = np.where(rest, 0, bright), mask & ~rest
    return (bright, mask) if _along_edge(mask) <= min(ALONG_EDGE, edge / 2) else None


def _sheet(grey: np.ndarray) -> np.ndarray | None:
    """A large rectangle with something written on it, cut out, its surroundings in the paper's tone; None where there is none."""
    level, contrast = threshold(grey)
    if contrast < MIN_CONTRAST:
        return None
    for mask in (grey > level, grey < level):
        labels, _ = ndimage.label(mask, EIGHT)
        areas = np.bincount(labels.ravel())
        areas[0] = 0
        sheet = labels == areas.argmax()
        if sheet.mean() < SHEET / 2 or _sides_touched(sheet) > 1:
            continue
        whole = ndimage.binary_fill_holes(sheet)
        if whole.mean() < SHEET or sheet.sum() < WRITTEN * whole.sum() or _rectangularity(whole) < RECTANGULAR:
            continue
        if mask[~whole].mean() > 0.5:  # the inside of a box that is drawn on the paper
            continue
        rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        whole, cut = whole[box], grey[box]
        # The edge is neither the sheet nor the ground.
        inside = ndimage.distance_transform_edt(np.pad(whole, 1))[1:-1, 1:-1] > max(2, 0.02 * min(whole.shape))
        if threshold(cut[inside])[1] >= MIN_CONTRAST:
            return np.where(inside, cut, np.median(cut[inside])).astype(np.float32)
    return None


def _sides_touched(mask: np.ndarray) -> int:
    """At how many sides of the picture the mask ends."""
    return sum(bool(side.any()) for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))


def _hull(mask: np.ndarray) -> ConvexHull | None:
    """The convex hull of the mask's pixels as squares; None for a single row or column."""
    points = np.argwhere(mask & ~ndimage.binary_erosion(mask))
    corners = np.concatenate([points + shift for shift in ((0, 0), (0, 1), (1, 0), (1, 1))])
    try:
        return ConvexHull(corners)
    except QhullError:
        return None


def _rectangularity(mask: np.ndarray) -> float:
    """The share of the smallest rectangle around the mask, turned as may be, that it covers."""
    hull = _hull(mask)
    if hull is None:
        return 1.0
    corners = hull.points[hull.vertices]
    edges = np.diff(np.concatenate([corners, corners[:1]]), axis=0)
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    # One side of the smallest rectangle lies along a side of the hull (Freeman and Shapira 1975).
    along = np.stack([np.cos(angles), np.sin(angles)]).T @ corners.T
    beside = np.stack([-np.sin(angles), np.cos(angles)]).T @ corners.T
    return float(mask.sum() / (np.ptp(along, axis=1) * np.ptp(beside, axis=1)).min())


def _solidity(mask: np.ndarray) -> float:
    """The share of its convex hull that the mask covers."""
    hull = _hull(mask)
    return 1.0 if hull is None else float(mask.sum() / hull.volume)  # in two dimensions the volume is the area


def _without_specks(mask: np.ndarray, share: float) -> np.ndarray:
    """Takes out patches of less than a share of the largest one."""
    labels, _ = ndimage.label(mask, EIGHT)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return (areas >= share * areas.max())[labels] & mask


def _without_frames(mask: np.ndarray) -> tuple[np.ndarray, bool]:
    """Takes out boxes and circles around the writing, also a box that it touches; and says whether there were any."""
    found = False
    labels, _ = ndimage.label(mask, EIGHT)
    while (frame := _frame(labels)) is not None:
        labels[frame] = 0
        found = True
    if found:
        return labels > 0, True
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    rows, columns = ndimage.find_objects(labels)[areas.argmax() - 1]
    if np.ptp([rows.start, rows.stop]) < 8 or np.ptp([columns.start, columns.stop]) < 8:
        return mask, False
    inside, sides = without_rules(mask[rows, columns])
    # All four sides of the box are lines that run through it; a digit has at most two such, as a 2 or a 7.
    if sides >= 4 and inside.any():
        rest = mask.copy()
        rest[rows, columns] = inside
        if _longer_side(_without_specks(inside, SPECK)) >= FRAMED * max(inside.shape):
            return rest, True
    return mask, False


def _frame(labels: np.ndarray) -> np.ndarray | None:
    """The mask of the first patch that goes around others, is convex, and holds something of some height; None without one."""
    boxes = ndimage.find_objects(labels)
    for number, box in enumerate(boxes, start=1):
        if box is None:  # it was taken out
            continue
        part = labels[box]
        own = part == number
        whole = ndimage.binary_fill_holes(own)
        held = whole & ~own & (part > 0)
        patches = ndimage.find_objects(ndimage.label(held, EIGHT)[0])
        if max((side.stop - side.start for patch in patches for side in patch), default=0) < FRAMED * max(own.shape):
            continue
        convex = _solidity(whole)
        if convex < CONVEX or (convex < ROUND and _are_loops(held)):  # else an outlined 4, 6, 8 or 9
            continue
        frame = np.zeros(labels.shape, bool)
        frame[box] = own
        return frame
    return None


def _are_loops(mask: np.ndarray) -> bool:
    """Whether every patch is one closed line: one hole with ink along it, and nothing else."""
    labels, _ = ndimage.label(mask, EIGHT)
    return all(_is_loop(labels[box] == number) for number, box in enumerate(ndimage.find_objects(labels), start=1))


def _is_loop(own: np.ndarray) -> bool:
    holes, _ = ndimage.label(ndimage.binary_fill_holes(own) & ~own)
    sizes = np.bincount(holes.ravel())
    sizes[0] = 0
    if (sizes >= max(1, 0.05 * sizes.max())).sum() != 1:
        return False
    distance = ndimage.distance_transform_edt(holes != sizes.argmax())
    near = distance[own] <= 1.8 * max(1.0, pen_width(own)) + 1
    return bool(near.mean() >= 0.95)


def _longer_side(mask: np.ndarray) -> int:
    return max(int(np.ptp(side)) + 1 for side in mask.nonzero()) if mask.any() else 0


def _filled_outlines(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fills digits that are drawn as outlines: gives the mask, and what was filled.

    An outline is one closed line: its ink lies along the area that it encloses, everywhere, which a 6 or a 9 with their tails do
    not; and the area is no 0, that is: it is not convex, or it is as narrow as a stroke.
    """
    labels, _ = ndimage.label(mask, EIGHT)
    filled = np.zeros(mask.shape, bool)
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        own = labels[box] == number
        whole = ndimage.binary_fill_holes(own)
        area = whole & ~own
        if area.sum() < 0.05 * whole.sum() or pen_width(own) > 0.08 * max(own.shape) or not _is_loop(own):
            continue
        inner = area & (labels[box] > 0)
        stroke = area & ~ndimage.binary_fill_holes(inner)
        widest = 2 * ndimage.distance_transform_edt(np.pad(stroke, 1)).max()
        narrow = min(own.shape) <= NARROW * max(own.shape)
        bent = _solidity(whole) < CONVEX and widest <= NARROW * max(own.shape)
        if narrow or bent or (inner.any() and _are_loops(inner)):
            filled[box] |= stroke
    return mask | filled, filled


def _joined_dots(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Joins the many small patches of a dotted or dashed stroke: the mask, and what was added."""
    nothing = np.zeros(mask.shape, bool)
    labels, n = ndimage.label(mask, EIGHT)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    longest = max(np.ptp(rows), np.ptp(columns)) + 1
    sides = [max(part.stop - part.start for part in box) for box in ndimage.find_objects(labels)]
    if n < 8 or np.median(sides) > 0.2 * longest or max(sides) > 0.5 * longest:
        return mask, nothing
    if np.ptp(columns) > WIDEST_DIGIT * np.ptp(rows):  # a row of digits
        return mask, nothing
    # Dots and dashes are straight pieces of a stroke; the strokes of a digit are longer than its diagonal.
    diagonals = [np.hypot(*(part.stop - part.start for part in box)) for box in ndimage.find_objects(labels)]
    lengths = np.bincount(labels.ravel())[1:] / pen_width(mask)
    if np.median(lengths / diagonals) > STRAIGHT:
        return mask, nothing
    margin = round(0.06 * longest) + 1
    padded = np.pad(mask, margin)
    for radius in range(1, margin):
        near = ndimage.distance_transform_edt(~padded) <= radius
        closed = (ndimage.distance_transform_edt(near) > radius) | padded
        labels, _ = ndimage.label(closed, EIGHT)
        if max(max(part.stop - part.start for part in box) for box in ndimage.find_objects(labels)) > 0.8 * longest:
            closed = closed[margin:-margin, margin:-margin]
            return closed, closed & ~mask
    return mask, nothing


def _without_underlines(mask: np.ndarray) -> tuple[np.ndarray, bool]:
    """Takes out flat, straight lines apart below what is written, or above it and much wider; and says whether there were any."""
    labels, _ = ndimage.label(mask, EIGHT)
    boxes = ndimage.find_objects(labels)
    lines = []
    for number, (rows, columns) in enumerate(boxes, start=1):
        width = columns.stop - columns.start
        if width < FLAT * (rows.stop - rows.start):
            continue
        digits = [
            box
            for box in boxes
            if box[1].stop - box[1].start < FLAT * (box[0].stop - box[0].start)
            and box[1].start < columns.stop
            and box[1].stop > columns.start
        ]
        for over, gap, wider in ((True, 0.04, 0.6), (False, 0.15, 1.6)):
            near = [box for box in digits if (box[0].start < rows.start) == over]
            if not near:
                continue
            tallest = max(box[0].stop - box[0].start for box in near)
            written = max(box[1].stop for box in near) - min(box[1].start for box in near)
            distance = min(rows.start - box[0].stop if over else box[0].start - rows.stop for box in near)
            if distance >= gap * tallest and width >= wider * written:
                lines.append(number)
    return mask & ~np.isin(labels, lines), bool(lines)


def _strength(bright: np.ndarray, mask: np.ndarray, added: np.ndarray) -> np.ndarray:
    """Ink from 0 to 1 with the paper's tone at 0, near the mask; full where ink was added."""
    paper, full = np.median(bright[~mask]), np.median(bright[mask & ~added])
    ink = ((bright - paper) / (full - paper)).clip(0, 1)
    near = ndimage.binary_dilation(mask, EIGHT)  # with the grey edge of the strokes
    return np.where(added, 1, np.where(near & (ink > MIN_CONTRAST), ink, 0)).astype(np.float32)
