"""Velocities as a player would choose them: accents of the metre, an arc over each phrase, and a balance of the voices.

The ideas are the rules "metrical accent", "phrase arch" and "high loud" of the KTH system (Friberg, Bresin and Sundberg,
"Overview of the KTH rule system for musical performance", 2006). The amounts are this project's own, and small.
"""

import math
from bisect import bisect_right
from dataclasses import replace

from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

LOUDNESS = 80  # the default of the average velocity
_PHRASE = 4  # bars
_DOWNBEAT, _BEAT, _BETWEEN = 1.10, 1.0, 0.91
_ARC = 0.12  # how much louder the middle of a phrase is than its ends
_OCTAVE = 0.06  # how much louder a note is an octave above the mean pitch of its voice
_OUTER, _INNER = 1.05, 0.92  # the factor of the highest and the lowest voice, and that of the others
_MOST_OCTAVES = 1.5  # from the mean pitch; notes further away are as loud as at this distance


def phrased(score: Score, loudness: int = LOUDNESS) -> Score:
    """The same score with new velocities. The same score always gets the same ones.

    A velocity is `loudness` times these factors, rounded and kept within 1-127:

    - metre: 1.1 on the first beat of a bar, 1 on other beats, 0.91 between beats;
    - phrase: from 0.94 at the ends to 1.06 in the middle of every four bars, counted from the first full bar;
    - pitch: 6 % louder for each octave above the mean pitch of the voice, and softer below it;
    - voice: where there are three or more, 1.05 for the voices with the highest and the lowest mean pitch, 0.92 for the others.

    The last two do not apply to drums.

    Args:
        score: the score.
        loudness: about the average velocity, 1-127. ValueError for another one.
    """
    if not 1 <= loudness <= 127:
        raise ValueError(f"loudness is 1-127, not {loudness}")
    if not score.notes:
        return score
    pitches: dict[int, list[int]] = {}
    for note in score.notes:
        if not score.voices[note.voice].drums:
            pitches.setdefault(note.voice, []).append(note.pitch)
    means = {voice: sum(heights) / len(heights) for voice, heights in pitches.items()}
    outer = {max(means, key=means.__getitem__), min(means, key=means.__getitem__)} if means else set()
    starts = score.bar_starts

    def velocity(note: Note) -> int:
        factor = _metre(score, starts, note.start) * _arc(score, starts, note.start)
        if note.voice in means:
            octaves = (note.pitch - means[note.voice]) / 12
            factor *= 1 + _OCTAVE * max(-_MOST_OCTAVES, min(_MOST_OCTAVES, octaves))
            if len(means) > 2:
                factor *= _OUTER if note.voice in outer else _INNER
        return max(1, min(127, round(loudness * factor)))

    return replace(score, notes=tuple(replace(note, velocity=velocity(note)) for note in score.notes))


def _metre(score: Score, starts: tuple[int, ...], tick: int) -> float:
    """The factor of the metre at a tick."""
    place = tick - starts[bisect_right(starts, tick) - 1]
    if place == 0:
        return _DOWNBEAT
    return _BEAT if place % score.metre_at(tick).beat_ticks == 0 else _BETWEEN


def _arc(score: Score, starts: tuple[int, ...], tick: int) -> float:
    """The factor of the phrase at a tick: half a sine over four bars. A pickup counts as the beginning of the first phrase."""
    bar = bisect_right(starts, tick) - 1
    pickup = score.notes[0].start > 0
    within = (tick - starts[bar]) / score.metre_at(tick).bar_ticks
    place = max(0.0, bar - pickup + within) % _PHRASE / _PHRASE
    return 1 - _ARC / 2 + _ARC * math.sin(math.pi * place)
