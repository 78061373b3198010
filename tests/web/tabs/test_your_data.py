"""The tab of own data: its function for programs, its events, and the tab in a browser."""

import asyncio
import base64
import contextlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.web import errors, jobs
from zoo.web.tab import Tab
from zoo.web.tabs import your_data
from zoo.web.your_data import examples, kinds
from zoo.web.your_data.kinds import KINDS, Field, Kind, Read
from zoo.web.your_data.place import Place, Places

LONG_MS = 600_000  # a training on a busy machine
PROGRAM = gr.Request(session_hash="program")
ANNA: Any = SimpleNamespace(session_hash="anna")  # the request of a visitor


class Parts:
    """The tab outside of a page. Reading and training are what a test puts into their places."""

    def __init__(self) -> None:
        with gr.Blocks() as self.blocks, gr.Tabs(), gr.Tab(your_data.TITLE, id="your_data") as item:
            tab, self.places = Tab("your_data", item), Places()
            self.source = your_data._Source(tab, self.places)
            self.training = your_data._Training(tab, self.places, self.source)
        self.meanwhile: Callable[[], object] = lambda: None  # what happens once while data are read

    def read(self, path: Path, **asked: Any) -> Read:
        """Reads nothing, but keeps what was asked."""
        now, self.meanwhile = self.meanwhile, lambda: None
        now()
        return Read({"training": 3}, asked)

    def answers(self, **given: Any) -> list[Any]:
        """The values of everything that is asked."""
        return [given.get(name) for name in self.source.asked]

    @property
    def place(self) -> Place:
        """Anna's."""
        return self.places.of("anna")


async def built() -> Parts:
    """The tab. Where no event loop runs, Gradio makes some that nobody closes."""
    return Parts()


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """The tab, without TensorFlow."""
    monkeypatch.setattr(kinds, "import_tensorflow", lambda: None)
    monkeypatch.setattr(kinds, "import_data_sets", lambda: None)
    parts = asyncio.run(built())
    monkeypatch.setitem(KINDS, "table", replace(KINDS["table"], reader=parts.read))
    yield parts
    parts.places.leave("anna")


@pytest.fixture
def upload(tmp_path: Path) -> str:
    """An uploaded table."""
    path = tmp_path / "towns.csv"
    path.write_text("town,area,rent\nUlm,1,2\n")
    return str(path)


def test_a_program_is_told_of_a_file_that_is_none_before_anything_is_read() -> None:
    with pytest.raises(UserError, match="not in base64"):
        your_data.train(PROGRAM, "?", "a.csv")
    with pytest.raises(UserError, match=r"at most 1\.4 MB"):
        your_data.train(PROGRAM, "A" * 2_000_000, "a.csv")
    with pytest.raises(UserError, match="no kind of data is called 'tabel': did you mean table"):
        your_data.train(PROGRAM, "QQ==", "a.csv", kind="tabel")
    with pytest.raises(UserError, match=r"ends in '\.exe'"):
        your_data.train(PROGRAM, "QQ==", "a.exe")
    with pytest.raises(UserError, match="epochs = -1"):
        your_data.train(PROGRAM, "QQ==", "a.csv", epochs=-1)


def test_a_program_has_one_training_which_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[bool] = []

    def read(kind: Kind, data: Path, **asked: str) -> object:  # in the turn of the training too
        with pytest.raises(UserError, match="a training of yours is running"):
            your_data.train(PROGRAM, "QQ==", "a.csv")
        stopped.append(jobs.stop("program"))  # as the page does when a client has gone
        return object()

    monkeypatch.setattr(Kind, "read", read)
    monkeypatch.setattr(your_data, "work", lambda *_: lambda job: job.report())
    with pytest.raises(UserError, match="the training was stopped, and no model was made"):
        your_data.train(PROGRAM, "QQ==", "a.csv")
    assert stopped == [True]


def test_a_name_that_is_a_path_leads_nowhere() -> None:
    with your_data._sent("QQ==", "../../etc/passwd.csv") as file:
        assert file.name == "passwd.csv"
        assert file.read_bytes() == b"A"
    assert not file.exists()


