"""Learn: the lessons of the course, each with its text, its code, and its experiment, whose constants are sliders."""

import base64
import functools
import html
import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr

from zoo import registry
from zoo.core import extras
from zoo.core.errors import UserError
from zoo.core.files import png
from zoo.core.messages import brief
from zoo.core.names import unknown
from zoo.web import errors
from zoo.web.fields import Slider
from zoo.web.tab import LONG, Tab

TITLE = "Learn"
LABEL = "Lesson"
NAMES = registry.resolve("zoo.lessons.lesson:NAMES")
MOST_SLIDERS = 4  # constants of a lesson that are numbers
MOST_ASKED = 1_000  # characters


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    with gr.Row(elem_id="learn-choice"):
        chosen = gr.Dropdown([(_listed(name), name) for name in NAMES], value=NAMES[0], label=LABEL, scale=3)
        before = gr.Button("Previous lesson", scale=1, min_width=100)
        after = gr.Button("Next lesson", scale=1, min_width=100)
    # The lesson and the constants that differ from its own: what the address holds, and what the picture shows.
    asked = gr.Textbox("", label="Lesson and constants", visible="hidden")
    error = errors.field()
    with gr.Row(elem_id="learn-room"):
        with gr.Column(min_width=280, scale=2):
            text = gr.Markdown("", elem_id="learn-text")
        with gr.Column(min_width=280, scale=3):
            sliders = [Slider(0, 1, label="constant", visible=False) for _ in range(MOST_SLIDERS)]
            words = gr.Textbox("", label="text", visible=False)
            own = gr.Button("Back to the lesson's own values", visible=False)
            wrong = errors.field()
            picture = gr.HTML("", label="Experiment", elem_id="learn-picture", min_height=120)
    code = gr.HTML("", label="Code", elem_id="learn-code")

    shown = [chosen, text, code, *sliders, words, own]
    tab.on(tab.opened, opened, [asked], [asked], error=error)
    tab.on(asked.change, described, [asked], shown, error=error, quick=True)
    gr.on(
        asked.change,
        errors.beside(drawn, 1),
        inputs=asked,
        outputs=[wrong, picture],
        api_visibility="private",
        trigger_mode="always_last",
        show_progress="full",
        show_progress_on=picture,
        concurrency_limit=1,
        concurrency_id=LONG,
    )
    gr.on([chosen.input, own.click], lambda name: name, inputs=chosen, outputs=asked, api_visibility="private", queue=False)
    for button, step in ((before, -1), (after, 1)):
        tab.on(button.click, functools.partial(neighbour, step=step), [chosen], [asked], error=error, quick=True)
    moves = [*(slider.input for slider in sliders), words.submit, words.blur]
    tab.on(moves, moved, [chosen, *sliders, words], [asked], error=wrong, quick=True)
    tab.api(lesson, long=True)
    tab.link(lesson=(asked, from_link))


def lesson(name: str | int, changes: str = "") -> dict[str, Any]:
    """Gives a lesson of the course, and runs its experiment, which takes some seconds.

    Args:
        name: of the lesson, or its number from 1.
        changes: other values for the experiment's constants: "APART=4&SEED=2". Texts are written as in an address, %20 for a
            space.

    Returns:
        "number", "name", "title", "text", "question" and "code"; "constants", of each its "name", "value", "low" and "high" (of a
        text: None), and "meaning"; "measured", the values by their names; "picture", a PNG as base64 text.
    """
    loaded, values = read(f"{name}?{changes}")
    content, numbers = _run(loaded, values)
    return {
        "number": loaded.number,
        "name": loaded.name,
        "title": loaded.title,
        "text": loaded.text,
        "question": loaded.question,
        "code": loaded.code,
        "constants": [
            {
                "name": each.name,
                "value": values.get(each.name, loaded.value(each.name)),
                "low": getattr(each, "low", None),
                "high": getattr(each, "high", None),
                "meaning": each.meaning,
            }
            for each in loaded.constants.values()
        ],
        "measured": dict(numbers),
        "picture": base64.b64encode(content).decode(),
    }


def read(asked: str) -> tuple[Any, dict[str, Any]]:
    """The lesson, and the values of the constants that are changed, of a text such as "perceptron?APART=4&SEED=2".

    Raises:
        UserError: there is no such lesson or constant, or the experiment does not take a value.
    """
    if len(asked) > MOST_ASKED:
        raise UserError(f"that has {len(asked):,} characters: name a lesson and its constants with at most {MOST_ASKED:,}")
    name, _, changes = asked.partition("?")
    with extras.explained():
        loaded = registry.resolve("zoo.lessons.lesson:load")(name)
    values: dict[str, Any] = {}
    for constant, given in parse_qsl(changes, keep_blank_values=True):
        if constant not in loaded.constants:
            raise unknown(f"constant of the lesson {loaded.name}", brief(constant), tuple(loaded.constants))
        value = given if isinstance(loaded.value(constant), str) else _number(constant, given)
        values[constant] = loaded.constants[constant].checked(value)
    return loaded, values


