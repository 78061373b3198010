"""Music that the tab Compose works with: read from what somebody sends, checked, and given to the networks."""

import base64
import contextlib
import logging
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoo import registry
from zoo.core.arguments import MOST_SEED, number, whole
from zoo.core.errors import UserError
from zoo.core.names import unknown
from zoo.web import imports, models, pieces, uploads

MELODIES, PARTS = "folk_lstm", "chorale_lstm"
MODELS = {MELODIES: "folk tunes (folk_lstm)", PARTS: "chorales in four parts (chorale_lstm)"}
ANY = "any"
MOST_BARS = 64
WARMEST = 2.0
MOST_BYTES = uploads.MEGABYTE
MOST_NOTES = 3_000  # of music that is shown
MOST_WRITTEN = 1_000  # bars
MOST_MINUTES = 10
MOST_CHARACTERS = 20_000  # of notes that are typed
FORMATS = ("mid", "musicxml", "abc", "wav", "pdf", "png", "svg")


def sent(music: str) -> tuple[Any, tuple[str, ...]]:
    """The score of a file that a program sent in base64, and what was read otherwise than it is written."""
    if not isinstance(music, str) or len(music) > 4 * MOST_BYTES // 3 + 4:
        raise UserError(f"music: a file of at most {MOST_BYTES // uploads.MEGABYTE} MB in base64")
    try:
        content = base64.b64decode(music, validate=True)
    except ValueError as error:
        raise UserError("music is not base64: send the bytes of a MIDI, ABC or MusicXML file in base64") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "music"
        path.write_bytes(content)
        return read(path)


def played(notes: str, metre: str = ANY) -> tuple[Any, tuple[str, ...]]:
    """The score of notes in ABC notation, which may be a whole tune with its header, and what was read otherwise than written."""
    notes = uploads.text(notes, MOST_CHARACTERS)
    if not notes.strip():
        raise UserError("there are no notes: play some on the keyboard, or type some, such as D2 E F2 G")
    whole = "K:" in notes
    if not whole:
        if "|" not in notes:
            notes += " z8z8z8z8"  # since a first bar that is not full would be read as an upbeat
        notes = f"X:1\nT:My notes\nM:{'4/4' if metre == ANY else metre}\nL:1/8\nQ:1/4=112\nK:C\n{notes}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.abc"
        path.write_text(notes, encoding="utf-8")
        score, notices = read(path, "these notes")
    return (score if whole else replace(score, key=None)), notices  # a keyboard tells no key: the network listens for it


def read(path: Path, name: str | None = None) -> tuple[Any, tuple[str, ...]]:
    """The music of a file, and what was read otherwise than it is written. UserError, which names the file without its folder."""
    name = name or uploads.name_of(path)
    try:
        reading = registry.resolve("zoo.music.notation.reading:read")(path)
    except UserError as error:
        raise UserError(str(error).replace(repr(str(path)), name).replace(str(path), name)) from error
    score = reading.score
    if not score.notes:
        raise UserError(f"{name} holds no notes: choose another file")
    _check_size(score, name, "choose shorter music")
    return score, tuple(reading.notices)


def _check_size(score: Any, name: str, advice: str) -> None:
    """Raises UserError, which calls the music `name`, for more than can be sounded, printed and shown in a short time."""
    if len(score.notes) > MOST_NOTES:
        raise UserError(f"{name} has {len(score.notes):,} notes, more than {MOST_NOTES:,}: {advice}")
    if score.end > MOST_WRITTEN * 192 or score.bars > MOST_WRITTEN:  # 192 ticks are a long bar, of 4/2
        raise UserError(f"{name} has more than {MOST_WRITTEN:,} bars: {advice}")
    if pieces.seconds_of(score) > 60 * MOST_MINUTES:
        raise UserError(f"{name} lasts longer than {MOST_MINUTES} minutes: {advice}")


def continued(score: Any, bars: Any, model: str, temperature: Any, top_p: Any, seed: Any) -> tuple[Any, list[str]]:
    """A longer score, and what the network heard otherwise than written."""
    bars, sampling = whole("bars", bars, 1, MOST_BARS), _sampling(temperature, top_p, seed)
    network = composer(model)
    with notices() as heard:
        (new,) = network.continue_(score, bars=bars, **sampling)
    _check_size(new, "the longer piece", "add fewer bars, or continue shorter music")
    return new, heard


