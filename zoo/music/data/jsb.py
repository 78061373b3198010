"""The JSB chorales on a grid of sixteenths, as published: a JSON file of pitches, which tells no onsets, bars or keys.

The file, Jsb16thSeparated.json, holds {"train", "valid", "test"} -> pieces -> frames -> [soprano, alto, tenor, bass] (Boulanger-
Lewandowski et al., "Modeling temporal dependencies in high-dimensional sequences", 2012, with voices told apart). It is not part
of this project; `read` takes a copy of the user's.
"""

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import UserError
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.language.joined import joined
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note

FRAME_TICKS = 6
SPLITS = ("train", "valid", "test")

# The pieces of the published test split, by index, whose tune also stands in its own train split, mostly in another harmony, key
# or rhythm. A network may do well on such a tune by remembering it, so likelihoods are reported for what is left, too.
#
# WITH_TWIN: the sopranos agree in 70 % or more of their steps on the grid, in some transposition (each test piece compared
# through the music21 chorale that holds the same music).
WITH_TWIN = frozenset((0, 2, 3, 6, 8, 9, 11, 16, 20, 21, 22, 34, 35, 37, 38, 41, 43, 44, 45, 48, 50, 54, 71, 72, 73, 75))
# WITH_TUNE: a more searching comparison, that finds a tune in another metre or with other passing notes as well. Sopranos at
# quarter notes, a repeated pitch counted once, were aligned (Smith and Waterman, 1981; match 1, mismatch and gap -1) in all
# transpositions; these reach 0.65 or more of the shorter one's length. Such pairs have the same title where it is known, and
# few lie between 0.6 and 0.7.
WITH_TUNE = WITH_TWIN | {1, 7, 19, 25, 27, 29, 40, 42, 46, 49, 51, 53, 55, 56, 58, 60, 63, 64, 65, 67, 68, 69, 70, 76}
TEST_PIECES = 77
WITHOUT_TWIN = tuple(sorted(set(range(TEST_PIECES)) - WITH_TWIN))
WITHOUT_TUNE = tuple(sorted(set(range(TEST_PIECES)) - WITH_TUNE))


def read(path: str | Path) -> dict[str, list[np.ndarray]]:
    """The pieces of each split, "train", "valid" and "test": int32 [frames, 4], MIDI pitches, -1 where a voice is silent.

    UserError for a file that cannot be read or does not hold that.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{str(path)!r} is no JSON file") from error
    if not isinstance(data, Mapping) or any(not isinstance(data.get(split), list) for split in SPLITS):
        raise UserError(f"{str(path)!r} holds no JSB chorales: it needs lists named {', '.join(SPLITS)}")
    return {split: [_frames(piece, f"{split} {i} of {str(path)!r}") for i, piece in enumerate(data[split])] for split in SPLITS}


def _frames(piece: Any, where: str) -> np.ndarray:
    """One piece. UserError where it is no list of four pitches each."""
    try:
        frames = np.array(piece)
    except ValueError:  # of unequal lengths
        frames = np.array(None)
    # A file of some versions has 64.0 for 64.
    if frames.ndim != 2 or frames.shape[1] != 4 or not len(frames) or frames.dtype.kind not in "if" or np.any(frames % 1 != 0):
        raise UserError(f"piece {where} is no list of frames of four whole numbers")
    if frames.min() < -1 or frames.max() > 127:
        raise UserError(f"piece {where} has pitches outside -1 ... 127")
    return frames.astype(np.int32)


def to_score(frames: np.ndarray, metre: Metre, offset: int, key: Key | None) -> Score:
    """The joined score (zoo.music.language.joined) of a grid.

    Args:
        frames: int [frames, 4], MIDI pitches, -1 where a voice is silent.
        metre: of the whole piece.
        offset: how many frames after the beginning of a bar the first frame stands.
        key: None where nobody said which.

    ValueError where the frames have another form or `offset` is negative.
    """
    frames = np.asarray(frames)
    if frames.ndim != 2 or frames.shape[1] != len(VOICES) or frames.dtype.kind != "i":
        raise ValueError(f"frames must be integers [frames, {len(VOICES)}], not {frames.dtype} {list(frames.shape)}")
    if offset < 0 or (frames.size and (frames.min() < -1 or frames.max() > 127)):
        raise ValueError("the offset must be 0 or more, pitches -1 ... 127")
    notes = []
    for voice, pitches in enumerate(frames.T):
        edges = [0, *(np.flatnonzero(np.diff(pitches)) + 1).tolist(), len(pitches)]
        for first, last in pairwise(edges):
            if first < last and pitches[first] >= 0:
                start, duration = (offset + first) * FRAME_TICKS, (last - first) * FRAME_TICKS
                notes.append(Note(start, duration, int(pitches[first]), voice))
    return joined(Score(tuple(notes), ((0, metre),), key, voices=VOICES, type="chorale"))


def grid(score: Score) -> np.ndarray:
    """int32 [frames, voices]: the pitch that each voice sounds at the beginning of each sixteenth (6 ticks), -1 for none.

    From the first frame with a note to the last one; of several notes of a voice the highest. The inverse of `to_score`
    but for frames at the beginning and the end in which all voices are silent.
    """
    if not score.notes:
        return np.full((0, len(score.voices)), -1, np.int32)
    first = score.notes[0].start // FRAME_TICKS
    frames = np.full((-(-score.end // FRAME_TICKS) - first, len(score.voices)), -1, np.int32)
    for note in score.notes:
        sounds = frames[-(-note.start // FRAME_TICKS) - first : -(-note.end // FRAME_TICKS) - first, note.voice]
        np.maximum(sounds, note.pitch, out=sounds)
    return frames
