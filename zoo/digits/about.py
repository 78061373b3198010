"""What the cards of networks for digits say beyond their figures."""

from pathlib import Path

from zoo.core.about import About
from zoo.digits.model import DigitReader

_REFERENCES = (
    "Ciresan, D. C., Meier, U., Gambardella, L. M. and Schmidhuber, J. (2010). Deep, big, simple neural nets for handwritten "
    "digit recognition. Neural Computation 22(12), 3207-3220.",
    "Simard, P. Y., Steinkraus, D. and Platt, J. C. (2003). Best practices for convolutional neural networks applied to visual "
    "document analysis. ICDAR, 958-963.",
)
_MNIST = (
    "LeCun, Y., Bottou, L., Bengio, Y. and Haffner, P. (1998). Gradient-based learning applied to document recognition. "
    "Proceedings of the IEEE 86(11), 2278-2324. (The data set.)"
)
_IMPORT = "import numpy as np"
_IMAGE = """\
image = np.zeros((1, 28, 28), np.uint8)  # white ink on black
image[0, 4:24, 13:15] = 255  # an upright stroke: a 1
"""


def about(model: DigitReader, folder: Path) -> About:
    """What the card of a network for digits says; `folder` is not read."""
    data = "" if model.card.dataset.own else model.card.dataset.name
    return About(
        structure=f"28 x 28 pixels, {len(model.card.architecture['units'])} dense layers with ReLU, a softmax over ten digits. "
        "The probabilities are the mean over five views of the image: as it is, and moved a little each way.",
        intended_use="For learning about multilayer perceptrons and for reading single handwritten digits. Not for forms, "
        "cheques or other documents on which something depends.",
        citation=((_MNIST,) if data == "mnist" else ()) + _REFERENCES,
        tags=("image-classification", "handwriting", "mlp"),
        code=f"{_IMAGE}probabilities = model.predict(image)\n"
        "print(probabilities.argmax(1), probabilities.max(1).round(3))\n"
        '# model.read("photo.png") reads a picture of one digit or several',
        signatures={
            "predict": f'{_IMPORT}\n\n{_IMAGE}output = signatures["predict"](image=tf.constant(image))\n'
            'print(output["probabilities"].numpy().round(3))'
        },
        imports=(_IMPORT,),
    )
