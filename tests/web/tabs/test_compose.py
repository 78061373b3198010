"""The tab Compose: controls that know each other, what is refused, its functions for programs, and the tab in a browser."""

import asyncio
import base64
import contextlib
import re
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from zoo.core import cards
from zoo.core.errors import UserError
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note
from zoo.web import works
from zoo.web.tab import LINKED, LONG, VISIT, Tab
from zoo.web.tabs import compose

SCORE = Score((Note(0, 24, 60),), title="Mine")
JIG = compose.EXAMPLES["A jig in D"]


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
    assert compose.of_temperature(None)["interactive"] is True  # on the way from one number to another


def test_every_example_is_one_that_the_controls_offer() -> None:
    for model, key, mode, kind, metre, *_ in compose.EXAMPLES.values():
        assert mode in compose.modes(key)
        assert kind in compose.kinds(model)
        assert metre in compose.metres(model, kind)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the network was asked to compose; it gives SCORE, which is shown as "shown"."""
    calls: list[tuple[Any, ...]] = []

    def composed(*values: Any) -> Score:
        calls.append(values)
        return SCORE

    monkeypatch.setattr(works, "composed", composed)
    monkeypatch.setattr("zoo.web.pieces.shown", lambda score: "shown")
    return calls


def test_another_piece_brings_its_seed_with_it(asked: list[tuple[Any, ...]]) -> None:
    rows = list(compose.composing_next(*JIG))
    assert asked == [(*JIG[:-1], 8)]
    assert rows[0][0] == 8
    assert "aria-busy" in rows[0][1]
    assert {str(row[0]) for row in rows[1:]} == {str(gr.skip())}
    assert rows[-1][1:2] + rows[-1][3:] == ("", SCORE, "shown", compose.CONTROLS)
    assert "Mine" in rows[-1][2]


def test_an_example_sets_the_controls_and_composes_in_one_event(asked: list[tuple[Any, ...]]) -> None:
    for values in compose.EXAMPLES.values():
        rows = list(compose.example(values)())
        assert [update["value"] if isinstance(update, dict) else update for update in rows[0][:9]] == list(values)
        assert rows[-1][-3] is SCORE
    assert asked == list(compose.EXAMPLES.values())


@pytest.mark.parametrize("fault", [UserError("no piece"), RuntimeError("a bug")])
def test_after_a_failure_nothing_is_at_work_and_the_piece_keeps_its_facts(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fails(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(works, "composed", fails)
    monkeypatch.setattr(works, "nearest", fails)
    for steps in (compose.composing(*JIG), compose.comparing(SCORE)):
        rows: list[tuple[Any, ...]] = []
        with pytest.raises(type(fault)):
            rows.extend(steps)
        assert "aria-busy" in rows[0][0]
        assert rows[-1][0] == ""
        assert all(value == gr.skip() for row in rows for value in row[1:])


def test_a_link_opens_the_notes_or_the_composed_piece_or_says_that_it_holds_none(asked: list[tuple[Any, ...]]) -> None:
    *_, row = compose.arriving(LINKED, *JIG, "c d", compose.NOTES)
    assert [note.pitch for note in row[2].notes] == [72, 74]
    assert str(row[2].metre) == "6/8"
    (row,) = compose.arriving(LINKED, *JIG, "c d", compose.ELSEWHERE)
    assert row[1] == compose.UNLINKED
    assert row[2] == gr.skip()
    assert asked == []
    assert list(compose.arriving(LINKED, *JIG, "c d", compose.CONTROLS))[-1][2] is SCORE
    (row,) = compose.arriving(VISIT, *JIG, "", compose.CONTROLS)
    assert all(value == gr.skip() for value in row)
    assert asked == [JIG]


def test_each_piece_tells_whether_a_link_holds_it(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    tune = tmp_path / "tune.abc"
    tune.write_text("X:1\nM:4/4\nL:1/4\nK:C\nCDEF|\n")
    monkeypatch.setattr("zoo.web.uploads.taken", lambda path, *_: contextlib.nullcontext(Path(path)))
    (box, *_), *_, (_, busy, facts, score, _, source) = compose.uploaded(str(tune))
    assert (box, busy, score.title, source) == (None, "", "tune.abc", compose.ELSEWHERE)
    assert "4 notes" in facts
    assert list(compose.playing("c", "any"))[-1][-1] == compose.NOTES
    for name in ("continued", "varied", "harmonised"):
        monkeypatch.setattr(works, name, lambda *_: (SCORE, []))
    for steps in (
        compose.continuing(SCORE, 8, works.MELODIES, 1.0, 0.9, 0),
        compose.varying(SCORE, 1, 2, works.MELODIES, 1.0, 0.9, 0),
        compose.harmonising(SCORE, 1.0, 0.9, 0),
    ):
        assert list(steps)[-1][2:] == (SCORE, "shown", compose.ELSEWHERE)


async def built() -> gr.Blocks:
    """The tab alone. Where no event loop runs, Gradio makes some that nobody closes."""
    with gr.Blocks() as blocks:
        with gr.Tab(compose.TITLE) as item:
            tab = Tab("compose", item)
            compose.build(tab)
        tab.visits.render()
    return blocks


def test_events_that_bring_a_piece_wait_for_each_other_and_can_be_stopped() -> None:
    functions = asyncio.run(built()).fns
    pieces = {i: function for i, function in functions.items() if any(isinstance(each, gr.State) for each in function.outputs)}
    names = {"composing", "composing_next", "composing_example", "arriving", "continuing", "varying", "harmonising", "uploaded"}
    assert {function.name for function in pieces.values()} == {*names, "playing"}
    looks = {i: function for i, function in functions.items() if function.name in ("explaining", "comparing")}
    assert {function.concurrency_id for function in (*pieces.values(), *looks.values())} == {LONG}
    assert {function.trigger_mode for function in pieces.values()} == {"once"}
    cancelled = [set(function.cancels) for function in functions.values() if function.cancels]
    assert len(cancelled) == 2
    assert set(pieces) in cancelled
    assert set(looks) in cancelled
    told = [function for function in functions.values() if function.name == "stopped"]
    assert {function.trigger_after for function in told if function.trigger_only_on_failure} == {*pieces, *looks}


def test_a_new_piece_takes_away_what_was_told_before_it() -> None:
    blocks = asyncio.run(built())
    state = next(block for block in blocks.blocks.values() if isinstance(block, gr.State))
    (emptied,) = (function for function in blocks.fns.values() if (state._id, "change") in function.targets)
    fields = {each._id for each in blocks.blocks.values() if isinstance(each, gr.HTML) and "error" in (each.elem_classes or [])}
    private = [each for each in blocks.fns.values() if each.api_visibility == "private"]
    asked = {each.outputs[0]._id for each in private if each.concurrency_id == LONG}
    assert asked
    assert asked <= fields
    outputs = {each._id for each in emptied.outputs}
    assert asked <= outputs
    assert {"compose-why", "compose-nearest"} <= {each.elem_id for each in emptied.outputs}
    assert emptied.fn is not None
    assert emptied.fn() == ("",) * len(emptied.outputs)


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
        ({"bars": 65}, "bars = 65: name a whole number from 0 to 64"),
        ({"bars": 1.5}, "a whole number"),
        ({"temperature": float("nan")}, "temperature = nan: name a number from 0 to 2"),
        ({"top_p": 0}, "top-p = 0"),
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
    played = """async (audio) => {
        for (let i = 0; i < 200 && !audio.played.length; i += 1) await new Promise((done) => setTimeout(done, 50));
        return audio.played.length;
    }"""
    assert page.locator("#compose-piece audio").evaluate(played) > 0  # a note that is pressed is heard


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


@pytest.mark.slow
@pytest.mark.pretrained
def test_after_a_stop_a_piece_is_composed(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=compose")
    page.locator("#compose-bars input[type=number]").fill(str(works.MOST_BARS))
    busy = page.locator("#compose-busy")
    for _ in range(2):
        page.locator("#compose-go").click()
        expect(busy).to_contain_text("Composing", timeout=MOST_MS)
        page.locator("#compose-stop").click()
        expect(busy).to_contain_text("Stopped", timeout=MOST_MS)
    page.locator("#compose-go").click()
    expect(busy).to_contain_text("Composing", timeout=MOST_MS)
    expect(page.locator("#compose-piece .roll")).to_have_count(1, timeout=MOST_MS)
    expect(page.locator("#compose-status")).to_contain_text(f"{works.MOST_BARS} bars")
    expect(busy).to_be_empty()
