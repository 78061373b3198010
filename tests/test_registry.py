"""The table of networks: every entry leads to code that is there, and every published model belongs to an entry."""

import importlib.util
import subprocess
import sys
import typing
from dataclasses import replace

import numpy as np
import pytest

import zoo
from zoo import registry

CARDS = {card.name: card for card in zoo.list_models()}
OVERLOADS = typing.get_overloads(zoo.load)


@pytest.mark.parametrize("network", registry.NETWORKS.values(), ids=lambda network: network.name)
def test_what_an_entry_names_is_there(network):
    for target in (network.loader, network.about, network.builder, network.trainer):
        assert callable(registry.resolve(target)), target
    assert network.loader.startswith(f"zoo.{network.wing}.")


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_a_published_model_belongs_to_a_network(card):
    assert registry.of(card).name == card.architecture["network"]


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_editors_know_the_methods_of_a_published_model(card):
    """Type checkers cannot read the table: an overload of `zoo.load` names what the loader of the model's network makes."""
    told = {
        name: overload.__annotations__["return"]
        for overload in OVERLOADS
        for name in typing.get_args(overload.__annotations__["name_or_path"])
    }
    loader = registry.resolve(registry.of(card).loader)
    made = (loader,) if isinstance(loader, type) else typing.get_args(typing.get_type_hints(loader)["return"])
    assert told[card.name] in [each.__name__ for each in made]


@pytest.mark.parametrize("name", ["folk_lstm", "sentiment_transformer", "digits_mlp"])
def test_a_card_that_names_no_network_is_known_by_its_task(name):
    card = CARDS[name]
    architecture = {key: value for key, value in card.architecture.items() if key != "network"}
    assert registry.of(replace(card, architecture=architecture)) == registry.of(card)


def test_a_network_of_elsewhere_is_in_no_entry():
    card = CARDS["digits_mlp"]
    assert registry.of(replace(card, architecture={"network": "resnet"})) is None


def test_an_unknown_network_is_told_with_what_is_near():
    with pytest.raises(zoo.UserError, match="mlp"):
        registry.named("mpl")


@pytest.mark.pretrained
@pytest.mark.parametrize("name", CARDS)
def test_the_keras_network_of_a_model_has_its_weights_under_names_that_tell_them_apart(name):
    network, saved_model = zoo.network(name), zoo.load(name).saved_model
    paths = [variable.path for variable in network.variables]
    assert len(set(paths)) == len(paths)
    for variable, published in zip(network.variables, saved_model.variables, strict=True):
        np.testing.assert_array_equal(variable.numpy(), published.numpy())


def test_the_app_of_a_network_is_there():
    for network in registry.NETWORKS.values():
        assert importlib.util.find_spec(f"apps.{network.app}"), network
        assert network.name in registry.of_app(network.app)


@pytest.mark.slow
def test_predicting_imports_no_keras():
    # Two seconds of every command that loads a model. In a process of its own, since other tests have imported Keras.
    program = (
        "import sys\nfrom zoo import registry\nfrom zoo.core import startup\nstartup.import_tensorflow(keras=False)\n"
        "for network in registry.NETWORKS.values():\n    registry.resolve(network.loader)\n"
        "print(sorted({'keras', 'sklearn', 'matplotlib', 'pandas', 'tensorflow_datasets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
