"""What the cards of networks that translate say beyond their figures."""

from itertools import permutations
from pathlib import Path

from zoo.core.about import About
from zoo.translation import multi30k
from zoo.translation.metrics import MEANINGS
from zoo.translation.model import Translator

_REFERENCES = (
    "Vaswani, A. et al. (2017). Attention is all you need. NeurIPS. arXiv 1706.03762.",
    "Sennrich, R., Haddow, B. and Birch, A. (2016). Neural machine translation of rare words with subword units. ACL, 1715-1725. "
    "arXiv 1508.07909.",
    "Johnson, M. et al. (2017). Google's multilingual neural machine translation system. TACL 5, 339-351. arXiv 1611.04558.",
)
_DATA = (
    "Elliott, D., Frank, S., Sima'an, K. and Specia, L. (2016). Multi30K: multilingual English-German image descriptions. 5th "
    "Workshop on Vision and Language, 70-74. (The data set, English and German; its authors ask to be cited.)",
    "Elliott, D., Frank, S., Barrault, L., Bougares, F. and Specia, L. (2017). Findings of the second shared task on multimodal "
    "machine translation and multilingual image description. WMT, 215-233. (French.)",
    "Barrault, L., Bougares, F., Specia, L., Lala, C., Elliott, D. and Frank, S. (2018). Findings of the third shared task on "
    "multimodal machine translation. WMT, 304-323. (Czech.)",
)
_NAMES = {"en": "English", "de": "German", "fr": "French", "cs": "Czech"}
_SENTENCES = {
    "en": ("A man in an orange hat looks at the sea.", "Two dogs play in the snow."),
    "de": ("Ein Mann mit einem orangefarbenen Hut schaut aufs Meer.", "Zwei Hunde spielen im Schnee."),
    "fr": ("Un homme avec un chapeau orange regarde la mer.", "Deux chiens jouent dans la neige."),
    "cs": ("Muž v oranžovém klobouku se dívá na moře.", "Dva psi si hrají ve sněhu."),
}


def about(model: Translator, folder: Path) -> About:
    """What the card of a network that translates says; `folder` is not read."""
    sizes, learned = model.card.architecture, model.card.dataset
    published = learned.name == multi30k.NAME and not learned.own
    structure = (
        f"A transformer of {sizes['encoder_blocks']} encoder blocks and {sizes['decoder_blocks']} decoder blocks, "
        f"{sizes['width']} numbers wide, with {sizes['heads']} heads in each attention. Texts are cut into {sizes['subwords']:,} "
        "subwords, which all languages share; source, target and output use the same embeddings. The encoder reads a sentence. "
        "The decoder writes its translation subword by subword: it looks back at what it has written, and by cross-attention at "
        "the sentence. Its first input tells the target language, so one network serves all directions. Beam search finds "
        "the most probable translations."
    )
    named = [_NAMES.get(each, each) if published else each for each in model.languages]
    languages = f"{', '.join(named[:-1])} and {named[-1]}"
    what = "short sentences that describe pictures" if published else "sentences like those that it learned from"
    return About(
        structure=structure,
        intended_use=f"For learning how translation by a transformer works: {what}, between {languages}. Not for texts that "
        "somebody relies on, and not for other kinds of text without a test on them.",
        citation=(_DATA if published else ()) + _REFERENCES,
        tags=("translation", *(named if published else ()), "transformer", "sequence-to-sequence", "byte-pair-encoding"),
        code=_code(model),
        signatures=_signatures(model),
        meanings=MEANINGS,
    )


def _example(model: Translator) -> tuple[str, str, tuple[str, ...], str]:
    """Two languages of a model, two sentences in the first one, and a translation of the first sentence."""
    known = next((pair for pair in permutations(model.languages, 2) if set(pair) <= set(_SENTENCES)), None)
    source, target = known or model.languages[:2]
    return source, target, _SENTENCES.get(source, _SENTENCES["en"]), _SENTENCES.get(target, _SENTENCES["en"])[0]


def _code(model: Translator) -> str:
    source, target, sentences, translation = _example(model)
    ask = f"{source!r}, {target!r}".replace("'", '"')
    return "\n".join(
        [
            f"texts = {_listed(sentences)}",
            "print(model.languages)",
            f"print(model.translate(texts, {ask}))",
            f"for translation, log_probability in model.alternatives(texts[0], {ask}, 3):",
            "    print(round(log_probability, 2), translation)",
            f'translation = "{translation}"',
            f"print(model.score(texts[:1], [translation], {ask}).log_probability.round(2))  # in nats",
            f"attention = model.attend(texts[0], translation, {ask})",
            "print(attention.target[1], attention.weights[1].round(2))  # how much this word looks at each word of the text",
        ]
    )


def _signatures(model: Translator) -> dict[str, str]:
    """The code for each signature."""
    source, target, sentences, translation = _example(model)
    asked = [
        f"texts = tf.constant({_listed(sentences)})",
        f'source, target = tf.constant(["{source}"] * 2), tf.constant(["{target}"] * 2)',
    ]
    pair = (
        f'pair = {{"text": texts[:1], "translation": tf.constant(["{translation}"]), "source": source[:1], "target": target[:1]}}'
    )

    def lines(*code: str) -> str:
        return "\n".join(code)

    # The pieces run in the order of the signatures' names.
    return {
        "alternatives": lines(
            *asked,
            'output = signatures["alternatives"](text=texts, source=source, target=target)',
            'for translation in output["translation"][0, :3].numpy():',
            "    print(translation.decode())",
            'print(output["log_probability"][0, :3].numpy().round(2))',
        ),
        "attend": lines(
            pair,
            'output = signatures["attend"](**pair)',
            'print(output["source_pieces"].numpy()[0], output["target_pieces"].numpy()[0])',
            'print(output["attention"].shape)  # texts, subwords of the translation, subwords of the text',
        ),
        "score": lines(
            'output = signatures["score"](**pair)',
            'print(output["log_probability"].numpy().round(2), output["subwords"].numpy())',
        ),
        "translate": lines(
            'output = signatures["translate"](text=texts, source=source, target=target)',
            'for translation in output["translation"].numpy():',
            "    print(translation.decode())",
            'print(output["log_probability"].numpy().round(2))',
        ),
    }


def _listed(sentences: tuple[str, ...]) -> str:
    """Sentences as a list in Python code."""
    quoted = ", ".join(f'"{sentence}"' for sentence in sentences)
    return f"[{quoted}]"
