"""The tab Compose: controls that know each other, what is refused, its functions for programs, and the tab in a browser."""

import base64
import re
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from zoo.core import cards
from zoo.core.errors import UserError
from zoo.music.language.tokens import TokenVocabulary
from zoo.web.tabs import compose


def test_a_slip_jig_offers_nine_eight_alone_and_a_chorale_no_types() -> None:
    update = compose.of_type(compose.MELODIES, "slip jig", "6/8")
    assert (update["choices"], update["value"]) == (["9/8"], "9/8")
    update = compose.of_type(compose.MELODIES, "jig", "9/8")
    assert (update["choices"], update["value"]) == (["any", "6/8", "9/8"], "9/8")
    kind, metre = compose.of_model(compose.PARTS, "jig", "6/8")
    assert (kind["choices"], kind["value"]) == (["any"], "any")
    assert (metre["choices"], metre["value"]) == (["any", "3/2", "3/4", "4/4"], "any")
    assert compose.of_key("D", "any")["value"] == "major"
    assert "any" in compose.of_key("any", "dorian")["choices"]
    assert compose.of_temperature(0)["interactive"] is False


def test_every_example_is_one_that_the_controls_offer() -> None:
    for model, key, mode, kind, metre, *_ in compose.EXAMPLES.values():
        assert mode in compose.modes(key)
        assert kind in compose.kinds(model)
        assert metre in compose.metres(model, kind)


MOST_MS = 240_000  # until a network has composed, on a busy machine


@pytest.mark.pretrained
@pytest.mark.parametrize("model", compose.MODELS)
def test_the_controls_offer_what_the_models_know(model: str) -> None:
    vocabulary = TokenVocabulary.of_model(cards.find(model, ()))
    assert {str(metre) for metre in vocabulary.metres} == set(compose.METRES[model])
    types = {name.replace(" ", "-") for name in compose.kinds(model)}
    assert types <= {*vocabulary.types, "any"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"model": "folk"}, "did you mean folk_lstm"),
        ({"bars": 65}, "bars '65': a whole number from 0 to 64"),
        ({"bars": 1.5}, "a whole number"),
        ({"temperature": float("nan")}, "temperature 'nan': a number from 0 to 2"),
        ({"top_p": 0}, "top-p '0'"),
        ({"seed": True}, "seed"),
        ({"format": "exe"}, "exe"),
    ],
)
def test_bad_values_are_told_before_a_model_is_loaded(values: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        compose.compose(**values)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.pretrained
def test_a_program_composes_and_goes_on_with_what_it_got(studio: str) -> None:
    client = Client(studio, verbose=False)
    slip_jig = client.predict(type="slip jig", metre="9/8", key="D", mode="major", bars=4, seed=3, api_name="/compose")
    assert (slip_jig["metre"], slip_jig["key"], slip_jig["bars"]) == ("9/8", "D", 4)
    assert base64.b64decode(slip_jig["file"]).startswith(b"MThd")
    longer = client.predict(music=slip_jig["file"], bars=2, format="abc", api_name="/continue_tune")
    assert longer["bars"] == 6
    assert longer["notes"][: len(slip_jig["notes"])] == slip_jig["notes"]
    assert longer["notes"][len(slip_jig["notes"])][0] == longer["new_from"]
    assert "M:9/8" in base64.b64decode(longer["file"]).decode()
    why = client.predict(music=slip_jig["file"], api_name="/compose_why")
    assert [note["pitch"] for note in why] == [note[2] for note in slip_jig["notes"]]
    with pytest.raises(AppError, match="not base64"):
        client.predict(music="?", api_name="/vary")
    with pytest.raises(AppError, match="did you mean folk_lstm"):
        client.predict(model="folk", api_name="/compose")
    client.close()


@pytest.mark.slow
@pytest.mark.pretrained
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_a_jig_is_composed_heard_printed_downloaded_and_explained(page: Page, studio: str, tmp_path: Path) -> None:
    page.goto(f"{studio}?tab=compose&bars=4&seed=5")  # a link with a seed composes its piece
    expect(page.locator("#compose-status")).to_contain_text("4 bars of 6/8 in D", timeout=MOST_MS)
    notes = page.locator("#compose-piece .scroll .note")
    expect(page.locator("#compose-piece .printed:visible .note")).not_to_have_count(0)
    seconds = page.locator("#compose-piece audio").evaluate(
        "async (audio) => { audio.currentTime = 1; await new Promise((done) => setTimeout(done, 500)); return audio.duration; }"
    )
    assert 3 < seconds < 8
    expect(page.locator("#compose-piece .cursor")).to_have_attribute("transform", re.compile(r"translate\([1-9]"))
    expect(page.locator("#compose-piece .scroll .sounding")).not_to_have_count(0)
    with page.expect_download() as download:
        page.locator("#compose-files a", has_text="B").first.click()
    download.value.save_as(tmp_path / "jig.mid")
    assert (tmp_path / "jig.mid").read_bytes().startswith(b"MThd")
    page.locator("#compose-ask").click()
    expect(page.locator("#compose-why .card")).to_have_count(notes.count(), timeout=MOST_MS)
    page.locator("#compose-why .card").first.click()
    expect(page.locator("#compose-piece .told")).to_contain_text("the network gave this pitch")


@pytest.mark.slow
@pytest.mark.pretrained
def test_own_notes_are_played_taken_and_continued_and_a_bad_file_is_told(page: Page, studio: str, tmp_path: Path) -> None:
    page.goto(f"{studio}?tab=compose")
    page.locator("#compose-continue").click()
    expect(page.get_by_role("alert")).to_contain_text("there is no piece yet", timeout=MOST_MS)
    keys = page.locator("#compose-keys .keys")
    keys.focus()
    for letter in "asd":
        page.keyboard.press(letter)
    keys.locator("[data-pitch='66']").click()
    keys.locator("[data-pitch='65']").click()
    page.locator("#compose-keys .rest").click()
    page.keyboard.press("Tab")
    field = page.locator("#compose-notes textarea")
    expect(field).to_have_value("C D E ^F =F z")
    keys.focus()
    page.keyboard.press("Backspace")
    expect(field).to_have_value("C D E ^F =F")
    page.locator("#compose-take").click()
    expect(page.locator("#compose-status")).to_contain_text("1 bar of 6/8, 5 notes", timeout=MOST_MS)
    page.locator("#compose-add input[type=number]").fill("2")
    page.locator("#compose-continue").click()
    expect(page.locator("#compose-status")).to_contain_text("3 bars", timeout=MOST_MS)
    expect(page.locator("#compose-piece .roll .new")).to_have_count(1)
    bad = tmp_path / "bad.mid"
    bad.write_bytes(b"no music")
    page.locator("#compose-upload input[type=file]").set_input_files(bad)
    expect(page.get_by_role("alert").last).to_contain_text("bad.mid is neither MIDI nor ABC", timeout=MOST_MS)
