"""The configuration that a card tells: JSON's lists are tuples again, and nothing is made up."""

from dataclasses import asdict, dataclass

import pytest

from zoo.core import configuration


@dataclass(frozen=True)
class Sizes:
    units: tuple[int, ...]
    dropout: float = 0.1


def test_a_card_gives_the_configuration_that_it_was_made_of():
    sizes = Sizes((8, 4), 0.3)
    told = {"network": "mlp", **asdict(sizes), "units": [8, 4]}
    assert configuration.told(Sizes, told) == sizes


def test_a_missing_entry_is_no_default():
    with pytest.raises(KeyError):
        configuration.told(Sizes, {"units": [8]})
