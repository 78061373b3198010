"""Digits: draw one or more, or upload a photo; what the network saw, how probable each digit is, and which ink decided."""

import base64
import binascii
import html
import io
import re
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image, ImageDraw

from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.web import errors, models, page, uploads
from zoo.web.percent import percent
from zoo.web.tab import Tab

TITLE = "Digits"
MODEL = "digits_mlp"
WIDTH, HEIGHT = 640, 400  # of the drawing area, in its own units
PEN = 22  # the width of a stroke, in the same
REDUCTION = 2  # the drawing is reduced so many times before it is read: its strokes get grey edges, and reading is faster
MOST_POINTS = 5_000
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
SHOWN_DIGITS = 12  # of a picture; the number has all
BASE = 36
POINT = 4  # characters: two for x, two for y
# Strokes as `strokes_of` reads them.
EXAMPLES = {
    "7": "642dbo2dap419l648r96",
    "4": "8c1o646ebo6e-a03w9q9l",
    "36": "31323e2o3w2e4g2950295k2e622o6f326m3j6o406j4i694x5t5a5b5h4q5k4q5j5e5m5z5u6h686s6p6y786w7s6n8a688p5p9052964e963r90388p"
    "2t8a-d21yby2xb446ap5pap78as7tb28cbi8rc191cn94d991ds8re88cei7tel78ei6ne864ds5pd95fcn5cc15fbi5pb264as6nap78",
    "a scribble": "5a4ga0288w8c5k32b4505u6yc83ca08c7i32b47s8m2s6o6ybo64",
}
NOTHING = "Draw a digit, or several, in the field. Or upload a photo."


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    tab.needs(MODEL, warm=_warm)
    with gr.Row(elem_id="digits-room"):
        with gr.Column(min_width=280):
            drawing = gr.HTML("", html_template=_paper(), js_on_load=page.script("tabs/digits"), elem_id="digits-drawing")
            error = errors.field()
            gr.Examples(
                [[strokes] for strokes in EXAMPLES.values()],
                [drawing],
                label="Examples",
                example_labels=list(EXAMPLES),
                api_visibility="private",
            )
            photo = gr.UploadButton(
                "Upload a photo or picture", file_types=list(SUFFIXES), type="filepath", elem_id="digits-photo"
            )
        with gr.Column(min_width=280):
            result = gr.HTML(f"<p>{NOTHING}</p>", label="What the network reads", elem_id="digits-result")
    tab.on(drawing.change, read_drawing, [drawing], [result], error=error, quick=True)
    tab.on(photo.upload, read_photo, [photo], [result], error=error)
    tab.api(digit)
    tab.link(drawing=(drawing, from_link))


def digit(strokes: str = "", picture: str = "") -> dict[str, Any]:
    """Reads the digits of a drawing or of a picture.

    Args:
        strokes: a drawing on a field of 640 x 400. Each point is four characters: x and y from the upper left corner, each as two
            digits in base 36. Strokes are parted by "-". A seven: "6428b4288c9g".
        picture: instead of strokes, a picture file (PNG, JPEG ...) as base64 text.

    Returns:
        "number", all digits as one text; "probability" that all are right; "notices", what is not sure or was done to the
        picture; "digits", the first 12, each with "label", "probabilities" [10], "image" [28][28] from 0 to 255, as the network
        saw it, and "decided" [28][28], the weight of each pixel for the label.
    """
    if bool(strokes) == bool(picture):
        raise UserError("send either strokes or a picture")
    model = models.get(MODEL)
    reading = model.read(_decoded(picture)) if picture else model.read_drawing(ink(strokes_of(strokes)))
    shown = reading.digits[:SHOWN_DIGITS]
    decided = model.decided(np.stack([each.image for each in shown]))
    return {
        "number": reading.number,
        "probability": reading.probability,
        "notices": list(reading.notices),
        "digits": [
            {
                "label": each.label,
                "probabilities": each.probabilities.tolist(),
                "image": each.image.tolist(),
                "decided": weights.round(4).tolist(),
            }
            for each, weights in zip(shown, decided, strict=True)
        ],
    }


def strokes_of(text: str) -> list[np.ndarray]:
    """The strokes of a drawing, int [points, 2] each: x and y.

    Args:
        text: four characters a point, x and y as two digits each in base 36; strokes are parted by "-".

    Raises:
        UserError: it is no such text, or too long.
    """
    if len(text) > POINT * MOST_POINTS:
        raise UserError(
            f"the drawing has {len(text) // POINT:,} points, at most {MOST_POINTS:,} are taken: clear it and draw less"
        )
    strokes = []
    for stroke in filter(None, text.split("-")):
        if not re.fullmatch("([0-9a-z]{4})+", stroke):
            raise UserError(f"{brief(stroke)!r} is no stroke: each point is four characters from 0-9 and a-z")
        numbers = [int(stroke[i : i + 2], BASE) for i in range(0, len(stroke), 2)]
        points = np.reshape(numbers, (-1, 2))
        if (points >= (WIDTH, HEIGHT)).any():
            raise UserError(f"{brief(stroke)!r} leaves the drawing area of {WIDTH} x {HEIGHT}")
        strokes.append(points)
    return strokes


def from_link(value: str) -> str:
    """Reads a drawing from an address."""
    strokes_of(value)
    return value


