"""Self-attention: every word asks every other.

From each word's vector x three vectors are computed: a query (what it looks for), a key (what it is found by) and a value (what
it gives). A word gives each word, itself included, a weight: a softmax over how well its query fits their keys. It gets the mean
of their values with these weights (Vaswani et al. 2017). With the words' vectors as the rows of x,

    Q = x W_Q + b_Q,   K = x W_K + b_K,   V = x W_V + b_V
    A = softmax(Q K^T / sqrt(d))        [words, words], d numbers in a query; each row adds up to 1
    output = A V W_O, summed over the heads, + b_O

Several heads do this side by side. Each has matrices of its own, and so looks for something else. All of it is matrix products,
for all words at once. Nothing in it knows the order of the words: shuffled words give the same outputs, shuffled. So each word's
position t is added to its vector, as waves that are fast in the first columns and slow in the last,

    p(t, 2i) = sin(t / 10000^(2i / width)),   p(t, 2i + 1) = cos(t / 10000^(2i / width))

or, as in our sentiment_transformer, as vectors that are learned like those of the words. That model is a stack of blocks (the
next lesson), each with attention of four heads. The first row of the picture computes one head by hand: the head of the first
block that looks most at the next word. On its right are the waves. Below are all heads, as the exported model itself gives them.

The queries may also come from another sequence than the keys and values. This is called cross-attention. The decoder of our
translation_transformer, which writes the translation word by word, looks so at the words of the given sentence, and captioner at
the parts of a picture (Xu et al. 2015). Both can draw where they looked:

    python -m apps.translate predict --from en --to de --picture out/attention.png "A man in an orange hat."
    python -m apps.captions predict picture.png --picture out/attention.png
"""

from typing import Any

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Outcome, Text
from zoo.scratch.attention import SelfAttention, positions

QUESTION = "Put a sentence of your own into TEXT: which heads look at words of opinion, and which at neighbours?"
VARY = (Text("TEXT", 120, "the sentence that is read"),)

MODEL = "sentiment_transformer"
TEXT = "The start is slow, but the actors are wonderful."
WAVES = (64, 32)  # positions and columns of the waves in the picture: more would be too fine to see


def by_hand(layer: Any) -> SelfAttention:
    """The attention layer of the model, by hand; Keras keeps the kernels as [width, heads, each]."""
    query, key, value = (kernel.numpy().astype(float).transpose(1, 0, 2) for kernel in layer.kernels)
    result = SelfAttention(query, key, value, layer.output_kernel.numpy().astype(float))
    biases = [bias.numpy().astype(float)[:, np.newaxis] for bias in layer.biases]
    result.parameters[1:7:2] = biases  # PARTS: W_Q, b_Q, W_K, b_K, W_V, b_V, W_O, b_O
    result.parameters[7] = layer.output_bias.numpy().astype(float)
    return result


def run() -> Outcome:
    """Computes a head of the pretrained model by hand, and draws what all its heads look at."""
    import keras

    import zoo
    from zoo.core import cards
    from zoo.sentiment.graph import attention_inputs
    from zoo.text.words import WordVocabulary

    (window,) = zoo.load(MODEL).attend(TEXT)
    words, maps = window["tokens"], window["attention"]
    network = zoo.network(MODEL)
    first, *_ = attention_inputs(network, WordVocabulary(cards.find(MODEL) / "assets"), TEXT)
    layer = network.network.encoder.get_layer("block_0_attention")
    x, attention = first.numpy().astype(float), by_hand(layer)
    output = attention.forward(x)
    next_word = np.diagonal(maps, 1, axis1=2, axis2=3).mean(axis=-1)
    head = int(next_word[0].argmax())
    scores = (attention.query @ attention.key.swapaxes(-1, -2) * attention.scale)[0, head]

    from_keras = keras.layers.MultiHeadAttention(maps.shape[1], attention.query.shape[-1], dtype="float64")
    from_keras.build(x.shape, x.shape)
    from_keras.set_weights(layer.get_weights())

    order = np.random.default_rng(0).permutation(len(words))
    places = positions(len(words), x.shape[-1])
    shuffled = {
        name: float(np.abs(attention.forward(x[:, order] + p) - attention.forward(x + p)[:, order]).max())
        for name, p in (("without", 0 * places), ("with", places))
    }
    attention.forward(x)
    return Outcome(
        _draw(words, maps, scores, attention, head),
        {
            "words": len(words),
            "largest difference of outputs from Keras": float(np.abs(output - from_keras(x, x).numpy()).max()),
            "largest difference of weights from the exported model's": float(np.abs(attention.weights[0] - maps[0]).max()),
            "change of outputs by shuffling, without positions": shuffled["without"],
            "change of outputs by shuffling, with positions": shuffled["with"],
            "weight of the next word, the head of the first row": float(next_word[0, head]),
            "weight of the next word, mean of all heads": float(next_word.mean()),
        },
    )


def _draw(words: list[str], maps: np.ndarray, scores: np.ndarray, attention: SelfAttention, head: int) -> Any:
    blocks, heads = maps.shape[:2]
    figure, axes = drawing.canvas(
        "Each head looks at words of its own choice\n(blue above 0, red below; weights lie between 0, white, and 1, dark blue)",
        9.5,
        1 + blocks,
        heads,
    )
    figure.supylabel("word that asks", fontsize=10)
    figure.supxlabel("word that is asked", fontsize=10)
    steps = (
        (f"head {head + 1}: Q K^T / sqrt(d)", scores, "", drawing.SIGNED),
        ("weights A: softmax by rows", attention.weights[0, head], "", "Blues"),
        ("A V: what each word gets", attention.mixed[0, head], "number of the value", drawing.SIGNED),
        ("positions as waves", positions(*WAVES), "column", drawing.SIGNED),
    )
    for a, (title, values, xlabel, colours) in zip(axes[0], steps, strict=True):
        largest = 1 if colours == "Blues" else np.abs(values).max()
        a.imshow(values, cmap=colours, aspect="auto", vmin=0 if colours == "Blues" else -largest, vmax=largest)
        a.set_title(title, fontsize=10)
        a.set_xlabel(xlabel)
    for block in range(blocks):
        for one, a in enumerate(axes[1 + block]):
            a.imshow(maps[block, one], cmap="Blues", aspect="auto", vmin=0, vmax=1)
            a.set_title(f"block {block + 1}, head {one + 1}", fontsize=10)
    waves = axes[0, -1]  # names its rows on the right, so that all columns of the picture are equally wide
    waves.yaxis.tick_right()
    waves.yaxis.set_label_position("right")
    waves.set_ylabel("position")
    for (row, column), a in np.ndenumerate(axes):
        if row > 0 or column < 2:
            a.set_xticks(range(len(words)), words, rotation=90)
        if a is not waves:
            a.set_yticks(range(len(words)), words if column == 0 else [])
    return figure
