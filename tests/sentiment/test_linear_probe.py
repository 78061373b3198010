import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from zoo.sentiment import linear_probe

RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.normal(3, [1, 5, 0.1, 2], (400, 4))


def test_it_is_the_logistic_regression_of_scikit_learn() -> None:
    chance = 1 / (1 + np.exp(-(VECTORS - 3) @ [1, 0.2, -9, 0] - 0.5))
    labels = (RANDOM.random(400) < chance).astype(int)
    nothing = np.zeros((400, 1))
    kernel, bias, evidence_weight = linear_probe.fit(VECTORS, nothing, labels[:, None])
    z = (VECTORS - VECTORS.mean(0)) / VECTORS.std(0)
    theirs = LogisticRegression(C=linear_probe.INVERSE_PENALTY, tol=1e-8).fit(z, labels)
    np.testing.assert_allclose((VECTORS @ kernel + bias)[:, 0], theirs.decision_function(z), atol=1e-3)
    assert evidence_weight == pytest.approx(1)


def test_overconfident_evidence_gets_a_lower_weight() -> None:
    evidence = RANDOM.normal(0, 2, (20_000, 1))
    labels = RANDOM.random((20_000, 1)) < 1 / (1 + np.exp(-0.5 * evidence))
    probe = linear_probe.fit(np.zeros((20_000, 3)), evidence, labels.astype(float))
    assert probe.evidence_weight == pytest.approx(0.5, abs=0.05)
    np.testing.assert_array_equal(probe.kernel, 0)


def test_three_classes_are_told_apart() -> None:
    labels = np.arange(300) % 3
    vectors = np.eye(3)[labels] @ RANDOM.normal(0, 1, (3, 8)) + RANDOM.normal(0, 0.1, (300, 8))
    kernel, bias, _ = linear_probe.fit(vectors, np.zeros((300, 3)), np.eye(3)[labels])
    assert ((vectors @ kernel + bias).argmax(1) == labels).all()


def test_of_few_texts_the_evidence_decides() -> None:
    evidence = np.array([[4.0], [-4.0]])
    kernel, bias, evidence_weight = linear_probe.fit(np.array([[1.0, 0], [0, 1.0]]), evidence, np.array([[1.0], [0.0]]))
    assert evidence_weight == pytest.approx(1, abs=0.1)
    assert np.abs(kernel).max() < 0.1
    assert np.abs(bias).max() < 0.1
