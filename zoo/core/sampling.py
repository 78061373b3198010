"""How a network's next token is drawn: temperature, top-k, top-p and seed. Imports no TensorFlow."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from zoo.core.errors import UserError

SEED_STEP = 1_000_003  # between the seeds of two calls; a prime, so that the calls of the seeds 0, 1, 2 ... share none


class Sampling(NamedTuple):
    """How the next token is drawn from the network's probabilities: numbers, or inside a graph scalar tensors.

    Attributes:
        temperature: divides the logits, float32: below 1 safer, above 1 bolder; 0 takes the most probable token.
        top_k: keeps only so many of the most probable tokens, int32; 0 keeps all.
        top_p: keeps only the most probable tokens that together reach this probability, float32 in (0, 1]; 1 keeps all.
        seed: of the random numbers, int64.
    """

    temperature: Any = 1.0
    top_k: Any = 0
    top_p: Any = 1.0
    seed: Any = 0

    def check(self) -> None:
        """Raises UserError for a number outside its range."""
        if not 0 <= self.temperature <= 100:
            raise UserError(
                f"temperature = {self.temperature}: a number from 0 (the most probable token) to 100; 1 is the model's own"
            )
        if not 0 <= self.top_k < 2**31:
            raise UserError(f"top_k = {self.top_k}: a whole number of at least 1, or 0 for no limit")
        if not 0 < self.top_p <= 1:
            raise UserError(f"top_p = {self.top_p}: above 0 and at most 1, where 1 is no limit")
        if not -(2**62) <= self.seed < 2**62:
            raise UserError(f"seed = {self.seed}: a whole number of at most 62 bits")


def calls(n: int, most: int, sampling: Sampling) -> Iterator[tuple[int, Sampling]]:
    """The number of pieces of each call of a signature, `most` at most, and how it samples: each with a seed of its own."""
    for call, first in enumerate(range(0, n, most)):
        yield min(most, n - first), sampling._replace(seed=sampling.seed + call * SEED_STEP)
