import pytest

from zoo.tables.output import Output
from zoo.tables.recipes import plan


@pytest.mark.parametrize("network", ["perceptron", "mlp", "a network without an entry"])
def test_few_rows_get_enough_steps_and_many_rows_few_epochs(network: str) -> None:
    few, some, many = (plan(network, n, 30, Output(2)).recipe for n in (60, 600, 1_000_000))
    assert few.epochs > some.epochs > many.epochs
    assert many.batch_size > some.batch_size >= few.batch_size
    assert plan(network, 60, 30, Output(2)).quick_epochs <= few.epochs / 2


@pytest.mark.parametrize(("output", "few"), [(Output(2), 999), (Output(26), 999), (Output(0), 499)])
def test_a_multilayer_perceptron_grows_with_the_rows(output: Output, few: int) -> None:
    small, large, wide = plan("mlp", few, 30, output), plan("mlp", few + 1, 30, output), plan("mlp", 100_000, 2_000, output)
    assert "hidden" not in small.sizes  # 64, 64 as in its Config
    assert small.intervals == 0
    assert large.sizes["hidden"] == (256, 256)
    assert large.intervals == 16
    assert wide.intervals == 2  # so that the first layer stays small
    decays = [each.recipe.weight_decay for each in (small, large, wide)]
    assert decays == sorted(decays, reverse=True)
    assert len(set(decays)) == 3


def test_many_columns_of_many_rows_have_no_intervals_but_wide_layers() -> None:
    chosen = plan("mlp", 100_000, 5_000, Output(2))
    assert chosen.intervals == 0
    assert chosen.sizes["hidden"] == (256, 256)


def test_a_predicted_number_suffers_from_dropout_more_than_a_class() -> None:
    assert plan("mlp", 5_000, 30, Output(2)).sizes["dropout"] > plan("mlp", 5_000, 30, Output(0)).sizes["dropout"]
    assert plan("mlp", 50_000, 30, Output(0)).sizes["dropout"] == 0
