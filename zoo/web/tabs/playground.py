"""Playground: small networks that learn points in a plane or on a line, with everything in them to see while they learn."""

import html
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from zoo.core.arguments import whole
from zoo.core.errors import UserError
from zoo.web import errors, jobs, links, page
from zoo.web.fields import Slider
from zoo.web.tab import Tab
from zoo.web.tabs import playground_code, playground_run
from zoo.web.tabs.playground_run import Run
from zoo.web.tabs.playground_setting import (
    ACTIVATIONS,
    BATCHES,
    DATA,
    FORMULA,
    LEAST_POINTS,
    LEAST_RATE,
    MOST_DROPOUT,
    MOST_EPOCHS,
    MOST_L2,
    MOST_LAYERS,
    MOST_NOISE,
    MOST_POINTS,
    MOST_RATE,
    MOST_UNITS,
    OPTIMIZERS,
    TABLE,
    Setting,
)

TITLE = "Playground"
INITIAL = Setting()
NOTHING = "Choose data and a network, then press Train."
NOT_TRAINING = "nothing is training: press Train first"
# Settings that show something: of the controls that differ from the first ones.
EXAMPLES: dict[str, dict[str, Any]] = {
    "A line cannot part two moons": {"depth": 0},
    "Rings with three units": {"data": "rings", "depth": 1, "units1": 3},
    "Spirals need depth": {"data": "spirals", "noise": 0.05, "depth": 3, "units1": 12, "units2": 12, "units3": 8, "epochs": 150},
    "A wave from straight pieces": {"data": FORMULA, "depth": 1, "units1": 12, "activation1": "relu", "epochs": 150},
    "Learned by heart": {"points": 60, "noise": 0.4, "depth": 2, "units1": 16, "units2": 16, "epochs": 200},
}
# Runs by the client that watches them; each is taken out when it ends.
_runs: dict[str, Run] = {}
_guard = threading.Lock()

TEMPLATE = """<div class="stage">
<figure class="net"><figcaption>The network. Lines are weights, small pictures what each unit gives.</figcaption>
<div class="scroll"><canvas class="network" tabindex="0" role="img"
 aria-label="The network; the arrow keys go from one unit to the next"></canvas></div>
<p class="told" aria-live="polite">Point at a unit, or go through them with the arrow keys.</p></figure>
<figure class="out"><figcaption class="of">What the network gives</figcaption>
<canvas class="plane" role="img" aria-label="The points and what the network gives"></canvas><p class="key"></p></figure>
<figure class="loss"><figcaption>Loss: training (line), validation (dashes)</figcaption>
<canvas class="curves" role="img" aria-label="The losses"></canvas></figure>
<details><summary>The last losses as a table</summary>
<table><thead><tr><th>step</th><th>training</th><th>validation</th></tr></thead><tbody></tbody></table></details>
</div>"""


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    names = gr.Dropdown(list(EXAMPLES), value=None, label="An example to begin with", elem_id="playground-example")
    with gr.Row(elem_id="playground-all"):
        with gr.Column(scale=1, min_width=300):
            controls = _controls()
        with gr.Column(scale=2, min_width=300):
            with gr.Row(elem_id="playground-buttons"):
                train = gr.Button("Train", variant="primary", min_width=80)
                pause = gr.Button("Pause", min_width=80)
                step = gr.Button("One step", min_width=80)
                go_on = gr.Button("Go on", min_width=80)
                stop = gr.Button("Stop", min_width=80)
            error = errors.field()
            status = gr.HTML(f'<p role="status">{NOTHING}</p>', elem_id="playground-status")
            stage = gr.HTML("", html_template=TEMPLATE, js_on_load=page.script("tabs/playground"), elem_id="playground-stage")
    program = gr.Code(
        "",
        language="python",
        label="The same in Keras, as a program of its own",
        interactive=False,
        show_line_numbers=False,
        lines=10,
        max_lines=30,
        elem_id="playground-code",
    )
    values = list(controls.values())
    watched = [status, stage, train]
    tab.on(train.click, trained, values, watched, error=error)
    tab.on(step.click, stepped, values, watched, error=error, again=True)
    for button, function in ((pause, paused), (go_on, went_on), (stop, stopped)):
        tab.on(button.click, function, [], [status], error=error, quick=True)
    fault = errors.field()
    tab.on([*tab.opened, *(value.change for value in values)], shown, values, [stage, program], error=fault, quick=True)
    # At a choice, and not at a change: somebody who has moved a control can choose the same example again.
    tab.on(names.select, example, [names], values, error=error)
    _show_what_matters(tab, controls, error)
    tab.api(playground)
    tab.link(arranged, **_links(controls))


