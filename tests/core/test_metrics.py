import numpy as np
import pytest

from zoo.core import metrics as evaluation


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
