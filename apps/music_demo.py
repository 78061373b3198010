"""What the demo shows of the networks for music: four new tunes, a new chorale, and a melody harmonised."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo.core.files import numbered

from . import music_files
from .demo_part import Part

TOKENS = "tokens.png"

# A melody made for this demo, four phrases: (MIDI pitch, length in quarter notes).
MELODY = (
    *((67, 1), (67, 1), (69, 1), (71, 1), (72, 1), (71, 1), (69, 2)),
    *((71, 1), (74, 1), (72, 1), (71, 1), (69, 1), (69, 1), (67, 2)),
    *((71, 1), (71, 1), (72, 1), (74, 1), (74, 1), (72, 1), (71, 2)),
    *((72, 1), (71, 1), (69, 1), (67, 1), (69, 1), (66, 1), (67, 2)),
)


def compose(out: Path) -> list[Path]:
    """Four new folk tunes, each as MIDI and as a piano roll, the first one as sound, too, and half of one continued otherwise."""
    from dataclasses import replace

    import zoo

    model, files, tunes = zoo.load("folk_lstm"), [], []
    # The metres and keys of four sets at a dance; the second part of each name is for the reader.
    for i, (metre, key) in enumerate((("6/8", "D"), ("4/4", "G"), ("9/8", "A dorian"), ("2/4", "Em")), start=1):
        (tune,) = model.generate(key=key, metre=metre, bars=16, seed=i)
        tunes.append(tune)
        files += _save(tune, out, f"tune-{i}", ("mid", "png", "wav") if i == 1 else ("mid", "png"))
        print(f"tune {i}: {tune.full_bars} bars of {tune.metre} in {tune.key}, {len(tune.notes)} notes")
    third = tunes[2]
    half = tuple(note for note in third.notes if note.end <= 8 * third.metre.bar_ticks)
    (continued,) = model.continue_(replace(third, notes=half, title="Tune 3"), bars=8, seed=1)
    files += _save(continued, out, "continued")
    print(f"tune 3 from its first 8 bars on: {continued.full_bars} bars, {len(continued.notes)} notes")
    return files


def compose_chorales(out: Path) -> list[Path]:
    """A new chorale, and three voices under a melody, each as MIDI and as a piano roll; and the tokens of its first bars."""
    import zoo
    from zoo.music.language import token_picture
    from zoo.music.notation.score import Score
    from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Note

    notes, start = [], 0
    for pitch, quarters in MELODY:
        notes.append(Note(start, quarters * TICKS_PER_QUARTER, pitch))
        start += quarters * TICKS_PER_QUARTER
    melody = Score(tuple(notes), key=Key.parse("G"), tempos=((0, 76.0),), title="A melody")
    model, files = zoo.load("chorale_lstm"), []
    (chorale,) = model.generate(key="g", metre="4/4", bars=8, seed=1)
    harmony = model.harmonize(melody, n=4, seed=1)[0]
    for name, score in (("chorale", chorale), ("harmony", harmony)):
        files += _save(score, out, name)
        print(
            f"{name}: {score.full_bars} bars of {score.metre} in {score.key}, "
            f"{len(score.notes)} notes in {len(score.voices)} voices"
        )
    token_picture.draw(harmony, out / TOKENS)
    return [*files, out / TOKENS]


def _save(score: Any, out: Path, name: str, formats: Sequence[str] = ("mid", "png")) -> list[Path]:
    """Writes a piece as MIDI, as a piano roll and so on, beside other music of that name if there is some."""
    return music_files.save(score, out, numbered(name), formats)


PARTS = {
    "folk_lstm": Part("composes", compose),
    "chorale_lstm": Part("composes, and harmonises a melody", compose_chorales, (TOKENS,)),
}
