"""What the demo shows of the network for digits: those of other writers than MNIST's."""

from pathlib import Path

from .demo_part import Part

DIGITS = "digits.png"


def read_digits(out: Path) -> list[Path]:
    """scikit-learn's 1,797 digits, which are not of MNIST, and a picture of forty."""
    import numpy as np

    import zoo
    from zoo.digits import pictures as digit_pictures
    from zoo.images import sklearn_digits

    digits = sklearn_digits.load()
    probabilities = zoo.load("digits_mlp").predict(digits.images)
    right = probabilities.argmax(1) == digits.labels
    print(
        f"{right.mean():.1%} of {len(right):,} digits of scikit-learn are read right; they were brought from 8 x 8 to 28 x 28 as "
        "MNIST was made: ink enlarged into a box of 20 x 20, centred by its mass"
    )
    chosen = np.random.default_rng(0).permutation(len(right))[:40]
    path = out / DIGITS
    digit_pictures.draw_grid(digits.images[chosen], digits.labels[chosen], probabilities[chosen], path)
    return [path]


PARTS = {"digits_mlp": Part("reads handwriting", read_digits, (DIGITS,))}
