"""How a set of scores looks, in numbers: distributions, how far those of two sets overlap, and means over the pieces.

Of each piece, `histograms` counts five things; drums are left out. Two sets are compared in two ways for each of them:

- the histogram overlap: the counts of each set are added up and divided by their sum, and the overlap is the sum of the smaller
  of the two shares over all bins: 1 where the sets have the same notes altogether, 0 where they have none in common. It
  does not see whether the pieces of a set differ from each other.
- the overlapping area of Yang and Lerch, "On the evaluation of generative models in music" (Neural Computing and Applications
  32, 2020; online 2018): each piece is its own histogram, divided by its sum; the Euclidean distances between the
  pieces of the held-out set (intra-set) and those from each sample to each held-out piece (inter-set) are smoothed
  with a Gaussian kernel, and the overlapping area is what lies under both densities. It sees whether samples are as
  far from real pieces as these are from each other.

Neither reaches 1 for real music against other real music: the figure to hold samples against is `compare(training, held_out)`.
The means are those of MusPy (Dong et al., ISMIR 2020; muspy.metrics), by the same formulas.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.distance import cdist, pdist

from zoo.music.analysis.melody import estimate_key
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Note

WIDEST = 12  # semitones; wider intervals share a bin on either side
LONGEST = 8 * TICKS_PER_QUARTER  # ticks; longer durations and later places in a bar share the last bin
# What is counted of a piece, and in how many bins.
BINS = {"pitch_class": 12, "degree": 12, "interval": 2 * WIDEST + 3, "duration": LONGEST + 1, "onset": LONGEST + 1}
STEPS_PER_QUARTER = 4  # of groove_consistency: sixteenths
_POINTS = 4096  # where densities are computed
# Distances lie in 0 ... sqrt(2); a set whose distances are all the same has a density, too.
_LEAST_BANDWIDTH = 1e-3
_SCALES = np.array(
    [
        np.roll(scale, tonic)
        for scale in ([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], [1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0])
        for tonic in range(12)
    ]
)


def lines(score: Score) -> dict[int, list[Note]]:
    """The notes of each voice that is no drums, one after another: of notes that begin together the highest."""
    highest: dict[int, dict[int, Note]] = {}
    for note in score.notes:  # those that begin together rise in pitch
        if not score.voices[note.voice].drums:
            highest.setdefault(note.voice, {})[note.start] = note
    return {voice: list(notes.values()) for voice, notes in highest.items()}


def histograms(scores: Sequence[Score]) -> dict[str, np.ndarray]:
    """Counts [pieces, bins] of each kind in BINS.

    pitch_class: of each note, C = 0. degree: its pitch class above the tonic, of the estimated key where the score has none.
    interval: from each note of a voice to the next, rests or not: bin WIDEST + 1 is the unison, the first and the last are for
    all that is wider than an octave. duration: ticks. onset: ticks after the bar line.
    """
    counts = {kind: np.zeros((len(scores), bins), int) for kind, bins in BINS.items()}
    for i, score in enumerate(scores):
        notes = _pitched(score)
        if not notes:
            continue
        pitches = np.array([note.pitch for note in notes])
        starts = np.array([note.start for note in notes])
        bars = np.array(score.bar_starts)
        values = {
            "pitch_class": pitches % 12,
            "degree": (pitches - (score.key or estimate_key(score)).tonic) % 12,
            "interval": np.concatenate([np.diff([note.pitch for note in line]) for line in lines(score).values()]).astype(int),
            "duration": np.array([note.duration for note in notes]),
            "onset": starts - bars[np.searchsorted(bars, starts, side="right") - 1],
        }
        values["interval"] = np.clip(values["interval"], -WIDEST - 1, WIDEST + 1) + WIDEST + 1
        for kind, each in values.items():
            counts[kind][i] = np.bincount(np.minimum(each, BINS[kind] - 1), minlength=BINS[kind])
    return counts


def distributions(scores: Sequence[Score]) -> dict[str, np.ndarray]:
    """The share [bins] of each bin of each kind in all pieces together. ValueError where there is nothing to count."""
    return {kind: _pooled(kind, counts) for kind, counts in histograms(scores).items()}


def histogram_overlap(first: np.ndarray, second: np.ndarray) -> float:
    """The sum of the smaller of two shares [bins] over all bins, 0 ... 1."""
    return float(np.minimum(first, second).sum())


def overlapping_area(first: np.ndarray, second: np.ndarray) -> float:
    """The area under both of two densities, 0 ... 1, each estimated from its values [n] with a Gaussian kernel.

    The bandwidth is Scott's (as in MGEval, the authors' own program): standard deviation * n^(-1/5). The values
    are first sorted into 4,096 bins, so that a million of them take no time.
    """
    bandwidths = [max(_LEAST_BANDWIDTH, float(np.std(each)) * len(each) ** -0.2) for each in (first, second)]
    margin = 4 * max(bandwidths)
    low, high = min(first.min(), second.min()) - margin, max(first.max(), second.max()) + margin
    densities = [
        gaussian_filter1d(
            np.histogram(each, _POINTS, (low, high))[0] / len(each), bandwidth * _POINTS / (high - low), mode="constant"
        )
        for each, bandwidth in zip((first, second), bandwidths, strict=True)
    ]
    return float(np.minimum(*densities).sum())


def compare(samples: Sequence[Score], held_out: Sequence[Score]) -> dict[str, float]:
    """`<kind>_histogram_overlap` and `<kind>_overlapping_area` of two sets of scores, for each kind in BINS (see above).

    Pieces without anything of a kind (an interval, say) are left out of its distances. No part of it is random.
    ValueError where a set has nothing of a kind, or fewer than two held-out pieces have.
    """
    ours, theirs = histograms(samples), histograms(held_out)
    values = {}
    for kind in BINS:
        values[f"{kind}_histogram_overlap"] = histogram_overlap(_pooled(kind, ours[kind]), _pooled(kind, theirs[kind]))
        each, other = _shares(ours[kind]), _shares(theirs[kind])
        if len(other) < 2:
            raise ValueError(f"{kind}: fewer than two held-out pieces have any")
        values[f"{kind}_overlapping_area"] = overlapping_area(cdist(each, other).ravel(), pdist(other))
    return values


def _pooled(kind: str, counts: np.ndarray) -> np.ndarray:
    total = counts.sum()
    if not total:
        raise ValueError(f"{kind}: the scores have none")
    return counts.sum(axis=0) / total


def _shares(counts: np.ndarray) -> np.ndarray:
    counts = counts[counts.any(axis=1)]
    return counts / counts.sum(axis=1, keepdims=True)


def describe(scores: Iterable[Score]) -> dict[str, tuple[float, float]]:
    """The mean and the standard deviation (of the set, not of a population) of each of MusPy's measures over the scores.

    pitch_range: semitones from the lowest to the highest note. n_pitch_classes_used. polyphony: how many pitches sound at once,
    on average over the time in which any does (a unison is one pitch). scale_consistency: the share of the notes
    that the best fitting major or natural minor scale has. pitch_entropy, pitch_class_entropy: bits, over the notes.
    groove_consistency: see there; scores for which it is not defined are left out of it. ValueError without a note.
    """
    pieces = [features(score) for score in scores if _pitched(score)]
    if not pieces:
        raise ValueError("the scores have no notes")
    values = {name: np.array([piece[name] for piece in pieces]) for name in pieces[0]}
    known = {name: each[~np.isnan(each)] for name, each in values.items()}
    return {name: (float(each.mean()), float(each.std())) if len(each) else (math.nan, math.nan) for name, each in known.items()}


def features(score: Score) -> dict[str, float]:
    """MusPy's measures of one piece, as `describe` names them; drums are left out. ValueError without notes."""
    notes = _pitched(score)
    if not notes:
        raise ValueError("the score has no notes")
    pitches = np.array([note.pitch for note in notes])
    classes = np.bincount(pitches % 12, minlength=12)
    of_pitch: dict[int, list[Note]] = {}
    for note in notes:
        of_pitch.setdefault(note.pitch, []).append(note)
    return {
        "pitch_range": float(pitches.max() - pitches.min()),
        "n_pitch_classes_used": float(np.count_nonzero(classes)),
        "polyphony": sum(map(_sounding, of_pitch.values())) / _sounding(notes),
        "scale_consistency": float((_SCALES @ classes).max() / len(notes)),
        "pitch_entropy": _entropy(np.bincount(pitches)),
        "pitch_class_entropy": _entropy(classes),
        "groove_consistency": groove_consistency(score),
    }


