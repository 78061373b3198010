"""Compose: a network writes a piece, which is printed, drawn as a piano roll, heard and downloaded."""

import html
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from zoo import registry
from zoo.core.errors import UserError
from zoo.core.names import advice
from zoo.web import errors, keyboard, links, page, pieces, reasons, uploads, works
from zoo.web.fields import Slider
from zoo.web.steps import step, stops
from zoo.web.tab import LINKED, Tab
from zoo.web.works import ANY, FORMATS, MELODIES, MODELS, MOST_BARS, MOST_BYTES, PARTS, WARMEST

TITLE = "Compose"
TONICS: tuple[str, ...] = registry.resolve("zoo.music.notation.theory:PITCH_CLASSES")
MODES: tuple[str, ...] = registry.resolve("zoo.music.notation.theory:MODES")
METRES = {MELODIES: ("2/2", "3/2", "2/4", "3/4", "4/4", "6/4", "3/8", "6/8", "9/8", "12/8"), PARTS: ("3/2", "3/4", "4/4")}
METRES_OF: dict[str, tuple[str, ...]] = registry.resolve("zoo.music.notation.tune_types:METRES")  # by the type of the tune
EXAMPLES = {
    "A jig in D": (MELODIES, "D", "major", "jig", "6/8", 16, 1.0, 0.9, 7),
    "A slip jig in E dorian": (MELODIES, "E", "dorian", "slip jig", "9/8", 16, 1.0, 0.9, 3),
    "A bold reel in A mixolydian": (MELODIES, "A", "mixolydian", "reel", "2/2", 16, 1.2, 1.0, 5),
    "A chorale in G": (PARTS, "G", "major", ANY, "4/4", 8, 1.0, 0.9, 2),
}
SUFFIXES = (".mid", ".midi", ".abc", ".musicxml", ".xml", ".mxl")
NOTES_LABEL = "Notes, which the keyboard writes in ABC notation: c is an octave above C, ^F is F sharp, z a rest, C2 longer"
NOTHING = "<p>Choose an example, or set the controls and press Compose.</p>"
CONTROLS, NOTES, ELSEWHERE = "composed", "notes", "elsewhere"  # where a piece comes from: what of it a link holds
UNLINKED = (
    '<p role="status">This link does not hold its piece, which was uploaded, continued, varied or harmonised. Press Compose for '
    "one with these controls.</p>"
)


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    tab.needs(MELODIES, warm=_warm)
    music = gr.State(None)
    source = gr.HTML(CONTROLS, visible="hidden")  # part of the link
    with gr.Row(elem_id="compose-top"):
        with gr.Column(scale=1, min_width=300):
            examples, controls = _controls(tab)
            error = errors.field()
            with gr.Row(equal_height=True):
                go = gr.Button("Compose", variant="primary", min_width=120, elem_id="compose-go")
                another = gr.Button("Compose another", min_width=120, elem_id="compose-another")
                stop = gr.Button("Stop", min_width=80, elem_id="compose-stop")
        with gr.Column(scale=2, min_width=300):
            busy = gr.HTML("", elem_id="compose-busy")
            status = gr.HTML(NOTHING, elem_id="compose-status")
            piece = gr.HTML("", js_on_load=page.script("tabs/compose"), elem_id="compose-piece")
            files = gr.File(label="Download", file_count="multiple", interactive=False, visible=False, elem_id="compose-files")
            files_error = errors.field()
            outputs: list[gr.components.Component] = [busy, status, music, piece, source]
            steps, told = _changes(tab, music, [controls[name] for name in ("model", "temperature", "top_p", "seed")], outputs)
            told += _insights(tab, music)
    given = list(controls.values())
    steps.append(tab.on(go.click, composing, given, outputs, error=error, progress=[busy], long=True))
    seed = controls["seed"]
    steps.append(tab.on(another.click, composing_next, given, [seed, *outputs], error=error, progress=[busy], long=True))
    for button, values in examples:
        steps.append(tab.on(button.click, example(values), [], [*given, *outputs], error=error, progress=[busy], long=True))
    own, refused = _own_music(tab, controls, outputs)
    steps += own
    arrival = [tab.visits, *given, controls["notes"], source]
    steps.append(tab.on(tab.visits.change, arriving, arrival, outputs, error=error, progress=[busy], long=True))
    for event in steps:
        event.success(errors.beside(written, 1), [music], [files_error, files], api_visibility="private", show_progress="minimal")
    stops(stop, steps, busy)
    former = [*told, *refused]  # what was told of the former piece, and what was wrong before there was a new one
    tab.on(music.change, lambda: ("",) * len(former), outputs=former, error=error, again=True)
    for function in (compose, continue_tune, harmonise, vary, compose_why, compose_nearest):
        tab.api(function, long=True)
    linked = {name: (controls[name], reader) for name, reader in _READERS.items()}
    piece_source = (source, links.choice((CONTROLS, NOTES, ELSEWHERE)))
    tab.link(arranged, **linked, notes=(controls["notes"], links.text()), piece=piece_source)