def test_each_field_of_the_form_fits_its_column() -> None:
    slider = your_data.component(Field("area", "number", 3.0, (), 1.0, 9.0, 1.0))
    assert (slider.label, slider.minimum, slider.maximum, slider.value) == ("area", 1.0, 9.0, 3.0)
    assert [slider.preprocess(value) for value in (None, 90.0)] == [None, 90.0]  # while somebody types another number
    assert your_data.component(Field("town", "category", "Bonn", ("Ulm", "Bonn"))).value == "Bonn"
    assert your_data.component(Field("day", "date", "2024-05-31")).value == "2024-05-31"


def test_no_answer_of_a_user_is_passed_over_while_data_are_read(parts: Parts) -> None:
    modes = {function.name: function.trigger_mode for function in parts.blocks.fns.values()}
    assert [modes[name] for name in ("_chosen", "_uploaded", "_again")] == ["always_last"] * 3


def test_data_are_shown_then_read(parts: Parts, upload: str) -> None:
    _, looked, found = parts.source._uploaded("table", upload, ANNA)
    assert "Ulm" in looked[0]
    assert "Read: 3 rows" in found[-2]
    assert found[-1]
    assert parts.place.read == Read({"training": 3}, {"target": "rent"})


def test_an_answer_about_an_earlier_file_does_not_stay(parts: Parts, upload: str) -> None:
    cleared = next(parts.source._uploaded("table", upload, ANNA))
    first = 1 + len(parts.source.groups)
    values = [update["value"] for update in cleared[first:-2]]
    assert dict(zip(parts.source.asked, values, strict=True)) == {
        "target": None,
        "task": "",
        "ignore": [],
        "decimal": "",
        "dates": "",
        "balanced": False,
        "text": None,
        "label": None,
        "stars": 0,
        "melody": False,
    }


def test_a_reading_that_other_data_have_replaced_changes_nothing_on_the_page(parts: Parts, upload: str) -> None:
    parts.meanwhile = lambda: parts.source._chosen("text", ANNA)
    assert list(parts.source._uploaded("table", upload, ANNA))[-1] is errors.UNCHANGED


def test_a_file_that_other_data_have_replaced_before_it_is_read_changes_nothing(parts: Parts, upload: str) -> None:
    steps = parts.source._uploaded("table", upload, ANNA)
    next(steps)
    next(steps)
    parts.source._chosen("text", ANNA)
    assert list(steps) == [errors.UNCHANGED]


def test_the_last_answer_counts_whichever_reading_ends_last(parts: Parts, upload: str) -> None:
    found = []
    parts.meanwhile = lambda: found.append(parts.source._again(ANNA, "table", *parts.answers(target="area")))
    assert list(parts.source._uploaded("table", upload, ANNA))[-1] is errors.UNCHANGED
    assert "Read: 3 rows" in found[0][0]
    assert parts.place.read is not None
    assert parts.place.read.options["target"] == "area"


def test_another_answer_stops_a_training_with_the_earlier_one(parts: Parts, upload: str) -> None:
    def work(job: jobs.Job) -> str:
        while job.report("working"):
            pass
        return "stopped"

    list(parts.source._uploaded("table", upload, ANNA))
    steps = jobs.followed("anna", work)
    next(steps)
    parts.source._again(ANNA, "table", *parts.answers(target="area"))
    assert list(steps)[-1] == jobs.Finished("stopped")


def trained(parts: Parts, upload: str, monkeypatch: pytest.MonkeyPatch, work: Callable[[jobs.Job], Any]) -> Iterator[Any]:
    """The rows of a training with this work."""
    list(parts.source._uploaded("table", upload, ANNA))
    monkeypatch.setattr(your_data, "work", lambda *_: work)
    return parts.training._train("table", "mlp", your_data.QUICK, 0, ANNA)


