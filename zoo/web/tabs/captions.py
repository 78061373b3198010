"""Captions: what a drawing, an uploaded picture or a new scene shows, in a sentence, and where the network looks at each word."""

import base64
import binascii
import html
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image, ImageDraw

from zoo import registry
from zoo.core import extras
from zoo.core.arguments import MOST_SEED, whole
from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.web import errors, links, models, page, uploads
from zoo.web.tab import Tab

TITLE = "Captions"
MODEL = "captioner"
SIDE = 400  # of the drawing area, in its own units
FINE = 2  # the drawing is made so many times larger and then reduced, for smooth edges
PAPER = (250, 249, 245)
# The inks, as the scenes have them; "white" rubs out.
INKS = {
    "black": (35, 35, 40),
    "red": (205, 45, 40),
    "green": (45, 145, 65),
    "blue": (45, 90, 195),
    "yellow": (235, 200, 30),
    "orange": (240, 140, 35),
    "purple": (130, 60, 165),
    "white": PAPER,
}
PENS = {"thin pen": 7, "thick pen": 14, "filled shape": 7}  # and the width of the stroke
FILLED = 2  # the place of the one whose strokes are closed and filled
MOST_POINTS = 5000
BASE = 36
POINT = 4  # characters of a point, two for x, two for y
CAPTIONS = 3
SHOWN = 384  # pixels of the longer side of a picture, at most, as it is captioned and sent to the browser
MOST_SENT = 1_500_000  # characters of a picture that a program sends
MOST_TEXT = 1000  # characters of a caption
DRAWING, PHOTO, SCENE = "drawing", "photo", "scene"
SEED = 7
# The first bytes of the kinds of files that are read, whatever their names say.
KINDS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
NOTHING = "Draw shapes and digits in colour, upload a picture, or take another scene."
# Drawings as `strokes_of` reads them.
EXAMPLES = {
    "a square": "322s2s8c2s8c8c2s8c",
    "a circle above a triangle": (
        "1271326z3h6t3v6k47684g5u4m5f4o504m4m4g4a47413v3v3h3t323v2n41294a1x4m1o501i5f1g5u1i681o6k1x6t296z2n7132-225k6e7i9q3m9q"
    ),
    "a one and a seven": "012x3m3r2s3r82-616j2x9b2x7d87",
    "a star": "505k2d6d4l8q4o6w647j8e5k733l8e48642e4o4r4l5k2d",
}


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    tab.needs(MODEL, warm=_warm)
    with gr.Row(elem_id="captions-room"):
        with gr.Column(min_width=280):
            drawing = gr.HTML(
                "", html_template=_paper(), js_on_load=page.script("tabs/captions_drawing"), elem_id="captions-drawing"
            )
            error = errors.field()
            gr.Examples(
                [[strokes] for strokes in EXAMPLES.values()],
                [drawing],
                label="Examples",
                example_labels=list(EXAMPLES),
                api_visibility="private",
            )
            photo = gr.UploadButton("Upload a picture", file_types=list(SUFFIXES), type="filepath", elem_id="captions-photo")
            with gr.Row():
                seed = gr.Number(SEED, precision=0, label="Seed of a scene", elem_id="captions-seed")
                another = gr.Button("Another scene", elem_id="captions-another")
            wrong_seed = errors.field()
            scene = gr.HTML("", label="The scene", elem_id="captions-scene")
        with gr.Column(min_width=280):
            shown = gr.HTML(
                f"<p>{NOTHING}</p>", label="Captions", js_on_load=page.script("tabs/captions"), elem_id="captions-shown"
            )
            error_of_scene = errors.field()

    source = gr.State("")  # whose captions are shown: those of a DRAWING, a PHOTO or a SCENE

    tab.on(drawing.change, caption_drawing, [drawing, seed, source], [shown, scene, source], error=error, quick=True)
    tab.on(photo.upload, caption_photo, [photo], [shown, scene, drawing, source], error=error)
    tab.on(seed.input, chosen_seed, [seed], [drawing, source], error=wrong_seed)
    # A scene is shown without the network, too, so its picture and its captions are two events.
    arriving = [tab.visits.change, seed.change]
    tab.on(arriving, scene_without_drawing, [drawing, seed], [scene], error=wrong_seed, quick=True)
    tab.on(arriving, caption_scene_without_drawing, [drawing, seed], [shown], error=error_of_scene, quick=True)
    tab.on(another.click, next_seed, [seed], [drawing, seed, source], error=wrong_seed)
    tab.api(caption)
    tab.api(caption_attention)
    tab.api(caption_scene)
    tab.link(drawing=(drawing, from_link), seed=(seed, links.whole()))


