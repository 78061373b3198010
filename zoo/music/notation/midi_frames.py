"""Times of MIDI files that count film frames (SMPTE) made into quarter notes."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from zoo.music.notation.midi_events import TEMPO, Track

_FRAMES_A_SECOND = {24: 24.0, 25: 25.0, 29: 30000 / 1001, 30: 30.0}  # 29 stands for 29.97 frames, of American television
_TICKS_PER_QUARTER = 960  # of the result, fine enough for any file
_DEFAULT = 500_000  # microseconds of a quarter note where a file has no tempo, as the standard says


def in_quarters(tracks: Sequence[Track], division: int) -> tuple[int, str]:
    """Changes the times of tracks from parts of film frames to ticks of quarter notes.

    Such a file says when each note sounds but not what a quarter note is. Its tempo says that, and where it has none, the 120
    quarter notes a minute of the standard. The first tempo also holds before its place.

    Args:
        tracks: of a file whose times count parts of frames; they are changed.
        division: of its header. The upper byte holds the frames a second as a negative number, the lower one the parts of each.

    Returns:
        The ticks of a quarter note, and what to tell the user. ValueError for a division that means nothing.
    """
    frames, parts = 256 - (division >> 8), division & 0xFF
    if frames not in _FRAMES_A_SECOND or not parts:
        raise ValueError(
            f"counts its time in film frames, {frames} a second with {parts} parts each, which is no film; save it anew"
        )
    ticks_a_second = _FRAMES_A_SECOND[frames] * parts
    changes = sorted(
        (tick, int.from_bytes(data, "big"))
        for track in tracks
        for tick, kind, data in track.metas
        if kind == TEMPO and len(data) == 3
    )
    changes = [(tick, microseconds) for tick, microseconds in changes if microseconds] or [(0, _DEFAULT)]
    changes[0] = (0, changes[0][1])
    begins = [0.0]  # in quarter notes
    for (tick, microseconds), (following, _) in pairwise(changes):
        begins.append(begins[-1] + (following - tick) / ticks_a_second * 1e6 / microseconds)

    def converted(tick: int) -> int:
        change = bisect_right(changes, tick, key=lambda change: change[0]) - 1
        start, microseconds = changes[change]
        return round(_TICKS_PER_QUARTER * (begins[change] + (tick - start) / ticks_a_second * 1e6 / microseconds))

    for track in tracks:
        track.messages = [(converted(tick), *rest) for tick, *rest in track.messages]  # type: ignore[misc]
        track.metas = [(converted(tick), kind, data) for tick, kind, data in track.metas]
        track.end = converted(track.end)
    tempo = round(60e6 / changes[0][1], 2)
    return _TICKS_PER_QUARTER, f"the file counts film frames, not beats: its times are read at {tempo:g} quarter notes a minute"
