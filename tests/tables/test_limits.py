from zoo.tables import data
from zoo.tables.limits import limits_of


def test_what_a_card_says_of_a_loss_is_what_was_measured() -> None:
    table = data.load("iris")
    own, interval = {"accuracy": 0.7}, {"accuracy_95_low": 0.6, "accuracy_95_high": 0.8}
    baselines = {"logistic_regression_accuracy": 0.75, "gradient_boosting_accuracy": 0.9, "majority_class_accuracy": 0.33}
    linear, boosting, wide, *_ = limits_of("mlp", table, own, baselines, interval)
    assert linear == (
        "Logistic regression is better on the test split: accuracy 0.7500 against 0.7000. This lies within the 95 % interval of "
        "the model, 0.6000 to 0.8000, since the split has only 30 rows."
    )
    assert boosting.startswith(
        "Gradient boosting is better on the test split: accuracy 0.9000 against 0.7000. Trees found thresholds"
    )
    assert wide == "The test split has only 30 rows: the accuracy on new rows lies between 0.60 and 0.80 (95 % interval)."
    for majority in (0.7, 0.95):
        useless, *_ = limits_of("mlp", table, own, {"majority_class_accuracy": majority}, interval)
        assert useless.startswith("Not better on the test split than always predicting the most frequent class")
    few, missing = limits_of("mlp", table, own, {"ridge_r2": 0.9, "gradient_boosting_accuracy": 0.705}, {})
    assert few == "The test split has only 30 rows: the metrics on it are little more than chance."
    assert missing.startswith("A missing number")