def from_link(value: str) -> str:
    """Reads a lesson and its constants from an address."""
    read(value)
    return value


def opened(asked: str) -> str:
    """The lesson to show when the tab is opened: the one that was shown, or the first."""
    return asked or NAMES[0]


def neighbour(name: str, step: int) -> str:
    """The name of the lesson before or after another; the first and the last stay."""
    return NAMES[min(max(NAMES.index(name) + step, 0), len(NAMES) - 1)]


def moved(name: str, *given: Any) -> str:
    """The lesson and those of its constants that differ from its own, as `read` takes them.

    Args:
        name: of the lesson.
        given: the values of the sliders, then the text.
    """
    loaded, _ = read(name)
    sliders, words = list(given[:-1]), given[-1]
    values = {}
    for constant in loaded.constants.values():
        own = loaded.value(constant.name)
        value = constant.checked(words if isinstance(own, str) else sliders.pop(0))
        if value != own and not (isinstance(own, float) and math.isclose(value, own)):
            values[constant.name] = value if isinstance(own, str) else f"{value:.10g}"
    return f"{name}?{urlencode(values)}" if values else name


def described(asked: str) -> list[Any]:
    """The values of the components that show a lesson, but for its picture."""
    if not asked:
        return [gr.skip()] * (3 + MOST_SLIDERS + 2)
    loaded, values = read(asked)
    constants = list(loaded.constants.values())
    current = {each.name: values.get(each.name, loaded.value(each.name)) for each in constants}
    numbers = [each for each in constants if not isinstance(current[each.name], str)]
    texts = [each for each in constants if isinstance(current[each.name], str)]
    sliders: list[Any] = [
        Slider(
            value=current[each.name],
            minimum=each.low,
            maximum=each.high,
            step=each.step,
            label=f"{each.name}: {each.meaning}",
            visible=True,
        )
        for each in numbers
    ]
    sliders += [Slider(visible=False)] * (MOST_SLIDERS - len(numbers))
    words = (
        gr.Textbox(current[texts[0].name], label=f"{texts[0].name}: {texts[0].meaning}", max_length=texts[0].most, visible=True)
        if texts
        else gr.Textbox(visible=False)
    )
    text = f"## {loaded.number}. {loaded.title}\n\n{loaded.text}\n\n**Try:** {loaded.question}"
    return [loaded.name, text, _code(loaded), *sliders, words, gr.Button(visible=bool(constants))]


def drawn(asked: str) -> Any:
    """The picture and the numbers of an experiment as HTML."""
    if not asked:
        return gr.skip()
    loaded, values = read(asked)
    content, numbers = _run(loaded, values)
    return outcome(loaded.title, content, numbers)


def outcome(title: str, content: bytes, numbers: Sequence[tuple[str, float | int | str]]) -> str:
    """An experiment's picture, a PNG, and its numbers, as HTML."""
    rows = "".join(
        f"<tr><th scope=row>{html.escape(name)}</th><td>{html.escape(told(value))}</td></tr>" for name, value in numbers
    )
    source = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    return (
        '<div class="paper" tabindex="0" role="group" aria-label="The picture of the experiment">'
        f'<img src="{source}" alt="{html.escape(title)}; its numbers follow"></div>'
        f'<div class="numbers"><table><caption>Measured</caption>{rows}</table></div>'
    )


def told(value: float | int | str) -> str:
    """A measured value in words: whole numbers in full, others with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value


def _run(loaded: Any, values: dict[str, Any]) -> tuple[bytes, Sequence[tuple[str, float | int | str]]]:
    """The picture, a PNG, and the numbers of an experiment. What a lesson gives with its own values is kept."""
    return _experiment(loaded, values) if values else _own(loaded.name)


@functools.lru_cache
def _own(name: str) -> tuple[bytes, Sequence[tuple[str, float | int | str]]]:
    return _experiment(read(name)[0], {})


def _experiment(loaded: Any, values: dict[str, Any]) -> tuple[bytes, Sequence[tuple[str, float | int | str]]]:
    with extras.explained():
        result = loaded.run(**values)
    return png(result.figure), tuple(result.numbers.items())


def _number(constant: str, given: str) -> float:
    try:
        return float(given)
    except ValueError as error:
        raise UserError(f"{constant} = {brief(given)!r} is no number: write one") from error


def _listed(name: str) -> str:
    return f"{NAMES.index(name) + 1}. {name.replace('_', ' ').capitalize()}"


def _code(loaded: Any) -> str:
    return (
        f"<details><summary>The code of the experiment: zoo/lessons/{loaded.name}.py</summary>"
        f'<pre tabindex="0"><code>{html.escape(loaded.code)}</code></pre></details>'
    )
