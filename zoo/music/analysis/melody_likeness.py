"""How much each voice of a score is like its melody."""

from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from statistics import fmean

from zoo.music.analysis.voice_names import says_accompaniment
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

# How well programs sing: winds, bowed strings and synthesizer leads are soloists; pads, ensembles and guitars accompany; basses,
# percussion and noises hardly ever lead.
_SINGING = (
    dict.fromkeys(range(32, 40), -2.0)
    | dict.fromkeys(range(64, 88), 0.5)
    | {53: 0.4}
    | dict.fromkeys((*range(40, 44), *range(56, 61)), 0.3)
    | dict.fromkeys(range(24, 29), -0.2)
    | dict.fromkeys(range(48, 52), -0.3)
    | dict.fromkeys(range(88, 104), -0.4)
    | dict.fromkeys(range(112, 128), -1.0)
)
_WEIGHTS = {"alone": 1.2, "present": 0.8, "rhythms": 2.0, "height": 1.0, "steps": 2.5, "instrument": 1.0, "name": 1.0}


def likeness(score: Score, played: dict[int, list[Note]]) -> dict[int, float]:
    """How much each voice is like a melody.

    A melody sounds alone, in many bars, with rhythms that differ from bar to bar, high, in steps, on an instrument that sings. An
    accompaniment repeats a rhythm, in chords or in leaps. The weights are those of a softmax over the voices of
    files that name their melody, rounded.

    Args:
        score: music of any kind.
        played: the notes of each voice that may have the melody, at least one of each.
    """
    bars = score.bar_starts
    tops: dict[int, dict[int, int]] = {}  # the highest pitch at each start
    chords: dict[int, Counter[int]] = {}
    rhythms: dict[int, dict[int, list[int]]] = {}  # the places of the starts in each bar
    for voice, notes in played.items():
        chords[voice] = Counter(note.start for note in notes)
        tops[voice] = {note.start: note.pitch for note in sorted(notes, key=lambda note: note.pitch)}
        rhythms[voice] = {}
        for start in chords[voice]:
            bar = bisect_right(bars, start) - 1
            rhythms[voice].setdefault(bar, []).append(start - bars[bar])
    most = max(map(len, rhythms.values()))
    mean = sum(fmean(top.values()) for top in tops.values()) / len(tops)
    found = {}
    for voice in played:
        steps = [abs(a - b) for (_, a), (_, b) in pairwise(sorted(tops[voice].items()))]
        shares = {
            "alone": sum(many == 1 for many in chords[voice].values()) / len(chords[voice]),
            "present": min(1.0, 2 * len(rhythms[voice]) / most),
            "rhythms": min(1.0, 3 * len({tuple(each) for each in rhythms[voice].values()}) / len(rhythms[voice])),
            "height": min(1.0, max(-1.0, (fmean(tops[voice].values()) - mean) / 12)),
            "steps": min(1.0, 2 * sum(0 < step <= 2 for step in steps) / max(1, len(steps))),
            "instrument": _SINGING.get(score.voices[voice].program, 0.0),
            "name": -float(says_accompaniment(score.voices[voice].name)),
        }
        found[voice] = sum(_WEIGHTS[name] * share for name, share in shares.items())
    return found
