"""The page: its head, its tabs in their order, its look in both themes, and how a link finds its tab."""

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gradio as gr

from zoo.core.errors import UserError
from zoo.core.names import advice
from zoo.web import errors, jobs, links
from zoo.web.tab import LINKED, VISIT, Tab

# The files of `zoo.web.tabs` in the order in which the page shows them.
TABS = ("compose", "sentiment", "digits", "translate", "captions", "writing", "playground", "your_data", "learn", "cards")
TITLE = "Intro Zoo studio"
HEAD = """<header class="head">
<div><h1>Intro Zoo studio</h1><p>The networks of an introduction to deep learning, on your own computer.</p></div>
<button type="button" id="theme" onclick="window.studio.theme()" aria-label="Switch between light and dark">◐ Theme</button>
</header>"""
FOOT = '<footer><p id="link-note" role="status"></p>'
FOOT += "<p>Nothing leaves this computer. Files that you upload are deleted after use.</p></footer>"
FOLDER = Path(__file__).parent
WAITING = 200  # events in the queue; more are refused
# In seconds: how often Gradio looks for old files to download, and how old they get. From Friday to Monday a page may stay open.
CLEANING = 600, 3 * 24 * 3_600
FONTS = ("system-ui", "sans-serif"), ("ui-monospace", "monospace")  # those of the reader's machine: none is fetched

# Gradio's own greys and its blue are too pale to be read easily: text has a contrast of 4.5 to what is behind it.
CONTRAST = {
    "body_text_color_subdued": "*neutral_600",
    "body_text_color_subdued_dark": "*neutral_300",
    "block_title_text_color": "*neutral_700",
    "block_label_text_color": "*neutral_700",
    "input_placeholder_color": "*neutral_500",
    "input_placeholder_color_dark": "*neutral_300",
    "button_primary_background_fill": "*primary_600",
    "button_primary_background_fill_hover": "*primary_700",
    "color_accent": "*primary_600",  # of the dark theme: page.css
}


def build() -> gr.Blocks:
    """The page as Gradio's Blocks. No model is loaded."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=CLEANING) as blocks:
        gr.HTML(HEAD)
        fault = errors.field()
        made: list[Tab] = []
        # No tab is in front until the address has been read: a tab loads its models as soon as it comes to the front.
        with gr.Tabs(selected="") as tabs:
            for name in TABS:
                module = importlib.import_module(f"zoo.web.tabs.{name}")
                with gr.Tab(module.TITLE, id=name, elem_id=f"tab-{name}") as item:
                    tab = Tab(name, item)
                    module.build(tab)
                    made.append(tab)
        for tab in made:
            tab.visits.render()
        gr.HTML(FOOT)
        _follow_links(blocks, tabs, made, fault)

        def left(request: gr.Request) -> None:
            """Stops the job of somebody who has closed the page, and forgets what the page showed."""
            jobs.stop(request.session_hash or "")
            blocks.state_holder.session_data.pop(request.session_hash or "", None)

        blocks.unload(left)
    blocks.queue(max_size=WAITING, default_concurrency_limit=4)
    return blocks


def _follow_links(blocks: gr.Blocks, tabs: gr.Tabs, made: list[Tab], fault: gr.HTML) -> None:
    """At every opening of the page: brings the tab to the front that the address names, and its controls to their values."""
    components = [control.component for tab in made for control in tab.controls.values()]

    def opened(request: gr.Request) -> list[Any]:
        address = dict(request.query_params)
        chosen, faults = _chosen(address, [tab.name for tab in made])
        updates: list[Any] = [gr.Tabs(selected=chosen)]
        visits = VISIT
        for tab in made:
            values: dict[str, Any] = {}
            if tab.name == chosen:
                values, wrong = links.arrived(tab.controls, address)
                visits = LINKED if values else VISIT
                values, unfit = tab.arrange(values)
                faults += [*wrong, *unfit]
            updates += [values.get(name, gr.skip()) for name in tab.controls]
        updates += [visits if tab.name == chosen else gr.skip() for tab in made]
        return [_told(faults), *updates]

    blocks.load(
        opened,
        outputs=[fault, tabs, *components, *(tab.visits for tab in made)],
        api_visibility="private",
        show_progress="hidden",
    )


def _chosen(address: dict[str, str], known: list[str]) -> tuple[str, list[str]]:
    """The tab that an address names, or the first one; and what is wrong with the name."""
    name = address.get(links.TAB, known[0])
    if name in known:
        return name, []
    return known[0], [f"the link's tab {name[:40]!r} is none: {advice(name[:40], known)}"]


def _told(faults: Iterable[str]) -> str:
    told = "; ".join(faults)
    return errors.shown(UserError(told)) if told else ""


def dress() -> dict[str, Any]:
    """The look of the page, as `launch` takes it: theme, styles and scripts of the page and of each tab."""
    theme = gr.themes.Base(primary_hue="blue", neutral_hue="slate", font=list(FONTS[0]), font_mono=list(FONTS[1])).set(**CONTRAST)
    styles = [path for path in (FOLDER / "page.css", *(FOLDER / "tabs" / f"{name}.css" for name in TABS)) if path.is_file()]
    return {"theme": theme, "css_paths": styles, "head": f"<script>{script('page')}</script>"}


def script(name: str) -> str:
    """The JavaScript of the page ("page"), or of a tab ("tabs/sentiment") for the `js_on_load` of a component."""
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")