def caption(picture: str, n: int = 1) -> list[list[Any]]:
    """The best captions of a picture: a list of [caption, log_probability], the best first; the log probability in nats.

    Args:
        picture: a picture file (PNG, JPEG ...) as base64 text, at most 1,500,000 characters.
        n: how many captions, 1 to 5.
    """
    content = _decoded(picture)
    found = models.get(MODEL).caption([_square(content)[0]], n)[0]
    return [[each.text, each.log_probability] for each in found]


def caption_attention(picture: str, text: str) -> list[list[Any]]:
    """Where the network looks in a picture at each word of a caption: a list of [word, weights].

    Args:
        picture: a picture file (PNG, JPEG ...) as base64 text, at most 1,500,000 characters.
        text: the caption.

    Returns:
        The weights are rows of a grid over the square in which the whole picture lies, from the top; they sum to 1.
    """
    content, text = _decoded(picture), uploads.text(text, MOST_TEXT)
    looked = models.get(MODEL).attend(_square(content)[0], text)
    return [[each.word, each.weights.round(5).tolist()] for each in looked]


def caption_scene(seed: int = SEED) -> dict[str, Any]:
    """A new scene of digits and shapes: "picture", a PNG file as base64 text; "captions", true sentences about it.

    Args:
        seed: which scene, a whole number from 0.
    """
    found = _scene(seed)
    return {"picture": base64.b64encode(_png(found.picture)).decode(), "captions": list(found.captions)}


def caption_drawing(text: str | None, seed: int | None, source: str) -> tuple[Any, Any, Any]:
    """What the network says of a drawing, as HTML, and nothing in the place of the scene.

    When a drawing has been cleared, nothing is said. When a scene or a photo has taken its place, that is shown.
    """
    strokes = strokes_of(text or "")
    if strokes:
        return _said(drawn(strokes)), "", DRAWING
    if source == DRAWING:
        return f"<p>{NOTHING}</p>", "", ""
    if source == SCENE:
        return caption_scene_without_drawing("", seed), scene_without_drawing("", seed), gr.skip()
    return gr.skip(), gr.skip(), gr.skip()


def caption_photo(path: str | None) -> tuple[str, str, str, str]:
    """What the network says of an uploaded picture, as HTML; nothing in the place of the scene and of the drawing."""
    with uploads.taken(path, SUFFIXES) as file:
        name, content = uploads.name_of(file), file.read_bytes()
    if not content.startswith(KINDS):
        raise UserError(f"{name} is none of the pictures that are read here: save it as PNG or JPEG")
    models.get(MODEL)  # where it is missing, that is told first
    square, notices = _square(content)
    return _said(square, notices), "", "", PHOTO


def scene_without_drawing(drawing: str | None, seed: int | None) -> Any:
    """The scene of a seed as HTML, with true sentences about it. While there is a drawing nothing changes."""
    if drawing:
        return gr.skip()
    found = _scene(seed)
    rows = "".join(f"<li>{html.escape(each)}</li>" for each in found.captions)
    return (
        f'<figure><img src="{_address(found.picture)}" alt="A scene: {html.escape(found.captions[0])}"></figure>'
        f"<p>Sentences that are true of this scene, of which the network has not been told:</p><ul>{rows}</ul>"
    )


def caption_scene_without_drawing(drawing: str | None, seed: int | None) -> Any:
    """What the network says of the scene of a seed, and whether it is true, as HTML. While there is a drawing nothing changes."""
    if drawing:
        return gr.skip()
    try:
        found = _scene(seed)
    except UserError:
        return ""  # what is wrong with the seed is told beside it
    return _said(found.picture, scene=found.scene)


def chosen_seed(seed: int | None) -> tuple[str, str]:
    """No drawing, when somebody types the seed of a scene."""
    _checked(seed)
    return "", SCENE