def _own_music(
    tab: Tab, controls: dict[str, gr.components.Component], outputs: list[gr.components.Component]
) -> tuple[list[Any], list[gr.HTML]]:
    """Places what brings a user's own music: an upload and a keyboard.

    They are long events, since no other piece must come while a network explains the one that is shown.

    Returns:
        The events that end with a piece, and the places of their errors.
    """
    gr.HTML("<h2>Your own music</h2>")
    with gr.Row(elem_id="compose-own"):
        with gr.Column(scale=1, min_width=300):
            label = "Upload MIDI, ABC or MusicXML"
            upload = gr.File(label=label, file_types=list(SUFFIXES), type="filepath", height=140, elem_id="compose-upload")
            upload_error = errors.field()
        with gr.Column(scale=2, min_width=300):
            gr.HTML(keyboard.piano(), js_on_load=page.script("tabs/compose_keys"), elem_id="compose-keys")
            notes = gr.Textbox(label=NOTES_LABEL, lines=2, max_lines=6, elem_id="compose-notes")
            notes_error = errors.field()
            take = gr.Button("Take these notes", elem_id="compose-take")
    controls["notes"] = notes
    steps = [
        tab.on(upload.upload, uploaded, [upload], [upload, *outputs], error=upload_error, progress=outputs[:1], long=True),
        tab.on(take.click, playing, [notes, controls["metre"]], outputs, error=notes_error, progress=outputs[:1], long=True),
    ]
    return steps, [upload_error, notes_error]


def _changes(
    tab: Tab, music: gr.State, choices: list[gr.components.Component], outputs: list[gr.components.Component]
) -> tuple[list[Any], list[gr.HTML]]:
    """Places what a network does with the piece that is shown. Returns the events that end with a piece, and their errors."""
    gr.HTML("<h2>Go on with the piece</h2>")
    error = errors.field()
    with gr.Row():
        bars = Slider(1, MOST_BARS, 8, step=1, label="Bars to add", min_width=160, elem_id="compose-add")
        first = gr.Number(5, label="Vary from bar", precision=0, min_width=110, elem_id="compose-first")
        last = gr.Number(8, label="to bar", precision=0, min_width=110, elem_id="compose-last")
    with gr.Row():
        longer = gr.Button("Continue it", min_width=130, elem_id="compose-continue")
        other = gr.Button("Vary these bars", min_width=130, elem_id="compose-vary")
        four = gr.Button("Harmonise it", min_width=130, elem_id="compose-harmonise")
    steps = [
        tab.on(longer.click, continuing, [music, bars, *choices], outputs, error=error, progress=outputs[:1], long=True),
        tab.on(other.click, varying, [music, first, last, *choices], outputs, error=error, progress=outputs[:1], long=True),
        tab.on(four.click, harmonising, [music, *choices[1:]], outputs, error=error, progress=outputs[:1], long=True),
    ]
    return steps, [error]


def _insights(tab: Tab, music: gr.State) -> list[gr.HTML]:
    """Places what tells of the piece: what the network expected, and the nearest training piece. Returns the components."""
    gr.HTML("<h2>Look into it</h2>")
    error = errors.field()
    with gr.Row():
        ask = gr.Button("Why these notes?", min_width=160, elem_id="compose-ask")
        compare = gr.Button("Nearest training piece", min_width=160, elem_id="compose-compare")
        stop = gr.Button("Stop", min_width=80, elem_id="compose-stop-looking")
    busy = gr.HTML("", elem_id="compose-looking")
    why = gr.HTML("", js_on_load=page.script("tabs/compose_why"), elem_id="compose-why")
    nearest = gr.HTML("", js_on_load=page.script("tabs/compose_nearest"), elem_id="compose-nearest")
    looks = [
        tab.on(ask.click, explaining, [music], [busy, why], error=error, progress=[busy], long=True),
        tab.on(compare.click, comparing, [music], [busy, nearest], error=error, progress=[busy], long=True),
    ]
    stops(stop, looks, busy)
    return [error, why, nearest]


