"""Scenes: one to four things, digits and shapes, at known places. What a sentence about a scene says can be checked.

Places and sizes are shares of the longer side of the picture: x runs from 0, the left edge, to the scene's width, and y from 0,
the top, to its height. `sample` makes a new scene; `zoo.captions.drawing` draws it.

Scenes with a combination of HELD_OUT are never made for training, validation and test: a red circle above something, for
example. They are a test set of their own, which shows whether a network composes what it knows.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from zoo.core.errors import UserError

SHAPES = ("circle", "square", "triangle", "star", "cross", "heart")
DIGITS = tuple("0123456789")
COLOURS = ("red", "green", "blue", "yellow", "orange", "purple", "black", "white")  # black: pencil, too; white: on dark ground
SIZES = ("small", "medium", "large")  # no sentence calls a thing medium
FILLS = ("filled", "outlined", "")  # nothing for digits, and for crosses and stars of single strokes
RELATIONS = ("above", "below", "left", "right")
OPPOSITE = {"above": "below", "below": "above", "left": "right", "right": "left"}
PLACES = ("left", "right", "top", "bottom", "middle", "top left", "top right", "bottom left", "bottom right")
MOST = 4  # things of a scene

# The longer side of a thing. The gaps keep a network, and a person, from having to guess.
SIDES = {"small": (0.17, 0.21), "medium": (0.24, 0.28), "large": (0.34, 0.46)}

# A thing is above another one where its centre is at least GAP higher and the way up is at least STEEP times the way sideways:
# within 53 degrees of straight up. Sentences keep away from these limits, at least CLEAR_GAP and 42 degrees.
GAP, STEEP = 0.08, 0.75
CLEAR_GAP, CLEAR_STEEP = 0.12, 1.1
# A thing is on the left where its centre is in the left 40 % of the picture; sentences say so for the left 33 %.
OUTER, CLEAR_OUTER = 0.4, 0.33
# It is in the middle where its centre is at most so far from the picture's, each way.
INNER, CLEAR_INNER = 0.15, 0.1

# Colour, kind and relation that no scene of training, validation and test has. Each colour and each kind is among them, and each
# of their pairs is seen in the other relations.
HELD_OUT = (
    ("red", "circle", "above"),
    ("red", "star", "left"),
    ("red", "7", "below"),
    ("red", "2", "right"),
    ("green", "square", "above"),
    ("green", "heart", "right"),
    ("green", "3", "left"),
    ("green", "8", "below"),
    ("blue", "triangle", "below"),
    ("blue", "cross", "left"),
    ("blue", "0", "above"),
    ("blue", "5", "right"),
    ("yellow", "star", "above"),
    ("yellow", "circle", "right"),
    ("yellow", "6", "below"),
    ("yellow", "1", "left"),
    ("orange", "heart", "below"),
    ("orange", "triangle", "left"),
    ("orange", "4", "above"),
    ("orange", "9", "right"),
    ("purple", "cross", "above"),
    ("purple", "square", "left"),
    ("purple", "1", "right"),
    ("purple", "5", "below"),
    ("black", "circle", "below"),
    ("black", "triangle", "right"),
    ("black", "9", "above"),
    ("black", "4", "left"),
    ("white", "heart", "above"),
    ("white", "star", "below"),
    ("white", "2", "left"),
    ("white", "8", "right"),
)


@dataclass(frozen=True)
class Thing:
    """A digit or a shape.

    Args:
        kind: one of SHAPES or DIGITS.
        colour: one of COLOURS.
        size: one of SIZES.
        fill: one of FILLS.
        x: of its centre, from 0 to the width of the scene.
        y: of its centre, from 0, the top, to the height of the scene.
        side: the longer side of what is drawn.
    """

    kind: str
    colour: str
    size: str
    fill: str
    x: float
    y: float
    side: float

    def __str__(self) -> str:
        return f"{self.kind} {self.colour} {self.size} {self.fill or '-'} {self.x:.3f} {self.y:.3f} {self.side:.3f}"

    @classmethod
    def parse(cls, text: str) -> "Thing":
        """The thing that `str` wrote. Raises UserError where it is none."""
        words = text.split()
        try:
            kind, colour, size, fill = words[:4]
            x, y, side = map(float, words[4:])
            fill = fill.replace("-", "")
            if kind not in SHAPES + DIGITS or colour not in COLOURS or size not in SIZES or fill not in FILLS:
                raise ValueError
        except ValueError as error:
            raise UserError(
                f"{text!r} is no thing of a scene: write kind, colour, size, fill or -, x, y and side, as in "
                "'circle red small filled 0.3 0.5 0.2'"
            ) from error
        return cls(kind, colour, size, fill, x, y, side)


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    Args:
        things: one to four, in no order.
        width: of the picture; 1 where it is the longer side.
        height: of the picture.
    """

    things: tuple[Thing, ...]
    width: float = 1.0
    height: float = 1.0

    def __str__(self) -> str:
        return "; ".join([f"{self.width:.3f} x {self.height:.3f}", *map(str, self.things)])

    @classmethod
    def parse(cls, text: str) -> "Scene":
        """The scene that `str` wrote. Raises UserError where it is none."""
        size, *things = text.split(";")
        try:
            width, height = map(float, size.split("x"))
        except ValueError as error:
            raise UserError(f"{text!r} is no scene: begin with the width and height, as in '1 x 0.75'") from error
        return cls(tuple(map(Thing.parse, things)), width, height)