def _controls() -> dict[str, Any]:
    """Places the controls. Their order is that of the arguments of `chosen`."""
    made: dict[str, Any] = {}
    with gr.Group():
        made["data"] = gr.Dropdown([(label, name) for name, label in DATA.items()], value=INITIAL.data, label="Data")
        made["formula"] = gr.Textbox(
            INITIAL.formula, label="f(x)", info="numbers, x, pi, e, + - * / ^, sin, exp, abs ...", visible=False
        )
        made["table"] = gr.Textbox(
            "",
            label="CSV",
            info="one or two columns of numbers, then the column to predict; the first line has the names",
            lines=6,
            max_lines=12,
            visible=False,
        )
        made["points"] = Slider(LEAST_POINTS, MOST_POINTS, INITIAL.points, step=10, label="Points")
        made["noise"] = Slider(0, MOST_NOISE, INITIAL.noise, step=0.01, label="Noise")
    with gr.Group():
        made["depth"] = Slider(0, MOST_LAYERS, len(INITIAL.layers), step=1, label="Hidden layers")
        for number in range(1, MOST_LAYERS + 1):
            used = number <= len(INITIAL.layers)
            units, activation = INITIAL.layers[min(number, len(INITIAL.layers)) - 1]
            with gr.Row():
                made[f"units{number}"] = gr.Dropdown(
                    list(range(1, MOST_UNITS + 1)), value=units, label=f"Units of layer {number}", visible=used, min_width=120
                )
                made[f"activation{number}"] = gr.Dropdown(
                    list(ACTIVATIONS), value=activation, label=f"Activation of layer {number}", visible=used, min_width=120
                )
    with gr.Group():
        made["optimizer"] = gr.Dropdown(
            [(label, name) for name, label in OPTIMIZERS.items()], value=INITIAL.optimizer, label="Optimizer"
        )
        made["rate"] = gr.Number(INITIAL.rate, label="Learning rate", info="the first one; it falls to 0", step=0.01)
        made["batch"] = gr.Dropdown(list(BATCHES), value=INITIAL.batch, label="Batch size")
        made["epochs"] = Slider(1, MOST_EPOCHS, INITIAL.epochs, step=1, label="Epochs")
        made["dropout"] = Slider(0, MOST_DROPOUT, INITIAL.dropout, step=0.05, label="Dropout of hidden layers")
        made["l2"] = gr.Number(INITIAL.l2, label="L2 of hidden layers", info=f"from 0 to {MOST_L2:g}", step=0.001)
        made["seed"] = gr.Number(INITIAL.seed, label="Seed", precision=0)
    return made


def _links(controls: dict[str, Any]) -> dict[str, tuple[Any, links.Reader]]:
    """How each control is read from an address."""
    readers: dict[str, links.Reader] = {
        "data": links.choice(DATA),
        "formula": links.text(),
        "table": links.text(),
        "points": links.whole(LEAST_POINTS, MOST_POINTS),
        "noise": links.number(0, MOST_NOISE),
        "depth": links.whole(0, MOST_LAYERS),
        "optimizer": links.choice(OPTIMIZERS),
        "rate": links.number(LEAST_RATE, MOST_RATE),
        "batch": lambda value: int(links.choice(map(str, BATCHES))(value)),
        "epochs": links.whole(1, MOST_EPOCHS),
        "dropout": links.number(0, MOST_DROPOUT),
        "l2": links.number(0, MOST_L2),
        "seed": links.whole(),
    }
    for number in range(1, MOST_LAYERS + 1):
        readers |= {f"units{number}": links.whole(1, MOST_UNITS), f"activation{number}": links.choice(ACTIVATIONS)}
    return {name: (component, readers[name]) for name, component in controls.items()}


