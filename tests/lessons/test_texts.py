"""The lessons' texts: what a first-year student needs is said where it is first used."""

import re

import pytest

from zoo.lessons import lesson

# Each term, and the words that define it. A lesson before may name it with the number of the lesson that says what it is.
TERMS = {
    "activation": "is called the unit's activation",
    "sigmoid": r"1 / (1 + exp(-z))",
    "epoch": "An epoch sees each example once",
    "margin": "g is the margin: the distance of the nearest example from the boundary",
    "ReLU": "max(0, z)",
    "hidden": "the layers between the inputs and the outputs are called hidden",
    "accuracy": "is the share of points that are classified correctly",
    "softmax": "softmax(z)_k = exp(z_k) / sum",
    "forward pass": "is called the forward pass",
    "standardised": "has mean 0 and standard deviation 1",
    "cross-entropy": "-y log p - (1 - y) log(1 - p)",
    "empirical loss": "The empirical loss is the mean",
    "logit": "is called a logit",
    "nats": "the unit that goes with the natural logarithm",
    "one-hot": "One-hot y is 1 at the right class",
    "saddle": "lowest along one direction and highest along another",
    "principal direction": "those in which its points are spread most",
    "learning rate": "r = the learning rate",
    "Finite differences": r"(L(w + h) - L(w)) / h",
    "GradientTape": "TensorFlow's own backpropagation",
    "Hessian": "the matrix of the second derivatives",
    "eigenvector": "the directions v in which H only stretches",
    "optimiser": "An optimiser is a rule that makes steps out of gradients",
    "momentum": "keeps part of the last step",
    "SGD": "stochastic gradient descent",
    "batch": "A batch of B of them",
    "capacity": "it can take more shapes",
    "variance": "how much each network follows the noise",
    "patience": "p is the patience",
    "validation": "held out, the validation split",
    "recurrent": "a layer of units that takes one step of a sequence at a time",
    "embedding": "an embedding layer looks the row up",
    "trigram": "those of 1, 2 and 3 words are called unigram, bigram and trigram",
    "orthogonal": "turns a vector and leaves its length as it is",
    "clipping": "all are made shorter alike",
    "saturated": "on the flat ends of tanh",
    "attention": "each question looks at all inputs when it is asked",
    "residual": "which is called a residual connection",
    "GELU": "GELU is a ReLU with a rounded corner",
}


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_defined_where_it_is_first_used(term: str) -> None:
    for name in lesson.NAMES:
        each = lesson.load(name)
        text = " ".join(f"{each.text} {each.question}".split())
        uses = re.findall(rf"{re.escape(term)}\w*([^.]{{0,60}})", text, re.IGNORECASE)
        if " ".join(TERMS[term].split()) in text:
            return
        assert all(re.search(r"lesson (before|\d)", after) or "cross-entropy of lesson" in text for after in uses), (
            f"{term} in {name}"
        )
    pytest.fail(f"no lesson defines {term}")


def test_a_lesson_that_is_named_by_its_number_is_that_lesson() -> None:
    subjects = {4: "loss", 6: "gradient descent", 9: "momentum", 10: "examples drawn at random"}
    for name in lesson.NAMES:
        each = lesson.load(name)
        for number in map(int, re.findall(r"lesson (\d+)", f"{each.text} {each.question}")):
            assert number in subjects
            assert number != each.number
    assert [lesson.NAMES[number - 1] for number in subjects] == ["losses", "gradient_descent", "optimizers", "mini_batches"]


def test_the_formula_of_the_next_word_says_what_each_letter_is() -> None:
    text = " ".join(lesson.load("next_word").text.split())
    for said in (
        "s is how many sightings",
        "exp(z_w) / sum over all words v of exp(z_v)",
        "in nats (log is the natural logarithm)",
    ):
        assert said in text