def holds(relation: str, these: Sequence[Thing], those: Sequence[Thing], clear: bool = False) -> bool:
    """Whether `these` things are above, below, left or right of `those`.

    Each group counts from its lowest to its highest centre, and from its leftmost to its rightmost: a seven is above two circles
    where its centre is GAP above the higher one's, and not further to the left of the leftmost one, or right of the rightmost
    one, than STEEP allows.

    Args:
        relation: one of RELATIONS.
        these: one or more things.
        those: one or more things.
        clear: with the stricter limits of sentences.
    """
    gap, steep = (CLEAR_GAP, CLEAR_STEEP) if clear else (GAP, STEEP)
    if relation in ("below", "right"):
        these, those = those, these
    if relation in ("above", "below"):
        way = min(thing.y for thing in those) - max(thing.y for thing in these)
        sideways = _apart([thing.x for thing in these], [thing.x for thing in those])
    else:
        way = min(thing.x for thing in those) - max(thing.x for thing in these)
        sideways = _apart([thing.y for thing in these], [thing.y for thing in those])
    return way >= max(gap, steep * sideways)


def _apart(these: Sequence[float], those: Sequence[float]) -> float:
    """The distance between two ranges of numbers, 0 where they overlap."""
    return max(0.0, min(those) - max(these), min(these) - max(those))


def is_at(place: str, scene: Scene, things: Sequence[Thing], clear: bool = False) -> bool:
    """Whether all of these things are at one of PLACES, such as "left" or "bottom right"."""
    outer, inner = (CLEAR_OUTER, CLEAR_INNER) if clear else (OUTER, INNER)

    def one(thing: Thing) -> bool:
        x, y = thing.x / scene.width, thing.y / scene.height
        at = {"left": x < outer, "right": x > 1 - outer, "top": y < outer, "bottom": y > 1 - outer}
        at["middle"] = abs(x - 0.5) <= inner and abs(y - 0.5) <= inner
        return all(at[word] for word in place.split())

    return all(map(one, things))


def combinations(scene: Scene) -> set[tuple[str, str, str]]:
    """The colour, kind and relation of each thing that is above, below, left or right of another one."""
    return {
        (thing.colour, thing.kind, relation)
        for thing in scene.things
        for other in scene.things
        if thing is not other
        for relation in RELATIONS
        if holds(relation, [thing], [other])
    }


def is_held_out(scene: Scene) -> bool:
    """Whether the scene has a combination of HELD_OUT."""
    return not combinations(scene).isdisjoint(HELD_OUT)


def sample(dice: random.Random, held_out: bool = False) -> Scene:
    """A new scene.

    Args:
        dice: decides everything.
        held_out: with a combination of HELD_OUT; otherwise without one.
    """
    combination = dice.choice(HELD_OUT) if held_out else None
    while True:
        scene = _attempt(dice, combination)
        if scene is None:
            continue
        found = combinations(scene)
        if (combination in found) if combination else found.isdisjoint(HELD_OUT):
            return scene


def _attempt(dice: random.Random, combination: tuple[str, str, str] | None) -> Scene | None:
    """A scene, or None where its things find no place."""
    width, height = _format(dice)
    dark = combination[0] == "white" if combination else dice.random() < 0.14
    colours = [each for each in COLOURS if each != ("black" if dark else "white")]
    if combination and combination[0] not in colours:
        return None
    groups = _groups(dice, colours, combination)
    places = _in_bands(dice, groups, width, height) if dice.random() < 0.6 else _scattered(dice, groups, width, height)
    if places is None:
        return None
    things = [thing for group in groups for thing in group]
    placed = [Thing(t.kind, t.colour, t.size, t.fill, x, y, t.side) for t, (x, y) in zip(things, places, strict=True)]
    dice.shuffle(placed)
    return Scene(tuple(placed), width, height)