def arranged(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values of a link, without the choice of a CSV that the link does not hold, and a word on that."""
    if values.get("data") != TABLE or values.get("table"):
        return values, []
    kept = {name: value for name, value in values.items() if name != "data"}
    return kept, [f"the link does not hold its CSV, as one of more than {links.MOST_TEXT:,} characters: choose it, and paste it"]


def _show_what_matters(tab: Tab, controls: dict[str, Any], error: gr.HTML) -> None:
    """Hides the controls that the chosen data and the number of layers leave without a meaning."""
    layers = [controls[f"{what}{number}"] for number in range(1, MOST_LAYERS + 1) for what in ("units", "activation")]

    def of_data(data: str) -> tuple[Any, ...]:
        return tuple(gr.update(visible=shown) for shown in (data == FORMULA, data == TABLE, data != TABLE, data != TABLE))

    def of_depth(depth: float | None) -> tuple[Any, ...]:
        if depth is None:  # the field is empty while somebody types another number
            return tuple(gr.skip() for _ in layers)
        return tuple(gr.update(visible=number <= depth) for number in range(1, MOST_LAYERS + 1) for _ in range(2))

    parts = [controls[name] for name in ("formula", "table", "points", "noise")]
    tab.on(controls["data"].change, of_data, [controls["data"]], parts, error=error, quick=True)
    tab.on(controls["depth"].change, of_depth, [controls["depth"]], layers, error=error, quick=True)


def chosen(data: str, formula: str, table: str, points: Any, noise: Any, depth: Any, *rest: Any) -> Setting:
    """The setting that the controls tell, whose values come in their order: `rest` begins with the layers."""
    used = whole("hidden layers", depth, 0, MOST_LAYERS)
    layers = tuple(zip(rest[0 : 2 * MOST_LAYERS : 2], rest[1 : 2 * MOST_LAYERS : 2], strict=True))[:used]
    optimizer, rate, batch, epochs, dropout, l2, seed = rest[2 * MOST_LAYERS :]
    if data != FORMULA:
        formula = INITIAL.formula
    return Setting(data, formula, table, points, noise, layers, optimizer, rate, batch, epochs, dropout, l2, seed)


def example(name: str) -> tuple[Any, ...]:
    """The values of all controls for an example."""
    first: dict[str, Any] = {
        "data": INITIAL.data,
        "formula": INITIAL.formula,
        "table": "",
        "points": INITIAL.points,
        "noise": INITIAL.noise,
        "depth": len(INITIAL.layers),
    }
    for number in range(1, MOST_LAYERS + 1):
        units, activation = INITIAL.layers[min(number, len(INITIAL.layers)) - 1]
        first |= {f"units{number}": units, f"activation{number}": activation}
    first |= {each: getattr(INITIAL, each) for each in ("optimizer", "rate", "batch", "epochs", "dropout", "l2", "seed")}
    return tuple({**first, **EXAMPLES[name]}.values())


def shown(request: gr.Request, *values: Any) -> tuple[Any, Any]:
    """The points of the chosen data, and the program; while the client's training runs, its picture stays."""
    setting = chosen(*values)
    scene, program = preview(setting)
    return (gr.skip() if (request.session_hash or "") in _runs else playground_run.as_text(scene)), program


def preview(setting: Setting) -> tuple[dict[str, Any], str]:
    """The points without a network, and the program that trains one on them."""
    if setting.data != TABLE:
        return playground_run.made_scene(setting), playground_code.code(setting)
    with tempfile.TemporaryDirectory(prefix="studio-playground-") as folder:
        table = playground_run.loaded(setting, Path(folder))
        view = playground_run.view_of(table)
        return playground_run.still_scene(table, view.places), playground_code.code(setting, table)


def trained(request: gr.Request, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Trains what is chosen, and yields the status, the picture and whether Train can be pressed, some times a second."""
    yield from _followed(request.session_hash or "", Run(chosen(*values)))


def stepped(request: gr.Request, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Lets one step of the client's training pass; where there is none, begins one that waits after its first step."""
    client = request.session_hash or ""
    if (run := _runs.get(client)) is not None:
        run.step()
        yield gr.skip(), gr.skip(), gr.skip()
        return
    run = Run(chosen(*values), paused=True)
    run.step()
    yield from _followed(client, run)


def _followed(client: str, run: Run) -> Iterator[tuple[Any, ...]]:
    with _guard:
        if client in _runs:
            raise UserError("a training of yours is running already: stop it first")
        _runs[client] = run
    last: dict[str, Any] = {}
    try:
        yield _status("Getting ready …"), gr.skip(), gr.update(interactive=False)
        for state in jobs.followed(client, run.work):
            if isinstance(state, jobs.Waiting):
                yield _status(f"Waiting: {state.ahead} before this one"), gr.skip(), gr.skip()
                continue
            last = state.report[0] if isinstance(state, jobs.Moment) else state.result or last
            if last:
                yield _status(told(last, run.paused), spoken=run.paused), playground_run.as_text(last), gr.skip()
    except Exception:  # a user's mistake or a fault of ours: Train can be pressed again
        yield _status(NOTHING), gr.skip(), gr.update(interactive=True)
        raise
    finally:
        with _guard:
            _runs.pop(client, None)
    ending = run.ended or (
        f"{told(last, False)} Done." if last and last["done"] == last["total"] else f"{told(last, False)} Stopped."
    )
    yield _status(ending), gr.skip(), gr.update(interactive=True)


def _status(words: str, spoken: bool = True) -> str:
    """The line above the picture. A screen reader speaks it where `spoken`, which is not what changes four times a second."""
    role = ' role="status"' if spoken else ""
    return f"<p{role}>{html.escape(words)}</p>"


def told(scene: dict[str, Any], paused: bool) -> str:
    """Where a training stands, in words."""
    if not scene:
        return ""
    (_, train, held_out), (right, right_held_out) = scene["losses"][-1], scene["right"]
    share = "right" if scene["classes"] else "explained (R²)"
    words = "Paused at step" if paused else "Step"
    return (
        f"{words} {scene['done']:,} of {scene['total']:,}. Training: loss {train:.4f}, {right:.1%} {share}. "
        f"Validation: loss {held_out:.4f}, {right_held_out:.1%} {share}."
    )


def _of(request: gr.Request) -> Run:
    run = _runs.get(request.session_hash or "")
    if run is None:
        raise UserError(NOT_TRAINING)
    return run


def paused(request: gr.Request) -> Any:
    """Makes the client's training wait."""
    _of(request).pause(True)
    return gr.skip()


def went_on(request: gr.Request) -> Any:
    """Lets the client's training go on."""
    _of(request).pause(False)
    return gr.skip()


def stopped(request: gr.Request) -> Any:
    """Ends the client's training."""
    _of(request)
    jobs.stop(request.session_hash or "")
    return gr.skip()


def playground(
    request: gr.Request,
    data: str = INITIAL.data,
    formula: str = INITIAL.formula,
    table: str = "",
    points: int = INITIAL.points,
    noise: float = INITIAL.noise,
    units: list[int] | None = None,
    activations: list[str] | None = None,
    optimizer: str = INITIAL.optimizer,
    learning_rate: float = INITIAL.rate,
    batch_size: int = INITIAL.batch,
    epochs: int = INITIAL.epochs,
    dropout: float = 0.0,
    l2: float = 0.0,
    seed: int = 0,
) -> dict[str, Any]:
    """Trains a small network on points in a plane or on a line. It waits for its turn; a program has one training at a time.

    Args:
        request: tells whose training it is, which ends when the program closes its client.
        data: moons, rings, spirals, blobs, formula, or table.
        formula: of x, for the data "formula", such as "sin(2*x) + x/2".
        table: a CSV as text, for the data "table": one or two columns of numbers, then the column to predict.
        points: rows that are made, from 20 to 2,000.
        noise: the standard deviation of what is added to them, from 0 to 0.5.
        units: of each hidden layer, at most 4 layers of 16. Default: 8 and 6.
        activations: of each hidden layer. Default: tanh.
        optimizer: adam, adamw, sgd, momentum or rmsprop.
        learning_rate: the first one; it falls to 0 along a cosine.
        batch_size, epochs: at most 5,000 steps in all.
        dropout: the share of hidden units that a step leaves out.
        l2: the factor of the squared weights of hidden layers in the loss.
        seed: of the points, the first weights and the order of the rows.

    Returns:
        "steps"; "losses", a list of [step, training loss, validation loss]; "right", the share of the training and the validation
        rows whose class is right, or R2; "weights" and "biases" of each layer; "code", the same in Keras.
    """
    units = [number for number, _ in INITIAL.layers] if units is None else units
    if not isinstance(units, list) or not isinstance(activations, list | None):
        raise UserError("units and activations: name a list of each, such as [8, 6] and ['tanh', 'tanh']")
    activations = ["tanh"] * len(units) if activations is None else activations
    if len(activations) != len(units):
        raise UserError(f"{len(units)} layers, but {len(activations)} activations: name one for each")
    layers = tuple(zip(units, activations, strict=True))
    setting = Setting(
        data, formula, table, points, noise, layers, optimizer, learning_rate, batch_size, epochs, dropout, l2, seed
    )
    scene = jobs.result(request.session_hash or "", Run(setting).work)
    if "done" not in scene or scene["done"] < scene["total"]:
        raise UserError("the training was stopped: call again")
    given = {name: scene[name] for name in ("losses", "right", "weights", "biases")}
    return {"steps": scene["done"], **given, "code": preview(setting)[1]}
