"""How a sentiment transformer is trained: its sizes and recipes."""

from zoo.core.errors import UserError
from zoo.core.recipe import Recipe
from zoo.sentiment.network import Config

# docs/sentiment.md tells how long each stage takes and what it reaches.
PRETRAINING = Recipe(epochs=14, batch_size=128, learning_rate=1e-3, warmup_steps=500, weight_decay=0.01, clip_norm=1.0)
FINETUNING = Recipe(
    epochs=2, batch_size=32, learning_rate=2e-4, warmup_steps=100, weight_decay=0.01, clip_norm=1.0, average=0.998, patience=1
)
MOST_WORDS = 20_000  # entries of the vocabulary

# With `quick`: a small network, and one pass over the texts in each stage.
QUICK = {"width": 64, "blocks": 1, "heads": 2, "hidden": 128}
QUICK_PRETRAINING_EPOCHS, QUICK_EPOCHS = 1, 1


def sizes(quick: bool, width: int | None = None) -> dict[str, int]:
    """The sizes of a `Config` that differ from its defaults.

    Args:
        quick: a small network.
        width: another width; the feed-forward layers are twice as wide.

    Raises:
        UserError: the width is no multiple of the number of heads.
    """
    chosen = QUICK if quick else {}
    if width is None:
        return chosen
    heads = chosen.get("heads", Config.heads)
    if width % heads:
        raise UserError(f"a width of {width} cannot be shared by {heads} heads of attention: name a multiple of {heads}")
    return chosen | {"width": width, "hidden": 2 * width}
