"""What the cards of networks for texts say beyond their figures."""

from pathlib import Path

from zoo.core.about import About
from zoo.core.metrics import Meaning
from zoo.sentiment.model import TextClassifier

_KINDS = {
    "negation": "with a negation",
    "contrast": "whose second half turns the first",
    "sentence": "of one plain sentence",
    "mixed": "that praise and blame",
    "comparison": "that compare two films",
    "irony": "with irony",
    "plot": "that tell the plot at length",
}
MEANINGS = {
    "accuracy_below_*_words": Meaning("accuracy on the reviews of this length; each review is in one group", "higher"),
    "accuracy_from_*_words": Meaning("accuracy on the reviews of this length", "higher"),
    "hand_written_accuracy": Meaning("share of short reviews, written by hand for this test, that it reads right", "higher"),
    **{f"hand_written_{kind}": Meaning(f"the same on those {what}", "higher") for kind, what in _KINDS.items()},
}

_REFERENCES = (
    "Vaswani, A. et al. (2017). Attention is all you need. NeurIPS. arXiv 1706.03762.",
    "Wang, S. and Manning, C. D. (2012). Baselines and bigrams: simple, good sentiment and topic classification. ACL, 90-94.",
)
_DATA = (
    "Maas, A. L., Daly, R. E., Pham, P. T., Huang, D., Ng, A. Y. and Potts, C. (2011). Learning word vectors for sentiment "
    "analysis. ACL, 142-150. (The data set; its authors ask to be cited.)"
)
_TEXTS = 'texts = ["A quiet masterpiece.", "Two hours that I will never get back."]'


def about(model: TextClassifier, folder: Path) -> About:
    """What the card of a network for texts says; `folder` is not read."""
    sizes, published = model.card.architecture, not model.card.dataset.own
    structure = (
        f"A text is cut into windows of {sizes['window']} words. {sizes['blocks']} blocks of self-attention with "
        f"{sizes['heads']} heads read each window. A learned query pools the words of all windows into one vector, from which a "
        "linear layer computes the logit."
    )
    if sizes["ngrams"]:
        structure += (
            " The logit of an NB-SVM is added to the transformer's logit. The NB-SVM is a linear classifier of "
            f"{sizes['ngrams']:,} n-grams (words, pairs and triples of words), each weighted by its naive Bayes log-count ratio. "
            "What it says of the n-grams that end at a word is also an input of the transformer at that word."
        )
    what = "film reviews in English" if published else "texts like those that it learned from"
    return About(
        structure=structure,
        intended_use=f"For learning about transformers and for sorting {what}. Not for decisions about the people who wrote the "
        "texts, and not for other languages or kinds of text without a test on them.",
        citation=((_DATA,) if published else ()) + _REFERENCES,
        tags=("text-classification", *(("sentiment-analysis", "english") if published else ()), "transformer", "nb-svm"),
        code=_code(),
        signatures=_signatures(*model.card.signatures["predict"]["outputs"]),
        meanings=MEANINGS,
    )


def _code() -> str:
    return "\n".join(
        [
            _TEXTS,
            "print(model.classes)",
            "print(model.predict(texts).round(3))",
            "print([(word, round(weight, 2)) for word, weight in model.explain(texts)[0]])",
            "print(model.known(texts))  # the share of each text's words that it knows",
            "print(model.embed(texts).shape)",
            'print(model.attend(texts[0])[0]["pooled"].round(2))  # how much each word counts',
        ]
    )


def _signatures(output: str) -> dict[str, str]:
    """The code for each signature; `output` is the name of what `predict` gives."""

    def asking(name: str, *lines: str) -> str:
        return "\n".join([f'output = signatures["{name}"](text=texts)', *lines])

    # The pieces run in the order of the signatures' names.
    first = 'texts = tf.constant(["A quiet masterpiece.", "Two hours that I will never get back."])\n'
    return {
        "attend": first
        + asking(
            "attend",
            'print(output["tokens"][0, :4].numpy())',
            'print(output["attention"].shape)  # windows, blocks, heads, words, words',
            'print(output["pooled"][0, :4].numpy().round(2), output["window_text"].numpy())',
        ),
        "embed": asking("embed", 'print(output["vector"].shape)', 'print(output["vector"][:, :4].numpy().round(2))'),
        "explain": asking(
            "explain", 'print(output["tokens"][0, :4].numpy())', 'print(output["weights"][0, :4].numpy().round(2))'
        ),
        "judge": asking(
            "judge", f'for name in ("{output}", "share", "words"):', "    print(name, output[name].numpy().round(3))"
        ),
        "known": asking("known", 'print(output["share"].numpy(), output["words"].numpy())'),
        "predict": asking("predict", f'print(output["{output}"].numpy().round(3))'),
    }
