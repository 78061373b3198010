"""Your data: bring a file, see what was read, train a network on it, try the model and take it along."""

import base64
import binascii
import contextlib
import html
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import get_blocks_context

from zoo.core import cards
from zoo.core.arguments import MOST_SEED, number, whole
from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.core.names import unknown
from zoo.web import errors, jobs, links, models, uploads
from zoo.web.fields import Slider
from zoo.web.jobs import Finished, Job, Waiting
from zoo.web.tab import Tab
from zoo.web.your_data import examples, shown, trial
from zoo.web.your_data.following import Following, work
from zoo.web.your_data.kinds import KINDS, PICTURES, Field, Kind, Read, text_and_label
from zoo.web.your_data.place import Place, Places

TITLE = "Your data"
FIRST = "table"
QUICK, FULL = "quick", "full"
SIZES = [("Quick: a small training, to see it work", QUICK), ("Full: the whole recipe, minutes to hours", FULL)]
AUTO = "as found in the file"
EXAMPLES: dict[str, tuple[str, Callable[[], str | bytes]]] = {
    "table": ("flats.csv", examples.table),
    "reviews": ("films.csv", examples.reviews),
    "text": ("verses.txt", examples.text),
    "tunes": ("walks.zip", examples.tunes),
}
ASKED = {  # about each kind of data: the arguments of its reader
    "table": ("target", "task", "ignore", "decimal", "dates", "balanced"),
    "reviews": ("text", "label", "stars"),
    "tunes": ("melody",),
}
MOST_FIELDS = 40  # of the form; further columns keep the cells of the first row
MOST_SENT = 1_400_000  # bytes of a file from a program: as text they fit one request
MOST_EPOCHS = 1_000
LEAST_BARS, MOST_BARS = 4, 32  # of a tune
WARMEST = 1.5
BROKEN = '<p role="alert">The training broke off, by a fault of the studio: its terminal tells which one.</p>'


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    places = Places()
    source = _Source(tab, places)
    training = _Training(tab, places, source)
    _Trial(tab, places, source, training)

    def left(request: gr.Request) -> None:
        places.leave(_client(request))

    get_blocks_context().root_block.unload(left)
    tab.api(train)
    tab.link(
        kind=(source.kind, links.choice(KINDS)),
        size=(training.size, links.choice((QUICK, FULL))),
        seed=(training.seed, links.whole()),
    )


def train(
    request: gr.Request,
    file: str,
    name: str,
    kind: str = FIRST,
    target: str = "",
    text: str = "",
    label: str = "",
    full: bool = False,
    epochs: int = 0,
    seed: int = 0,
) -> dict[str, Any]:
    """Trains a network on a file, and gives the model. It waits for its turn, then reads and trains; a table takes seconds to
    minutes. A program has one training at a time.

    Args:
        request: tells whose training it is, which ends when the program closes its client.
        file: its bytes in base64, at most 1.4 MB.
        name: of the file, such as "prices.csv".
        kind: "table", "reviews", "text", "tunes", "pairs" or "pictures".
        target: of a table, the column to predict; "": the last one.
        text: of reviews, the column of texts; "": the one whose name fits.
        label: of reviews, the column of labels; likewise.
        full: the whole recipe instead of a small training.
        epochs: instead of the recipe's; 0: those.
        seed: of all random numbers.

    Returns:
        "told", what was noticed about the data; "metrics", the figures on the card by name; "model", the model's folder as a zip
        in base64: unpack it, and give the folder to zoo.load.
    """
    chosen = _kind(kind)
    seed, epochs = whole("seed", seed, 0, MOST_SEED), whole("epochs", epochs, 0, MOST_EPOCHS)
    asked = {"table": {"target": target}, "reviews": {"text": text, "label": label}}.get(kind, {})
    place = Place()
    try:
        with _sent(file, name) as sent:

            def learned(job: Job) -> bool:
                with place.used():
                    place.receive(chosen, sent)
                    assert place.data is not None
                    place.read = chosen.read(place.data, **asked)
                return work(place, next(iter(chosen.networks)), not full, seed, Following(), epochs or None)(job)

            if not jobs.result(_client(request), learned):
                raise UserError("the training was stopped, and no model was made: call again")
        with place.used():
            assert place.read is not None
            card = cards.read_card(place.out)
            return {
                "told": [place.plain(notice) for notice in place.read.notices],
                "metrics": {metric.name: metric.value for metric in card.metrics},
                "model": base64.b64encode(place.packed().read_bytes()).decode(),
            }
    finally:
        place.leave()


