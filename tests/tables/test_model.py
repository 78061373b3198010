import doctest
from types import SimpleNamespace

import pytest

from zoo.tables import model as table_model
from zoo.tables.model import TableModel


@pytest.mark.pretrained
def test_the_example_of_the_class_gives_what_it_says() -> None:
    (example,) = doctest.DocTestFinder().find(TableModel, globs={}, module=table_model)[:1]
    assert len(example.examples) > 3
    assert doctest.DocTestRunner().run(example).failed == 0


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (["a", "b"], "<TableModel mine: mlp, predicts price (a, b) from 2 columns>"),
        ([*"abcdef"], "<TableModel mine: mlp, predicts price (6 classes) from 2 columns>"),
        ([], "<TableModel mine: mlp, predicts price (a number) from 2 columns>"),
    ],
)
def test_a_model_is_told_in_a_line(classes: list[str], said: str, tmp_path: object) -> None:
    architecture = {"network": "mlp", "names": ["x", "y"], "kinds": ["number"] * 2, "target": "price", "classes": classes}
    card = SimpleNamespace(name="mine", architecture=architecture)
    assert repr(TableModel(card, SimpleNamespace(signatures={}), tmp_path)) == said
