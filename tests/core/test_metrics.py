import importlib
from fnmatch import fnmatchcase

import numpy as np
import pytest

from zoo import registry
from zoo.core import metrics as evaluation
from zoo.core.cards import Metric
from zoo.core.metrics import Meaning


def test_calibration_error_by_hand() -> None:
    # Two bins are used: three answers of 0.9, of which two are right, and one of 0.6, which is wrong.
    confidences = np.array([0.9, 0.9, 0.9, 0.6])
    correct = np.array([True, True, False, False])
    expected = (3 * abs(2 / 3 - 0.9) + 1 * abs(0 - 0.6)) / 4
    assert evaluation.calibration_error(confidences, correct, bins=10) == pytest.approx(expected)


def test_a_certain_and_right_answer_has_no_calibration_error() -> None:
    assert evaluation.calibration_error(np.ones(5), np.ones(5, bool)) == 0.0


def test_binary_metrics_by_hand() -> None:
    values = evaluation.binary_metrics(np.array([0.9, 0.2, 0.6, 0.4]), np.array([1, 0, 0, 1]))
    assert values["accuracy"] == 0.5
    assert values["auc"] == 0.75  # of the four pairs of a positive and a negative only (0.4, 0.6) is the wrong way round


@pytest.mark.parametrize("network", registry.NETWORKS.values(), ids=lambda network: network.name)
def test_every_metric_of_a_wing_s_table_is_explained_in_a_phrase(network: registry.Network) -> None:
    of_wing = getattr(importlib.import_module(f"zoo.{network.wing}.about"), "MEANINGS", {})
    meanings = evaluation.MEANINGS | of_wing
    for name, meaning in meanings.items():
        assert 10 < len(meaning.text) < 160, name
        assert not meaning.text.endswith("."), name
        assert meaning.better in ("higher", "lower", ""), name
        assert (
            not meaning.reference
            or meaning.reference in meanings
            or any(fnmatchcase(meaning.reference, pattern) for pattern in meanings)
        ), name


def test_a_metric_is_explained_by_its_name_before_a_pattern() -> None:
    metrics = [Metric(name, 0.5, "test", 1, "true") for name in ("accuracy", "recall_cat", "recall_dog", "unheard_of")]
    meanings = {"recall_*": Meaning("share found", "higher", "accuracy"), "recall_dog": Meaning("dogs found", "", "precision")}
    accuracy, cat, dog, unknown = evaluation.explained(metrics, meanings)
    assert (accuracy.better, accuracy.reference) == ("higher", "")
    assert (cat.meaning, cat.better, cat.reference) == ("share found", "higher", "accuracy")
    assert (dog.meaning, dog.reference) == ("dogs found", ""), "a reference that was not measured is not named"
    assert unknown == metrics[3]
