import numpy as np
import pytest
from scipy.optimize import OptimizeResult

from zoo.tables import data as tables
from zoo.tables import separability

SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)


@pytest.mark.parametrize(
    ("labels", "expected"), [([0, 1, 1, 1], True), ([0, 0, 0, 1], True), ([0, 1, 1, 0], False), ([1, 0, 0, 1], False)]
)
def test_or_and_and_can_be_separated_but_not_exclusive_or(labels: list[int], expected: bool) -> None:
    assert separability.separable(SQUARE, np.array(labels), 2) is expected


def test_the_same_row_in_two_classes_cannot_be_separated() -> None:
    rows = np.array([[0.0], [1.0], [1.0]])
    assert separability.separable(rows, np.array([0, 0, 1]), 2) is False


def test_a_hair_s_breadth_is_enough() -> None:
    rows = np.array([[0.0], [1.0], [1.001], [2.0]])
    assert separability.separable(rows, np.array([0, 0, 1, 1]), 2) is True


def test_a_class_in_the_middle_of_others_on_a_line_needs_a_linear_machine() -> None:
    rows = np.array([[-2.0], [-1.0], [-0.1], [0.1], [1.0], [2.0]])
    assert separability.separable(rows, np.array([0, 0, 1, 1, 2, 2]), 3) is True  # the middle one's output is the flattest
    assert separability.separable(rows, np.array([0, 1, 0, 1, 2, 2]), 3) is False


def test_of_iris_only_setosa_stands_apart() -> None:
    table = tables.load("iris")
    assert separability.separable(table.features, table.targets, 3) is False
    assert separability.mixed_pairs(table.features, table.targets, 3) == [(1, 2)]
    verdict = separability.verdict(table.features, table.targets, table.schema.classes)
    assert "not linearly separable: no plane tells versicolor from virginica" in verdict


def test_breast_cancer_can_be_separated_by_all_thirty_numbers() -> None:
    table = tables.load("breast_cancer")
    z = (table.features - table.features.mean(0)) / table.features.std(0)
    assert "are linearly separable" in separability.verdict(z, table.targets, table.schema.classes)


def test_of_a_table_that_is_too_large_nothing_is_claimed() -> None:
    rows, labels = np.zeros((200_000, 5)), np.arange(200_000) % 2
    assert separability.separable(rows, labels, 2) is None
    assert "not known: the table is too large" in separability.verdict(rows, labels, ("a", "b"))


def test_a_solver_that_gives_up_is_not_called_too_large_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separability, "linprog", lambda *_, **__: OptimizeResult(status=4, x=None))
    verdict = separability.verdict(SQUARE, np.array([0, 1, 1, 1]), ("a", "b"))
    assert "not known: the solver of the linear program (HiGHS) found no certain answer" in verdict


def test_two_classes_that_no_plane_separates_settle_it_before_the_larger_program(monkeypatch: pytest.MonkeyPatch) -> None:
    table, solve = tables.load("iris"), separability.linprog

    def small_ones_only(aim: np.ndarray, *rest: object, **more: object) -> OptimizeResult:
        return solve(aim, *rest, **more) if len(aim) <= 2 * 5 else OptimizeResult(status=4, x=None)

    monkeypatch.setattr(separability, "linprog", small_ones_only)
    verdict = separability.verdict(table.features, table.targets, table.schema.classes)
    assert "not linearly separable: no plane tells versicolor from virginica" in verdict
