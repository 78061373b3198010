"""The tab of own data: its function for programs, and the tab in a browser."""

import base64
import io
import re
import zipfile
from pathlib import Path

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.web import jobs
from zoo.web.tabs import your_data
from zoo.web.your_data import examples
from zoo.web.your_data.kinds import Field, Kind

LONG_MS = 600_000  # a training on a busy machine
PROGRAM = gr.Request(session_hash="program")


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
