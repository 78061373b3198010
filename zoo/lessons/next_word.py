"""Guessing the next word: count, or learn.

How probable is each word w after the words before it, its context? Shannon (1948) counted: of all times that "old cat" was seen,
how often did "sleeps" follow? Counting runs of n words gives an n-gram model; those of 1, 2 and 3 words are called unigram,
bigram and trigram. A longer context says more, but most long contexts were seen rarely or never. So their counts are mixed with
the probabilities that the context shorter by one word gives,

    p(w | context) = (count(context, w) + s p(w | shorter context)) / (count(context) + s)

(MacKay and Peto 1995). s is how many sightings the shorter context is worth: the larger it is, the less the counts of a rare
context are trusted. In a table of counts, "old cat" and "young dog" have nothing in common. Bengio et al. (2003) used a network
instead. Every word has a learned vector E[w]; those of the last four words enter a hidden layer side by side, and its output
layer gives a logit z_w for every word of the vocabulary. A softmax turns the logits into probabilities,

    z = tanh([E[w1], ..., E[w4]] W1 + b1) W2 + b2,      p(w | context) = exp(z_w) / sum over all words v of exp(z_v)

What is learned of one word holds for words with similar vectors, so the network needs far fewer sentences. A model's surprise at
the word that comes is -log p(w | context), in nats (log is the natural logarithm). Its mean over all words of new sentences,
which is the cross-entropy, measures the model: the lower, the better. Here all models read sentences of a small grammar
(zoo/lessons/grammar.py) whose true probabilities are known. On average no model is less surprised by new sentences than one that
knows the grammar. The grammar also tells how many of the sentences that a model makes up, word by word, are right.

The zoo's writing_lstm predicts plays by Shakespeare. It reads character by character with a recurrent network, whose state can
hold what was said long before. It gives each next character a probability. The product of those of a word's characters, each
given all before it, and of the end of the word is the probability of the word:

    python -m apps.writing predict "To be, or not to"
"""

import copy
import re
from typing import Any

import numpy as np

from zoo.lessons import drawing, grammar
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.ngrams import NGram
from zoo.scratch.optimizers import Adam
from zoo.scratch.words import NextWord, Vocabulary

QUESTION = "Let the network see 2 words, as a trigram does (CONTEXT = 2): in which sentences does it need the other two?"
VARY = (
    Number("CONTEXT", 2, 4, 1, "words that the network sees"),
    Number("HIDDEN", 4, 64, 4, "units of the hidden layer"),
)

CONTEXT, WIDTH, HIDDEN = 4, 8, 32
EPOCHS, BATCH, RATE = 10, 32, 5e-3
SIZES = (50, 100, 200, 400, 800)  # training sentences
HELD_OUT = 300  # sentences for validation, and as many for the test
STRENGTHS = (1.0, 3.0, 10.0)  # s of the formula: the best on the validation sentences is used
NGRAMS = {"unigram": 1, "bigram": 2, "trigram": 3, f"{CONTEXT + 1}-gram": CONTEXT + 1}  # the last with the network's context
ASKED = "fox behind the house"  # the context of the right part of the picture
MADE_UP, SHOWN = 200, 6  # sentences

Examples = tuple[np.ndarray, np.ndarray]


def examples(sentences: list[list[str]], vocabulary: Vocabulary) -> Examples:
    """For each word the CONTEXT words before it, [n, CONTEXT], with full stops before the beginning of a sentence; and the words
    [n].
    """
    encoded = [vocabulary.encode(["."] * CONTEXT + sentence) for sentence in sentences]
    contexts = [np.lib.stride_tricks.sliding_window_view(each[:-1], CONTEXT) for each in encoded]
    return np.concatenate(contexts), np.concatenate([each[CONTEXT:] for each in encoded])


def learn(train: Examples, validation: Examples, words: int) -> NextWord:
    """A trained network, with the weights of the epoch with the lowest validation loss."""
    network, optimizer, random = NextWord(words, CONTEXT, WIDTH, HIDDEN, seed=0), Adam(RATE), np.random.default_rng(0)
    after = []
    for _ in range(EPOCHS):
        for _ in descent.epoch(network, softmax_cross_entropy, optimizer, *train, BATCH, random):
            pass
        after.append(copy.deepcopy(network))
    return min(after, key=lambda each: each.nats(*validation))