def ink(strokes: list[np.ndarray]) -> np.ndarray:
    """A drawing as ink, float32 [HEIGHT / REDUCTION, WIDTH / REDUCTION] from 0 to 1, of strokes as `strokes_of` gives them."""
    picture = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        points = [(int(x), int(y)) for x, y in stroke]
        draw.line(points, fill=255, width=PEN, joint="curve")
        for x, y in (points[0], points[-1]):  # round ends
            draw.ellipse((x - PEN / 2, y - PEN / 2, x + PEN / 2, y + PEN / 2), fill=255)
    return np.asarray(picture.reduce(REDUCTION), np.float32) / 255


def read_drawing(text: str | None) -> str:
    """What the network reads in a drawing, as HTML."""
    strokes = strokes_of(text or "")
    if not strokes:
        return f"<p>{NOTHING}</p>"
    model = models.get(MODEL)
    return _read("drawing", model, model.read_drawing(ink(strokes)))


def read_photo(path: str | None) -> str:
    """What the network reads in an uploaded picture, as HTML."""
    with uploads.taken(path, SUFFIXES) as file:
        content = file.read_bytes()
    model = models.get(MODEL)
    return _read("picture", model, model.read(content))


def _read(source: str, model: Any, reading: Any) -> str:
    shown = reading.digits[:SHOWN_DIGITS]
    decided = model.decided(np.stack([digit.image for digit in shown]))
    told = list(reading.notices)
    if len(reading.digits) > len(shown):
        told.append(f"{len(reading.digits)} digits: the first {len(shown)} are shown")
    notices = "".join(f"<li>{html.escape(notice)}</li>" for notice in told)
    cards = "".join(
        card(digit.label, digit.image, digit.probabilities, weights) for digit, weights in zip(shown, decided, strict=True)
    )
    return (
        f'<p class="verdict">In the {source}: <strong>{reading.number}</strong>, {percent(reading.probability)} sure</p>'
        f'<div class="cards">{cards}</div><ul class="notices">{notices}</ul>'
    )


def card(label: int, image: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> str:
    """One digit as HTML: what the network saw, which ink decided, and the probabilities as bars.

    Args:
        label: the most probable digit.
        image: uint8 [28, 28].
        probabilities: float32 [10].
        weights: of each pixel for the label, float32 [28, 28].
    """
    bars = "".join(
        f"<li{' class=chosen' if each == label else ''}><span>{each}</span>"
        f'<span class="track"><span style="width:{100 * probability:.1f}%"></span></span><span>{percent(probability)}</span></li>'
        for each, probability in enumerate(probabilities.tolist())
    )
    return (
        f'<section aria-label="The digit {label}"><div class="pair">'
        f'<figure><img src="{_png(image)}" alt="The digit as 28 by 28 pixels, white on black">'
        "<figcaption>What the network saw</figcaption></figure>"
        f"<figure>{coloured(image, weights)}<figcaption>{deciding(label, weights)}</figcaption></figure></div>"
        f'<ol class="bars" aria-label="The probability of each digit">{bars}</ol></section>'
    )


def coloured(image: np.ndarray, weights: np.ndarray) -> str:
    """The ink of a digit as SVG, blue where it speaks for the digit and red where it speaks against it.

    Args:
        image: uint8 [28, 28].
        weights: of each pixel, float32 [28, 28].
    """
    largest = float(np.abs(weights).max()) or 1.0
    squares = "".join(
        f'<rect class="{"for" if weights[y, x] > 0 else "against"}" x="{x}" y="{y}" width="1" height="1" '
        f'opacity="{0.25 + 0.75 * abs(float(weights[y, x])) / largest:.2f}"/>'
        for y, x in np.argwhere(image)
    )
    return f'<svg viewBox="0 0 28 28" role="img" aria-label="The ink that decided, in colour">{squares}</svg>'


def deciding(label: int, weights: np.ndarray) -> str:
    """Where the ink lies that speaks most for a digit and most against it, in words.

    Args:
        label: the digit.
        weights: of each pixel, float32 [28, 28].
    """
    ninths = np.add.reduceat(np.add.reduceat(weights, (0, 10, 18), axis=0), (0, 10, 18), axis=1)
    told = f'<span class="for">For {label}</span>: most {_place(int(ninths.argmax()))}.'
    if ninths.min() >= 0:
        return told
    return f'{told} <span class="against">Against it</span>: most {_place(int(ninths.argmin()))}.'


def _place(ninth: int) -> str:
    down, across = divmod(ninth, 3)
    if ninth == 4:
        return "in the middle"
    words = ("top", "", "bottom")[down], ("left", "", "right")[across]
    return f"at the {' '.join(filter(None, words))}"


def _png(image: np.ndarray) -> str:
    """An image as the address of a PNG, uint8 [28, 28]."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "png")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _decoded(picture: str) -> bytes:
    try:
        return base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError(f"the picture is no base64 text ({error}): send the bytes of a picture file as base64") from error


def _paper() -> str:
    """The drawing area. Its strokes take the colour of the page's text."""
    return (
        '<div class="tools"><span id="digits-help">Draw with the mouse, a finger or the keys.</span>'
        '<button type="button" data-do="undo">Undo</button><button type="button" data-do="clear">Clear</button></div>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" tabindex="0" role="application" aria-describedby="digits-help" '
        'aria-label="Drawing area. Arrow keys move the pen, with Shift farther. Space puts it down or lifts it. '
        'Backspace undoes a stroke. Delete clears the drawing.">'
        f'<g class="strokes" stroke-width="{PEN}"></g><circle r="11"></circle></svg>'
        '<p class="keys">Keys: arrows move the pen, space puts it down or lifts it, Backspace undoes, Delete clears. '
        '<span class="told" aria-live="polite"></span></p>'
    )


def _warm() -> None:
    read_drawing(EXAMPLES["36"])
