"""What the cards of networks that caption pictures say beyond their figures."""

from pathlib import Path

from zoo.captions.model import Captioner
from zoo.core.about import About
from zoo.core.metrics import Meaning

MEANINGS = {
    "true_captions": Meaning("share of the captions in which every statement is true, and every word known", "higher"),
    "true_captions_held_out": Meaning(
        "the same on scenes with combinations of colour, thing and relation that no training scene has", "higher", "true_captions"
    ),
    "true_captions_drawings": Meaning(
        "the same on drawings made by other means than the scenes, before a simulated camera", "higher", "true_captions"
    ),
    "parsed_captions": Meaning("share of the captions that the grammar of the scenes knows", "higher"),
    "objects_mentioned": Meaning("mean share of a picture's things that its caption names rightly", "higher"),
    "different_captions": Meaning("how many captions differ from each other", "higher"),
    "different_forms": Meaning("how many forms of sentences there are, with all names of things taken for equal", "higher"),
    "bleu": Meaning("BLEU-4, how many n-grams of up to four words a caption shares with people's, from 0 to 100", "higher"),
    "cider": Meaning("CIDEr, the same with rare n-grams weighted more, from 0 to 10", "higher"),
}

_REFERENCES = (
    "Xu, K., Ba, J., Kiros, R., Cho, K., Courville, A., Salakhutdinov, R., Zemel, R. and Bengio, Y. (2015). Show, attend and "
    "tell: neural image caption generation with visual attention. ICML. arXiv 1502.03044.",
    "Rennie, S. J., Marcheret, E., Mroueh, Y., Ross, J. and Goel, V. (2017). Self-critical sequence training for image "
    "captioning. CVPR. arXiv 1612.00563.",
    "Vaswani, A. et al. (2017). Attention is all you need. NeurIPS. arXiv 1706.03762.",
)
_SCENES = (
    "LeCun, Y., Bottou, L., Bengio, Y. and Haffner, P. (1998). Gradient-based learning applied to document recognition. "
    "Proceedings of the IEEE 86(11), 2278-2324. (The handwritten digits in the scenes.)"
)
_IMPORT = "import numpy as np"
_PICTURE = """\
picture = np.full((96, 128, 3), 255, np.uint8)  # white paper of any size
picture[20:50, 50:80] = 220, 30, 30  # a red square
"""
_FILE = f"{_IMPORT}\n\n{_PICTURE}picture = tf.io.encode_png(picture)[None]  # the bytes of picture files\n"


def about(model: Captioner, folder: Path) -> About:
    """What the card of a captioner says; `folder` is not read."""
    sizes, own = model.card.architecture, model.card.dataset.own
    grid = sizes["image"] // 2 ** len(sizes["channels"])
    seen = f"the {sizes['read']} cells that most probably have a thing" if sizes["read"] else "the grid"
    rewarded = "It learned people's captions first, and then from whether its own captions were true. " if sizes["read"] else ""
    return About(
        structure=f"A picture is brought to {sizes['image']} x {sizes['image']} pixels, with all of it kept. Residual "
        f"convolutions make a grid of {grid} x {grid} vectors of it. A transformer decoder of {sizes['blocks']} blocks writes "
        "the caption, one subword after the other, and attends to "
        f"{seen} at each. {rewarded}A beam search over {model.most} captions gives the best ones.",
        intended_use="For learning how a network gets from a picture to a sentence"
        + (", and for pictures like those that it learned from. " if own else ", and for drawings of digits and shapes. ")
        + "Not for decisions about people, and not for helping people who cannot see a picture: it may say what is not there.",
        citation=(() if own else (_SCENES,)) + _REFERENCES,
        tags=("image-to-text", "image-captioning", "transformer", "attention"),
        code=f"{_PICTURE}for caption in model.caption([picture], n=3)[0]:\n"
        "    print(caption.text, round(caption.log_probability, 2))\n"
        "for each in model.attend(picture):\n"
        "    print(each.word, divmod(int(each.weights.argmax()), each.weights.shape[1]))  # row and column",
        signatures={
            # They run in the order of their names.
            "attend": f'{_FILE}text = tf.constant(["a red square"])\n'
            'output = signatures["attend"](picture=picture, text=text)\n'
            'print(output["subwords"].numpy(), output["weights"].shape)',
            "caption": 'output = signatures["caption"](picture=picture)\n'
            'print(output["text"][0, 0].numpy().decode(), output["log_probability"].numpy().round(2))',
            "caption_image": 'output = signatures["caption_image"](image=tf.io.decode_png(picture[0])[None])\n'
            'print(output["text"][0, 0].numpy().decode())',
            "score": 'output = signatures["score"](picture=picture, text=text)\n'
            'print(output["log_probability"].numpy().round(2), output["subwords"].numpy())',
        },
        imports=(_IMPORT,),
        meanings=MEANINGS,
    )
