import re

import numpy as np
import pytest

from zoo.lessons import grammar, lesson


@pytest.mark.slow
def test_the_network_is_less_surprised_than_counts_and_nobody_less_than_the_grammar() -> None:
    numbers = lesson.load("next_word").run().numbers
    nats = {name: numbers[f"nats per word, {name}"] for name in ("unigram", "bigram", "trigram", "5-gram", "network")}
    assert nats["network"] < min(nats["trigram"], nats["5-gram"]) - 0.1
    assert max(nats["trigram"], nats["5-gram"]) < nats["bigram"] < nats["unigram"]
    assert numbers["nats per word, who knows the grammar"] < nats["network"]
    assert numbers["sentences made up that are right, network"] > 2 * numbers["sentences made up that are right, trigram"]


def test_the_surprise_of_a_sentence_is_that_of_its_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "RULES", {"S": ["the N runs .", "the N sleeps ."], "N": ["cat", "dog", "cat", "cat"]})
    surprises = {" ".join(words): nats for words, nats in (grammar.grow("S", np.random.default_rng(i)) for i in range(50))}
    assert surprises == {
        f"the {animal} {verb} .": pytest.approx(-np.log(p / 2))
        for animal, p in (("cat", 3 / 4), ("dog", 1 / 4))
        for verb in ("runs", "sleeps")
    }


def test_the_pattern_fits_what_the_grammar_makes_and_nothing_else() -> None:
    right = re.compile(grammar.pattern("SENTENCE"))
    random = np.random.default_rng(0)
    assert all(right.fullmatch(" ".join(grammar.grow("SENTENCE", random)[0]) + " ") for _ in range(200))
    assert right.fullmatch("the old cat near the barn sleeps in the garden . ")
    assert not right.fullmatch("the old cat near the barn reads a book . ")
    assert not right.fullmatch("the old cat near the barn . ")