def _format(dice: random.Random) -> tuple[float, float]:
    """The width and height of a picture: half are square, the others up to 3 : 2, wide or high."""
    if dice.random() < 0.5:
        return 1.0, 1.0
    shorter = round(dice.uniform(0.66, 1.0), 3)
    return (1.0, shorter) if dice.random() < 0.65 else (shorter, 1.0)


def _groups(dice: random.Random, colours: Sequence[str], combination: tuple[str, str, str] | None) -> list[list[Thing]]:
    """The things, without places, in groups of equal kind and colour."""
    count = dice.choices(range(1, MOST + 1), (20, 40, 25, 15))[0]
    if combination:
        count = max(2, count)
    sizes = [1] * count
    if count > 1 and dice.random() < 0.4:  # some are alike: "two blue circles"
        alike = dice.randint(2, count)
        sizes = [alike, *[1] * (count - alike)]
        dice.shuffle(sizes)
    one_colour, one_size = dice.random() < 0.15, dice.random() < 0.5
    colour, size = dice.choice(colours), _size(dice, count)
    groups = []
    for number, members in enumerate(sizes):
        kind = dice.choice(DIGITS if dice.random() < 0.5 else SHAPES)
        its = colour if one_colour else dice.choice(colours)
        if combination and number == 0:
            its, kind = combination[:2]
        common = size if one_size else _size(dice, count)
        fill = _fill(dice, kind)
        group = []
        for _ in range(members):
            each = common if dice.random() < 0.75 else _size(dice, count)
            its_fill = fill if dice.random() < 0.8 else _fill(dice, kind)
            group.append(Thing(kind, its, each, its_fill, 0, 0, dice.uniform(*SIDES[each])))
        groups.append(group)
    return groups


def _size(dice: random.Random, count: int) -> str:
    return dice.choices(SIZES, (45, 15, {1: 60, 2: 45, 3: 25, 4: 15}[count]))[0]


def _fill(dice: random.Random, kind: str) -> str:
    if kind in DIGITS:
        return ""
    if kind in ("cross", "star"):
        return dice.choices(FILLS, (45, 30, 25) if kind == "cross" else (45, 45, 10))[0]
    return dice.choice(FILLS[:2])


def _in_bands(dice: random.Random, groups: list[list[Thing]], width: float, height: float) -> list[tuple[float, float]] | None:
    """Places with the groups one after another, downwards or to the right, and each group's things across."""
    down = dice.random() < 0.5
    along, across = (height, width) if down else (width, height)
    depths = [max(thing.side for thing in group) for group in groups]
    free = along - sum(depths) - 0.04
    if free < 0:
        return None
    cuts = sorted(dice.uniform(0, free) for _ in groups)
    at, places = 0.02, []
    for group, depth, cut, before in zip(groups, depths, cuts, [0.0, *cuts], strict=False):
        at += cut - before + depth / 2
        rest = across - sum(thing.side for thing in group) - 0.04
        if rest < 0:
            return None
        gaps = sorted(dice.uniform(0, rest) for _ in group)
        used = 0.02
        for thing, gap in zip(group, gaps, strict=True):
            place = used + gap + thing.side / 2
            used += thing.side
            wander = at + dice.uniform(-0.5, 0.5) * (depth - thing.side)
            places.append((place, wander) if down else (wander, place))
        at += depth / 2
    return places


def _scattered(dice: random.Random, groups: list[list[Thing]], width: float, height: float) -> list[tuple[float, float]] | None:
    """Places anywhere. One scene in ten may have things that overlap a little."""
    closest = 0.85 if dice.random() < 0.1 else 1.05
    things = [thing for group in groups for thing in group]
    places: list[tuple[float, float]] = []
    for number, thing in enumerate(things):
        margin = thing.side / 2 + 0.01
        for _ in range(12):
            x, y = dice.uniform(margin, width - margin), dice.uniform(margin, height - margin)
            if all(
                max(abs(x - u), abs(y - v)) >= closest * (thing.side + other.side) / 2
                for (u, v), other in zip(places, things[:number], strict=True)
            ):
                places.append((x, y))
                break
        else:
            return None
    return places


def alike(things: Sequence[Thing]) -> Iterator[list[Thing]]:
    """The things in groups of equal kind and colour."""

    def key(thing: Thing) -> tuple[str, str]:
        return thing.kind, thing.colour

    for _, group in groupby(sorted(things, key=key), key):
        yield list(group)
