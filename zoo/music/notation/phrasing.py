"""Loudness as players shape it: accents of the metre, an arc over each phrase, and the balance of the voices.

The ideas are the rules "metrical accent", "phrase arch" and "high loud" of the KTH system (Friberg, Bresin and Sundberg,
"Overview of the KTH rule system for musical performance", 2006); the sizes are our own and small, as for music to listen to.
"""

import math
from bisect import bisect_right
from dataclasses import replace

from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

LOUDNESS = 80  # the average velocity where nobody asked for another
_PHRASE = 4  # bars
_DOWNBEAT, _BEAT, _BETWEEN = 1.10, 1.0, 0.91
_ARC = 0.12  # from the ends of a phrase to its middle
_OCTAVE = 0.06  # for an octave above the middle of the voice
_OUTER, _INNER = 1.05, 0.92  # top voice and bass; the others
_MOST_OCTAVES = 1.5  # beyond them a pitch is no louder


def phrased(score: Score, loudness: int = LOUDNESS) -> Score:
    """The same score with velocities of its own: only they change, and the same score always gets the same.

    Each is `loudness` (1-127, the average or so) times four factors: the first beat of the bar 1.1, other beats 1, between beats
    0.91; an arc over every four bars from 0.94 to 1.06, counted from the first full bar; 6 % an octave from the voice's
    middle pitch; and, among three or more pitched voices, 1.05 for the one highest and the one lowest on the whole, 0.92 for
    the others. The result is rounded and kept within 1-127. Drums have metre and arc alone.

    ValueError for a loudness outside 1-127.
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
    """The accent of a tick in its bar."""
    place = tick - starts[bisect_right(starts, tick) - 1]
    if place == 0:
        return _DOWNBEAT
    return _BEAT if place % score.metre_at(tick).beat_ticks == 0 else _BETWEEN


def _arc(score: Score, starts: tuple[int, ...], tick: int) -> float:
    """Where in its phrase a tick stands: half a sine over four bars. A pickup counts as the beginning of the first phrase."""
    bar = bisect_right(starts, tick) - 1
    pickup = score.notes[0].start > 0
    within = (tick - starts[bar]) / score.metre_at(tick).bar_ticks
    place = max(0.0, bar - pickup + within) % _PHRASE / _PHRASE
    return 1 - _ARC / 2 + _ARC * math.sin(math.pi * place)