@pytest.mark.parametrize(
    ("fault", "words"), [(UserError("nothing <to> learn"), "nothing &lt;to&gt; learn"), (OSError("disk full"), "broke off")]
)
def test_train_can_be_pressed_again_whatever_ended_a_training(
    fault: Exception, words: str, parts: Parts, upload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(job: jobs.Job) -> bool:
        raise fault

    rows: list[Any] = []
    with contextlib.nullcontext() if isinstance(fault, UserError) else pytest.raises(OSError, match="disk full"):
        rows.extend(trained(parts, upload, monkeypatch, work))
    assert rows[0][1].interactive is False
    told, start, stop, *_, done = rows[-1]
    assert words in told
    assert (start.interactive, stop.interactive, done) == (True, False, "")


def test_train_can_be_pressed_again_if_other_data_come_while_a_model_is_written(
    parts: Parts, upload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(job: jobs.Job) -> bool:
        parts.places.leave("anna")
        return True

    told, start, stop, *_, done = list(trained(parts, upload, monkeypatch, work))[-1]
    assert (told, start.interactive, stop.interactive, done) == ("", True, False, "")


@pytest.mark.slow
def test_a_program_trains_on_a_table_and_gets_a_model(studio: str, tmp_path: Path) -> None:
    client = Client(studio, verbose=False)
    sent = base64.b64encode(examples.table().encode()).decode()
    answer = client.predict(file=sent, name="flats.csv", target="rent", epochs=2, api_name="/train")
    assert answer["metrics"]["mean_absolute_error"] > 0
    assert any("categories: district" in line for line in answer["told"])
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(answer["model"]))) as archive:
        archive.extractall(tmp_path)
    page = (tmp_path / "flats" / "README.md").read_text()
    assert "zoo.train('mlp', 'flats.csv', target='rent', out='out/flats', quick=True, seed=0, epochs=2)" in page
    with pytest.raises(AppError, match="has no column 'price'"):
        client.predict(file=sent, name="flats.csv", target="price", api_name="/train")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_a_table_is_read_learned_tried_and_downloaded(page: Page, studio: str, tmp_path: Path) -> None:
    page.goto(f"{studio}?tab=your_data&seed=3")
    page.get_by_role("button", name="Take an example").click()
    look = page.locator("#your_data-look")
    expect(look).to_contain_text("district", timeout=LONG_MS)
    found = page.locator("#your_data-found")
    expect(found).to_contain_text("Read: 400 rows", timeout=LONG_MS)
    expect(found).to_contain_text("to predict: a number")
    page.get_by_role("radio", name="perceptron", exact=True).check()
    expect(page.get_by_label("Seed", exact=True).first).to_have_value("3")
    page.get_by_role("button", name="Train", exact=True).click()
    progress = page.locator("#your_data-progress")
    expect(progress).to_contain_text("Trained in", timeout=LONG_MS)
    expect(progress.locator("svg polyline")).to_have_count(2)
    answer = page.locator("#your_data-answer")
    expect(answer).to_contain_text("rent:", timeout=LONG_MS)
    before = answer.inner_text()
    area = page.get_by_label("number input for area")
    area.fill("30")
    area.press("Enter")
    expect(answer).not_to_have_text(before, timeout=LONG_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the model").or_(
            page.get_by_role("link", name="Download the model")
        ).first.click()
    download.value.save_as(tmp_path / "model.zip")
    assert "flats/card.json" in zipfile.ZipFile(tmp_path / "model.zip").namelist()


@pytest.mark.slow
def test_what_is_wrong_with_a_file_is_told_and_a_training_can_be_stopped(page: Page, studio: str, tmp_path: Path) -> None:
    page.goto(f"{studio}?tab=your_data")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n3,4,5\n6,7\n")
    page.locator("#your_data-file input[type=file]").set_input_files(wrong)
    told = page.locator("#your_data-found").get_by_role("alert")
    expect(told).to_contain_text("wrong.csv, row 3: 3 cells, but the header has 2", timeout=LONG_MS)
    expect(told).not_to_contain_text("studio-")
    page.get_by_role("button", name="Take an example").click()
    expect(page.locator("#your_data-found")).to_contain_text("Read: 400 rows", timeout=LONG_MS)
    page.get_by_role("radio", name=re.compile("Full")).check()
    page.get_by_role("button", name="Train", exact=True).click()
    progress = page.locator("#your_data-progress")
    expect(progress).to_contain_text("Epoch", timeout=LONG_MS)
    page.get_by_role("button", name="Stop").click()
    expect(progress).to_contain_text("Stopped. No model was made.", timeout=LONG_MS)
