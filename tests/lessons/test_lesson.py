"""The constants of the lessons: what can be changed, and that the change reaches all of the experiment."""

from types import ModuleType
from typing import Any

import pytest

from zoo.core.errors import UserError
from zoo.lessons import learning_rate, lesson, losses, mini_batches

CHANGEABLE = [name for name in lesson.NAMES if lesson.load(name).constants]


def changed(module: ModuleType, **values: Any) -> Any:
    return lesson._with(module, values)


@pytest.mark.parametrize("name", CHANGEABLE)
def test_a_lessons_own_values_are_among_those_that_it_takes(name: str) -> None:
    each = lesson.load(name)
    for constant in each.constants.values():
        own = each.value(constant.name)
        assert constant.checked(own) == own
        assert type(constant.checked(own)) is type(own)
        assert constant.name in each.code
        other = own + "!" if isinstance(own, str) else constant.low
        assert getattr(changed(each.module, **{constant.name: other}), constant.name) == other
        assert each.value(constant.name) == own


def test_all_lessons_but_the_one_without_numbers_can_be_changed() -> None:
    assert set(lesson.NAMES) - set(CHANGEABLE) == {"music"}


def test_a_change_reaches_constants_and_defaults_that_are_made_of_it() -> None:
    assert changed(mini_batches, RATE_OF_ONE=1.0).RATES == {1: 1.0, 32: 0.5, mini_batches.EXAMPLES: 1.0}
    assert changed(learning_rate, STEPS=7).path.__defaults__ == (7,)


def test_a_changed_experiment_gives_other_numbers_and_leaves_the_lesson_as_it_was() -> None:
    each = lesson.load("losses")
    numbers = each.run(START=-8.0).numbers
    own = each.run().numbers
    name = "steps until right, cross-entropy"
    assert numbers[name] > own[name]
    assert "gradient at z = -8, cross-entropy" in numbers
    assert losses.START == -6.0


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("losses", {"START": 5}, "START = 5 is out of range: choose from -12 to -1"),
        ("losses", {"START": float("nan")}, "START = nan is out of range"),
        ("losses", {"RATE": 1}, "no constant of the lesson losses is called 'RATE'"),
        ("perceptron", {"SEED": None}, "SEED is empty: choose a number from"),
        ("perceptron", {"SEED": 1.5}, "SEED = 1.5 is no whole number"),
        ("perceptron", {"SEED": "1"}, "SEED = 1 is out of range"),
        ("self_attention", {"TEXT": " "}, "is no text of 1 to 120 characters"),
        ("self_attention", {"TEXT": "a" * 121}, "is no text of 1 to 120 characters"),
        ("music", {"SEED": 1}, "'SEED'"),
    ],
)
def test_what_an_experiment_does_not_take_is_told(name: str, values: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError) as error:
        lesson.load(name).run(**values)
    assert told in str(error.value)