def varied(score: Any, first: Any, last: Any, model: str, temperature: Any, top_p: Any, seed: Any) -> tuple[Any, list[str]]:
    """The score with new bars, and what the network heard otherwise than written. The model of parts varies four voices."""
    first, last = whole("the first bar", first, 0, 10_000), whole("the last bar", last, 0, 10_000)
    if last < first:
        raise UserError(f"bars {first} to {last}: the first one must not come after the last one")
    sampling = _sampling(temperature, top_p, seed)
    network = composer(PARTS if fitting(score) == PARTS else model)
    with notices() as heard:
        (new,) = network.vary(score, (first, last), **sampling)
    _check_size(new, "the piece with new bars", "vary other bars")
    return new, heard


def harmonised(score: Any, temperature: Any, top_p: Any, seed: Any) -> tuple[Any, list[str]]:
    """The score with lower parts, and what the network heard otherwise than written."""
    sampling = _sampling(temperature, top_p, seed)
    network = composer(PARTS)
    with notices() as heard:
        (new,) = network.harmonize(score, **sampling)
    _check_size(new, "the piece in four parts", "harmonise shorter music")
    return new, heard


def nearest(score: Any) -> Any:
    """The training piece that shares the longest run of notes with a score: a `zoo.music.analysis.copying.Nearest`."""
    imports.import_data_sets()  # which reads the training pieces
    return composer(fitting(score)).nearest(score)


def fitting(score: Any) -> str:
    """The model that writes music of so many voices."""
    return PARTS if len({note.voice for note in score.notes if not score.voices[note.voice].drums}) == 4 else MELODIES


def composer(name: str) -> Any:
    """A model of this tab. UserError for another name."""
    if name not in MODELS:
        raise unknown("model", str(name)[:40], tuple(MODELS))
    return models.get(name)


@contextlib.contextmanager
def notices() -> Iterator[list[str]]:
    """The notices of the library while something is computed in this thread."""
    found: list[str] = []
    thread = threading.get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                found.append(record.getMessage())

    listener, log = Listener(logging.INFO), logging.getLogger("zoo.music")
    log.addHandler(listener)
    try:
        yield found
    finally:
        log.removeHandler(listener)


def composed(model: str, key: str, mode: str, kind: str, metre: str, bars: Any, temperature: Any, top_p: Any, seed: Any) -> Any:
    """A new score; the arguments are those of `compose`."""
    bars = whole("bars", bars, 0, MOST_BARS)
    given = {"key": key, "mode": mode, "type": kind, "metre": metre}
    asked = {name: None if value == ANY else str(value)[:40] for name, value in given.items()}
    if asked["key"] and asked["mode"] is None:
        asked["mode"] = "major"
    sampling = _sampling(temperature, top_p, seed)
    (score,) = composer(model).generate(**asked, bars=bars or None, **sampling)
    title = f"{score.type or 'piece'} in {score.key}, seed {seed:.0f}"
    return replace(_played(score), title=title[0].upper() + title[1:])


def _sampling(temperature: Any, top_p: Any, seed: Any) -> dict[str, Any]:
    """How boldly the network chooses, checked."""
    return {
        "temperature": number("temperature", temperature, 0, WARMEST),
        "top_p": number("top-p", top_p, 0.05, 1),
        "seed": whole("seed", seed, 0, MOST_SEED),
    }


def check_format(name: str) -> None:
    """Raises UserError for what is no format of a file."""
    if name not in FORMATS:
        raise unknown("format", str(name)[:20], FORMATS)


def _played(score: Any) -> Any:
    """The score with velocities as a player would choose them."""
    return registry.resolve("zoo.music.notation.phrasing:phrased")(score)


def told(score: Any, format: str) -> dict[str, Any]:
    """A score as programs get it; see `compose`."""
    return {
        "title": score.title,
        "metre": str(score.metre),
        "key": str(score.key or ""),
        "bars": score.full_bars,
        "notes": [[note.start, note.duration, note.pitch, note.voice] for note in score.notes],
        "file": base64.b64encode(score.encoded(f".{format}")).decode(),
    }
