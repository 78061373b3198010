import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.captions import scenes
from zoo.captions.scenes import COLOURS, DIGITS, HELD_OUT, OPPOSITE, RELATIONS, SHAPES, Scene, Thing
from zoo.core.errors import UserError


def at(x: float, y: float, kind: str = "circle", colour: str = "red", size: str = "small", fill: str = "filled") -> Thing:
    return Thing(kind, colour, size, fill, x, y, 0.2)


places = st.tuples(st.floats(0, 1), st.floats(0, 1))


@pytest.mark.parametrize(
    ("first", "second", "true"),
    [
        ((0.5, 0.2), (0.5, 0.8), True),
        ((0.5, 0.2), (0.5, 0.279), False),  # nearly at the same height
        ((0.5, 0.2), (0.5, 0.281), True),
        ((0.1, 0.2), (0.5, 0.51), True),  # 0.31 up and 0.4 aside: within 53 degrees
        ((0.1, 0.2), (0.5, 0.49), False),
        ((0.5, 0.8), (0.5, 0.2), False),
    ],
)
def test_above_needs_a_gap_and_a_steep_way(first: tuple[float, float], second: tuple[float, float], true: bool) -> None:
    assert scenes.holds("above", [at(*first)], [at(*second)]) == true


@settings(max_examples=60)
@given(places, places, st.sampled_from(RELATIONS))
def test_a_relation_and_its_opposite_are_one(first: tuple[float, float], second: tuple[float, float], relation: str) -> None:
    one, other = [at(*first)], [at(*second)]
    holds = scenes.holds(relation, one, other)
    assert holds == scenes.holds(OPPOSITE[relation], other, one)
    if holds:
        assert not scenes.holds(relation, other, one)
    if scenes.holds(relation, one, other, clear=True):
        assert holds


def test_a_group_counts_from_its_first_to_its_last() -> None:
    pair = [at(0.2, 0.7), at(0.8, 0.6)]
    assert scenes.holds("above", [at(0.5, 0.5)], pair)  # between them, and above the higher one
    assert not scenes.holds("above", [at(0.5, 0.55)], pair)
    assert not scenes.holds("left", [at(0.5, 0.65)], pair)
    assert scenes.holds("below", pair, [at(0.5, 0.5)])


def test_places_are_shares_of_the_picture() -> None:
    wide = Scene((at(0.5, 0.1),), 1.0, 0.3)
    assert scenes.is_at("top", wide, wide.things)
    assert not scenes.is_at("middle", wide, wide.things)
    assert scenes.is_at("middle", wide, [at(0.5, 0.15)])
    assert scenes.is_at("bottom right", wide, [at(0.7, 0.2)])
    assert not scenes.is_at("bottom right", wide, [at(0.7, 0.2), at(0.5, 0.2)])  # both must be there
    assert scenes.is_at("left", wide, [at(0.399, 0.1)])
    assert not scenes.is_at("left", wide, [at(0.401, 0.1)])


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_scenes_have_their_things_in_the_picture_and_no_held_out_combination(seed: int) -> None:
    scene = scenes.sample(random.Random(seed))
    assert scene == scenes.sample(random.Random(seed))
    assert 1 <= len(scene.things) <= scenes.MOST
    for thing in scene.things:
        assert thing.side / 2 <= thing.x <= scene.width - thing.side / 2
        assert thing.side / 2 <= thing.y <= scene.height - thing.side / 2
        low, high = scenes.SIDES[thing.size]
        assert low <= thing.side <= high
        assert (thing.fill == "") or thing.kind in SHAPES
    assert not {"black", "white"} <= {thing.colour for thing in scene.things}
    assert not scenes.is_held_out(scene)


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_held_out_scenes_have_one(seed: int) -> None:
    assert scenes.is_held_out(scenes.sample(random.Random(seed), held_out=True))


def test_each_colour_and_kind_is_held_out_in_some_relation_and_seen_in_others() -> None:
    assert len(set(HELD_OUT)) == len(HELD_OUT)
    assert {colour for colour, _, _ in HELD_OUT} == set(COLOURS)
    assert {kind for _, kind, _ in HELD_OUT} == {*SHAPES, *DIGITS}
    assert {relation for _, _, relation in HELD_OUT} == set(RELATIONS)
    assert len({(colour, kind) for colour, kind, _ in HELD_OUT}) == len(HELD_OUT)
    seen = set().union(*(scenes.combinations(scenes.sample(random.Random(i))) for i in range(4000)))
    pairs = {(colour, kind) for colour, kind, _ in seen}
    assert {(colour, kind) for colour, kind, _ in HELD_OUT} <= pairs
    assert len(pairs) == len(list(product(COLOURS, (*SHAPES, *DIGITS))))


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_a_scene_is_read_as_it_was_written(seed: int) -> None:
    text = str(scenes.sample(random.Random(seed)))
    assert str(Scene.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("circle red", "is no scene: begin with the width and height"),
        ("1 x 1; circle pink small filled 0.1 0.2 0.3", "'circle pink small filled 0.1 0.2 0.3' is no thing of a scene"),
        ("1 x 1; circle red small filled 0.1 0.2", "is no thing of a scene"),
    ],
)
def test_what_is_no_scene_is_refused(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Scene.parse(text.replace("; ", ";"))
