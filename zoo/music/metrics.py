"""The metrics of exported music models, as `evaluate` prints them and the cards carry them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zoo.core.cards import Metric
from zoo.core.metrics import as_metrics
from zoo.music.analysis import copying, statistics, voice_leading
from zoo.music.analysis.melody import estimate_key
from zoo.music.data import jsb
from zoo.music.language import grammar
from zoo.music.language.joined import GRID, joined
from zoo.music.language.tokens import BAR, END, START, TokenVocabulary
from zoo.music.model import Composer
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre

ENOUGH = 20  # scores of a set, below which its statistics say little
LOOP = 4  # times in a row that one or two bars are said, from which on a listener hears a broken record
KINDS = ("degree", "interval", "duration", "onset")  # of which distributions are compared
# Where a published grid may begin: it says no metre and no upbeat. Chorales begin on a beat.
GRID_METRES = ((Metre(4, 4), (0, 4, 8, 12)), (Metre(3, 4), (0, 4, 8)))  # frames after the bar line


def music_metrics(
    composer: Composer,
    scores: Sequence[Score],
    train: Sequence[Score],
    split: str,
    samples: int,
    command: str,
    **choices: Any,
) -> list[Metric]:
    """What a network says of scores, and what `samples` pieces of its own are like: seeds from 0, open controls, chosen as
    the composer does by itself, or by the `choices` "temperature" and "top_p".

    nats_per_note: minus the log-probability of all tokens after the controls, <end> among them, over the number of notes.
    complete_bars: the share of the pieces in which every bar adds up to the metre and which end properly: by the grammar's
    automaton, run outside the graph, and by the notes decoded.
    Where there are ENOUGH scores, for degree (above the tonic), interval, duration and onset (place in the bar):
    `<kind>_overlapping_area` of the pieces with `scores` (zoo.music.analysis.statistics), and `_ceiling`, that of `train` with
    `scores`;
    copied_share: the share of the pieces that have two bars or more, in some key, in common with one of `train`
    (zoo.music.analysis.copying), and longest_copy_median and _95: bars of the longest such run; looping_share: the share in which
    a bar or two are said LOOP times in a row; the means of MusPy's measures; beside each `..._of_real`, that of `scores`. Of a
    model of parts also `grid_metrics`, and the faults of voice leading (zoo.music.analysis.voice_leading), beside those of
    `scores`.
    """
    given = composer.vocabulary.controls
    nats = -sum(float(log_probability[given:].sum(dtype=np.float64)) for log_probability in composer.score(scores))
    pieces = composer.sample(samples, composer.prompt(), **choices)
    tables = grammar.Tables(composer.vocabulary)
    valid = grammar.valid(tables, grammar.padded([[START, *piece] for piece in pieces]))
    complete = [bool(ok) and _is_whole(piece, composer.vocabulary) for ok, piece in zip(valid, pieces, strict=True)]
    metrics = [
        Metric("nats_per_note", nats / sum(len(score.notes) for score in scores), split, len(scores), command),
        Metric("complete_bars", sum(complete) / samples, split, samples, command),
    ]
    if GRID in composer.vocabulary.types:
        metrics += as_metrics(grid_metrics(composer, scores), split, len(scores), command)
    if min(len(scores), len(train), samples) >= ENOUGH:
        written = [composer.vocabulary.decode(piece) for piece in pieces]
        metrics += as_metrics(_likeness(written, scores, train), split, samples, command)
        if composer.voices() == voice_leading.VOICES:
            metrics += as_metrics(_faults(written, scores), split, samples, command)
    return metrics


def _likeness(written: Sequence[Score], scores: Sequence[Score], train: Sequence[Score]) -> dict[str, float]:
    ours, theirs = statistics.compare(written, scores), statistics.compare(train, scores)
    values = {}
    for kind in KINDS:
        values[f"{kind}_overlapping_area"] = ours[f"{kind}_overlapping_area"]
        values[f"{kind}_ceiling"] = theirs[f"{kind}_overlapping_area"]
    index = copying.Index(train)
    of_pieces, of_real = index.longest_bars(written), index.longest_bars(scores)
    for name, value in (
        ("copied_share", copying.copied_share),
        ("longest_copy_median", np.median),
        ("longest_copy_95", lambda bars: np.quantile(bars, 0.95)),
    ):
        values[name], values[f"{name}_of_real"] = float(value(of_pieces)), float(value(of_real))
    values["looping_share"], values["looping_share_of_real"] = _looping(written), _looping(scores)
    real = statistics.describe(scores)
    for name, (mean, _) in statistics.describe(written).items():
        values[name], values[f"{name}_of_real"] = mean, real[name][0]
    return values


def _looping(scores: Sequence[Score]) -> float:
    return sum(max(statistics.longest_loop(score, period) for period in (1, 2)) >= LOOP for score in scores) / len(scores)


def _faults(written: Sequence[Score], scores: Sequence[Score]) -> dict[str, float]:
    ours, bachs = voice_leading.faults(written), voice_leading.faults(scores)
    return {
        name: value
        for fault in voice_leading.FAULTS
        for name, value in ((fault, ours[fault]), (f"{fault}_of_real", bachs[fault]))
    }


def _is_whole(piece: Sequence[int], vocabulary: TokenVocabulary) -> bool:
    """Whether the notes themselves, decoded, fit the bars written; without the automaton's help."""
    score = vocabulary.decode(piece)
    written = sum(token == BAR for token in piece)
    inside = bool(score.notes) and 0 < score.end <= written * score.metre.bar_ticks
    return inside and piece[-1] == END and (vocabulary.polyphonic or score.is_melody)