def next_seed(seed: int | None) -> tuple[str, int, str]:
    """No drawing, and the seed of the next scene."""
    return "", (_checked(seed) + 1) % (MOST_SEED + 1), SCENE


def _checked(seed: Any) -> int:
    return whole("seed", seed, 0, MOST_SEED)


@dataclass(frozen=True)
class Shown:
    """A scene: what it shows, its picture, uint8 [side, side, 3], and true captions."""

    scene: Any
    picture: np.ndarray
    captions: Sequence[str]


def _scene(seed: Any) -> Shown:
    seed = _checked(seed)
    with extras.explained():
        return Shown(*registry.resolve("zoo.captions.examples:scene")(seed))


def strokes_of(text: str) -> list[tuple[str, int, np.ndarray]]:
    """The strokes of a drawing: of each the name of its ink, the place of its pen, and its points, int [points, 2], x and y.

    Args:
        text: of each stroke a digit for the ink, one for the pen, and four characters for each point: x and y as two digits in
            base 36. Strokes are parted by "-".

    Raises:
        UserError: it is no such text, or too long.
    """
    if len(text) > POINT * MOST_POINTS:
        raise UserError(f"the drawing has over {MOST_POINTS:,} points: clear it and draw less")
    strokes = []
    for stroke in filter(None, text.split("-")):
        if not re.fullmatch(f"[0-{len(INKS) - 1}][0-{len(PENS) - 1}]([0-9a-z]{{4}})+", stroke):
            raise UserError(
                f"{brief(stroke)!r} is no stroke: a digit for the ink, one for the pen, four characters for each point"
            )
        numbers = [int(stroke[i : i + 2], BASE) for i in range(2, len(stroke), 2)]
        if max(numbers) >= SIDE:
            raise UserError(f"{brief(stroke)!r} leaves the drawing area of {SIDE} x {SIDE}")
        strokes.append((list(INKS)[int(stroke[0])], int(stroke[1]), np.reshape(numbers, (-1, 2))))
    return strokes


def from_link(value: str) -> str:
    """Reads a drawing from an address."""
    strokes_of(value)
    return value


def drawn(strokes: Sequence[tuple[str, int, np.ndarray]]) -> np.ndarray:
    """A drawing as a picture, uint8 [SIDE, SIDE, 3], of strokes as `strokes_of` gives them."""
    picture = Image.new("RGB", (FINE * SIDE, FINE * SIDE), PAPER)
    brush = ImageDraw.Draw(picture)
    for name, pen, its in strokes:
        points = [(FINE * int(x), FINE * int(y)) for x, y in its]
        ink, width = INKS[name], FINE * list(PENS.values())[pen]
        if pen == FILLED and len(points) > 2:
            brush.polygon(points, fill=ink)
            points.append(points[0])
        brush.line(points, fill=ink, width=width, joint="curve")
        for x, y in (points[0], points[-1]):  # round ends
            brush.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=ink)
    return np.asarray(picture.reduce(FINE))


