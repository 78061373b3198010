import numpy as np

from zoo.core.dataset import SPLITS
from zoo.music.data.tune_versions import clusters, content, contour, intervals, splits
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note


def tune(seed: int, notes: int = 64) -> list[tuple[int, int]]:
    """(duration, pitch) of a random walk on the white keys."""
    rng = np.random.default_rng(seed)
    steps = np.clip(np.cumsum(rng.integers(-2, 3, notes)), -7, 7)
    return [(12, (60, 62, 64, 65, 67, 69, 71)[step % 7] + 12 * (step // 7)) for step in map(int, steps)]


def score(events: list[tuple[int, int]], metre: str = "4/4") -> Score:
    now, notes = 0, []
    for duration, pitch in events:
        notes.append(Note(now, duration, pitch))
        now += duration
    return Score(tuple(notes), ((0, Metre.parse(metre)),))


ORIGINAL = tune(1)


def test_different_tunes_are_apart():
    assert clusters([score(tune(seed)) for seed in range(6)]) == [0, 1, 2, 3, 4, 5]


def test_versions_of_a_tune_are_together():
    higher = [(duration, pitch + 5) for duration, pitch in ORIGINAL]
    halved = [(duration // 2, pitch) for duration, pitch in ORIGINAL]
    dotted = [(18 - 12 * (i % 2), pitch) for i, (_, pitch) in enumerate(ORIGINAL)]
    half = ORIGINAL[32:] + tune(9, 16)
    changed = [(duration, pitch + (i % 17 == 3)) for i, (duration, pitch) in enumerate(ORIGINAL)]
    # Ornamented: each fourth eighth note becomes two sixteenths, so most runs of notes differ, but not the contour.
    ornamented = [
        event
        for i, (_, pitch) in enumerate(ORIGINAL)
        for event in ([(6, pitch), (6, pitch + 2)] if i % 4 == 3 else [(12, pitch)])
    ]
    stranger = tune(2)
    scores = [score(each) for each in (ORIGINAL, stranger, higher, halved, dotted, half, changed, ornamented)]
    assert clusters(scores) == [0, 1, 0, 0, 0, 0, 0, 0]
    assert not intervals(scores[0]) & intervals(scores[7])
    assert contour(scores[0]) == contour(scores[7])


def test_versions_of_versions_are_together():
    first, second, third = ORIGINAL, ORIGINAL[40:] + tune(5, 40), tune(5, 40)
    assert clusters([score(first), score(third)]) == [0, 1]
    assert clusters([score(first), score(third), score(second)]) == [0, 0, 0]


def test_tunes_too_short_for_shingles():
    assert clusters([score([(12, 60), (12, 62)]), score([(24, 65), (12, 67)]), score([(12, 60), (12, 61)])]) == [0, 0, 2]


def test_splits_depend_on_the_content_alone():
    scores = [Score((Note(0, 12, 40 + i % 80), Note(12, 12, 40 + i // 80)), key=Key(0)) for i in range(1000)]
    alone = list(range(len(scores)))
    found = splits(scores, alone)
    assert splits(scores[::-1], alone) == found[::-1]
    assert {name: found.count(name) for name in SPLITS} == {"train": 801, "validation": 103, "test": 96}
    together = splits(scores, [0] * len(scores))
    assert len(set(together)) == 1


def test_the_content_is_metre_key_and_notes():
    score = Score((Note(0, 12, 60), Note(12, 24, 62)), ((0, Metre(6, 8)),), Key(2, "dorian"), title="Name", type="jig")
    assert content(score) == b"6/8 D dorian 0,12,60 12,24,62"
    assert content(score) != content(score.transpose(1))
