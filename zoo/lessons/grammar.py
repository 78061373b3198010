"""A small grammar of English sentences whose true probabilities are known. Its people and its animals do different things."""

import re

import numpy as np

# Each name in capitals stands for one of its alternatives, all equally probable; "" is nothing.
RULES = {
    "SENTENCE": ["the LOOK PERSON WHERE DOES .", "the LOOK ANIMAL WHERE LIVES ."],
    "LOOK": ["", "", "old", "young", "tired", "happy", "hungry", "quiet", "clever", "small"],
    "PERSON": ["baker", "fisherman", "teacher", "sailor", "doctor", "farmer", "gardener", "miller"],
    "ANIMAL": ["cat", "dog", "horse", "cow", "goat", "fox", "hen", "owl"],
    "WHERE": ["", "", "NEAR the PLACE"],
    "NEAR": ["in", "near", "behind"],
    "PLACE": ["garden", "barn", "kitchen", "forest", "harbour", "village", "meadow", "house"],
    "DOES": ["READS a PAGE", "COOKS a DISH", "MENDS a THING"],
    "READS": ["reads", "writes", "finds"],
    "PAGE": ["book", "letter", "poem", "story"],
    "COOKS": ["bakes", "cooks", "eats"],
    "DISH": ["cake", "pie", "soup", "loaf"],
    "MENDS": ["mends", "builds", "paints"],
    "THING": ["boat", "chair", "fence", "roof"],
    "LIVES": ["sleeps NEAR the PLACE", "CHASES the ANIMAL"],
    "CHASES": ["chases", "follows", "sees", "fears"],
}


def grow(symbol: str, random: np.random.Generator) -> tuple[list[str], float]:
    """Words that a symbol of the grammar stands for, drawn at random, and their surprise -log p in nats."""
    if symbol not in RULES:
        return [symbol], 0.0
    chosen = str(random.choice(RULES[symbol]))
    grown = [grow(part, random) for part in chosen.split()]
    own = float(-np.log(RULES[symbol].count(chosen) / len(RULES[symbol])))
    return [word for words, _ in grown for word in words], own + sum(nats for _, nats in grown)


def pattern(symbol: str) -> str:
    """A regular expression for all that a symbol of the grammar can stand for, with a space after each word."""
    if symbol not in RULES:
        return re.escape(symbol) + " "
    return "(?:" + "|".join("".join(map(pattern, alternative.split())) for alternative in RULES[symbol]) + ")"
