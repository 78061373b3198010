"""Early stopping by hand stops where Keras stops, and brings the same weights back."""

import keras
import numpy as np
import pytest

from zoo.scratch.early_stopping import EarlyStopping

LOSSES = {
    "a valley": [3.0, 2.0, 1.0, 1.5, 1.7, 1.6, 2.0, 3.0, 4.0, 5.0],
    "a second, deeper valley": [3.0, 2.0, 2.5, 2.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0],
    "ever lower": [float(10 - epoch) for epoch in range(10)],
    "ever higher": [float(epoch) for epoch in range(10)],
    "all equal": [1.0] * 10,
    "not numbers at times": [3.0, np.nan, 2.0, np.nan, np.nan, np.nan, 1.0, 1.0, 1.0, 1.0],
}


def by_hand(losses: list[float], patience: int) -> tuple[int, int, float]:
    """The epochs that were run, the best of them, and a weight that is each epoch's number, after `restore`."""
    stopper, weight = EarlyStopping(patience), np.zeros(1)
    for epoch, loss in enumerate(losses, start=1):
        weight[...] = epoch
        if stopper.stop(loss, [weight]):
            break
    stopper.restore([weight])
    return epoch, stopper.best_epoch, float(weight[0])


def by_keras(losses: list[float], patience: int) -> tuple[int, int, float]:
    """The same from Keras's callback."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    callback = keras.callbacks.EarlyStopping("val_loss", mode="min", patience=patience, restore_best_weights=True)
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    for epoch, loss in enumerate(losses, start=1):
        model.set_weights([np.array([[float(epoch)]])])
        callback.on_epoch_end(epoch - 1, {"val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch, callback.best_epoch + 1, float(model.get_weights()[0][0, 0])


@pytest.mark.parametrize("patience", [1, 2, 3, 5])
@pytest.mark.parametrize("name", LOSSES)
def test_it_stops_where_keras_stops_with_the_same_weights(name: str, patience: int) -> None:
    assert by_hand(LOSSES[name], patience) == by_keras(LOSSES[name], patience)


def test_a_longer_patience_finds_the_deeper_valley() -> None:
    losses = LOSSES["a second, deeper valley"]
    assert by_hand(losses, patience=2) == (4, 2, 2.0)
    assert by_hand(losses, patience=3) == (8, 5, 5.0)


def test_the_best_loss_is_kept_beside_its_epoch() -> None:
    stopper = EarlyStopping(4)
    assert (stopper.best_epoch, stopper.best_loss) == (0, np.inf)
    for loss in (2.0, 1.0, 3.0):
        assert not stopper.stop(loss, [np.zeros(1)])
    assert (stopper.best_epoch, stopper.best_loss, stopper.epochs) == (2, 1.0, 3)


def test_nothing_can_be_restored_before_an_epoch() -> None:
    with pytest.raises(ValueError, match="zip"):
        EarlyStopping(1).restore([np.zeros(1)])
