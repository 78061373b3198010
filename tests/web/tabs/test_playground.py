"""The tab of small networks: its settings, a training that is watched, the program in Keras, and the tab in a browser."""

import base64
import json
import re
from collections.abc import Iterator

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.web import jobs
from zoo.web.tabs import playground, playground_code, playground_run
from zoo.web.tabs.playground_run import Run
from zoo.web.tabs.playground_setting import ACTIVATIONS, CLASSES_OF, OPTIMIZERS, SHAPES, Setting

CSV = "height;weight;kind\n" + "\n".join(
    f"{1 + i % 7 / 10:.2f};{40 + i * 1.37:.2f};{'cat' if i % 2 else 'dog'}" for i in range(60)
)
SMALL = Setting(points=60, layers=((4, "tanh"),), epochs=4, batch=12)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"data": "moon"}, "did you mean moons"),
        ({"points": 5}, "points = 5: name a whole number from 20 to 2,000"),
        ({"points": 100.5}, "points = 100.5"),
        ({"noise": float("nan")}, "noise = nan"),
        ({"layers": ((17, "relu"),)}, "units of layer 1 = 17"),
        ({"layers": ((4, "rellu"),)}, "did you mean relu"),
        ({"layers": ((4, "relu"),) * 5}, "5 hidden layers: at most 4"),
        ({"optimizer": "adem"}, "no optimizer is called 'adem'"),
        ({"rate": 0}, "learning rate = 0: name a number from 1e-06 to 10"),
        ({"rate": "fast"}, "learning rate = 'fast'"),
        ({"epochs": None}, "epochs is empty"),
        ({"dropout": 1.0}, "dropout = 1.0"),
        ({"l2": -1}, "L2 = -1"),
        ({"seed": 2**32}, "seed = 4294967296"),
        ({"data": "formula", "formula": "x +"}, "is no formula of x"),
        ({"data": "table"}, "the CSV is empty"),
        ({"data": "table", "table": "a,b\n" + "1,2\n" * 2_001}, "2,001 rows: paste at most 2,000"),
        ({"data": "table", "table": "a" * 100_001}, "at most 100,000"),
        ({"table": 7}, "the CSV 7 is no text"),
    ],
)
def test_a_wrong_setting_is_told_with_its_value(wrong: dict, words: str) -> None:
    with pytest.raises(UserError, match=re.escape(words)):
        Setting(**wrong)


@given(st.sampled_from(list(CLASSES_OF)), st.integers(20, 60), st.floats(0, 0.5), st.integers(0, 9))
def test_the_csv_holds_the_points(data: str, points: int, noise: float, seed: int) -> None:
    setting = Setting(data=data, points=points, noise=noise, seed=seed)
    lines = [line.split(",") for line in setting.csv().splitlines()]
    x, _ = setting.made()
    assert tuple(lines[0]) == setting.names
    np.testing.assert_allclose(np.array([line[:-1] for line in lines[1:]], float), x, atol=1e-6)


def test_the_values_of_the_controls_become_a_setting() -> None:
    layers = [5.0, "relu", 3.0, "tanh", 8.0, "elu", 8.0, "gelu"]
    setting = playground.chosen("rings", "nonsense (", "", 40.0, 0.2, 2.0, *layers, "sgd", 0.5, 8, 12.0, 0.1, 0.01, 7)
    assert setting == Setting("rings", Setting.formula, "", 40, 0.2, ((5, "relu"), (3, "tanh")), "sgd", 0.5, 8, 12, 0.1, 0.01, 7)
    for name in playground.EXAMPLES:
        playground.chosen(*playground.example(name))  # each is a setting


@pytest.mark.parametrize(("depth", "words"), [(None, "layers is empty"), (9, "layers = 9"), (1.5, "layers = 1.5")])
def test_a_number_of_layers_that_is_typed_is_checked(depth: float | None, words: str) -> None:
    values = list(playground.example("Rings with three units"))
    values[5] = depth
    with pytest.raises(UserError, match=f"{words}: name a whole number from 0 to 4"):
        playground.chosen(*values)


def test_a_link_without_its_csv_leaves_the_data_as_they_are_and_says_so() -> None:
    values, faults = playground.arranged({"data": "table", "epochs": 9})
    assert values == {"epochs": 9}
    assert "does not hold its CSV" in faults[0]
    for whole in ({"data": "table", "table": CSV}, {"data": "rings"}, {}):
        assert playground.arranged(whole) == (whole, [])


