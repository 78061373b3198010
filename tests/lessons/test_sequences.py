import numpy as np
import pytest

from zoo.lessons import lesson, sequences


@pytest.mark.slow
def test_one_cell_learns_a_task_of_each_shape() -> None:
    numbers = lesson.load("sequences").run().numbers
    assert numbers["right, one to one: which digit?"] >= 0.95  # 0.1 by chance
    assert numbers["right, many to one: praise or blame?"] >= 0.95  # 0.5 by chance
    assert numbers["right, one to many: a digit's name"] >= 0.9
    assert numbers["right, many to many: a sum, ones first"] >= 0.95
    assert numbers["right, sums of 9 digits by what learned sums of 3"] < numbers["right, many to many: a sum, ones first"]


def test_not_and_never_turn_a_sentence_round() -> None:
    task = sequences.sentences()
    words = [{sequences.WORDS[place] for place in np.flatnonzero(x.any(axis=0))} for x in task.x]
    assert len(words) == len({frozenset(each) for each in words})  # no sentence is both learned from and measured
    for sentence, y in zip(words, task.y, strict=True):
        turned = bool(sentence & {"not", "never"})
        assert y == (bool(sentence & set(sequences.PRAISE)) != turned)


@pytest.mark.parametrize("digits", [3, 9])
def test_sums_are_sums(digits: int) -> None:
    task = sequences.sums(digits, 20, seed=0)
    powers = 10 ** np.arange(digits + 1)
    first, second = task.x[..., :10].argmax(axis=2) @ powers, task.x[..., 10:].argmax(axis=2) @ powers
    np.testing.assert_array_equal(first + second, task.y @ powers)


def test_no_sum_is_both_learned_from_and_measured() -> None:
    task = sequences.sums(1, 200, seed=0)  # of 100 that there are
    examples = [x.tobytes() for x in task.x]
    assert task.trained == 150
    assert len(examples) > task.trained
    assert not set(examples[: task.trained]) & set(examples[task.trained :])


def test_names_are_spelled_a_letter_a_step() -> None:
    numbers, names = sequences.pictures(1), sequences.pictures(5)
    for digit, letters in zip(numbers.y, names.y, strict=True):
        assert "".join(sequences.LETTERS[letter] for letter in letters).rstrip("·") == sequences.NAMES[digit]
    np.testing.assert_array_equal(names.x[:, 0], numbers.x[:, 0])
    assert not names.x[:, 1:].any()