_READERS = {
    "model": links.choice(MODELS),
    "key": links.choice((ANY, *TONICS)),
    "mode": links.choice((ANY, *MODES)),
    "type": links.choice((ANY, *METRES_OF)),
    "metre": links.choice((ANY, *METRES[MELODIES])),
    "bars": links.whole(0, MOST_BARS),
    "temperature": links.number(0, WARMEST),
    "top_p": links.number(0.05, 1),
    "seed": links.whole(),
}


def _controls(tab: Tab) -> tuple[list[tuple[gr.Button, tuple[Any, ...]]], dict[str, gr.components.Component]]:
    """Places the examples and the controls of a new piece, which know each other."""
    gr.HTML("<p>Examples, which compose at once:</p>")
    with gr.Row():
        examples = [(gr.Button(name, size="sm", min_width=130), values) for name, values in EXAMPLES.items()]
    name, tonic, mode, kind, metre, bars, temperature, top_p, seed = examples[0][1]
    model = gr.Dropdown([(told, each) for each, told in MODELS.items()], value=name, label="Model", elem_id="compose-model")
    with gr.Row():
        key_ = gr.Dropdown([ANY, *TONICS], value=tonic, label="Key", min_width=120, elem_id="compose-key")
        mode_ = gr.Dropdown(modes(tonic), value=mode, label="Mode", min_width=120, elem_id="compose-mode")
    with gr.Row():
        kind_ = gr.Dropdown(kinds(name), value=kind, label="Type", min_width=120, elem_id="compose-type")
        metre_ = gr.Dropdown(metres(name, kind), value=metre, label="Metre", min_width=120, elem_id="compose-metre")
    bars_ = Slider(0, MOST_BARS, bars, step=1, label="Bars", info="0: the model chooses", elem_id="compose-bars")
    temperature_ = Slider(
        0,
        WARMEST,
        temperature,
        step=0.05,
        label="Temperature",
        info="below 1 safer, above 1 bolder; 0 takes the most probable note",
    )
    top_p_ = Slider(
        0.05, 1, top_p, step=0.05, label="Top-p", info="choose among the most probable notes that together have this probability"
    )
    seed_ = gr.Number(seed, label="Seed", info="the same seed gives the same piece", precision=0, elem_id="compose-seed")
    error = errors.field()
    tab.on(model.change, of_model, [model, kind_, metre_], [kind_, metre_], error=error, quick=True)
    tab.on(kind_.change, of_type, [model, kind_, metre_], [metre_], error=error, quick=True)
    tab.on(key_.change, of_key, [key_, mode_], [mode_], error=error, quick=True)
    tab.on(temperature_.change, of_temperature, [temperature_], [top_p_], error=error, quick=True)
    components = (model, key_, mode_, kind_, metre_, bars_, temperature_, top_p_, seed_)
    return examples, dict(zip(_READERS, components, strict=True))


def kinds(model: str) -> list[str]:
    """The types of pieces that a model can be asked for."""
    return [ANY, *METRES_OF] if model == MELODIES else [ANY]


def metres(model: str, kind: str) -> list[str]:
    """The metres in which a model writes pieces of a type: of a slip jig 9/8 alone."""
    of_type = METRES_OF.get(kind, METRES[model]) if model == MELODIES else METRES[model]
    return list(of_type) if len(of_type) == 1 else [ANY, *of_type]


def modes(key: str) -> list[str]:
    """The modes that fit a key; a tonic alone is no key."""
    return [*([ANY] if key == ANY else []), *MODES]


def _offered(choices: list[str], value: str) -> Any:
    """A control with these choices, which keeps its value if it is among them."""
    return gr.update(choices=choices, value=value if value in choices else choices[0], interactive=len(choices) > 1)