def grid_metrics(composer: Composer, scores: Sequence[Score]) -> dict[str, float]:
    """Of scores in parts on the grid of sixteenths (repeated notes joined), their controls given; nats a cell of voice and frame:

    grid_nats_per_cell: of all voices. lower_nats_per_cell: of the voices under the melody, all of which is given: the tokens
    that are not the melody's own, over their cells. lower_nats_per_cell_without_lookahead: the same tokens of the same network,
    where only the melody's past is heard.
    """
    grids = [replace(joined(score), type=GRID) for score in scores]
    cells = sum(len(jsb.grid(score)) * len(score.voices) for score in grids)
    lower = sum(len(jsb.grid(score)) * (len(score.voices) - 1) for score in grids)
    alone, beside = composer.score(grids), composer.score(grids, melody_given=True)
    total = known = unknown = 0.0
    for score, without, with_melody in zip(grids, alone, beside, strict=True):
        body = np.arange(len(without)) >= composer.vocabulary.controls
        others = body & (np.array(composer.vocabulary.parts_told(composer.vocabulary.encode(score)[1:])) != 0)
        total -= float(without[body].sum(dtype=np.float64))
        known -= float(with_melody[others].sum(dtype=np.float64))
        unknown -= float(without[others].sum(dtype=np.float64))
    return {
        "grid_nats_per_cell": total / cells,
        "lower_nats_per_cell": known / lower,
        "lower_nats_per_cell_without_lookahead": unknown / lower,
    }


def jsb_metrics(composer: Composer, pieces: Sequence[np.ndarray], split: str, command: str) -> list[Metric]:
    """Of published grids (zoo.music.data.jsb), -log p(piece), causal, pooled: nats a cell, a frame and an onset, and of each
    voice.

    A grid tells neither key nor metre nor upbeat. p(piece) is at least the sum of the probabilities of its spellings, each with
    its own key, metre and upbeat, all of which the network has to predict (no more than the type of the tokens, that they are
    joined, is given); the sum here is over GRID_METRES and three likely keys, so what is reported is an upper bound of -log p. It
    includes <end>, the end of the piece. The cells of one voice are its share of the most probable spelling;
    `nats_per_frame_time` is that of the tokens of time, which tell when the next voice moves, and of the controls. An onset
    is a note of the joined grid. Of the whole test split also `_without_twin` and `_without_tune`: the pieces whose tune is not
    in JSB's own train split (zoo.music.data.jsb.WITHOUT_TWIN, WITHOUT_TUNE).
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
        voice = vocabulary.parts_told(vocabulary.encode(candidates[best])[1:])
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
    """A grid in each of GRID_METRES and in the keys it may be in: the estimated one, major and minor of the last bass note."""
    plain = jsb.to_score(frames, Metre(4, 4), 0, None)
    last = next(note for note in reversed(plain.notes) if note.voice == max(each.voice for each in plain.notes)).pitch % 12
    keys = {estimate_key(plain), Key(last, "major"), Key(last, "minor")}
    return [
        replace(jsb.to_score(frames, metre, offset, key), type=GRID)
        for metre, offsets in GRID_METRES
        for offset in offsets
        for key in sorted(keys, key=str)
    ]
