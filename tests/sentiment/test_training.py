from pathlib import Path

import pytest

import zoo
from apps import sentiment
from zoo.sentiment import training


def test_the_app_offers_the_stages_of_the_training() -> None:
    assert tuple(training.STAGES) == sentiment.STAGES


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stage": "finetun"}, "no stage is called 'finetun': did you mean finetune"),
        ({"stage": "selftrain"}, "there are none: name a file of such texts"),
        ({"stage": "pretrain", "start": "sentiment_transformer"}, "name no model to start from, or leave the stage out"),
        ({"width": 30, "quick": False}, "a width of 30 cannot be shared by 4 heads of attention: name a multiple of 4"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_computed(
    options: dict[str, object], message: str, tmp_path: Path
) -> None:
    table = tmp_path / "own.csv"
    table.write_text("text,label\n" + "".join(f"a text of day {i},{i % 2}\n" for i in range(60)))
    with pytest.raises(zoo.UserError, match=message):
        zoo.train("sentiment_transformer", table, **{"out": tmp_path / "new", "quick": True, **options})
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]
