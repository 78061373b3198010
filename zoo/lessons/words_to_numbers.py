"""Words to numbers: an index, a one-hot vector, a learned vector.

A network computes with numbers, so each word of a vocabulary of V words first gets an index. The index itself is not used as an
input, because word 7 is not more than word 3. Its one-hot vector is 1 at the index and 0 elsewhere. This says only which word it
is: any two words are equally far apart. The first layer's weights E turn it into a vector of d numbers, a few hundred,

    one_hot(index) E = E[index]        [V] x [V, d] = row number index of E, [d]

so nobody multiplies: an embedding layer looks the row up. In training the gradient changes only the rows of the words that
occurred. The rows are learned (Bengio et al. 2003). Words that mean similar things for the task, or stand in similar places, get
similar rows. The similarity of two rows is measured by the cosine of the angle between them,

    cos(a, b) = a . b / (|a| |b|)

which is 1 for the same direction and 0 for a right angle. The map shows rows of the table of our own sentiment_transformer,
20,000 words of 256 numbers each, which read film reviews and nothing else. No one told it what a number or a relative is. It
learned by guessing hidden words (Devlin et al. 2018), so words that can replace one another have similar rows. It was told what
praise is, by the labels of the reviews, in a second training. Even so an opposite can be near, as "bad" is to "good". The places
on the map are found by multidimensional scaling (de Leeuw 1977), which looks for points in the plane whose distances are like
those of the rows.
"""

from typing import Any

import numpy as np
from sklearn.manifold import MDS

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch.words import Embedding, Vocabulary, one_hot

QUESTION = "Add a group of your own to GROUPS, such as instruments or cities: does it form a group on the map?"
VARY = (Number("NEIGHBOURS", 1, 5, 1, "nearest words that are shown of each word"),)

MODEL = "sentiment_transformer"
SENTENCE = "the film was slow but the end was wonderful"
GROUPS = {
    "praise": "wonderful excellent brilliant fantastic great",
    "blame": "awful terrible dreadful boring stupid",
    "numbers": "two three four five six",
    "relatives": "mother father daughter son husband",
    "film makers": "actor actress director writer producer",
    "verbs": "was is were had has",
}
ASKED = ("wonderful", "awful", "daughter", "three", "london", "quickly", "good")  # whose neighbours are shown
NEIGHBOURS = 3


def table() -> tuple[np.ndarray, list[str]]:
    """The sentiment model's embedding matrix, [words, width], and the word of each row."""
    import zoo
    from zoo.core import cards
    from zoo.text.words import VOCABULARY

    matrix = zoo.network(MODEL).network.word.embeddings.numpy().astype(float)
    return matrix, (cards.find(MODEL) / "assets" / VOCABULARY).read_text(encoding="utf-8").splitlines()


def cosines(vectors: np.ndarray) -> np.ndarray:
    """Of the angles between all pairs of rows, [n, n]."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit.T


def run() -> Outcome:
    """Turns a sentence into numbers, and draws a map of learned vectors and the nearest neighbours of some words."""
    matrix, words = table()
    place = {word: i for i, word in enumerate(words)}
    title = "Learned vectors put words together that can stand for one another"
    figure, axes = drawing.canvas(title, 9.5, 2, 2, height_ratios=(1, 2.2), width_ratios=(1.6, 1))
    sentence = SENTENCE.split()
    vocabulary = Vocabulary(sentence)
    indices = vocabulary.encode(sentence)
    rows = matrix[[place.get(word, 1) for word in vocabulary.words]]  # 1 is the table's own row of unknown words
    looked_up, product = Embedding(rows).forward(indices), one_hot(indices, len(vocabulary)) @ rows
    _draw_sentence(axes[0], sentence, indices, vocabulary, looked_up)

    chosen = [(group, word) for group, listed in GROUPS.items() for word in listed.split()]
    vectors = matrix[[place[word] for _, word in chosen]]
    spots = _draw_map(axes[1, 0], chosen, vectors)
    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    nearest = {}
    for word in ASKED:
        cosine = unit @ unit[place[word]]
        nearest[word] = [(words[i], cosine[i]) for i in np.argsort(-cosine)[1 : NEIGHBOURS + 1]]
    _draw_neighbours(axes[1, 1], nearest)
    drawing.label_points(axes[1, 0], spots, [word for _, word in chosen])

    alike = cosines(vectors)
    group = np.array([group for group, _ in chosen])
    same, other = group[:, np.newaxis] == group, ~np.eye(len(group), dtype=bool)
    best = np.where(other, alike, -1).argmax(axis=1)
    numbers: dict[str, float | int | str] = {
        "words in the table": len(words),
        "numbers for each": matrix.shape[1],
        "difference of looking up and multiplying": float(np.abs(looked_up - product).max()),
        "cosine of two one-hot vectors": float(cosines(np.eye(len(vocabulary)))[0, 1]),
        "mean cosine within a group": float(alike[same & other].mean()),
        "mean cosine between groups": float(alike[~same].mean()),
        "share of words whose nearest is of the same group": float((group[best] == group).mean()),
        **{f"neighbours of {word}": ", ".join(other for other, _ in nearest[word]) for word in ("wonderful", "good")},
    }
    return Outcome(figure, numbers)


def _draw_sentence(
    axes: np.ndarray, sentence: list[str], indices: np.ndarray, vocabulary: Vocabulary, looked_up: np.ndarray
) -> None:
    labels = [f"{word}  {index}" for word, index in zip(sentence, indices, strict=True)]
    axes[0].imshow(one_hot(indices, len(vocabulary)), cmap="Blues", aspect="auto")
    axes[0].set(title="each word's index, and its one-hot vector", yticks=range(len(sentence)), yticklabels=labels)
    axes[0].set(xticks=range(len(vocabulary)), xlabel="index in a vocabulary of the sentence's own words (0: unknown)")
    axes[1].imshow(looked_up[:, :32], cmap=drawing.SIGNED, aspect="auto", vmin=-0.2, vmax=0.2)
    axes[1].set(title="its row of the learned table", yticks=range(len(sentence)), yticklabels=sentence)
    axes[1].set(xlabel="its first 32 numbers (blue above 0, red below)")


def _draw_map(axes: Any, chosen: list[tuple[str, str]], vectors: np.ndarray) -> np.ndarray:
    """The place of each word, [n, 2]."""
    apart = np.maximum(1 - cosines(vectors), 0)
    spots = MDS(2, n_init=8, init="random", metric="precomputed", random_state=2).fit_transform(apart)
    group = np.array([group for group, _ in chosen])
    for name, colour in zip(GROUPS, drawing.COLOURS, strict=False):
        axes.scatter(*spots[group == name].T, s=20, color=colour, label=name)
    axes.margins(0.1, 0.05)
    axes.set(title="some of the rows: the map's distances are 1 - cosine, or nearly so", xticks=[], yticks=[])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=3, frameon=False)
    return spots


def _draw_neighbours(axes: Any, nearest: dict[str, list[tuple[str, float]]]) -> None:
    axes.axis("off")
    axes.set(title="nearest of all 20,000, with the cosine", xlim=(0, 1), ylim=(len(nearest) - 0.3, -0.5))
    for row, (word, found) in enumerate(nearest.items()):
        axes.text(0, row, word, weight="bold")
        axes.text(0, row + 0.33, ", ".join(f"{other} {cosine:.2f}" for other, cosine in found))
