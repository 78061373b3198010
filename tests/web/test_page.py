"""The page: its tabs, what a link opens, and how little its start loads."""

import asyncio
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from zoo.web import page
from zoo.web.tab import LINKED, VISIT

HEAVY = ("tensorflow", "keras", "matplotlib", "scipy", "music21", "verovio", "tensorflow_datasets", "sklearn")


async def built() -> gr.Blocks:
    """The page. Where no event loop runs, Gradio makes some that nobody closes."""
    return page.build()


@pytest.fixture(scope="module")
def blocks() -> gr.Blocks:
    return asyncio.run(built())


def test_a_link_opens_the_tab_that_it_names() -> None:
    assert page._chosen({"tab": "sentiment"}, ["compose", "sentiment"]) == ("sentiment", [])
    assert page._chosen({}, ["compose", "sentiment"]) == ("compose", [])


def test_a_link_to_a_tab_that_is_none_opens_the_first_and_is_told() -> None:
    chosen, faults = page._chosen({"tab": "sentimant" + "t" * 99}, ["compose", "sentiment"])
    assert chosen == "compose"
    assert len(faults[0]) < 120
    assert page._chosen({"tab": "Sentiment"}, ["compose", "sentiment"])[1] == [
        "the link's tab 'Sentiment' is none: did you mean sentiment?"
    ]


def followed(address: dict[str, str]) -> dict[str, Any]:
    """What the page does when somebody opens an address: the updates of the components that have an id, and "" for the faults."""
    blocks = asyncio.run(built())
    (load,) = (function for function in blocks.fns.values() if function.name == "opened" and not function.inputs)
    assert load.fn is not None
    updates = load.fn(SimpleNamespace(query_params=address))
    return {"": updates[0], **{str(output.elem_id): update for output, update in zip(load.outputs, updates, strict=True)}}


def test_a_link_brings_controls_that_know_each_other_their_choices_with_their_values() -> None:
    bold = {"tab": "compose", "key": "any", "mode": "any", "type": "reel", "metre": "2/2", "seed": "5"}
    found = followed(bold)
    assert found[""] == ""
    assert found["compose-key"] == "any"
    for name in ("mode", "type", "metre"):
        update = found[f"compose-{name}"]
        assert update["value"] == bold[name]
        assert gr.Dropdown(update["choices"]).preprocess(update["value"]) == bold[name]
    chorale = followed({"tab": "compose", "model": "chorale_lstm", "metre": "6/8"})
    assert chorale["compose-type"]["value"] == "any"
    assert chorale["compose-metre"]["choices"] == ["any", "3/2", "3/4", "4/4"]
    assert "the link&#x27;s metre &#x27;6/8&#x27; does not go with its other values" in chorale[""]


def test_a_tab_knows_whether_the_address_held_values_of_its_controls() -> None:
    assert followed({})["visits-compose"] == VISIT
    assert followed({"tab": "compose", "__theme": "dark", "seed": "many"})["visits-compose"] == VISIT
    found = followed({"tab": "compose", "seed": "7"})
    assert (found["visits-compose"], found["visits-writing"]) == (LINKED, gr.skip())


def test_the_styles_of_a_tab_touch_no_other() -> None:
    for name in page.TABS:
        styles = page.FOLDER / "tabs" / f"{name}.css"
        text = re.sub(r"/\*.*?\*/", "", styles.read_text(encoding="utf-8"), flags=re.DOTALL) if styles.is_file() else ""
        for selectors in re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media[^{]*\{", "", text)):
            for selector in selectors.split(","):
                assert re.match(rf"\s*(\.dark )?#{name.replace('_', '[-_]')}", selector), selector


def test_every_tab_is_on_the_page_and_its_functions_have_names_of_their_own(blocks: gr.Blocks) -> None:
    titles = [block.label for block in blocks.blocks.values() if block.get_block_name() == "tabitem"]
    assert len(titles) == len(set(titles)) == len(page.TABS)
    public = [function.api_name for function in blocks.fns.values() if function.api_visibility == "public"]
    assert len(public) == len(set(public))
    assert {"sentiment", "cards"} <= set(public)


def test_what_is_typed_into_a_field_of_a_number_reaches_the_function_which_tells_what_is_wrong(blocks: gr.Blocks) -> None:
    numbers = [block for block in blocks.blocks.values() if isinstance(block, gr.Slider | gr.Number)]
    assert len(numbers) > 20
    for block in numbers:  # Gradio sends each stroke of a key, and its own refusal opens a window
        assert [block.preprocess(value) for value in (None, -1, 10**9)] == [None, -1, 10**9], block.label
    assert {block.get_block_name() for block in numbers} == {"slider", "number"}


def test_what_was_made_in_the_evening_can_be_downloaded_after_a_weekend(blocks: gr.Blocks) -> None:
    _, age = blocks.delete_cache
    assert age >= 60 * 3_600


@pytest.mark.slow
def test_the_start_of_the_page_loads_no_large_package_and_no_model() -> None:
    code = f"import sys; from zoo.web import page; page.build(); print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=page.FOLDER.parents[1], check=True)
    assert done.stdout == "[]\n"
