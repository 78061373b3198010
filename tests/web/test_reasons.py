"""Why a piece is as it is: probabilities under each note, and the training piece with the shared notes in colour."""

import re
from dataclasses import dataclass

from zoo.music.analysis.copying import Index, Nearest
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note
from zoo.web import reasons


@dataclass(frozen=True)
class Expected:
    probability: float
    pitches: tuple[tuple[int, float], ...]
    duration: float


def test_each_note_has_what_was_expected_there_and_its_own_pitch_always() -> None:
    score = Score((Note(0, 48, 62), Note(48, 48, 66), Note(96, 24, 62)))
    expected = [
        Expected(0.25, ((62, 0.25), (66, 0.125)), 0.5),
        Expected(0.001, ((62, 0.6),), 1.0),
        Expected(0.75, ((62, 0.75),), 0.9),
    ]
    shown = reasons.reasons(score, expected)
    assert re.findall(r"<h3>([^<]+)</h3>", shown) == ["bar 1", "bar 2"]
    assert shown.count('class="card v') == 3
    assert re.search(r'row own" style="--share:0.001">F#4 <span>under 1 %', shown)
    assert "the network gave this pitch 25 %, its length 50 %; other pitches: F#4 12 %" in shown
    assert "gave the pitches that stand here 33 %" in shown


def test_the_nearest_piece_is_shown_with_the_shared_notes_and_the_distance() -> None:
    shared = (0, 4, 7, 5, 2, 0, 11, 12)
    tune = Score(tuple(Note(24 * i, 24, 62 + step) for i, step in enumerate(shared)))
    training = Score(
        (Note(0, 48, 60), *(Note(48 + 24 * i, 24, 67 + step) for i, step in enumerate(shared))), title="A <b>reel</b>"
    )
    index = Index([training])
    match = index.longest(tune)
    assert match is not None
    shown = reasons.likeness(tune, Nearest(training, match, index.covered(tune), 1))
    assert "<b>" not in shown
    assert "8 notes, 2.00 bars, 5 semitones lower" in shown
    assert "It is copied" in shown
    assert shown.count(" shared") - shown.count("; shared notes") == 2 * 8
