"""The metrics of exported music models, as `evaluate` prints them and the cards carry them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zoo.core.cards import Metric
from zoo.core.errors import UserError
from zoo.core.metrics import as_metrics
from zoo.music.analysis import copying, statistics, voice_leading
from zoo.music.analysis.endings import endings
from zoo.music.analysis.form import aabb_share
from zoo.music.analysis.harmony import harmony
from zoo.music.analysis.keys import estimate_key
from zoo.music.data import jsb
from zoo.music.data.sets import Music
from zoo.music.language import grammar
from zoo.music.language.joined import GRID, joined
from zoo.music.language.tokens import BAR, END, START, TokenVocabulary
from zoo.music.model import Composer
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre
from zoo.text.witten_bell import NGram

SAMPLES = 1000  # pieces that the network composes to be measured
BASELINE_ORDER = 5  # of the n-gram
ENOUGH = 20  # scores; the statistics of fewer say little
LOOP = 4  # times in a row that one or two bars are repeated, from which on the repetition sounds like a fault
KINDS = ("degree", "interval", "duration", "onset")  # of which distributions are compared
# Metres, and frames after the bar line where the first may stand: a published grid names neither. Chorales begin on a beat.
GRID_METRES = ((Metre(4, 4), (0, 4, 8, 12)), (Metre(3, 4), (0, 4, 8)))


def music_metrics(
    composer: Composer, music: Music, split: str, command: str, samples: int | None = None, **choices: Any
) -> list[Metric]:
    """How well a network predicts the scores of a split, and how similar to them the pieces are that it composes.

    nats_per_note: minus the log-probability of all tokens after the controls, <end> among them, over the number of notes.
    baseline_nats_per_note: the same of a 5-gram of the train split.
    complete_bars: the share of composed pieces whose bars all add up to the metre and which end properly, by the grammar outside
        the graph and by the decoded notes.

    Where train split, split and composed pieces have ENOUGH scores, of the composed pieces:

    degree_, interval_, duration_ and onset_overlapping_area: how like the split's distributions are of scale degrees, intervals,
        durations and places in the bar (zoo.music.analysis.statistics). `..._ceiling` is the figure for the train split.
    copied_share: the share that has two bars or more in common, in any key, with a training piece (zoo.music.analysis.copying).
    longest_copy_median, longest_copy_95: the length in bars of the longest such run, its median and 95 % quantile.
    looping_share: the share that repeats one or two bars LOOP times in a row.
    tonic_endings and other shares of pieces that end as listeners expect (zoo.music.analysis.endings).
    pitch_range and the other measures of MusPy, as means (zoo.music.analysis.statistics.describe).
    Of a model of melodies aabb_share, the share that repeats two parts of eight bars (zoo.music.analysis.form).
    Of a model of four parts cadences and dissonant_beats (zoo.music.analysis.harmony), the faults of voice leading
    (zoo.music.analysis.voice_leading), and `grid_metrics`.

    `..._of_real` is the figure for the scores of the split.

    Args:
        composer: the model.
        music: the data set, in the model's vocabulary.
        split: of which the scores are.
        command: that measures this, for the card.
        samples: how many pieces to compose, with open controls; None: SAMPLES.
        choices: "temperature" and "top_p" of these pieces, where they are not the composer's own.
    """
    scores, train, samples = music.scores[split], music.scores["train"], samples or SAMPLES
    given = composer.vocabulary.controls
    nats = -sum(float(log_probability[given:].sum(dtype=np.float64)) for log_probability in composer.score(scores))
    pieces = composer.sample(samples, composer.prompt(), **choices)
    valid = grammar.valid(grammar.Tables(composer.vocabulary), grammar.padded([[START, *piece] for piece in pieces]))
    complete = [bool(ok) and _is_whole(piece, composer.vocabulary) for ok, piece in zip(valid, pieces, strict=True)]
    metrics = [
        Metric("nats_per_note", nats / sum(len(score.notes) for score in scores), split, len(scores), command),
        Metric("complete_bars", sum(complete) / samples, split, samples, command),
    ]
    if GRID in composer.vocabulary.types:
        metrics += as_metrics(grid_metrics(composer, scores), split, len(scores), command)
    if min(len(scores), len(train), samples) >= ENOUGH:
        composed = [composer.vocabulary.decode(piece) for piece in pieces]
        metrics += as_metrics(_likeness(composed, scores, train), split, samples, command)
        if composer.voices() == voice_leading.VOICES:
            metrics += as_metrics(_beside(harmony(composed), harmony(scores)), split, samples, command)
            metrics += as_metrics(_faults(composed, scores), split, samples, command)
        if not composer.vocabulary.polyphonic:
            form = _beside({"aabb_share": aabb_share(composed)}, {"aabb_share": aabb_share(scores)})
            metrics += as_metrics(form, split, samples, command)
    return [*metrics, Metric("baseline_nats_per_note", _baseline(music, split), split, len(scores), command)]


def _baseline(music: Music, split: str) -> float:
    """The nats per note of an n-gram that has learned the same tokens."""
    vocabulary, scores = music.vocabulary, music.scores[split]
    model = NGram(BASELINE_ORDER, len(vocabulary)).fit([vocabulary.encode(score) for score in music.scores["train"]])
    notes = sum(len(score.notes) for score in scores)
    return nats_per_note(model, [vocabulary.encode(score) for score in scores], notes, vocabulary.controls)


def nats_per_note(model: NGram, sequences: Sequence[Sequence[int]], notes: int, controls: int) -> float:
    """Minus the log-probability of all tokens after the controls, <end> among them, over the number of notes.

    Args:
        model: the fitted n-gram.
        sequences: ids from <start> to <end>.
        notes: their number of notes.
        controls: the number of control tokens after <start>.
    """
    return -math.fsum(model.log_probability(sequence)[controls:].sum() for sequence in sequences) / notes


def _likeness(composed: Sequence[Score], scores: Sequence[Score], train: Sequence[Score]) -> dict[str, float]:
    of_composed, of_train = statistics.compare(composed, scores), statistics.compare(train, scores)
    values = {}
    for kind in KINDS:
        values[f"{kind}_overlapping_area"] = of_composed[f"{kind}_overlapping_area"]
        values[f"{kind}_ceiling"] = of_train[f"{kind}_overlapping_area"]
    index = copying.Index(train)
    copies, copies_of_real = index.longest_bars(composed), index.longest_bars(scores)
    for name, value in (
        ("copied_share", copying.copied_share),
        ("longest_copy_median", np.median),
        ("longest_copy_95", lambda bars: np.quantile(bars, 0.95)),
    ):
        values[name], values[f"{name}_of_real"] = float(value(copies)), float(value(copies_of_real))
    values["looping_share"], values["looping_share_of_real"] = _looping(composed), _looping(scores)
    values |= _beside(endings(composed), endings(scores))
    means, real = (statistics.describe(each) for each in (composed, scores))
    return values | _beside({name: mean for name, (mean, _) in means.items()}, {name: mean for name, (mean, _) in real.items()})


def _beside(of_composed: dict[str, float], of_real: dict[str, float]) -> dict[str, float]:
    """Each figure that both have, and after it that of the real pieces."""
    return {
        each: value
        for name in of_composed
        if name in of_real
        for each, value in ((name, of_composed[name]), (f"{name}_of_real", of_real[name]))
    }


def _looping(scores: Sequence[Score]) -> float:
    """The share of scores in which one or two bars are repeated LOOP times in a row."""
    return sum(max(statistics.longest_loop(score, period) for period in (1, 2)) >= LOOP for score in scores) / len(scores)


def _faults(composed: Sequence[Score], scores: Sequence[Score]) -> dict[str, float]:
    of_composed, of_real = voice_leading.faults(composed), voice_leading.faults(scores)
    return _beside({fault: of_composed[fault] for fault in voice_leading.FAULTS}, of_real)


def _is_whole(piece: Sequence[int], vocabulary: TokenVocabulary) -> bool:
    """Whether the decoded notes fit the bars of the tokens; without the help of the grammar."""
    score = vocabulary.decode(piece)
    bars = sum(token == BAR for token in piece)
    inside = bool(score.notes) and 0 < score.end <= bars * score.metre.bar_ticks
    return inside and piece[-1] == END and (vocabulary.polyphonic or score.is_melody)


def grid_metrics(composer: Composer, scores: Sequence[Score]) -> dict[str, float]:
    """How well a network predicts scores in parts on a grid of sixteenths, in nats a cell: a voice in a frame of the grid.

    Repeated notes are joined, and the controls are given.

    grid_nats_per_cell: of all voices.
    lower_nats_per_cell: of the voices under the melody, all of which is given: the tokens that are not the melody's, over their
        cells.
    lower_nats_per_cell_without_lookahead: the same tokens, where only the past of the melody is given.
    """
    grids = [replace(joined(score), type=GRID) for score in scores]
    cells = sum(len(jsb.grid(score)) * len(score.voices) for score in grids)
    lower = sum(len(jsb.grid(score)) * (len(score.voices) - 1) for score in grids)
    total = lower_known = lower_unknown = 0.0
    for score, plain, melody_given in zip(grids, composer.score(grids), composer.score(grids, melody_given=True), strict=True):
        body = np.arange(len(plain)) >= composer.vocabulary.controls
        others = body & (np.array(composer.vocabulary.part_of_tokens(composer.vocabulary.encode(score)[1:])) != 0)
        total -= float(plain[body].sum(dtype=np.float64))
        lower_known -= float(melody_given[others].sum(dtype=np.float64))
        lower_unknown -= float(plain[others].sum(dtype=np.float64))
    return {
        "grid_nats_per_cell": total / cells,
        "lower_nats_per_cell": lower_known / lower,
        "lower_nats_per_cell_without_lookahead": lower_unknown / lower,
    }


def published_grids(composer: Composer, path: str, split: str, command: str) -> list[Metric]:
    """The metrics of a split of a file of published grids, see `jsb_metrics`.

    Raises:
        UserError: a model that was not trained on joined notes, or a file without grids.
    """
    if GRID not in composer.vocabulary.types:
        raise UserError(f"{composer.card.name} knows no grids of chorales: choose a model such as chorale_lstm for {path}")
    return jsb_metrics(composer, jsb.read(path)["valid" if split == "validation" else split], split, command)


def jsb_metrics(composer: Composer, pieces: Sequence[np.ndarray], split: str, command: str) -> list[Metric]:
    """The surprise of published grids (zoo.music.data.jsb), -log p(piece), from left to right: nats a cell, a frame and an onset.

    A grid tells neither key nor metre nor upbeat, and each choice of these gives it another spelling. p(piece) is at least the
    sum of the probabilities of its spellings, so the sum over some of them gives an upper bound of -log p. Here they are those
    with GRID_METRES and three likely keys. The network has to predict key, metre and upbeat, and <end>; only the type of the
    tokens, joined, is given.

    nats_per_frame_soprano ... _bass: the share of a voice in the most probable spelling; nats_per_frame_time: that of the
    controls and of the tokens of time, which tell when the next voice moves. An onset is a note of the joined grid.
    With the whole test split also `_without_twin` and `_without_tune`: the pieces whose tune is not in JSB's own train split
    (zoo.music.data.jsb.WITHOUT_TWIN, WITHOUT_TUNE).

    Args:
        composer: a model of four parts.
        pieces: MIDI pitches int [frames, 4] each.
        split: of which the pieces are, "train", "validation" or "test".
        command: that measures this.
    """
    spellings = [_spellings(frames) for frames in pieces]
    flat = [score for each in spellings for score in each]
    scored = iter(composer.score(flat))
    vocabulary = composer.vocabulary
    type_place = vocabulary.controls - 1
    nats, onsets = np.zeros(len(pieces)), np.zeros(len(pieces))
    of_voice = np.zeros((len(pieces), len(voice_leading.VOICES) + 1))  # the last: time
    for i, candidates in enumerate(spellings):
        values = [next(scored).astype(np.float64) for _ in candidates]
        totals = [each.sum() - each[type_place] for each in values]
        best = int(np.argmax(totals))
        nats[i] = -np.logaddexp.reduce(totals)
        voice = vocabulary.part_of_tokens(vocabulary.encode(candidates[best])[1:])
        values[best][type_place] = 0
        np.add.at(of_voice[i], voice, -values[best])
        onsets[i] = len(candidates[best].notes)
    frames = np.array([len(each) for each in pieces])

    def of(chosen: Sequence[int], suffix: str) -> list[Metric]:
        rows, total = list(chosen), frames[list(chosen)].sum()
        found = {
            "nats_per_cell": nats[rows].sum() / (total * len(voice_leading.VOICES)),
            "nats_per_frame": nats[rows].sum() / total,
            "nats_per_onset": nats[rows].sum() / onsets[rows].sum(),
        }
        for number, name in enumerate([*(voice.name.lower() for voice in voice_leading.VOICES), "time"]):
            found[f"nats_per_frame_{name}"] = of_voice[rows, number].sum() / total
        return list(as_metrics({f"{name}{suffix}": float(value) for name, value in found.items()}, split, len(rows), command))

    metrics = of(range(len(pieces)), "")
    if split == "test" and len(pieces) == jsb.TEST_PIECES:
        metrics += of(jsb.WITHOUT_TWIN, "_without_twin") + of(jsb.WITHOUT_TUNE, "_without_tune")
    return metrics


def _spellings(frames: np.ndarray) -> list[Score]:
    """A grid in each of GRID_METRES and in three likely keys: the estimated one, major and minor of the last bass note."""
    plain = jsb.to_score(frames, Metre(4, 4), 0, None)
    last = next(note for note in reversed(plain.notes) if note.voice == max(each.voice for each in plain.notes)).pitch % 12
    keys = {estimate_key(plain), Key(last, "major"), Key(last, "minor")}
    return [
        replace(jsb.to_score(frames, metre, offset, key), type=GRID)
        for metre, offsets in GRID_METRES
        for offset in offsets
        for key in sorted(keys, key=str)
    ]
