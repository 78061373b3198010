import numpy as np
import pytest

import zoo
from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.sentiment import hand_written_reviews, imdb, metrics
from zoo.sentiment.dataset import Reviews


@pytest.mark.pretrained
@pytest.mark.parametrize("name", [imdb.SOURCE, "mine"])
def test_the_hand_written_reviews_are_measured_with_imdb_only(name: str) -> None:
    texts = [b"A wonderful, moving film. I loved it.", b"Awful. A boring waste of time."]
    reviews = Reviews(texts, np.array([1, 0]), np.array(["test"] * 2), Source(name, "1", "given", "none"))
    model = zoo.load("sentiment_transformer")
    found = metrics.review_metrics(model, metrics.evaluate(model, reviews, "test"), "command")
    values = {metric.name: metric for metric in found}
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


@pytest.mark.pretrained
def test_a_text_without_a_known_word_counts_with_the_number_that_the_signature_gives() -> None:
    texts = [b"A fine film.", b"\xe6\x98\xa0\xe7\x94\xbb", b"Dull."]
    model = zoo.load("sentiment_transformer")
    assert np.isnan(model.predict(texts)).tolist() == [False, True, False]
    reviews = Reviews(texts, np.array([1, 0, 0]), np.array(["test"] * 3), Source("mine", "1", "given", "none"))
    probabilities = metrics.evaluate(model, reviews, "test").probabilities
    given = model.saved_model.signatures["predict"](text=reviews.split("test")[0])["probability"]
    np.testing.assert_allclose(probabilities[:, 1], given, atol=1e-6)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)


@pytest.mark.pretrained
def test_a_split_without_one_of_the_classes_is_refused() -> None:
    reviews = Reviews([b"A fine film."], np.array([1]), np.array(["test"]), Source("mine", "1", "given", "none"))
    with pytest.raises(UserError, match="the split 'test' has 1 reviews and not all of negative, positive"):
        metrics.evaluate(zoo.load("sentiment_transformer"), reviews, "test")