def groove_consistency(score: Score) -> float:
    """1 - the mean share of places in the bar at which one of two neighbouring bars has an onset and the other has not.

    Bars are those of the first metre, places are sixteenths (a 4/4 bar has 16: MusPy's measure_resolution); an onset
    between two belongs to the earlier one. As in MusPy, a piece that ends on a bar line has an empty bar more. NaN for a piece
    shorter than a bar.
    """
    bar = score.metre.bar_ticks
    n = score.end // bar + 1
    if n < 2:
        return math.nan
    onsets = np.zeros((n, -(-bar * STEPS_PER_QUARTER // TICKS_PER_QUARTER)), bool)
    for note in _pitched(score):
        onsets[note.start // bar, note.start % bar * STEPS_PER_QUARTER // TICKS_PER_QUARTER] = True
    return 1 - float((onsets[1:] != onsets[:-1]).mean())


def longest_loop(score: Score, period: int = 1) -> int:
    """How many times in a row the same `period` bars are said: the same places, pitches, durations and voices; at least 1.

    Bars are those of the first metre; where the passage begins does not matter. 0 without notes.
    """
    bars: dict[int, list[tuple[int, int, int, int]]] = {}
    for note in score.notes:
        number, place = divmod(note.start, score.metre.bar_ticks)
        bars.setdefault(number, []).append((place, note.pitch, note.duration, note.voice))
    longest = again = 0  # bars in a row that are the same as so many before
    for number in range(period, max(bars, default=-1) + 1):
        again = again + 1 if bars.get(number) == bars.get(number - period) else 0
        longest = max(longest, again)
    return 1 + longest // period if bars else 0


def _pitched(score: Score) -> list[Note]:
    return [note for note in score.notes if not score.voices[note.voice].drums]


def _sounding(notes: Sequence[Note]) -> int:
    """The ticks in which at least one of the notes, given in the order of their starts, sounds."""
    ticks = end = 0
    for note in notes:
        ticks += max(0, note.end - max(end, note.start))
        end = max(end, note.end)
    return ticks


def _entropy(counts: np.ndarray) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum())