def of_model(model: str, kind: str, metre: str) -> tuple[Any, Any]:
    """The types and the metres that a model offers."""
    kept = kind if kind in kinds(model) else ANY
    return _offered(kinds(model), kind), _offered(metres(model, kept), metre)


def of_type(model: str, kind: str, metre: str) -> Any:
    """The metres that a type of piece offers."""
    return _offered(metres(model, kind), metre)


def of_key(key: str, mode: str) -> Any:
    """The modes that a key offers."""
    return _offered(modes(key), mode)


def of_temperature(temperature: float | None) -> Any:
    """Top-p, which has no influence where the most probable note is always taken; None: a field that somebody has emptied."""
    return gr.update(interactive=temperature != 0)


def arranged(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What the controls get from the values of a link: values with their choices; and in words, which do not fit the others."""
    first = next(iter(EXAMPLES.values()))  # what the controls hold when the page opens
    whole: dict[str, Any] = {**dict(zip(_READERS, first, strict=True)), **values}
    model, kind = whole["model"], whole["type"]
    kept = kind if kind in kinds(model) else ANY
    choices = {"mode": modes(whole["key"]), "type": kinds(model), "metre": metres(model, kept)}
    faults = [
        f"the link's {name} {values[name]!r} does not go with its other values: {advice(values[name], offered)}"
        for name, offered in choices.items()
        if name in values and values[name] not in offered
    ]
    return {**values, **{name: _offered(offered, whole[name]) for name, offered in choices.items()}}, faults


def example(values: tuple[Any, ...]) -> Callable[[], Iterator[tuple[Any, ...]]]:
    """What brings all controls to the values of an example and composes it."""
    model, key, mode, kind, metre, *numbers = values

    def composing_example() -> Iterator[tuple[Any, ...]]:
        offered = (_offered(modes(key), mode), _offered(kinds(model), kind), _offered(metres(model, kind), metre))
        yield from _beginning((model, key, *offered, *numbers), composing(*values))

    return composing_example


def composing_next(*values: Any) -> Iterator[tuple[Any, ...]]:
    """The same as `composing` with the next seed, which comes first. One event does both: seed and piece belong together."""
    *others, seed = values
    seed = following(seed)
    yield from _beginning((seed,), composing(*others, seed))


def _beginning(controls: tuple[Any, ...], rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows of outputs after those of controls, which get their values with the first row."""
    for row in rows:
        yield *controls, *row
        controls = (gr.skip(),) * len(controls)


def following(seed: float | None) -> int:
    """The next seed."""
    return int(seed or 0) + 1


def compose(
    model: str = MELODIES,
    key: str = ANY,
    mode: str = ANY,
    type: str = ANY,
    metre: str = ANY,
    bars: int = 16,
    temperature: float = 1.0,
    top_p: float = 0.9,
    seed: int = 0,
    format: str = "mid",
) -> dict[str, Any]:
    """Composes a piece.

    Args:
        model: "folk_lstm" (melodies) or "chorale_lstm" (four parts).
        key: a tonic such as "D", or "any".
        mode: "major", "dorian" ..., or "any".
        type: "jig", "slip jig" ... of folk_lstm, or "any".
        metre: "6/8" ..., or "any".
        bars: how many, 1 to 64; 0: the model chooses.
        temperature: 0 to 2; below 1 safer, above 1 bolder.
        top_p: 0.05 to 1; only the most probable notes that together have this probability.
        seed: of the random numbers; the same one gives the same piece.
        format: of the file: "mid", "musicxml", "abc", "wav", "pdf" (printed), "png" (a piano roll) or "svg"
            (printed, one picture).

    Returns:
        "title", "metre", "key", "bars", "notes", a list of [start, duration, pitch, voice] in ticks (24 to a quarter note) and
        MIDI pitches, and "file", the file in base64.
    """
    works.check_format(format)
    return works.told(works.composed(model, key, mode, type, metre, bars, temperature, top_p, seed), format)


def continue_tune(
    music: str,
    bars: int = 8,
    model: str = MELODIES,
    temperature: float = 1.0,
    top_p: float = 0.9,
    seed: int = 0,
    format: str = "mid",
) -> dict[str, Any]:
    """Continues a piece.

    Args:
        music: a MIDI, ABC or MusicXML file in base64, of at most 1 MB.
        bars: how many to add, 1 to 64.
        model, temperature, top_p, seed, format: see `compose`.

    Returns:
        What `compose` returns, and "new_from", the tick where the new notes begin.
    """
    works.check_format(format)
    score, _ = works.sent(music)
    new, _ = works.continued(score, bars, model, temperature, top_p, seed)
    return {**works.told(new, format), "new_from": new.new_from}


def harmonise(music: str, temperature: float = 1.0, top_p: float = 0.9, seed: int = 0, format: str = "mid") -> dict[str, Any]:
    """Writes three lower parts to a melody; the arguments are those of `continue_tune`, and the answer is that of `compose`."""
    works.check_format(format)
    score, _ = works.sent(music)
    return works.told(works.harmonised(score, temperature, top_p, seed)[0], format)


def vary(
    music: str,
    first: int = 5,
    last: int = 8,
    model: str = MELODIES,
    temperature: float = 1.0,
    top_p: float = 0.9,
    seed: int = 0,
    format: str = "mid",
) -> dict[str, Any]:
    """Writes bars of a piece anew, so that they fit what stands before and after them.

    Args:
        music: see `continue_tune`.
        first, last: of the bars, as musicians count: the first full bar is 1.
        model, temperature, top_p, seed, format: see `compose`.

    Returns:
        What `compose` returns, and "new_from" and "new_to", the ticks where the new bars begin and end.
    """
    works.check_format(format)
    score, _ = works.sent(music)
    new, _ = works.varied(score, first, last, model, temperature, top_p, seed)
    return {**works.told(new, format), "new_from": new.new_from, "new_to": new.new_to}


def uploaded(path: str | None) -> Iterator[tuple[Any, ...]]:
    """An uploaded file: no file any more, then the same as `composing` while it is read."""
    yield None, *(gr.skip(),) * 5
    with uploads.taken(path, SUFFIXES, MOST_BYTES) as file:

        def titled() -> tuple[Any, Sequence[str]]:
            score, notices = works.read(file)
            return score if score.title else replace(score, title=uploads.name_of(file)), notices

        yield from _beginning((gr.skip(),), _made(f"Reading {uploads.name_of(file)}", titled, ELSEWHERE))


def playing(notes: str, metre: str) -> Iterator[tuple[Any, ...]]:
    """The same as `composing` for notes in ABC notation."""
    yield from _made("Reading the notes", lambda: works.played(notes, metre), NOTES)


def composing(model: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """What is at work, the facts of the piece, the piece, what is shown of it, and where it comes from, step by step."""
    yield from _made(f"Composing with {model}", lambda: (works.composed(model, *values), ()), CONTROLS)


def arriving(visits: int, *values: Any) -> Iterator[tuple[Any, ...]]:
    """The same for somebody with a link: the piece that was there when the link was copied, if the link holds one."""
    *controls, notes, source = values
    if source == NOTES:
        yield from playing(notes, controls[list(_READERS).index("metre")])
    elif source == ELSEWHERE:
        yield "", UNLINKED, gr.skip(), gr.skip(), gr.skip()
    elif visits == LINKED:
        yield from composing(*controls)
    else:
        yield (gr.skip(),) * 5


def continuing(music: Any, bars: Any, model: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """The same while a piece is continued."""
    yield from _made(f"{model} continues it", lambda: works.continued(_there(music), bars, model, *values), ELSEWHERE)


def varying(music: Any, first: Any, last: Any, model: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """The same while bars are written anew."""
    yield from _made("Writing these bars anew", lambda: works.varied(_there(music), first, last, model, *values), ELSEWHERE)


def harmonising(music: Any, *values: Any) -> Iterator[tuple[Any, ...]]:
    """The same while a melody is harmonised."""
    yield from _made(f"{PARTS} harmonises it", lambda: works.harmonised(_there(music), *values), ELSEWHERE)


def _made(text: str, work: Callable[[], tuple[Any, Sequence[str]]], source: str) -> Iterator[tuple[Any, ...]]:
    """What is shown while `work` makes a piece with notices and the piece is drawn, and when both are done or have failed."""
    score, notices = yield from step(text, work, 4)
    shown = yield from step("Printing and sounding it", lambda: pieces.shown(score), 4)
    yield _done(score, notices, shown, source)


def _done(score: Any, notices: Sequence[str], shown: str, source: str) -> tuple[Any, ...]:
    """What every event that brings a piece gives at its end: nothing is at work, and all that belongs to the piece."""
    return "", _facts(score, notices), score, shown, source


def _there(music: Any) -> Any:
    """The piece that is shown. UserError where there is none yet."""
    if music is None:
        raise UserError("there is no piece yet: compose one, upload a file or play some notes")
    return music


def compose_why(music: str) -> list[dict[str, Any]]:
    """What the network expected at each note of a piece: folk_lstm of a melody, chorale_lstm of four parts.

    Args:
        music: see `continue_tune`.

    Returns:
        For each note "start" (in ticks, 24 to a quarter note), "pitch", "voice", "probability" of that pitch, "duration", the
        probability of its duration, and "pitches", a list of [pitch, probability] of the most probable ones.
    """
    score, _ = works.sent(music)
    rows = zip(score.notes, works.composer(works.fitting(score)).expected(score), strict=True)
    return [
        {
            "start": note.start,
            "pitch": note.pitch,
            "voice": note.voice,
            "probability": each.probability,
            "duration": each.duration,
            "pitches": [list(pair) for pair in each.pitches],
        }
        for note, each in rows
    ]


def compose_nearest(music: str) -> dict[str, Any]:
    """The training piece that shares the longest run of notes with a piece, in any key.

    Args:
        music: see `continue_tune`.

    Returns:
        "title" of the training piece, "notes" and "bars" of the shared run, "start" and "piece_start", the ticks where it begins
        in both, "copied", whether it is so long that it counts as copied, and "pieces", how many were searched.
    """
    score, _ = works.sent(music)
    found = works.nearest(score)
    return {
        "title": found.piece.title,
        "notes": found.match.notes,
        "bars": found.match.bars,
        "start": found.match.start,
        "piece_start": found.match.piece_start,
        "copied": found.copied,
        "pieces": found.pieces,
    }


def explaining(music: Any) -> Iterator[tuple[Any, ...]]:
    """What is at work, and what the network expected at each note, step by step."""
    model = works.fitting(_there(music))
    expected = yield from step(f"{model} reads the piece", lambda: works.composer(model).expected(music), 1)
    yield "", reasons.reasons(music, expected)


def comparing(music: Any) -> Iterator[tuple[Any, ...]]:
    """What is at work, and the training piece that is most like the piece, step by step."""
    model = works.fitting(_there(music))
    text = f"Looking through the training pieces of {model}"
    nearest = yield from step(text, lambda: works.nearest(music), 1)
    yield "", reasons.likeness(music, nearest)


def written(score: Any) -> Iterator[Any]:
    """The files to download, which are deleted when Gradio has copied them to where it serves files."""
    if score is None or not score.notes:
        yield gr.update(value=None, visible=False)
        return
    words = "".join(letter if letter.isalnum() else " " for letter in score.title.lower()[:60]).split()
    name = "-".join(words) or "piece"
    with tempfile.TemporaryDirectory() as folder:
        paths, refused = [], []
        for format in FORMATS:
            path = Path(folder) / f"{name}.{format}"
            try:
                score.save(path)
            except UserError as error:  # such as voices that ABC notation cannot write
                refused.append(f"no {format}: {error}")
                continue
            paths.append(str(path))
        label = "; ".join(["Download", *refused])
        yield gr.update(value=paths, visible=True, label=label)


def _facts(score: Any, notices: Sequence[str] = ()) -> str:
    """A score in one line: its title, metre, key, and how many bars and notes it has; below it a line for each notice."""
    key = f" in {score.key}" if score.key else ""
    parts = len({note.voice for note in score.notes})
    voices = f", {parts} voices" if parts > 1 else ""
    bars = "1 bar" if score.full_bars == 1 else f"{score.full_bars} bars"
    facts = f"{bars} of {score.metre}{key}, {len(score.notes):,} notes{voices}"
    lines = "".join(f"<li>{html.escape(notice)}</li>" for notice in notices)
    return (
        f'<div role="status"><p><strong>{html.escape(score.title or "Untitled")}</strong>: {html.escape(facts)}</p>'
        f"<ul>{lines}</ul></div>"
    )


def _warm() -> None:
    """Composes two bars and shows them, so that a user's first piece comes sooner."""
    pieces.shown(works.composed(MELODIES, "D", "major", "jig", "6/8", 2, 1.0, 0.9, 0))
