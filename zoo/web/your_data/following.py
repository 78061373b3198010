"""A training of a visitor: from the first step to the model, and how far it is, as HTML."""

import html
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo import registry
from zoo.core.errors import UserError
from zoo.core.startup import import_tensorflow
from zoo.web.jobs import Job
from zoo.web.your_data.hearing import heard
from zoo.web.your_data.place import Place

MOST_POINTS = 240  # of a curve; of more, every second is dropped
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 600, 240, 56, 12, 12, 28  # of the picture, and its margins


class Following:
    """What is known of a training while it runs. The training's thread writes it, the page reads it.

    Attributes:
        lines: what the library has logged.
        train: (epochs so far, mean loss of the epoch) again and again, of the present stage.
        validation: (epoch, loss) after each epoch.
        done, total: steps of the present stage.
        stage: counted from 1.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begin = self._start = clock()  # of the training, and of its present stage
        self.lines: list[str] = []
        self.train: list[tuple[float, float]] = []
        self.validation: list[tuple[float, float]] = []
        self.done = self.total = 0
        self.stage = 1
        self.epoch = self.epochs = 0

    def step(self, done: int, total: int, losses: Any) -> None:
        """Takes what `zoo.core.training.Progress` gets."""
        if done < self.done:  # another stage counts from 0
            self.stage += 1
            self.train, self.validation, self._start = [], [], self._clock()
        self.done, self.total, self.epoch, self.epochs = done, total, losses.epoch, losses.epochs
        place = losses.epochs * done / total if total else 0.0
        if math.isfinite(losses.train):
            self.train.append((place, losses.train))
        if losses.validation is not None:
            ended = losses.epoch if done == total else losses.epoch - 1
            if not self.validation or self.validation[-1][0] < ended:
                self.validation.append((float(ended), losses.validation))
        if len(self.train) > MOST_POINTS:
            self.train = self.train[::2]

    def html(self) -> str:
        """The progress, the losses and their curves. A screen reader speaks the beginning, not what changes again and again."""
        if not self.total:
            if not self.lines:
                return '<p role="status">Preparing: the data are read and the network is built …</p>'
            return f"<p>Preparing: {html.escape(self.lines[-1])} …</p>"
        share = self.done / self.total
        if self.done == self.total:
            state = f"All steps are done; the model is measured and written. {html.escape(self.lines[-1] if self.lines else '')}"
        else:
            stage = f"stage {self.stage}, " if self.stage > 1 else ""
            state = f"{stage.capitalize()}{'e' if stage else 'E'}poch {self.epoch} of {self.epochs}, {self._left(share)}"
        return (
            f'<p>{state}</p><progress max="1" value="{share:.4f}" aria-label="Progress of the training"></progress>'
            f"{self.curves()}"
        )

    def curves(self) -> str:
        """The curves of the present stage."""
        return curves(self.train, self.validation, self.epochs)

    def seconds(self) -> float:
        """Since the training began."""
        return self._clock() - self._begin

    def _left(self, share: float) -> str:
        passed = self._clock() - self._start
        if share < 0.02 or passed < 1:
            return "the time is measured"
        left = passed * (1 - share) / share
        return f"about {left:.0f} seconds left" if left < 90 else f"about {left / 60:.0f} minutes left"


def curves(train: Sequence[tuple[float, float]], validation: Sequence[tuple[float, float]], epochs: int) -> str:
    """The curves of training and validation loss as SVG in the colours of the page, with a legend.

    Args:
        train, validation: (epoch, loss) in order.
        epochs: as many as there will be at most, the end of the axis.
    """
    points = [*train, *validation]
    if not points:
        return ""
    low, high = min(loss for _, loss in points), max(loss for _, loss in points)
    span = high - low or abs(high) or 1.0

    def line(of: Sequence[tuple[float, float]], colour: str) -> str:
        placed = " ".join(
            f"{LEFT + (WIDTH - LEFT - RIGHT) * epoch / max(epochs, 1):.1f},"
            f"{TOP + (HEIGHT - TOP - BOTTOM) * (high - loss) / span:.1f}"
            for epoch, loss in of
        )
        return f'<polyline points="{placed}" fill="none" stroke="rgb(var({colour}))" stroke-width="2.5"/>'

    told = f"training {train[-1][1]:.4g}" if train else ""
    told += f"{', ' if told else ''}validation {validation[-1][1]:.4g}" if validation else ""
    bottom = HEIGHT - BOTTOM
    return (
        f'<svg class="curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Curves of the loss; now {told}">'
        f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="currentColor" opacity="0.5"/>'
        f'<g fill="currentColor" font-size="13"><text x="{LEFT - 6}" y="{TOP + 10}" text-anchor="end">{high:.3g}</text>'
        f'<text x="{LEFT - 6}" y="{bottom}" text-anchor="end">{low:.3g}</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 8}">epoch 0</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{epochs}</text></g>'
        f"{line(train, '--for')}{line(validation, '--seen')}</svg>"
        f'<p class="legend"><span class="train"></span> training loss <span class="validation"></span> validation loss; '
        f"now {told}</p>"
    )


def work(
    place: Place, network: str, quick: bool, seed: int, following: Following, epochs: int | None = None
) -> Callable[[Job], bool]:
    """The training of what is read by now, for `zoo.web.jobs.followed`; it tells whether a model was made, and not stopped.

    Args:
        place: has the data and what was read; it gets the model.
        network: its name in the registry.
        quick: a small training.
        seed: of all random numbers.
        following: learns how far it is.
        epochs: instead of the recipe's; None: those.

    Raises:
        UserError: nothing is read.
    """
    read = place.read
    if read is None:
        raise UserError("the data have not been read: see what is said about them above")

    def run(job: Job) -> bool:
        def progress(done: int, total: int, losses: Any) -> bool:
            following.step(done, total, losses)
            return job.report()

        def told(line: str) -> None:
            following.lines.append(place.plain(line))
            job.report()

        with place.used(), heard(told):
            place.forget_model()
            import_tensorflow()
            options = {"out": place.out, "quick": quick, "seed": seed, "epochs": epochs, "progress": progress}
            model = registry.train(network, str(place.data), {**options, **read.options})
            if model is None:
                return False
            place.clean_card()
            if job.stopped.is_set():  # after the last step
                place.forget_model()
                return False
            place.model, place.learned = model, read
            return True

    return run
