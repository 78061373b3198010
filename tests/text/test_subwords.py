from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import UserError
from zoo.text import subwords
from zoo.text.subwords import END, LONGEST, PADDING, START, SubwordGraph, Subwords, learn, pieces

MARKERS = "<de>", "<fr>"
TEXTS = [
    b" A man in an orange hat is standing in front of the orange house.",
    b" The man and the woman stand in the sand; the woman has 2 hats.",
    " Ein Mann mit Hut überquert die Straße, eine Frau geht über die Straße.".encode(),
    " L'homme près de l'arrière-plan de la forêt... aaaa aaa aaaaaaa".encode(),
] * 2
# Any bytes, text of any characters, and bytes of which many form merges or parts of characters.
ANY = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(
        st.sampled_from([b" the", b" man", b"a", b"\xc2", b"\x80", b"\xe2", b"\xf0\x9f", b" ", b"\n", b"\0", b"1", b"."])
    ).map(b"".join),
)


@pytest.fixture(scope="module")
def learned() -> Subwords:
    return learn(TEXTS, 340, MARKERS)


@pytest.fixture(scope="module")
def graph(learned: Subwords, tmp_path_factory: pytest.TempPathFactory) -> SubwordGraph:
    folder = tmp_path_factory.mktemp("subwords")
    learned.save(folder)
    return SubwordGraph(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A man, 25 years.", ["A", " man", ",", " 25", " years", "."]),
        ("l'été à l'arrière-plan", ["l'été", " à", " l'arrière-plan"]),
        ("a  b\t", ["a", " ", " b", "\t"]),
        ("so … « ça » 😀!", ["so", " …", " «", " ça", " »", " 😀!"]),
        ("naïve e\u0301tude 中文。", ["naïve", " e\u0301tude", " 中文", "。"]),
        ("x" * (LONGEST + 1), ["x" * LONGEST, "x"]),
    ],
)
def test_a_text_is_cut_into_words_with_their_blank_numbers_and_punctuation(text: str, expected: list[str]) -> None:
    assert [piece.decode() for piece in pieces(text.encode())] == expected


def test_the_most_common_pair_is_merged_first_as_counting_anew_each_time_does() -> None:
    """The definition of Sennrich et al., word by word and without any bookkeeping."""
    words = Counter(piece for text in TEXTS for piece in pieces(text))
    first = 3 + len(MARKERS)
    split = {word: [first + byte for byte in word] for word in words}
    merges: list[tuple[int, int]] = []
    while len(merges) < 60:
        counts = Counter[tuple[int, int]]()
        for word, count in words.items():
            for pair in pairwise(split[word]):
                counts[pair] += count
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        for word, ids in split.items():
            joined = []
            for number in ids:  # from the left
                if joined and (joined[-1], number) == best:
                    joined[-1] = first + 256 + len(merges)
                else:
                    joined.append(number)
            split[word] = joined
        merges.append(best)
    learned = learn(TEXTS, first + 256 + 60, MARKERS)
    assert list(learned.merges) == merges
    for word, ids in split.items():
        assert learned.encode(word) == ids


def test_reserved_entries_come_first_and_give_no_text(learned: Subwords) -> None:
    assert (PADDING, START, END) == (0, 1, 2)
    assert [learned.marker(name) for name in MARKERS] == [3, 4]
    assert learned.size == 340
    assert learned.encode(b"") == []
    assert min(learned.encode(b"\0\xff<de>")) > 4
    assert learned.decode([4, *learned.encode(b" the"), END, PADDING]) == b" the"
    with pytest.raises(KeyError, match="<en>"):
        learned.marker("<en>")


def test_learning_ends_where_no_pair_occurs_twice() -> None:
    learned = learn([b"ab ab xy"], 400)
    assert learned.entries[-1] == b"ab"
    assert len(learned.encode(b"xy")) == 2


def test_what_was_saved_is_loaded_and_can_be_read_by_people(learned: Subwords, tmp_path: Path) -> None:
    learned.save(tmp_path)
    loaded = Subwords.load(tmp_path)
    assert (loaded.merges, loaded.markers) == (learned.merges, MARKERS)
    text = (tmp_path / subwords.FILE).read_text(encoding="utf-8")
    assert len(text.splitlines()) == learned.size
    assert text.splitlines()[3].endswith("\t<de>")
    assert "\tStraße\n" in text or "\t Straße\n" in text


@pytest.mark.parametrize("content", [None, b"", b"a,b\n", b"\xff\xfe", b"-1\t<padding>\n5\tx\n"])
def test_a_file_of_something_else_is_told_as_such(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / subwords.FILE).write_bytes(content)
    with pytest.raises(UserError, match=r"subwords\.tsv is no file of subwords"):
        Subwords.load(tmp_path)


