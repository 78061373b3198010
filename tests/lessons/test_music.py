import pytest

from zoo.lessons import lesson, music


@pytest.fixture(scope="module")
def outcome() -> lesson.Outcome:
    return lesson.load("music").run()


@pytest.mark.parametrize(("half", "again"), [(0, 1), (2, 3)])
def test_what_comes_again_is_expected(outcome: lesson.Outcome, half: int, again: int) -> None:
    nats, right = (f"{what}, {{}}" for what in ("nats a note", "notes whose pitch was the most expected"))
    first, second = music.HALVES[half], music.HALVES[again]
    assert outcome.numbers[nats.format(second)] < outcome.numbers[nats.format(first)] / 3
    assert outcome.numbers[right.format(second)] >= 0.9
    assert 0.3 <= outcome.numbers[right.format(first)] <= 0.9  # by chance, of the scale's notes, some 0.1


def test_every_note_of_the_tune_is_drawn_with_its_surprise(outcome: lesson.Outcome) -> None:
    first, below, second, _ = (ax for ax in outcome.figure.axes if ax.get_label() != "<colorbar>")
    drawn = [ax.lines[0].get_ydata() for ax in (first, second)]
    assert sum(map(len, drawn)) == 110
    assert len(below.patches) == 2 * len(drawn[0])
