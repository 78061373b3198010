"""What somebody chooses of a network for tables and of its training, instead of what the number of rows decides."""

import math
from dataclasses import dataclass, fields, replace
from typing import Any

from zoo.core import arguments
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.core.recipe import Recipe
from zoo.tables.activations import ACTIVATIONS
from zoo.tables.recipes import Plan

_SIZES = "hidden", "activations", "dropout", "l2"  # of the network's Config


@dataclass(frozen=True)
class Choices:
    """The arguments of `zoo.tables.training.train` of these names, checked; None: as planned.

    Raises:
        UserError: for a value that an argument cannot have.
    """

    hidden: tuple[int, ...] | None = None
    activations: tuple[str, ...] | None = None
    dropout: float | None = None
    l2: float | None = None
    intervals: int | None = None
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        if self.hidden is not None:
            object.__setattr__(self, "hidden", arguments.layers("hidden", self.hidden))
        if self.activations is not None:
            object.__setattr__(self, "activations", _names(self.activations))
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise UserError(f"dropout = {self.dropout!r}: name a share of the units from 0 to below 1, such as 0.2")
        if self.l2 is not None and not (self.l2 >= 0 and math.isfinite(self.l2)):
            raise UserError(f"l2 = {self.l2!r}: name a number from 0, such as 0.001")
        if self.intervals is not None:
            arguments.whole("intervals", self.intervals, 0)
        if self.recipe is not None:
            self.recipe.check()
            if self.recipe.precision != "float32":
                raise UserError(f"precision {self.recipe.precision}: a network for tables learns in float32; leave it out")

    @property
    def given(self) -> dict[str, Any]:
        """The choices that are made, by their names."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) is not None}

    @property
    def of_layers(self) -> list[str]:
        """The names of the choices made of the layers, beside their units, and of their inputs."""
        return [name for name in ("activations", "dropout", "l2", "intervals") if name in self.given]

    def planned(self, plan: Plan) -> Plan:
        """The plan with the chosen recipe and intervals."""
        if self.recipe:
            plan = replace(plan, recipe=self.recipe, quick_epochs=math.ceil(self.recipe.epochs / 5))
        return plan if self.intervals is None else replace(plan, intervals=self.intervals)

    def sized(self, config: Any, network: str) -> Any:
        """The sizes of a network, a Config, with the chosen ones. Raises UserError where the network has no such thing."""
        sizes = {name: self.given[name] for name in _SIZES if name in self.given}
        for name, value in sizes.items():
            if not hasattr(config, name):
                told = ",".join(map(str, value)) if isinstance(value, tuple) else value
                raise UserError(f"{name} {told}: {network} has no hidden layers; leave it out")
        config = replace(config, **sizes)
        if self.activations and len(self.activations) != len(config.hidden):
            raise UserError(
                f"activations {','.join(self.activations)}: name one for each of the {len(config.hidden)} hidden layers"
            )
        return config


def _names(value: Any) -> tuple[str, ...]:
    names = tuple(value) if isinstance(value, list | tuple) else (value,)
    for name in names:
        if name not in ACTIVATIONS:
            raise unknown("activation", str(name), ACTIVATIONS)
    return names