def make_up(model: NGram | NextWord, vocabulary: Vocabulary, random: np.random.Generator) -> str:
    """A sentence drawn from a model word by word, up to a full stop or to 20 words."""
    words = ["."] * CONTEXT
    while len(words) < CONTEXT + 20:
        p = model.probabilities(vocabulary.encode(words[-CONTEXT:]).tolist())
        words += vocabulary.decode([random.choice(len(p), p=p)])
        if words[-1] == ".":
            break
    return " ".join(words[CONTEXT:])


def run() -> Outcome:
    """Trains all models on more and more sentences, measures them on new ones, and lets them make up sentences."""
    random = np.random.default_rng(0)
    grown = [grammar.grow("SENTENCE", random) for _ in range(max(SIZES) + 2 * HELD_OUT)]
    sentences = [words for words, _ in grown]
    vocabulary = Vocabulary(word for sentence in sentences[: max(SIZES)] for word in sentence)
    validation, test = (examples(sentences[start:][:HELD_OUT], vocabulary) for start in (max(SIZES), max(SIZES) + HELD_OUT))
    curves: dict[str, list[float]] = {name: [] for name in (*NGRAMS, "network", "who knows the grammar")}
    models: dict[str, NGram | NextWord] = {}
    for size in SIZES:
        train = examples(sentences[:size], vocabulary)
        for name, length in NGRAMS.items():
            counted = [NGram(length, len(vocabulary), strength).fit(*train) for strength in STRENGTHS]
            models[name] = min(counted, key=lambda each: each.nats(*validation))
        models["network"] = learn(train, validation, len(vocabulary))
        for name, model in models.items():
            curves[name].append(model.nats(*test))
        curves["who knows the grammar"].append(sum(nats for _, nats in grown[-HELD_OUT:]) / len(test[1]))

    figure, axes = drawing.canvas(
        "A network learns more from each sentence than a table of counts", 8, 2, 2, height_ratios=(1.8, 1)
    )
    _draw_curves(axes[0, 0], curves)
    _draw_next(axes[0, 1], models, vocabulary)
    numbers: dict[str, float | int | str] = {f"nats per word, {name}": curve[-1] for name, curve in curves.items()}
    right = re.compile(grammar.pattern("SENTENCE"))
    for below, name in zip(axes[1], ("trigram", "network"), strict=True):
        made = [make_up(models[name], vocabulary, np.random.default_rng(seed)) for seed in range(MADE_UP)]
        fits = [bool(right.fullmatch(sentence + " ")) for sentence in made]
        numbers[f"sentences made up that are right, {name}"] = share = float(np.mean(fits))
        below.set(title=f"{name}: {share:.0%} of its {MADE_UP} sentences are right", xlim=(0, 1), ylim=(SHOWN - 0.5, -0.5))
        below.axis("off")
        for row in range(SHOWN):
            below.text(
                0,
                row,
                "right" if fits[row] else "wrong",
                color=drawing.POSITIVE if fits[row] else drawing.NEGATIVE,
                weight="bold",
            )
            below.text(0.13, row, made[row])
    return Outcome(figure, numbers)


def _draw_curves(axes: Any, curves: dict[str, list[float]]) -> None:
    for (name, nats), colour, style in zip(curves.items(), drawing.COLOURS, ("s-", "^-", "v-", "D-", "o-", "--"), strict=False):
        axes.plot(SIZES, nats, style, color=colour, label=name)
    axes.set(
        title="surprise at new sentences", xlabel="sentences learned from", ylabel="nats per word", xscale="log", ylim=(1, 4.6)
    )
    axes.set_xticks(SIZES, SIZES)
    axes.minorticks_off()
    axes.legend(ncols=2, loc="upper center")


def _draw_next(axes: Any, models: dict[str, NGram | NextWord], vocabulary: Vocabulary) -> None:
    context = vocabulary.encode(ASKED.split())[-CONTEXT:].tolist()
    p = {name: models[name].probabilities(context) for name in ("trigram", "network")}
    shown = np.argsort(-np.maximum(p["trigram"], p["network"]))[:12]
    for name, shift, colour in (("trigram", -0.2, drawing.GREEN), ("network", 0.2, drawing.PURPLE)):
        axes.barh(np.arange(len(shown)) + shift, p[name][shown], 0.4, color=colour, label=name)
    axes.set_yticks(range(len(shown)), vocabulary.decode(shown))
    axes.set(title=f'after "{ASKED}"', xlabel="probability of the next word", ylim=(len(shown) - 0.5, -0.5))
    axes.legend(loc="lower right")