def test_a_program_has_one_training_which_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    request = gr.Request(session_hash="program")
    stopped: list[bool] = []

    def work(run: Run, job: jobs.Job) -> dict:
        with pytest.raises(UserError, match="a training of yours is running"):
            playground.playground(request, points=40)
        stopped.append(jobs.stop("program"))  # as the page does when a client has gone
        return {"done": 1, "total": 9}

    monkeypatch.setattr(Run, "work", work)
    with pytest.raises(UserError, match="the training was stopped"):
        playground.playground(request, points=40)
    assert stopped == [True]


def test_points_are_shown_before_a_training() -> None:
    scene, program = playground.preview(Setting(data="blobs", points=30))
    points = np.frombuffer(base64.b64decode(scene["points"]), "<f4").reshape(30, 3)
    assert scene["classes"] == ["a", "b", "c"]
    assert sorted(set(points[:, 2])) == [0, 1, 2]
    assert "surface" not in scene
    assert "def blobs(" in program


def program_of(setting: Setting) -> dict:
    """The names that the program in Keras leaves behind."""
    space: dict = {}
    exec(compile(playground.preview(setting)[1], "program", "exec"), space)
    return space


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("setting", "last"),
    [
        (Setting(points=100, epochs=30, layers=((8, "relu"), (4, "tanh")), dropout=0.1, l2=0.001, optimizer="rmsprop"), 1),
        (Setting(data="blobs", points=60, epochs=2, layers=(), optimizer="momentum"), 3),
        (Setting(data="formula", formula="sin(2*x) + x^2/4", points=80, epochs=2, optimizer="sgd"), 1),
        (Setting(data="table", table=CSV, epochs=2, optimizer="adamw", batch=4), 1),
    ],
)
def test_the_program_in_keras_runs_as_it_is(setting: Setting, last: int, capsys: pytest.CaptureFixture[str]) -> None:
    space = program_of(setting)
    dense = [layer for layer in space["model"].layers if hasattr(layer, "units")]
    assert [(layer.units, layer.activation.__name__) for layer in dense] == [*setting.layers, (last, "linear")]
    assert int(space["model"].optimizer.iterations) == setting.epochs * -(-len(space["train"]) // setting.batch)
    assert "loss" in capsys.readouterr().out
    if setting.data in SHAPES:
        x, y = setting.made()
        np.testing.assert_allclose(space["x"], (x - x[space["train"]].mean(0)) / x[space["train"]].std(0))
        assert (space["y"] == y).all()


@given(
    st.sampled_from(list(CLASSES_OF)),
    st.lists(st.tuples(st.integers(1, 16), st.sampled_from(ACTIVATIONS)), max_size=4),
    st.sampled_from(list(OPTIMIZERS)),
    st.floats(0, 0.9),
    st.sampled_from([0, 0.001, 0.25]),
)
def test_every_setting_has_a_program(data: str, layers: list, optimizer: str, dropout: float, l2: float) -> None:
    setting = Setting(data=data, layers=tuple(layers), optimizer=optimizer, dropout=dropout, l2=l2)
    program = playground_code.code(setting)
    compile(program, "program", "exec")
    assert program.count("keras.layers.Dense(") == len(layers) + 1
    assert max(map(len, program.splitlines())) <= 130


def followed(run: Run) -> Iterator[dict]:
    for state in jobs.followed("test", run.work):
        if isinstance(state, jobs.Moment):
            yield state.report[0]
        if isinstance(state, jobs.Finished):
            yield state.result


@pytest.mark.parametrize("fault", [UserError("no"), ZeroDivisionError()])
def test_train_can_be_pressed_again_whatever_ended_a_training(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(job: jobs.Job) -> None:
        raise fault

    run, shown = Run(SMALL), []
    monkeypatch.setattr(run, "work", work)
    with pytest.raises(type(fault)):
        shown.extend(playground._followed("anna", run))
    assert shown[-1][2]["interactive"] is True
    assert "anna" not in playground._runs


@pytest.mark.slow
def test_a_training_is_watched_to_its_end() -> None:
    scenes = list(followed(Run(SMALL)))
    last = scenes[-1]
    assert last["done"] == last["total"] == 4 * 3
    assert last["losses"][0][0] == 0
    assert last["losses"][-1][1] < last["losses"][0][1]
    assert len(base64.b64decode(last["surface"][1])) == 48 * 48
    assert len(last["units"][0]) == 4
    assert np.shape(last["weights"][0]) == (2, 4)
    assert set(base64.b64decode(last["places"])) == {0, 1, 2}
    json.loads(playground_run.as_text(last))
    assert "right. Validation: loss" in playground.told(last, False)


@pytest.mark.slow
def test_a_training_waits_goes_step_by_step_and_goes_on() -> None:
    run = Run(SMALL, paused=True)
    scenes = followed(run)
    first = next(scenes)
    assert first["done"] == 0
    assert playground.told(first, run.paused).startswith("Paused at step 0 of 12")
    run.step()
    assert next(scenes)["done"] == 1
    run.step()
    second = next(scenes)
    assert second["done"] == 2
    assert second["weights"] != first["weights"]
    run.pause(False)
    assert list(scenes)[-1]["done"] == 12


@pytest.mark.slow
def test_a_paused_training_can_be_stopped() -> None:
    run = Run(SMALL, paused=True)
    scenes = followed(run)
    assert next(scenes)["done"] == 0
    assert jobs.stop("test")
    assert all(scene["done"] == 0 for scene in scenes)
    assert not jobs.stop("test")


@pytest.mark.slow
def test_a_training_that_is_paused_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground_run, "MOST_PAUSE", 0.0)
    run = Run(SMALL, paused=True)
    list(followed(run))
    assert "was paused for more than" in run.ended


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (Setting(points=2_000, epochs=500, batch=1), "at most 5,000: take fewer epochs or a larger batch"),
        (Setting(data="table", table="a,b,c\n1,2,3\n"), "1 row: it needs a header"),
        (Setting(data="table", table="only one column\n1\n2\n"), "column"),
        (Setting(data="table", table="a,b,c,d\n" + "1.5,2.5,3.5,x\n2.5,0.5,1.5,y\n" * 20), "one or two columns of numbers"),
    ],
)
def test_data_that_cannot_be_learned_are_told_without_a_path(setting: Setting, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        list(followed(Run(setting)))
    assert "/" not in str(caught.value)


@pytest.mark.slow
def test_a_program_asks_the_tab(studio: str) -> None:
    client = Client(studio, verbose=False)
    answer = client.predict(data="blobs", points=90, units=[4], epochs=20, api_name="/playground")
    assert answer["steps"] == 20 * 4
    assert answer["losses"][-1][1] < answer["losses"][0][1]
    assert min(answer["right"]) > 0.8
    assert np.shape(answer["weights"][0]) == (2, 4)
    assert "keras.layers.Dense(4" in answer["code"]
    with pytest.raises(AppError, match="did you mean moons"):
        client.predict(data="moon", api_name="/playground")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_a_network_is_trained_step_by_step_and_to_the_end(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=playground&data=rings&points=60&depth=1&units1=3&epochs=20")
    status = page.locator("#playground-status")
    program = page.get_by_text("def rings(")
    expect(program).to_be_visible()
    page.get_by_role("button", name="One step").click()
    expect(status).to_contain_text("Paused at step 1 of")
    page.get_by_role("button", name="One step").click()
    expect(status).to_contain_text("Paused at step 2 of")
    network = page.locator("#playground-stage .network")
    network.focus()
    page.keyboard.press("ArrowDown")
    told = page.locator("#playground-stage .told")
    expect(told).to_contain_text("Unit 1 of layer 1, tanh: weights of x1")
    page.keyboard.press("ArrowDown")
    expect(told).to_contain_text("Unit 2 of layer 1")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go on").click()
    expect(status).to_contain_text("Done.")
    # The plane shows more than one colour, and the losses have fallen.
    colours = page.locator("#playground-stage .plane").evaluate(
        "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    )
    assert colours > 20
    page.get_by_role("button", name="Train").click()
    expect(status).to_contain_text("Training: loss")
    page.get_by_role("button", name="Stop").click()
    expect(status).to_contain_text(re.compile("Stopped|Done"))


@pytest.mark.slow
def test_mistakes_stand_beside_the_field_and_examples_fill_the_controls(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=playground&data=formula&formula=sinn(x)")
    expect(page.get_by_role("alert").first).to_contain_text("did you mean sin or sign?")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("nothing is training")).to_be_visible()
    page.get_by_label("An example to begin with").click()
    page.get_by_role("option", name="Rings with three units").click()
    expect(page.get_by_text("def rings(")).to_be_visible()
    expect(page).to_have_url(re.compile("data=rings.*depth=1&units1=3"))
