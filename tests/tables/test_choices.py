"""What somebody chooses of a network for tables: its layers and its training."""

from pathlib import Path

import pytest

import zoo
from zoo.core.errors import UserError
from zoo.core.recipe import Recipe
from zoo.tables import mlp, perceptron, recipes
from zoo.tables.choices import Choices
from zoo.tables.output import Output

RECIPE = Recipe(epochs=20, batch_size=16, learning_rate=0.02, optimizer="momentum")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hidden": ()}, "name the units of 1 to 20 layers"),
        ({"activations": ("rellu",)}, "did you mean relu"),
        ({"dropout": 1.0}, "dropout = 1.0"),
        ({"l2": -0.1}, "l2 = -0.1"),
        ({"l2": float("inf")}, "l2 = inf"),
        ({"intervals": -1}, "intervals = -1"),
        ({"recipe": Recipe(epochs=1, batch_size=8, learning_rate=0.1, precision="bfloat16")}, "learns in float32"),
    ],
)
def test_a_wrong_choice_is_told_with_its_value(wrong: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Choices(**wrong)


def test_what_is_not_chosen_stays_as_planned() -> None:
    plan = recipes.plan("mlp", 5_000, 2, Output(2))
    assert Choices().planned(plan) == plan
    chosen = Choices(recipe=RECIPE, intervals=0).planned(plan)
    assert (chosen.recipe, chosen.intervals, chosen.sizes) == (RECIPE, 0, plan.sizes)
    config = mlp.Config(2, hidden=(5, 4), dropout=0.1)
    assert Choices().sized(config, "mlp") == config
    assert Choices(hidden=(3,), activations=("tanh",), l2=0.01).sized(config, "mlp") == mlp.Config(
        2, hidden=(3,), dropout=0.1, activations=("tanh",), l2=0.01
    )


def test_choices_that_do_not_fit_the_network_are_told() -> None:
    with pytest.raises(UserError, match="activations tanh: name one for each of the 2 hidden layers"):
        Choices(activations=("tanh",)).sized(mlp.Config(2), "mlp")
    with pytest.raises(UserError, match=r"dropout 0\.1: perceptron has no hidden layers"):
        Choices(dropout=0.1).sized(perceptron.Config(2), "perceptron")


def test_the_layers_compute_with_the_chosen_activations_and_penalty() -> None:
    model = mlp.build(mlp.Config(2, hidden=(4, 3), activations=("tanh", "relu"), l2=0.25))
    first, second = (model.get_layer(f"hidden_{i}") for i in (1, 2))
    assert (first.activation.__name__, second.activation.__name__) == ("tanh", "relu")
    expected = 0.25 * sum(float((layer.get_weights()[0] ** 2).sum()) for layer in (first, second))
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_a_card_tells_the_choices_and_the_network_comes_back(tmp_path: Path) -> None:
    chosen = {"hidden": (6, 5), "activations": ("tanh", "gelu"), "dropout": 0.1, "l2": 0.001, "intervals": 0}
    model = zoo.train("mlp", "iris", out=tmp_path / "mine", recipe=RECIPE, **chosen)
    architecture = model.card.architecture
    assert (architecture["activations"], architecture["l2"], architecture["features"]) == (["tanh", "gelu"], 0.001, 4)
    assert "optimizer='momentum'" in model.card.training.command
    assert model.card.training.epochs == 20
    assert zoo.network(tmp_path / "mine").get_layer("hidden_2").activation.__name__ == "gelu"
    with pytest.raises(UserError, match="activations: the layers are those of mine"):
        zoo.train("mlp", "iris", out=tmp_path / "other", start=tmp_path / "mine", activations=("relu", "relu"))
