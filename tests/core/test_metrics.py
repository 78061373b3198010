import numpy as np
import pytest

from zoo.core import cards
from zoo.core import metrics as evaluation
from zoo.core.sources import Source
from zoo.sentiment import hand_written_reviews, imdb
from zoo.sentiment import metrics as sentiment_metrics
from zoo.sentiment.dataset import Reviews


def test_calibration_error_by_hand() -> None:
    # Two bins are used: three answers of 0.9, of which two are right, and one of 0.6, which is wrong.
    confidences = np.array([0.9, 0.9, 0.9, 0.6])
    correct = np.array([True, True, False, False])
    expected = (3 * abs(2 / 3 - 0.9) + 1 * abs(0 - 0.6)) / 4
    assert evaluation.calibration_error(confidences, correct, bins=10) == pytest.approx(expected)


def test_a_certain_and_right_answer_has_no_calibration_error() -> None:
    assert evaluation.calibration_error(np.ones(5), np.ones(5, bool)) == 0.0


def test_binary_metrics_by_hand() -> None:
    values = evaluation.binary_metrics(np.array([0.9, 0.2, 0.6, 0.4]), np.array([1, 0, 0, 1]))
    assert values["accuracy"] == 0.5
    assert values["auc"] == 0.75  # of the four pairs of a positive and a negative only (0.4, 0.6) is the wrong way round


@pytest.mark.parametrize("name", [imdb.SOURCE, "mine"])
def test_the_hand_written_reviews_are_read_beside_imdb_only(name: str) -> None:
    texts = [b"A wonderful, moving film. I loved it.", b"Awful. A boring waste of time."]
    reviews = Reviews(texts, np.array([1, 0]), np.array(["test"] * 2), Source(name, "1", "given", "none"))
    folder = cards.find("sentiment_transformer")
    metrics = sentiment_metrics.review_metrics(folder, sentiment_metrics.evaluate(folder, reviews, "test"), "command")
    values = {metric.name: metric for metric in metrics}
    assert (values["accuracy"].value, values["accuracy"].n) == (1.0, 2)
    parts = {key.removeprefix("hand_written_"): metric for key, metric in values.items() if key.startswith("hand_written")}
    if name == "mine":
        assert not parts
        return
    whole = parts.pop("accuracy")
    assert whole.n == len(hand_written_reviews.cases()) == sum(part.n for part in parts.values())
    assert whole.value == pytest.approx(sum(part.value * part.n for part in parts.values()) / whole.n)
    assert 0.5 < whole.value <= 1
    assert {part.split for part in parts.values()} == {"hand-written"}