def _square(picture: bytes | np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """A picture in the middle of a square, uint8 [side, side, 3] with a side of at most SHOWN, and what was done to it."""
    pixels, notices = registry.resolve("zoo.captions.reading:read")(picture)
    fitted = registry.resolve("zoo.captions.canvas:fitted")(pixels, min(max(pixels.shape[:2]), SHOWN))
    return fitted.numpy(), tuple(notices)


def _decoded(picture: str) -> bytes:
    if len(picture) > MOST_SENT:
        raise UserError(f"the picture has {len(picture):,} characters in base64: send at most {MOST_SENT:,}")
    try:
        content = base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError(f"the picture is no base64 text ({error}): send the bytes of a picture file as base64") from error
    if not content.startswith(KINDS):
        raise UserError("the picture is none of the kinds that are read here: send a PNG or JPEG file as base64")
    return content


def _png(picture: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


def _address(picture: np.ndarray) -> str:
    """A picture as the address of a PNG."""
    return f"data:image/png;base64,{base64.b64encode(_png(picture)).decode()}"


def _said(picture: np.ndarray, notices: Sequence[str] = (), scene: Any = None) -> str:
    """The captions of a picture, uint8 [h, w, 3], as HTML, with where the network looked; of a scene also which are true."""
    model = models.get(MODEL)
    found = model.caption([picture], CAPTIONS)[0]
    lines = []
    for each in found:
        true = None if scene is None else registry.resolve("zoo.captions.truth:judge")(each.text, scene).true
        looked = [(word.word, word.weights) for word in model.attend(picture, each.text)]
        lines.append(line(looked, each.log_probability, true))
    return stage(picture) + "".join(lines) + "".join(f"<p>{html.escape(notice)}</p>" for notice in notices)


def stage(picture: np.ndarray) -> str:
    """A picture as HTML, with a cover through which the script of this tab shows where the network looked."""
    return (
        f'<div class="stage"><img src="{_address(picture)}" alt="The picture that the network sees">'
        '<canvas aria-hidden="true"></canvas></div>'
        '<p class="told" aria-live="polite">Point at a word, or go through the words with the arrow keys: the picture stays '
        'bright where the network looked.</p><button type="button" class="play">▶ Word by word</button>'
    )


def line(looked: Sequence[tuple[str, np.ndarray]], log_probability: float, true: bool | None = None) -> str:
    """A caption as HTML, with the weights of each word for the script of this tab.

    Args:
        looked: each word and where the network looked, float32 [grid, grid].
        log_probability: of the caption, in nats.
        true: whether every statement of it holds; None: not known.
    """
    spans = " ".join(_span(word, weights) for word, weights in looked)
    probability = math.exp(log_probability)
    told = f"{100 * probability:.1f} %" if probability >= 0.001 else "under 0.1 %"
    verdict = {None: "", True: " · true of this scene", False: " · not true of this scene"}[true]
    return (
        '<div class="caption" tabindex="0" role="group" aria-label="A caption; arrow keys go from one word to the next">'
        f"{spans}</div><p>probability {told}{verdict}</p>"
    )


def _span(word: str, weights: np.ndarray) -> str:
    shares = weights / max(float(weights.max()), 1e-9)
    sent = base64.b64encode(np.rint(255 * shares.clip(0, 1)).astype(np.uint8).tobytes()).decode()
    place = place_of(weights)
    return f'<span data-weights="{sent}" data-grid="{len(weights)}" data-place="{place}">{html.escape(word)}</span>'


def place_of(weights: np.ndarray) -> str:
    """The place with the largest weight of a grid, [grid, grid], in words."""
    row, column = np.unravel_index(int(weights.argmax()), weights.shape)
    height, side = (int(3 * index // len(weights)) for index in (row, column))
    words = (("top", "middle", "bottom")[height], ("left", "", "right")[side])
    return "the middle" if words == ("middle", "") else f"the {' '.join(filter(None, words))}"


def _paper() -> str:
    """The drawing area with its tools."""
    inks = "".join(_ink(i, name) for i, name in enumerate(INKS))
    pens = "".join(
        f'<button type="button" data-pen="{i}" aria-pressed="{str(i == 0).lower()}" data-width="{width}">{name}</button>'
        for i, (name, width) in enumerate(PENS.items())
    )
    return (
        f'<div class="tools" role="group" aria-label="Inks">{inks}</div>'
        f'<div class="tools" role="group" aria-label="Pens">{pens}<button type="button" data-do="undo">Undo</button>'
        '<button type="button" data-do="clear">Clear</button></div>'
        f'<svg viewBox="0 0 {SIDE} {SIDE}" tabindex="0" role="application" style="--paper:rgb{PAPER}" '
        'aria-label="Drawing area. Arrow keys move the pen, with Shift farther. Space puts it down or lifts it. '
        'Backspace undoes a stroke. Delete clears the drawing.">'
        '<g class="strokes"></g><circle r="9"></circle></svg>'
        '<p class="keys">Keys: arrows move the pen, space puts it down or lifts it, Backspace undoes, Delete clears. '
        '<span class="told" aria-live="polite"></span></p>'
    )


def _ink(i: int, name: str) -> str:
    label, sign = ("rubber", "⌫") if name == "white" else (name, "")
    return (
        f'<button type="button" data-ink="{i}" aria-pressed="{"false" if i else "true"}" aria-label="{label}" title="{label}" '
        f'style="--ink:rgb{INKS[name]}">{sign}</button>'
    )


def _warm() -> None:
    caption_scene_without_drawing("", SEED)