@contextlib.contextmanager
def _sent(file: str, name: str) -> Iterator[Path]:
    """A file that a program has sent as text, for the time of a `with`. Raises UserError for what is none, or too large."""
    if len(file) > 4 * MOST_SENT // 3 + 4:
        raise UserError(f"the file is too large: send at most {MOST_SENT / 1e6:g} MB")
    try:
        content = base64.b64decode(file, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError("the file is not in base64: send its bytes so") from error
    yield from _written(name, content)


@contextlib.contextmanager
def _example(kind: str) -> Iterator[Path]:
    """The example of a kind of data as a file, for the time of a `with`. Raises UserError where there is none."""
    if kind not in EXAMPLES:
        raise UserError("there is no example of this kind: upload a file")
    name, make = EXAMPLES[kind]
    content = make()
    yield from _written(name, content if isinstance(content, bytes) else content.encode())


def _written(name: str, content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        file = Path(folder) / (Path(name.replace("\\", "/").replace("\0", "")).name[-100:] or "file")
        file.write_bytes(content)
        yield file


def _kind(name: str) -> Kind:
    """A kind of data by its name. Raises UserError for another name."""
    if name not in KINDS:
        raise unknown("kind of data", brief(str(name)), tuple(KINDS))
    return KINDS[name]


def _client(request: gr.Request) -> str:
    return request.session_hash or ""


def _needs(kind: str) -> str:
    return f"<p>{html.escape(_kind(kind).needs)}</p>"


class _Source:
    """The first part: the upload, what is asked about it, and what was read."""

    def __init__(self, tab: Tab, places: Places) -> None:
        self.places = places
        gr.Markdown("### 1. Bring data")
        self.kind = gr.Radio([(kind.title, name) for name, kind in KINDS.items()], value=FIRST, label="What do you have?")
        needs = gr.HTML(_needs(FIRST), elem_id="your_data-needs")
        file = gr.File(
            label="Your file, at most 10 MB", type="filepath", file_types=list(KINDS[FIRST].suffixes), elem_id="your_data-file"
        )
        example = gr.Button("No file at hand? Take an example")
        error = errors.field()
        looked = gr.HTML("", elem_id="your_data-look")
        self.groups = {name: gr.Column(visible=False) for name in ASKED}
        self.asked = self._questions()
        found = gr.HTML("", elem_id="your_data-found")
        self.ready = gr.State("")  # another text whenever data have been read; "" where there are none
        shared = [looked, *self.groups.values(), *self.asked.values(), found, self.ready]
        tab.on(self.kind.change, self._chosen, [self.kind], [needs, example, file, *shared], error=error, latest=True)
        tab.on(file.upload, self._uploaded, [self.kind, file], shared, error=error, latest=True)
        tab.on(example.click, self._example, [self.kind], shared, error=error)
        # What a user changes is read again; `input` leaves out what the program itself changes.
        again = [each.input for each in self.asked.values()]
        tab.on(again, self._again, [self.kind, *self.asked.values()], [found, self.ready], error=error, latest=True)

    def _questions(self) -> dict[str, gr.components.Component]:
        """What is asked about the data, by the names of the arguments of their readers."""
        asked: dict[str, gr.components.Component] = {}
        with self.groups["table"]:
            asked["target"] = gr.Dropdown([], label="Column to predict")
            with gr.Accordion("More about the columns", open=False):
                kinds = [(AUTO, ""), ("a class", "classification"), ("a number", "regression")]
                asked["task"] = gr.Radio(kinds, value="", label="What is predicted")
                asked["ignore"] = gr.Dropdown([], value=[], multiselect=True, label="Columns to leave out")
                signs = [(AUTO, ""), ("a point: 1.5", "."), ("a comma: 1,5", ",")]
                asked["decimal"] = gr.Radio(signs, value="", label="Decimal sign")
                orders = [(AUTO, ""), ("day first: 31/12", "day first"), ("month first: 12/31", "month first")]
                asked["dates"] = gr.Radio(orders, value="", label="Dates")
                asked["balanced"] = gr.Checkbox(False, label="Rare classes count as much as frequent ones")
        with self.groups["reviews"]:
            asked["text"] = gr.Dropdown([], label="Column of texts")
            asked["label"] = gr.Dropdown([], label="Column of labels")
            asked["stars"] = gr.Number(0, label="If the labels are stars: of how many (0: they are classes)", precision=0)
        with self.groups["tunes"]:
            asked["melody"] = gr.Checkbox(False, label="Only the melody of each piece")
        return asked

    def _chosen(self, name: str, request: gr.Request) -> tuple[Any, ...]:
        """Another kind of data: what the file must hold. What was read before is forgotten."""
        jobs.stop(_client(request))
        self.places.leave(_client(request))
        file = gr.File(value=None, file_types=list(_kind(name).suffixes))
        return _needs(name), gr.Button(visible=name in EXAMPLES), file, *self._nothing()

    def _nothing(self) -> tuple[Any, ...]:
        """What is shown before an upload. No answer about an earlier file stays."""
        asked = (gr.update(value=each.value) for each in self.asked.values())
        return "", *(gr.Column(visible=False) for _ in self.groups), *asked, "", ""

    def _uploaded(self, name: str, upload: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Takes a file and reads it."""
        yield from self._taken(name, upload, request)

    def _example(self, name: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Takes the example and reads it."""
        with _example(name) as file:
            yield from self._taken(name, file, request)

    def _taken(self, name: str, upload: str | Path | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Shows the data in place of those before, as long as no others take theirs."""
        yield self._nothing()
        kind = _kind(name)
        jobs.stop(_client(request))
        place = self.places.new(_client(request))
        try:
            for values in self._reading(place, name, kind, upload):
                yield errors.UNCHANGED if place.left else values
        except UserError:
            if not place.left:
                raise
            yield errors.UNCHANGED

    def _reading(self, place: Place, name: str, kind: Kind, upload: str | Path | None) -> Iterator[tuple[Any, ...]]:
        """First the data as they are, then what the wing has read."""
        with place.used():
            place.receive(kind, upload)
            assert place.data is not None
            look = kind.look(place.data)
            columns = [column for column in look.columns if column]
            values: dict[str, Any] = {}
            if name == "table":
                values = {
                    "target": gr.Dropdown(columns, value=columns[-1]),
                    "ignore": gr.Dropdown(columns, value=[], multiselect=True),
                }
            elif name == "reviews":
                text, label = text_and_label(columns)
                values = {"text": gr.Dropdown(columns, value=text), "label": gr.Dropdown(columns, value=label)}
            groups = [gr.Column(visible=name == group) for group in self.groups]
            asked = [values.get(each, gr.skip()) for each in self.asked]
            yield shown.of_look(place.data.name, look), *groups, *asked, '<p role="status">Reading …</p>', ""
            given = {"target": columns[-1]} if name == "table" else {}
        found = self._found(place, kind, given)
        yield found if found is errors.UNCHANGED else (*[gr.skip()] * (1 + len(groups) + len(asked)), *found)

    def _again(self, request: gr.Request, name: str, *values: Any) -> Any:
        """Reads the same file with other answers. A training with the earlier ones is stopped."""
        jobs.stop(_client(request))
        kind, answers = _kind(name), dict(zip(self.asked, values, strict=True))
        return self._found(self.places.of(_client(request)), kind, {each: answers[each] for each in ASKED.get(name, ())})

    @staticmethod
    def _found(place: Place, kind: Kind, asked: dict[str, Any]) -> Any:
        """What the wing reads, and the mark that data have been read; or the words of an error, and none.

        UNCHANGED where other answers or other data have come meanwhile.
        """
        try:
            read = place.reread(lambda data: kind.read(data, **asked))
        except UserError as error:
            return errors.shown(error), ""
        return errors.UNCHANGED if read is None else (place.plain(shown.of_read(read, kind.what)), uuid.uuid4().hex)


class _Training:
    """The second part: the training; and the third: the model's card."""

    def __init__(self, tab: Tab, places: Places, source: _Source) -> None:
        self.places = places
        with gr.Column(visible=False) as part:
            gr.Markdown("### 2. Train")
            self.network = gr.Radio([], label="Network")
            self.size = gr.Radio(SIZES, value=QUICK, label="Training")
            self.seed = gr.Number(0, label="Seed", precision=0)
            with gr.Row():
                start = gr.Button("Train", variant="primary")
                stop = gr.Button("Stop", variant="stop", interactive=False)
            error = errors.field()
            progress = gr.HTML("", elem_id="your_data-progress")
        self.done = gr.State("")  # another text whenever a model has been trained; "" where there is none
        with gr.Column(visible=False) as result:
            gr.Markdown("### 3. Your model")
            download = gr.DownloadButton("Download the model (zip)")
            pictures = gr.HTML("", elem_id="your_data-pictures")
            with gr.Accordion("Its card", open=False):
                card = gr.Markdown("", latex_delimiters=[], elem_id="your_data-card")
        tab.on(
            source.ready.change, self._ready, [source.ready, source.kind], [part, self.network, progress, self.done], error=error
        )
        outputs = [progress, start, stop, download, pictures, card, self.done]
        tab.on(start.click, self._train, [source.kind, self.network, self.size, self.seed], outputs, error=error)
        tab.on(stop.click, self._stop, [], [stop], error=error)
        tab.on(self.done.change, lambda done: gr.Column(visible=bool(done)), [self.done], [result], error=error)

    def _ready(self, ready: str, name: str) -> tuple[Any, ...]:
        """Shows the part where data have been read. A model of earlier data is no longer shown."""
        networks = [(words, network) for network, words in _kind(name).networks.items()]
        chosen = gr.Radio(networks, value=networks[0][1], visible=len(networks) > 1)
        return gr.Column(visible=bool(ready)), chosen, "", ""

    def _train(self, name: str, network: str, size: str, seed: int, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Trains, and tells how far it is."""
        kind, place = _kind(name), self.places.of(_client(request))
        if network not in kind.networks:
            raise unknown("network for these data", brief(str(network)), tuple(kind.networks))
        following = Following()
        job = work(place, network, size != FULL, whole("seed", seed, 0, MOST_SEED), following)
        running, idle = (
            (gr.Button(interactive=False), gr.Button(interactive=True)),
            (gr.Button(interactive=True), gr.Button(interactive=False)),
        )
        nothing = gr.skip(), gr.skip(), gr.skip()  # of the model
        yield following.html(), *running, *nothing, ""
        try:
            made = False
            for state in jobs.followed(_client(request), job):
                made = isinstance(state, Finished) and state.result
                yield _told(state, following), *running, *nothing, gr.skip()
            if made:
                told, model = _made(place, following)
            else:
                told, model = f'<p role="status">Stopped. No model was made.</p>{following.curves()}', (*nothing, "")
        except UserError as error:  # once other data have taken the place of these, nobody asks for its words any more
            told, model = "" if place.left else errors.shown(error), (*nothing, "")
        except Exception:
            yield BROKEN, *idle, *nothing, ""
            raise
        yield told, *idle, *model

    def _stop(self, request: gr.Request) -> Any:
        """Stops the training at its next step."""
        jobs.stop(_client(request))
        return gr.Button(interactive=False)


def _made(place: Place, following: Following) -> tuple[str, tuple[Any, ...]]:
    """What is told of a trained model; and its zip, its pictures, its card, and the mark that there is one."""
    with place.used():
        card = cards.read_card(place.out)
        return (
            f'<p role="status">Trained in {following.seconds():.0f} seconds: {models.told(card)}</p>{following.curves()}',
            (
                gr.DownloadButton(value=str(place.packed())),
                shown.of_pictures(place.out),
                shown.of_card(place.out),
                uuid.uuid4().hex,
            ),
        )


def _told(state: Any, following: Following) -> str:
    """Where a job is, as HTML."""
    if isinstance(state, Waiting):
        others = "another training" if state.ahead == 1 else f"{state.ahead} other trainings"
        return f'<p role="status">Waiting for {others} …</p>'
    return following.html()


class _Trial:
    """The fourth part: the model at work."""

    def __init__(self, tab: Tab, places: Places, source: _Source, training: _Training) -> None:
        self.places = places
        self.fields = gr.State([])
        with gr.Column(visible=False) as part:
            gr.Markdown("### 4. Try it")
            self.groups = {name: gr.Column(visible=False) for name in KINDS}
            error = errors.field()
            answer = gr.HTML("", elem_id="your_data-answer")
        with self.groups["table"]:
            self._form(tab, error, answer)
        with self.groups["reviews"]:
            text = gr.Textbox(label="A text to judge", lines=3)
            tab.on(text.change, self._text, [text], [answer], error=error, quick=True)
        with self.groups["text"]:
            prompt = gr.Textbox("", label="Begin a text; the network writes on", lines=3)
            warmth = Slider(0, WARMEST, 0.8, step=0.1, label="Temperature: low is safe, high is bold")
            seed = gr.Number(0, label="Seed of this text", precision=0)
            tab.on(gr.Button("Write on").click, self._prompt, [prompt, warmth, seed], [answer], error=error)
        with self.groups["tunes"]:
            bars = Slider(LEAST_BARS, MOST_BARS, 16, step=1, label="Bars")
            boldness = Slider(0, WARMEST, 1, step=0.1, label="Temperature: low is safe, high is bold")
            of_tune = gr.Number(0, label="Seed of this tune", precision=0)
            tab.on(gr.Button("Compose").click, self._music, [bars, boldness, of_tune], [answer], error=error)
        with self.groups["pairs"]:
            sentence = gr.Textbox(label="A sentence", lines=2)
            source_language, target_language = gr.Dropdown([], label="From"), gr.Dropdown([], label="To")
            asked = [sentence, source_language, target_language]
            tab.on(gr.Button("Translate").click, self._sentence, asked, [answer], error=error)
        with self.groups["pictures"]:
            picture = gr.File(label="A picture", type="filepath", file_types=["image"])
            tab.on(picture.upload, self._picture, [picture], [answer], error=error)
        tab.on(
            training.done.change,
            self._shown,
            [training.done, source.kind],
            [part, *self.groups.values(), self.fields, source_language, target_language, answer],
            error=error,
        )

    def _form(self, tab: Tab, error: gr.HTML, answer: gr.HTML) -> None:
        """A form with a field for each column of a table."""

        @gr.render(inputs=[self.fields], triggers=[self.fields.change], show_progress="hidden")
        def form(fields: list[tuple[Any, ...]]) -> None:
            shown_fields = [Field(*field) for field in fields]
            if not shown_fields:
                return
            components = []
            with gr.Row():
                components += [component(field) for field in shown_fields]
            changes = [each.change for each in components]
            tab.on(changes, self._row, components, [answer], error=error, quick=True)

    def _shown(self, done: str, name: str, request: gr.Request) -> tuple[Any, ...]:
        """Shows the part of the kind of data, with a first answer."""
        fields: list[tuple[Any, ...]] = []
        languages: list[str] = []
        answer = ""
        if done:
            model, learned = self._model(request)
            if name == "table":
                fields = [tuple(field) for field in learned.fields[:MOST_FIELDS]]
                answer = trial.of_row(model, {field.name: field.value for field in learned.fields})
            elif name == "pairs":
                languages = list(model.languages)
        groups = [gr.Column(visible=bool(done) and group == name) for group in self.groups]
        first, second = (gr.Dropdown(languages, value=each) for each in (languages[:2] or (None, None)))
        return gr.Column(visible=bool(done)), *groups, fields, first, second, answer

    def _model(self, request: gr.Request) -> tuple[Any, Read]:
        """The visitor's model, and what was read of the data that it learned. Raises UserError where there is none."""
        place = self.places.of(_client(request))
        model, learned = place.model, place.learned
        if model is None or learned is None:
            raise UserError("there is no model yet: train one first")
        return model, learned

    def _row(self, request: gr.Request, *values: Any) -> str:
        model, learned = self._model(request)
        row = {field.name: field.value for field in learned.fields}
        names = [field.name for field in learned.fields[:MOST_FIELDS]]
        return trial.of_row(model, row | dict(zip(names, values, strict=True)))

    def _text(self, text: str, request: gr.Request) -> str:
        return trial.of_text(self._model(request)[0], text)

    def _prompt(self, prompt: str, temperature: float, seed: int, request: gr.Request) -> str:
        temperature, seed = number("temperature", temperature, 0, WARMEST), whole("seed", seed, 0, MOST_SEED)
        return trial.of_prompt(self._model(request)[0], prompt, temperature, seed)

    def _music(self, bars: int, temperature: float, seed: int, request: gr.Request) -> str:
        bars, temperature = whole("bars", bars, LEAST_BARS, MOST_BARS), number("temperature", temperature, 0, WARMEST)
        return trial.of_music(self._model(request)[0], bars, temperature, whole("seed", seed, 0, MOST_SEED))

    def _sentence(self, text: str, source: str, target: str, request: gr.Request) -> str:
        return trial.of_sentence(self._model(request)[0], text, source, target)

    def _picture(self, upload: str | None, request: gr.Request) -> str:
        with uploads.taken(upload, PICTURES) as file:
            return trial.of_picture(self._model(request)[0], file)


def component(field: Field) -> gr.components.Component:
    """The component for a field of the form."""
    options: dict[str, Any] = {"label": brief(field.name), "min_width": 200, "interactive": True}
    if field.kind == "number":
        return Slider(field.low, field.high, field.value, step=field.step, **options)
    if field.choices:
        return gr.Dropdown(list(field.choices), value=field.value, **options)
    return gr.Textbox(field.value, **options)
