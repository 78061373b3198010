"""What a training hands over to be published: to export and measure a tiny network takes longer than to train it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from zoo.core.trainer import Publication, Session


class HandedOver(BaseException):
    """Raised where a training would publish its network; no Exception, so that no app takes it for a failure.

    Attributes:
        network: the trained network.
        architecture: as its card would tell it.
        command: how the card would say that the training can be repeated.
    """

    def __init__(self, network: Any, architecture: dict[str, Any], command: str) -> None:
        self.network, self.command = network, command
        self.architecture = json.loads(json.dumps(architecture))

    def weights(self, model: Any) -> list[tuple[Any, Any]]:
        """The float weights of the network beside those of what `zoo.load` gave, as arrays."""
        pairs = zip(self.network.variables, model.saved_model.variables, strict=True)
        return [(own.numpy(), published.numpy()) for own, published in pairs if published.dtype.is_floating]

    def moved(self, model: Any) -> float:
        """How far the network's matrices are from those of what `zoo.load` gave, divided by the size of those."""
        pairs = [(own.astype(float), old.astype(float)) for own, old in self.weights(model) if old.ndim > 1]
        return float(sum(((own - old) ** 2).sum() for own, old in pairs) / sum((old**2).sum() for _, old in pairs)) ** 0.5


def handed_over(train: Callable[[], Any]) -> HandedOver:
    """Calls `train` up to the place where it would publish."""

    def publish(session: Session, model: Any, publication: Publication, *_: Any) -> None:
        raise HandedOver(model, publication.architecture, session.command)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "publish", publish)
        with pytest.raises(HandedOver) as caught:
            train()
    return caught.value
