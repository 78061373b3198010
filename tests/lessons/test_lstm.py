import numpy as np
import pytest

from zoo.lessons import lesson
from zoo.lessons.tune_reading import FILE, reading

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def numbers() -> dict:
    return lesson.load("lstm").run().numbers


def test_the_lstm_by_hand_gives_the_exported_models_own_scores(numbers: dict) -> None:
    read = reading(FILE)
    assert read.tokens[:4] == ["<start>", "metre=2/2", "tonic=D", "mode=major"]
    assert read.tokens.count("bar") == read.tune.bars
    assert read.own.shape == (len(read.tokens) - 1,)
    np.testing.assert_allclose(-read.surprise, read.own, atol=5e-5)  # float32 there, float64 here
    np.testing.assert_allclose(np.exp(read.log_probability).sum(axis=1), 1, atol=1e-9)
    assert numbers["largest difference from the model's own log-probabilities"] <= 5e-5


def test_all_gates_are_read(numbers: dict) -> None:
    for gates in reading(FILE).gates:
        assert gates.shape[:2] == (len(reading(FILE).tokens), 4)
        for part in (0, 1, 3):
            assert gates[:, part].min() >= 0
            assert gates[:, part].max() <= 1


@pytest.mark.parametrize(
    ("units", "closed", "open_"), [("forget at a bar line", "there", "at notes"), ("forget after a note", "there", "within it")]
)
def test_the_units_of_a_kind_forget_more_where_the_kind_says_so(numbers: dict, units: str, closed: str, open_: str) -> None:
    assert (
        0 <= numbers[f"forget gate of units that {units}: {closed}"] < numbers[f"forget gate of units that {units}: {open_}"] <= 1
    )


def test_the_units_that_keep_most_remember_longer_than_the_median_unit(numbers: dict) -> None:
    half = "tokens until half is forgotten by the"
    assert numbers[f"{half} units that keep"] > numbers[f"{half} median unit"] > 0
    assert numbers["tokens in a bar, mean"] == len(reading(FILE).tokens) / reading(FILE).tune.bars


def test_without_the_look_back_inputs_the_tune_surprises_more(numbers: dict) -> None:
    assert numbers["nats a note of the tune, without"] > numbers["nats a note of the tune, with the look-back inputs"] > 0
