"""How long a network for tables is trained, depending on the number of training rows."""

import math

MANY_ROWS = 20_000  # training rows, beyond which batches are larger
LEAST_EPOCHS = 10


def epochs(rows: int, batch_size: int, steps: int) -> int:
    """The passes over the training rows that take `steps` steps, but at least LEAST_EPOCHS."""
    return max(LEAST_EPOCHS, math.ceil(steps / math.ceil(rows / batch_size)))
