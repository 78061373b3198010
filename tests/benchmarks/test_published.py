"""What the training of a published model computes with is found for every network."""

import pytest

import zoo
from benchmarks import published
from zoo import registry


@pytest.mark.parametrize("card", zoo.list_models(), ids=lambda card: card.name)
def test_the_data_set_of_a_published_model_is_one_of_its_network(card: zoo.Card) -> None:
    assert published.data_set(card) in registry.named(card.architecture["network"]).data_sets


@pytest.mark.pretrained
def test_the_parts_of_a_training_are_caught_before_it_begins() -> None:
    parts = published.parts("perceptron", "float32")
    assert parts.model.count_params() == zoo.load("perceptron").card.parameters
    assert parts.data.steps == len(list(parts.data.train(0)))
    x, y, weight = next(iter(parts.data.validation))
    losses = parts.loss(y, parts.model(x, training=False))
    assert losses.shape == weight.shape
    assert float((losses * weight).numpy().mean()) < 0.2, "the weights are the published ones"


@pytest.mark.pretrained
def test_a_stand_in_is_not_measured() -> None:
    with pytest.raises(zoo.UserError, match="the data set mnist is not at hand"):
        published.parts("digits_mlp", "float32")
