import numpy as np
import pytest

from zoo.core.sources import share
from zoo.lessons import lesson, music
from zoo.lessons.tune_reading import FILE, TEST_FILES, nats_a_note, reading, said_twice, tune
from zoo.music.data.tune_versions import content
from zoo.music.language.lookback import BARS as LOOK_BACK


@pytest.fixture(scope="module")
def outcome() -> lesson.Outcome:
    return lesson.load("music").run()


@pytest.mark.slow
@pytest.mark.parametrize(("half", "again"), [(0, 1), (2, 3)])
def test_what_comes_again_surprises_less_where_the_network_can_look_back(outcome: lesson.Outcome, half: int, again: int) -> None:
    nats, alone, right = (
        f"{what}, {{}}" for what in ("nats a note", "nats a note without look-back", "notes whose pitch was the most expected")
    )
    first, second = music.HALVES[half], music.HALVES[again]
    assert outcome.numbers[nats.format(second)] < outcome.numbers[nats.format(first)]
    assert outcome.numbers[nats.format(second)] < outcome.numbers[alone.format(second)]
    assert outcome.numbers[right.format(second)] >= outcome.numbers[right.format(first)]


@pytest.mark.slow
def test_look_back_helps_where_bars_are_played_twice_at_its_distances(outcome: lesson.Outcome) -> None:
    first, again, alone_first, alone = music.blocks().values()
    for place, bars in enumerate(music.BLOCKS):
        if bars in LOOK_BACK:
            assert again[place] < alone[place]
            assert again[place] < first[place]
    three = outcome.numbers["block of 3 bars, nats a note: first and again; without look-back"]
    assert three == f"{first[2]:.2f} and {again[2]:.2f}; {alone_first[2]:.2f} and {alone[2]:.2f}"


def test_bars_said_twice_are_the_tunes_own() -> None:
    score = tune(FILE)
    length = score.metre.bar_ticks
    twice = said_twice(score, 3)
    half = len(twice.notes) // 2
    assert [(note.start - 3 * length, note.pitch) for note in twice.notes[half:]] == [
        (note.start, note.pitch) for note in twice.notes[:half]
    ]
    inside = [note for note in score.notes if length <= note.start < 4 * length]  # its bar 0 is an upbeat
    assert [note.pitch for note in twice.notes[:half]] == [note.pitch for note in inside]
    assert {tuple(np.array(said_twice(tune(file), 8).metres).shape) for file in TEST_FILES} == {(1, 2)}


@pytest.mark.slow
def test_the_surprise_at_a_note_is_the_same_in_a_batch_of_tunes() -> None:
    short, whole = said_twice(tune(TEST_FILES[0]), 1), tune(FILE)
    together = nats_a_note([short, whole], look_back=True)
    np.testing.assert_allclose(together[1], reading(FILE).of_notes.sum(axis=1), atol=1e-3)
    assert [len(each) for each in together] == [len(short.notes), len(whole.notes)]


@pytest.mark.parametrize("file", [FILE, *TEST_FILES])
def test_the_tunes_are_of_the_test_split(file: str) -> None:
    assert share(content(tune(file))) < 0.1


@pytest.mark.slow
def test_every_note_of_the_tune_is_drawn_with_its_surprise(outcome: lesson.Outcome) -> None:
    first, below, second, *_ = (ax for ax in outcome.figure.axes if ax.get_label() != "<colorbar>")
    drawn = [ax.lines[0].get_ydata() for ax in (first, second)]
    assert sum(map(len, drawn)) == 110
    assert len(below.patches) == 2 * len(drawn[0])
    assert len(below.lines[0].get_ydata()) == len(drawn[0])  # without look-back
