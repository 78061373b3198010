"""Statistics of sets of scores: what their notes are like on average, and how alike two sets are.

`histograms` counts five features of each piece; drums are left out. Two sets are compared by each feature in two ways:

- The histogram overlap adds up the counts of each set, divides them by their sum, and takes the smaller of the two shares in each
  bin. The sum over all bins is 1 where the sets have the same distribution, and 0 where they have nothing in common. It does not
  show whether the pieces of a set differ from each other.
- The overlapping area of Yang and Lerch, "On the evaluation of generative models in music" (Neural Computing and Applications 32,
  2020; online 2018), compares distances. Each piece is a histogram, divided by its sum. The Euclidean distances between the
  held-out pieces give one density, the distances from each sample to each held-out piece another one, both smoothed with a
  Gaussian kernel. The overlapping area is the area under both. It is large where samples are as far from real pieces as real
  pieces are from each other.

Real music compared with other real music does not reach 1 either. So compare the figures of samples with those of
`compare(training, held_out)`. The averages are those of MusPy (Dong et al., ISMIR 2020; muspy.metrics), by the same formulas.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.distance import cdist, pdist

from zoo.music.analysis.keys import estimate_key
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Note

WIDEST = 12  # semitones; all wider intervals upwards share a bin, and all downwards
LONGEST = 8 * TICKS_PER_QUARTER  # ticks; all longer durations share the last bin, and all later places in a bar
# The features that are counted, and the number of bins of each.
BINS = {"pitch_class": 12, "degree": 12, "interval": 2 * WIDEST + 3, "duration": LONGEST + 1, "onset": LONGEST + 1}
STEPS_PER_QUARTER = 4  # of groove_consistency: sixteenths
_POINTS = 4096  # of a density
# Distances are between 0 and sqrt(2). Where all distances of a set are equal, this bandwidth gives them a density all the same.
_LEAST_BANDWIDTH = 1e-3
_SCALES = np.array(
    [
        np.roll(scale, tonic)
        for scale in ([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], [1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0])
        for tonic in range(12)
    ]
)


def lines(score: Score) -> dict[int, list[Note]]:
    """The notes of each voice except drums, one at a time: of notes that begin together, the highest."""
    highest: dict[int, dict[int, Note]] = {}
    for note in score.notes:  # sorted, so that of notes that begin together the highest comes last
        if not score.voices[note.voice].drums:
            highest.setdefault(note.voice, {})[note.start] = note
    return {voice: list(notes.values()) for voice, notes in highest.items()}


def histograms(scores: Sequence[Score]) -> dict[str, np.ndarray]:
    """The counts of each feature in BINS, [pieces, bins].

    - pitch_class: of each note, C = 0.
    - degree: the pitch class of each note above the tonic, which is estimated where the score has no key.
    - interval: from each note of a voice to the next, whether or not there is a rest between them. Bin WIDEST + 1 is the unison;
      the first and the last bin hold all intervals wider than an octave.
    - duration: of each note, in ticks.
    - onset: ticks from the bar line to each note.
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
    """The share of each bin of each feature in all pieces together, [bins]. ValueError where there is nothing to count."""
    return {kind: _pooled(kind, counts) for kind, counts in histograms(scores).items()}


def histogram_overlap(first: np.ndarray, second: np.ndarray) -> float:
    """The overlap of two distributions [bins], from 0 to 1."""
    return float(np.minimum(first, second).sum())


def overlapping_area(first: np.ndarray, second: np.ndarray) -> float:
    """The area under two densities, from 0 to 1. Each is estimated from its values [n] with a Gaussian kernel.

    The bandwidth is Scott's, standard deviation * n^(-1/5), as in the authors' own program MGEval. The values are first counted
    in 4,096 bins, so that a million of them take little time.
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
    """`<feature>_histogram_overlap` and `<feature>_overlapping_area` of two sets of scores, for each feature in BINS.

    Pieces without a feature, for example without intervals, are left out of its distances. Nothing is random here. ValueError
    where a set has nothing to count of a feature, or fewer than two held-out pieces have.
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
    """The shares [bins] of the counts [pieces, bins] of a feature, added up. ValueError where there are none."""
    total = counts.sum()
    if not total:
        raise ValueError(f"{kind}: the scores have none")
    return counts.sum(axis=0) / total


def _shares(counts: np.ndarray) -> np.ndarray:
    """The shares of each piece that has any counts."""
    counts = counts[counts.any(axis=1)]
    return counts / counts.sum(axis=1, keepdims=True)


def describe(scores: Iterable[Score]) -> dict[str, tuple[float, float]]:
    """The mean and the standard deviation of each of MusPy's measures over the scores (divided by n, not by n - 1).

    - pitch_range: semitones from the lowest to the highest note.
    - n_pitch_classes_used: how many of the 12 pitch classes occur.
    - polyphony: how many pitches sound at once, on average over the time when at least one does. A unison is one pitch.
    - scale_consistency: the share of the notes that are in the major or natural minor scale that fits best.
    - pitch_entropy, pitch_class_entropy: of the notes, in bits.
    - groove_consistency: see that function. Scores for which it is not defined are left out.

    ValueError where no score has a note.
    """
    pieces = [features(score) for score in scores if _pitched(score)]
    if not pieces:
        raise ValueError("the scores have no notes")
    values = {name: np.array([piece[name] for piece in pieces]) for name in pieces[0]}
    known = {name: each[~np.isnan(each)] for name, each in values.items()}
    return {name: (float(each.mean()), float(each.std())) if len(each) else (math.nan, math.nan) for name, each in known.items()}


def features(score: Score) -> dict[str, float]:
    """MusPy's measures of one piece, by the names in `describe`; drums are left out. ValueError without notes."""
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
    """How alike the rhythms of neighbouring bars are: 1 where each bar has its onsets at the same places as the one before.

    It is 1 - the mean share of the places where one of two neighbouring bars has an onset and the other has none. Bars are those
    of the first metre. Places are sixteenths, as MusPy's measure_resolution = 16 in a 4/4 bar. An onset between two places counts
    for the earlier one. As in MusPy, a piece that ends on a bar line has an empty bar more. NaN for a piece shorter than a bar.
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
    """How many times in a row the same passage of `period` bars is played, at the most: at least 1; 0 without notes.

    The same passage has the same places, pitches, durations and voices. It may begin at any bar. Bars are those of the first
    metre.
    """
    bars: dict[int, list[tuple[int, int, int, int]]] = {}
    for note in score.notes:
        number, place = divmod(note.start, score.metre.bar_ticks)
        bars.setdefault(number, []).append((place, note.pitch, note.duration, note.voice))
    longest = again = 0  # bars in a row that equal the bar `period` bars before
    for number in range(period, max(bars, default=-1) + 1):
        again = again + 1 if bars.get(number) == bars.get(number - period) else 0
        longest = max(longest, again)
    return 1 + longest // period if bars else 0


def _pitched(score: Score) -> list[Note]:
    return [note for note in score.notes if not score.voices[note.voice].drums]


def _sounding(notes: Sequence[Note]) -> int:
    """The number of ticks in which at least one of the notes sounds. They are sorted by their starts."""
    ticks = end = 0
    for note in notes:
        ticks += max(0, note.end - max(end, note.start))
        end = max(end, note.end)
    return ticks


def _entropy(counts: np.ndarray) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum())
