"""How far a training is, as the page shows it."""

from collections.abc import Iterator
from typing import Any

import pytest

from zoo import registry
from zoo.core.errors import UserError
from zoo.core.training import Losses
from zoo.web.jobs import Job
from zoo.web.your_data import following as module
from zoo.web.your_data.following import MOST_POINTS, Following, curves, work
from zoo.web.your_data.kinds import Read
from zoo.web.your_data.place import Place


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A place with data that are read, where trainings need no TensorFlow."""
    monkeypatch.setattr(module, "import_tensorflow", lambda: None)
    monkeypatch.setattr(Place, "clean_card", lambda _: None)
    place = Place()
    place.data = place.folder / "flats.csv"
    place.read = Read({"training": 9}, {"target": "rent"})
    yield place
    place.leave()


def test_the_page_tells_the_epoch_the_time_left_and_both_losses() -> None:
    now = [0.0]
    following = Following(lambda: now[0])
    following.lines.append("3 rows <left> out")
    assert "Preparing: 3 rows &lt;left&gt; out" in following.html()
    now[0] = 10.0
    following.step(25, 100, Losses(2, 4, 0.75, 0.5, 0.5, 1))
    shown = following.html()
    assert "Epoch 2 of 4, about 30 seconds left" in shown
    assert 'value="0.2500"' in shown
    assert "training 0.75, validation 0.5" in shown


def test_another_stage_begins_new_curves() -> None:
    following = Following()
    following.step(9, 10, Losses(1, 1, 0.7, None, None, 0))
    following.step(10, 10, Losses(1, 1, 0.7, 0.6, 0.6, 1))
    assert following.validation == [(1.0, 0.6)]
    following.step(1, 20, Losses(1, 2, 3.0, None, None, 0))
    assert "Stage 2, epoch 1 of 2" in following.html()
    assert following.validation == []
    assert following.train == [(0.1, 3.0)]


def test_a_long_training_is_drawn_with_few_points() -> None:
    following = Following()
    for i in range(10 * MOST_POINTS):
        following.step(i, 10 * MOST_POINTS, Losses(1, 1, 1.0, None, None, 0))
    assert len(following.train) <= MOST_POINTS


def test_losses_lie_within_the_picture_even_if_they_are_all_the_same() -> None:
    assert curves([], [], 3) == ""
    drawn = curves([(0.0, 0.0), (3.0, 0.0)], [], 3)
    assert 'points="56.0,12.0 588.0,12.0"' in drawn


def test_a_screen_reader_speaks_the_beginning_and_not_what_changes_many_times() -> None:
    following = Following()
    assert 'role="status"' in following.html()
    following.lines.append("9 rows left out")
    assert 'role="status"' not in following.html()
    following.step(25, 100, Losses(2, 4, 0.75, 0.5, 0.5, 1))
    assert 'role="status"' not in following.html()


def test_a_training_learns_what_was_read_when_it_was_asked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def train(network: str, data: str, options: dict[str, Any]) -> str:
        given.update(options, network=network, data=data)
        return "model"

    monkeypatch.setattr(registry, "train", train)
    read, training = place.read, work(place, "mlp", True, 7, Following())
    place.read = None  # the visitor has changed an answer, while the training waits for its turn
    assert training(Job())
    assert (given["network"], given["data"], given["target"], given["seed"]) == ("mlp", str(place.data), "rent", 7)
    assert (place.model, place.learned) == ("model", read)


def test_a_training_that_is_stopped_after_its_last_step_leaves_no_model(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job()

    def train(network: str, data: str, options: dict[str, Any]) -> str:
        place.out.mkdir(parents=True)
        job.stopped.set()
        return "model"

    monkeypatch.setattr(registry, "train", train)
    assert not work(place, "mlp", True, 0, Following())(job)
    assert place.model is None
    assert not place.out.exists()


def test_nothing_is_trained_on_data_that_were_not_read(place: Place) -> None:
    place.read = None
    with pytest.raises(UserError, match="the data have not been read"):
        work(place, "mlp", True, 0, Following())