@pytest.mark.parametrize(
    ("size", "markers", "message"),
    [(100, (), "from 259 to"), (260, MARKERS, "from 261 to"), (70_000, (), "to 65,536"), (300, ("<a>", "<a>"), "own name")],
)
def test_impossible_vocabularies_are_refused(size: int, markers: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        learn(TEXTS, size, markers)


@settings(max_examples=60)
@given(st.lists(ANY, max_size=5), st.floats(0.01, 1.0), st.integers(0, 9))
def test_any_bytes_are_encoded_and_decoded_without_loss(learned: Subwords, texts: list[bytes], dropout: float, seed: int) -> None:
    for text in texts:
        assert b"".join(pieces(text)) == text
        assert learned.decode(learned.encode(text)) == text
        assert learned.decode(learned.encode(text, dropout, np.random.default_rng(seed))) == text
    ids, sizes = learned.encode_all(texts, dropout, np.random.default_rng(seed))
    assert [learned.decode(row) for row in np.split(ids, np.cumsum(sizes))[:-1]] == texts


@settings(max_examples=60)
@given(st.lists(ANY, max_size=5))
def test_merging_all_words_together_gives_what_merging_each_by_itself_gives(learned: Subwords, texts: list[bytes]) -> None:
    ids, sizes = learned.encode_all(texts, 1e-300, np.random.default_rng(0))  # so rarely that nothing is left out
    assert [row.tolist() for row in np.split(ids, np.cumsum(sizes))[:-1]] == [learned.encode(text) for text in texts]


def test_dropout_gives_other_subwords_as_often_as_it_says(learned: Subwords) -> None:
    word = b" man"
    random = np.random.default_rng(0)
    assert len(learned.encode(word)) == 1
    ids, sizes = learned.encode_all([word] * 20_000, 0.1, random)
    assert 1.1 < sizes.mean() < 1.6
    assert learned.encode(b"", 0.5, random) == []
    assert learned.encode_all([word], 1.0, random)[1].tolist() == [4]
    again = [learned.encode(TEXTS[0], 0.5, np.random.default_rng(7)) for _ in range(2)]
    assert again[0] == again[1]
    assert ids.dtype == np.int32


@pytest.mark.slow
@settings(max_examples=50)
@given(st.lists(ANY, max_size=6))
def test_the_graph_gives_what_python_gives(learned: Subwords, graph: SubwordGraph, texts: list[bytes]) -> None:
    ids = graph.ids(tf.constant(texts, tf.string, [len(texts)]))
    assert ids.dtype == tf.int32
    assert ids.to_list() == [learned.encode(text) for text in texts]
    assert graph.text(ids.to_tensor()).numpy().tolist() == texts


def test_the_graph_takes_endless_words_and_batches_of_any_size(learned: Subwords, graph: SubwordGraph) -> None:
    function = tf.function(lambda text: graph.ids(text).to_tensor(), input_signature=[tf.TensorSpec([None], tf.string)])
    assert function(tf.constant([], tf.string)).shape[0] == 0
    assert function(tf.constant(["", ""])).shape == (2, 0)
    endless = b"the" * 30_000
    assert function(tf.constant([b"", endless])).numpy()[1].tolist() == learned.encode(endless)


def test_the_graph_gives_the_bytes_of_each_id_and_skips_reserved_ones(learned: Subwords, graph: SubwordGraph) -> None:
    ids = learned.encode(" Straße\0".encode())
    assert graph.pieces(tf.constant(ids)).numpy().tolist() == [learned.entries[number] for number in ids]
    assert graph.text(tf.constant([[4, *ids, END, PADDING]])).numpy().tolist() == [" Straße\0".encode()]


def test_a_saved_model_holds_the_file_and_works_without_it(learned: Subwords, tmp_path: Path) -> None:
    (tmp_path / "learned").mkdir()
    learned.save(tmp_path / "learned")
    module = tf.Module()
    graph = SubwordGraph(tmp_path / "learned")
    module.lookup_tables = graph.lookup_tables
    module.ids = tf.function(lambda text: graph.ids(text).to_tensor(), input_signature=[tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(module, str(tmp_path / "saved"))
    (tmp_path / "learned" / subwords.FILE).unlink()
    assert Subwords.load(tmp_path / "saved" / "assets").merges == learned.merges
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    assert loaded.ids(tf.constant(TEXTS[:1])).numpy()[0].tolist() == learned.encode(TEXTS[0])
