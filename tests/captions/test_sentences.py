import random

from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.captions import scenes, sentences, truth
from zoo.captions.scenes import Scene, Thing


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_sentences_of_a_scene_differ_and_are_the_same_each_time(seed: int) -> None:
    scene = scenes.sample(random.Random(seed))
    found = sentences.describe(scene, random.Random(seed))
    assert found == sentences.describe(scene, random.Random(seed))
    assert len(set(found)) == len(found) == sentences.REFERENCES


def test_sentences_are_varied_and_mention_most_things() -> None:
    forms, told, mentioned = set(), set(), []
    for seed in range(300):
        dice = random.Random(seed)
        scene = scenes.sample(dice)
        for text in sentences.describe(scene, dice):
            told.add(text)
            forms.add(truth.form(text))
            mentioned.append(truth.judge(text, scene).mentioned)
    assert len(told) > 1400
    assert len(forms) > 350
    assert 0.93 < sum(mentioned) / len(mentioned) < 1


def test_alike_things_are_counted() -> None:
    stars = tuple(Thing("star", "green", "large", "filled", x, 0.5, 0.3) for x in (0.2, 0.5, 0.8))
    texts = sentences.describe(Scene(stars), random.Random(1), 8)
    assert sum("three" in text and "stars" in text for text in texts) >= 6
