"""Contenders: how many examples a second the data pipeline of a published model gives, and how many its training step takes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks.training import Loss, zoo_step
from zoo.core import cards, processor
from zoo.core.recipe import Recipe, TrainingData
from zoo.core.training import seeded
from zoo.digits import data as digits
from zoo.digits import network as digits_mlp
from zoo.digits import training as digits_training
from zoo.music import network as music_lstm
from zoo.music import training as music_training
from zoo.music.data import pipeline as scores
from zoo.music.data import sets as music_sets
from zoo.sentiment import data as reviews
from zoo.sentiment import network as sentiment_transformer
from zoo.sentiment import stages as sentiment_stages
from zoo.sentiment import training as sentiment_training
from zoo.text.encoded import EncodedTexts, batches
from zoo.text.words import WordVocabulary

SMALLEST_BATCH = 32  # of the published recipes
STEPS = 10  # of a repetition, at even distances in an epoch, so that long and short examples come in their proportion

Published = tuple[Callable[[], keras.Model], Loss, Recipe, TrainingData]


def epoch(model: str) -> Callable[[], int]:
    """One epoch's batches, from the making of the data set on; units are examples."""
    *_, data = published(model)

    def repeat() -> int:
        return sum(examples(weight) for _, _, weight in data.train(0))

    return repeat


def step(model: str) -> Callable[[], int]:
    """STEPS training steps on batches that are there already; units are examples."""
    shards = processor.shards(SMALLEST_BATCH)  # first, since reading the data sets TensorFlow to work
    build, loss, recipe, data = published(model)
    recipe = replace(recipe, precision=processor.precision("auto"))
    train = zoo_step(seeded(recipe, build), loss, recipe, shards)
    batches = list(data.train(0).shard(max(data.steps // STEPS, 1), 0).take(STEPS))
    units = sum(examples(weight) for _, _, weight in batches)

    def repeat() -> int:
        for x, y, weight in batches:
            float(train(x, y, weight))  # as the training loop does, which watches each loss
        return units

    return repeat


def examples(weight: Any) -> int:
    """How many of a batch's rows, [b] or [b, t], are no padding."""
    values = weight.numpy()
    return int(np.count_nonzero(values.reshape(len(values), -1).any(1)))


def published(model: str) -> Published:
    """Network, loss, recipe and data as they were when the model was published. UserError where its data set is not to be had."""
    folder = cards.find(model)
    architecture = {key: value for key, value in cards.read_card(folder).architecture.items() if key != "network"}
    if model == "digits_mlp":
        images = digits.load("mnist", real=True)
        recipe = digits_training.recipe(len(images.split("train")[1]))
        return lambda: digits_mlp.from_architecture(architecture), digits_training.loss, recipe, digits.batches(images, recipe)
    if model == "sentiment_transformer":
        return _sentiment(folder, sentiment_transformer.Config.of(architecture))
    tunes = music_sets.load(music_sets.FOLK)
    recipe = music_training.RECIPE
    data = scores.pipeline(tunes.scores["train"], tunes.scores["validation"], tunes.vocabulary, recipe.batch_size, recipe.seed)
    return lambda: music_lstm.from_architecture(architecture), music_training.loss, recipe, data


def _sentiment(folder: Path, config: sentiment_transformer.Config) -> Published:
    data, vocabulary = reviews.load("imdb", real=True), WordVocabulary(folder / "assets")
    evidence = sentiment_stages.evidence(sentiment_stages.published(folder, config))

    def part(split: str) -> tuple[EncodedTexts, np.ndarray]:
        texts, labels = data.split(split)
        return EncodedTexts.of(texts, vocabulary).with_evidence(evidence.at_words(texts)), sentiment_stages.targets(labels, 2)

    recipe = sentiment_training.FINETUNING
    of_texts = batches(*part("train"), *part("validation"), config.window, recipe)
    return lambda: sentiment_transformer.Network(config), sentiment_stages.classification_loss, recipe, of_texts
