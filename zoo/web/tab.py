"""What a tab's file works with: its place on the page, its models, its link, its events and its function for programs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from zoo.web import errors, links, models, turns
from zoo.web.links import Control

Arrange = Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]
VISIT, LINKED = 1, 2  # how the page has opened with a tab: without values of its controls in the address, or with some
LONG = "long"  # the group of the page's events that wait for each other: work of more than some seconds


class Tab:
    """A tab of the page while it is built; see `zoo.web.tabs.sentiment` for how one is used.

    Args:
        name: in links and of the file in `zoo.web.tabs`.
        item: Gradio's tab, in which `build` places its components.
    """

    def __init__(self, name: str, item: gr.Tab) -> None:
        self.name, self.item = name, item
        self.controls: dict[str, Control] = {}
        self.arrange: Arrange = _as_they_are
        # 0; VISIT or LINKED when the page has opened with this tab in front. Its change is an event: `opened`.
        # It is hidden, and no State, which would tell of a change in every tab whenever the page opens. The page places it
        # outside of the tabs: what is in a tab is not there before the tab has been in front.
        self._visits = gr.Number(0, label="visits", visible="hidden", render=False, elem_id=f"visits-{name}")

    @property
    def visits(self) -> gr.Number:
        """How the page has opened with this tab: VISIT or LINKED; the page sets it.

        An event must not look into the address instead: the page writes all controls there as soon as it is open.
        """
        return self._visits

    @property
    def opened(self) -> tuple[Any, ...]:
        """The events at which a user comes to this tab: by a click, or because the page opens with it."""
        return self.item.select, self._visits.change

    def needs(self, *names: str, warm: Callable[[], None] | None = None) -> gr.HTML:
        """Places a line that tells of the tab's pretrained models, which are loaded when a user first comes to the tab.

        Args:
            names: of the models.
            warm: see `zoo.web.models.opening`.
        """
        line = gr.HTML("", elem_classes="models")

        def load() -> Iterator[str]:
            yield from models.opening(names, warm)

        gr.on(
            self.opened,
            load,
            outputs=line,
            api_visibility="private",
            show_progress="hidden",
            concurrency_limit=None,
        )
        return line

    def link(self, arrange: Arrange | None = None, /, **controls: tuple[gr.components.Component, links.Reader]) -> None:
        """Keeps these controls in the address of the page, under the names of the arguments; call it once, at the end.

        Args:
            arrange: for controls whose choices depend on each other. Of the values that a link has brought, it gives what the
                controls get, such as values with their choices, and in words which values do not fit each other.
            controls: each component and how its value is read from an address: `links.text()`, `links.whole(1, 64)` ...
        """
        self.arrange = arrange or self.arrange
        self.controls = {name: Control(component, read) for name, (component, read) in controls.items()}
        components = [control.component for control in self.controls.values()]
        gr.on(
            [self.item.select, *(component.change for component in components)],
            None,
            inputs=components,
            js=links.writing(self.name, self.controls),
        )

    def on(
        self,
        triggers: Any,
        function: Callable[..., Any],
        inputs: Sequence[gr.components.Component] = (),
        outputs: Sequence[gr.components.Component] = (),
        *,
        error: gr.HTML,
        progress: Sequence[gr.components.Component] | None = None,
        quick: bool = False,
        long: bool = False,
        again: bool = False,
        latest: bool = False,
    ) -> Any:
        """Runs a function at an event of the page. Programs cannot call it: see `api`.

        Args:
            triggers: an event such as `button.click`, or several.
            function: of the values of `inputs`; gives or yields the values of `outputs`, a tuple where there are several. A
                UserError that it raises is shown in `error`. A parameter annotated with `gr.Request` gets the request.
            inputs, outputs: components.
            error: what `errors.field()` gave for the control that the function is about.
            progress: the components that show that the function is at work; None: all outputs.
            quick: it answers while somebody types: without Gradio's queue, and only the latest state counts. After an
                error its HTML is empty: it would answer what was typed before.
            long: it takes more than some seconds; such events wait for their turn (trainings use `zoo.web.jobs` instead).
            again: the event counts also while an earlier one of it is at work; otherwise it is then passed over.
            latest: of the events while an earlier one is at work the last one counts, when that one has ended.

        Returns:
            Gradio's event, for `.success` and `zoo.web.steps.stops`.
        """
        triggers = triggers if isinstance(triggers, list | tuple) else [triggers]
        answers = {i for i, output in enumerate(outputs) if isinstance(output, gr.HTML)}
        return gr.on(
            triggers,
            errors.beside(function, len(outputs), answers if quick else ()),
            inputs=list(inputs),
            outputs=[error, *outputs],
            api_visibility="private",
            queue=not quick,
            trigger_mode="always_last" if quick or latest else "multiple" if again else "once",
            show_progress="hidden" if quick else "minimal",
            concurrency_limit=1 if long else None,
            concurrency_id=LONG if long else None,
            show_progress_on=None if progress is None else list(progress),
        )

    def api(self, function: Callable[..., Any], *, long: bool = False) -> None:
        """Lets programs call a function over HTTP, under its own name; `gradio_client` shows its docstring and types.

        Args:
            function: with a type for every parameter and for what it returns: numbers, texts, lists and dicts. It must check its
                arguments as if they came from anybody, and must not give back a dict that came from outside. That a text, a
                number, or true or false comes where one is annotated is checked before.
            long: it takes more than some seconds; such calls wait for their turn, and a program has few of them at once
                (trainings use `zoo.web.jobs` instead).
        """
        called = turns.in_turn(function) if long else function
        gr.api(errors.for_programs(called), api_name=function.__name__, concurrency_limit=None)


def _as_they_are(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values of a link for controls that do not depend on each other."""
    return values, []
