"""The JSB chorales, a published data set of Bach's chorales as grids of pitches.

Its file, Jsb16thSeparated.json, has for each split ("train", "valid", "test") a list of pieces. A piece is a list of frames, one
for each sixteenth note. A frame is the pitches of soprano, alto, tenor and bass. The file does not say where notes begin, so a
held note and a repeated one look the same, nor where bars begin, nor which key a piece is in. It goes back to
Boulanger-Lewandowski et al., "Modeling temporal dependencies in high-dimensional sequences", 2012, whose version does not
separate the voices.

The file is not part of this project: a user who has it gives its path.
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

FRAME_TICKS = 6  # the length of a frame: a sixteenth note
SPLITS = ("train", "valid", "test")

# The pieces of the published test split, by index, whose tune is also in the published train split, mostly in another harmony,
# key or rhythm. A network may do well on such a tune because it remembers it, so likelihoods are also reported without these
# pieces.
#
# WITH_TWIN: in some transposition, the sopranos agree in at least 70 % of the steps of the grid. (The sopranos of the music21
# chorales with the same music were compared.)
WITH_TWIN = frozenset((0, 2, 3, 6, 8, 9, 11, 16, 20, 21, 22, 34, 35, 37, 38, 41, 43, 44, 45, 48, 50, 54, 71, 72, 73, 75))
# WITH_TUNE: a closer comparison, which also finds a tune in another metre or with other passing notes. The pitches of the
# sopranos at quarter notes, repeated pitches once, were aligned in all transpositions (Smith and Waterman, 1981; a match counts
# 1, a mismatch and a gap -1). The score of these pieces is at least 0.65 of the shorter soprano's length. Such pairs have the
# same title where both titles are known, and few pairs are between 0.6 and 0.7.
WITH_TUNE = WITH_TWIN | {1, 7, 19, 25, 27, 29, 40, 42, 46, 49, 51, 53, 55, 56, 58, 60, 63, 64, 65, 67, 68, 69, 70, 76}
TEST_PIECES = 77
WITHOUT_TWIN = tuple(sorted(set(range(TEST_PIECES)) - WITH_TWIN))
WITHOUT_TUNE = tuple(sorted(set(range(TEST_PIECES)) - WITH_TUNE))


def read(path: str | Path) -> dict[str, list[np.ndarray]]:
    """The pieces of each split, "train", "valid" and "test": int32 [frames, 4] each, MIDI pitches, -1 where a voice is silent.

    UserError for a file that cannot be read, or has another content.
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
    """One piece. UserError where it is not a list of frames of four pitches. `where` names the piece in the message."""
    try:
        frames = np.array(piece)
    except ValueError:  # frames of different lengths
        frames = np.array(None)
    # Some versions of the file have 64.0 instead of 64.
    if frames.ndim != 2 or frames.shape[1] != 4 or not len(frames) or frames.dtype.kind not in "if" or np.any(frames % 1 != 0):
        raise UserError(f"piece {where} is no list of frames of four whole numbers")
    if frames.min() < -1 or frames.max() > 127:
        raise UserError(f"piece {where} has pitches outside -1 ... 127")
    return frames.astype(np.int32)


def to_score(frames: np.ndarray, metre: Metre, offset: int, key: Key | None) -> Score:
    """The score of a grid, in which a repeated pitch is one held note (zoo.music.language.joined).

    Args:
        frames: int [frames, 4], MIDI pitches, -1 where a voice is silent.
        metre: of the whole piece.
        offset: the number of frames from the beginning of the first bar to the first frame.
        key: None where it is not known.

    Raises:
        ValueError: frames of another shape or type, or a negative offset.
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
    """The grid of a score, int32 [frames, voices]: the MIDI pitch of each voice at the beginning of each sixteenth, -1 for none.

    The grid goes from the first frame with a note to the last one. Of several notes of a voice, the highest is taken. It undoes
    `to_score`, except that frames at the beginning and the end where all voices are silent are lost.
    """
    if not score.notes:
        return np.full((0, len(score.voices)), -1, np.int32)
    first = score.notes[0].start // FRAME_TICKS
    frames = np.full((-(-score.end // FRAME_TICKS) - first, len(score.voices)), -1, np.int32)
    for note in score.notes:
        sounds = frames[-(-note.start // FRAME_TICKS) - first : -(-note.end // FRAME_TICKS) - first, note.voice]
        np.maximum(sounds, note.pitch, out=sounds)
    return frames
