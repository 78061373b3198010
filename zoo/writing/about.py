"""What the cards of networks that write say beyond their figures."""

from pathlib import Path

from zoo.core.about import About
from zoo.core.metrics import Meaning
from zoo.writing.model import Writer

_REAL = "reference: real text of the split"
_LIKENESS = {
    "known_words": Meaning(f"share of the words it writes that the training text has; {_REAL}", "", "known_words_of_real"),
    "longest_copy": Meaning(
        f"characters of the longest run that 10,000 written ones share with the training text; {_REAL}",
        "lower",
        "longest_copy_of_real",
    ),
    "copied_share": Meaning(
        f"share of what it writes that is in runs of 50 bytes or more of the training text; {_REAL}",
        "lower",
        "copied_share_of_real",
    ),
}
MEANINGS = {
    "nats_per_character": Meaning(
        "surprise at a character of held-out text: minus its log-probability, in nats; reference: a 5-gram of bytes",
        "lower",
        "baseline_nats_per_character",
    ),
    "bits_per_byte": Meaning("the same in bits, over the bytes of the text", "lower"),
    "baseline_nats_per_character": Meaning("nats_per_character of a 5-gram of bytes", "lower"),
    **_LIKENESS,
    "*_of_real": Meaning("the same figure of real text of the split"),
}

_DATA = "Karpathy, A. (2015). The unreasonable effectiveness of recurrent neural networks. (Tiny Shakespeare, and its use.)"
_PAPERS = (
    "Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9(8), 1735-1780.",
    "Merity, S. (2019). Single headed attention RNN: stop thinking with your head. arXiv 1911.11423.",
    "Pagnoni, A. et al. (2024). Byte latent transformer: patches scale better than tokens. arXiv 2412.09871. (Embeddings of "
    "n-grams by their hash.)",
)


def about(model: Writer, folder: Path) -> About:
    """What the card of a network that writes says; `folder` is not read."""
    sizes, published = model.card.architecture, not model.card.dataset.own
    structure = (
        f"The network reads a text byte by byte. Each byte, and each n-gram of {_listed(sizes['ngrams'])} bytes that ends there, "
        f"has an embedding. {sizes['layers']} LSTM layers of {sizes['units']} units read them. Between the first two, attention "
        f"with {sizes['heads']} heads recalls what followed in similar places of the last {sizes['memory']:,} bytes. The last "
        "layer gives the probability of each next byte. In training, most parts of the text get new names in each epoch: so the "
        "network recalls a name from where it stood before, instead of knowing it by heart."
    )
    what = "plays in Shakespeare's English" if published else "texts like the one that it learned from"
    return About(
        structure=structure,
        intended_use=f"For learning how networks predict what comes next, and for play: it writes what looks like {what}, and "
        "says nothing that one may rely on.",
        citation=((_DATA,) if published else ()) + _PAPERS,
        tags=("text-generation", "character-level", "language-model", *(("shakespeare",) if published else ()), "lstm"),
        code=_code(),
        signatures=_signatures(),
        meanings=MEANINGS,
    )


def _listed(sizes: list[int]) -> str:
    return " and ".join(filter(None, (", ".join(map(str, sizes[:-1])), str(sizes[-1])))) if sizes else "no"


def _code() -> str:
    return "\n".join(
        [
            'print([(word, round(p, 3)) for word, p in model.predict("To be, or not to")])',
            'print("ROMEO:" + model.generate("ROMEO:", length=200, seed=7)[0])',
            '(surprise,) = model.score(["To be, or not to be: that is the question."])',
            "print(round(surprise.nats_per_character, 3))",
            "print(list(zip(surprise.characters, surprise.nats.round(1).tolist()))[:6])",
        ]
    )


def _signatures() -> dict[str, str]:
    """The code for each signature. The pieces run in the order of the names."""
    return {
        "generate": 'prompt = tf.constant(["ROMEO:"])\n'
        'output = signatures["generate"](\n'
        "    prompt=prompt, length=tf.constant(100), temperature=tf.constant(0.8), top_p=tf.constant(1.0),\n"
        "    seed=tf.constant(7, tf.int64)\n"
        ")\n"
        'print(output["text"].numpy()[0].decode())',
        "next": 'output = signatures["next"](text=tf.constant(["To be, or not to b"]))\n'
        'print(output["probability"].numpy()[0, ord("e")].round(3))',
        "predict": 'output = signatures["predict"](text=tf.constant(["To be, or not to"]), most=tf.constant(5))\n'
        'print(output["word"].numpy()[0], output["probability"].numpy()[0].round(3))',
        "score": 'output = signatures["score"](text=tf.constant(["To be, or not to be", "ROMEO:"]))\n'
        'print(output["nats"].numpy().sum(axis=1).round(2))',
    }
