import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.captions import scenes, sentences, truth
from zoo.captions.scenes import COLOURS, DIGITS, OPPOSITE, Scene, Thing
from zoo.captions.truth import ParseError

# A small red seven above two blue circles, the left one large and filled, the right one small and outlined.
SCENE = Scene(
    (
        Thing("7", "red", "small", "", 0.5, 0.2, 0.2),
        Thing("circle", "blue", "large", "filled", 0.3, 0.7, 0.4),
        Thing("circle", "blue", "small", "outlined", 0.8, 0.7, 0.2),
    )
)
SEEDS = st.integers(0, 10**9)


@pytest.mark.parametrize(
    "text",
    [
        "a small red seven above two blue circles",
        "two blue circles are below a small red 7",
        "two circles",
        "there are two blue circles under a 7",
        "above two blue circles there is a tiny red number seven",
        "two blue circles with a red seven above them",
        "a red seven with two circles beneath it",
        "a red digit 7 is at the top and two blue circles are at the bottom",
        "a blue circle to the left of a blue circle",
        "a big blue circle next to a small hollow blue circle",
        "a small blue circle and a large blue circle",  # each its own
        "a blue disc, a blue ring and a 7 in red",
        "on the left there is a large solid circle",
        "in the bottom right corner there is a ring",
        "two shapes: a large blue circle and an outlined circle",
        "there are two shapes: a disc and a ring",
        "a drawing of a red seven",
        "a seven is above a disc, and a ring is on the right",
        "a seven above a disc while a ring is on the right",
        "a shape below a digit",
        "a blue circle",  # at least one
    ],
)
def test_true_sentences(text: str) -> None:
    assert truth.judge(text, SCENE).true


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a red seven below two blue circles", "relation"),
        ("a red seven left of two blue circles", "relation"),
        ("a blue seven above two blue circles", "colour"),
        ("a red one above two blue circles", "digit"),
        ("a red seven above two blue squares", "shape"),
        ("a large red seven", "size"),
        ("two small blue circles", "size"),
        ("two filled circles", "fill"),
        ("a solid blue circle and a solid blue circle", "fill"),
        ("three blue circles", "count"),
        ("two red sevens", "count"),
        ("a red seven and a red seven", "several"),
        ("three shapes: a disc and a ring", "count"),
        ("a red seven at the bottom", "place"),
        ("two blue circles on the left", "place"),
        ("a green one and a yellow star", "several"),
        ("a seven between a disc and a ring", "relation"),
        ("two circles and a blue circle", "count"),  # there is no third one
        ("a ring is left of a disc", "relation"),
    ],
)
def test_false_sentences_and_what_is_wrong(text: str, wrong: str) -> None:
    verdict = truth.judge(text, SCENE)
    assert verdict.parsed
    assert not verdict.true
    assert verdict.wrong == wrong


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "red",
        "a red",
        "an red seven",
        "a orange star",
        "a eight",
        "a 8",
        "two blue circle",
        "a blue circles",
        "a red seven are above two blue circles",
        "there is two blue circles",
        "there are a seven",
        "a red seven above",
        "a red seven above above a star",
        "a pink seven",
        "a seven a star",
        "a seven, a star",
        "a seven with a star above them",
        "two circles with a star above it",
        "a seven is",
        "a hollow ring",
        "red seven above blue circle",
        "a seven and",
        "a seven 🙂",
        "five circles",
        "a picture of",
    ],
)
def test_what_is_no_sentence_is_not_true(text: str) -> None:
    verdict = truth.judge(text, SCENE)
    assert (verdict.parsed, verdict.true, verdict.mentioned) == (False, False, 0.0)
    with pytest.raises(ParseError):
        truth.parse(text)


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_judged(text: str) -> None:
    assert not truth.judge(text, SCENE).true or truth.judge(text, SCENE).parsed


WORDS = "a an two three red blue circle circles seven 7s and , : is are there above left of on the in with it".split()  # noqa: SIM905


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS)))
def test_any_words_are_judged(words: list[str]) -> None:
    truth.judge(" ".join(words), SCENE)


def test_a_verdict_tells_the_share_of_things_that_are_named() -> None:
    assert truth.judge("a red seven", SCENE).mentioned == pytest.approx(1 / 3)
    assert truth.judge("two blue circles below a seven", SCENE).mentioned == 1
    assert truth.judge("two blue circles above a seven", SCENE).mentioned == 1  # named rightly, though the relation is false
    assert truth.judge("two red circles above a seven", SCENE).mentioned == pytest.approx(1 / 3)


def test_forms_have_names_replaced() -> None:
    assert truth.form("a red seven above two blue circles") == truth.form("an orange star above three sixes") == "N above Ns"
    assert truth.form("on the left there is a star") == "on the left there is N"
    assert truth.form("on the left of a star there is a seven") == "on the left of N there is N"


@settings(max_examples=60)
@given(SEEDS)
def test_every_sentence_of_ours_is_parsed_and_true(seed: int) -> None:
    dice = random.Random(seed)
    scene = scenes.sample(dice, held_out=seed % 4 == 0)
    for text in sentences.describe(scene, dice):
        verdict = truth.judge(text, scene)
        assert verdict.true, text
        assert verdict.wrong == ""
        assert verdict.mentioned > 0


@settings(max_examples=60)
@given(SEEDS)
def test_a_changed_sentence_is_false(seed: int) -> None:
    dice = random.Random(seed)
    scene = scenes.sample(dice)
    caption = truth.parse(sentences.describe(scene, dice, 1)[0])
    which = dice.randrange(len(caption.phrases))

    def changed(**changes: object) -> bool:
        phrases = list(caption.phrases)
        phrases[which] = replace(phrases[which], **changes)
        return truth.is_true(replace(caption, phrases=tuple(phrases)), scene)

    absent = [colour for colour in COLOURS if colour not in {thing.colour for thing in scene.things}]
    assert not changed(colour=dice.choice(absent))
    digits = [digit for digit in DIGITS if digit not in {thing.kind for thing in scene.things}]
    assert not changed(kinds=(dice.choice(digits),))
    assert not changed(count=len(scene.things) + 1)
    for i, relation in enumerate(caption.relations):
        if relation.name in OPPOSITE:
            relations = list(caption.relations)
            relations[i] = replace(relation, name=OPPOSITE[relation.name])
            # A name such as "a star" may fit several things; then the opposite may be true of others.
            if sum(phrase.count for phrase in caption.phrases) == len(scene.things) == len(caption.phrases) and all(
                sum(map(phrase.fits, scene.things)) == 1 for phrase in caption.phrases
            ):
                assert not truth.is_true(replace(caption, relations=tuple(relations)), scene)
