"""Sound from a score by additive synthesis: it needs no recorded instruments, and its licence is that of the code, Apache-2.0.

A tone is a sum of harmonics, sum_k a_k w^k with w = exp(i phase(t) - damping t). The damping makes the high harmonics of plucked
strings fade sooner than the low ones. A family of instruments has an amplitude for each harmonic and a few more numbers. Drums
are noise and falling tones with an envelope. Tones are computed in blocks, so that they need little more memory than the sound
itself, 4 bytes a sample.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo.core.errors import UserError
from zoo.music.notation.loudness import gain
from zoo.music.notation.theory import TICKS_PER_QUARTER

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

RATE = 44_100  # samples a second
LONGEST = 30 * 60  # seconds
_TAIL = 0.4  # seconds of silence, or the end of decays, after the last note
_FADE = 4410  # samples at the very end
_BLOCK = 2**13  # samples: what the processor's cache holds
_SWINGS = 5.5  # Hz, of the vibrato: as singers and players do
_CEILING = 18_000.0  # Hz: harmonics above it are left out; those above half the rate would sound as lower tones (aliasing)

_Samples = NDArray[np.float32]


@dataclass(frozen=True)
class _Timbre:
    """An instrument family.

    Attributes:
        harmonics: amplitudes of the fundamental and its multiples.
        attack: seconds until the tone has its full loudness.
        release: seconds until it is silent after the end of the note.
        decay: how fast the tone fades while it is held, in nepers a second at 440 Hz; 0: not at all.
        damping: how much faster each further harmonic fades, in nepers a second at 440 Hz.
        vibrato: the largest change of the frequency, as a part of it.
        gain: a factor that brings all families to about the same loudness.
    """

    harmonics: tuple[float, ...]
    attack: float
    release: float
    decay: float = 0.0
    damping: float = 0.0
    vibrato: float = 0.0
    gain: float = 1.0


def _falling(count: int, slope: float) -> tuple[float, ...]:
    """Amplitudes 1, 2^-slope, 3^-slope, ... (slope 1: a sawtooth)."""
    return tuple(k**-slope for k in range(1, count + 1))


_STRUCK = _Timbre(_falling(12, 1.3), attack=0.004, release=0.12, decay=1.3, damping=0.9)
_PLUCKED = _Timbre(_falling(14, 1.0), attack=0.003, release=0.09, decay=2.0, damping=2.2, gain=0.9)
_BELL = _Timbre((1.0, 0.0, 0.35, 0.0, 0.0, 0.25, 0.0, 0.0, 0.12), attack=0.002, release=0.25, decay=2.5, damping=1.2)
_ORGAN = _Timbre((1.0, 0.7, 0.4, 0.35, 0.0, 0.2, 0.0, 0.15), attack=0.02, release=0.06, gain=0.5)
_BOWED = _Timbre(_falling(16, 1.15), attack=0.05, release=0.09, vibrato=0.004, gain=0.55)
_CHOIR = _Timbre((1.0, 0.75, 0.5, 0.16, 0.06, 0.05, 0.03), attack=0.09, release=0.18, vibrato=0.003, gain=0.6)
_REED = _Timbre((1.0, 0.55, 0.7, 0.4, 0.4, 0.22, 0.18, 0.1, 0.07), attack=0.03, release=0.06, vibrato=0.0015, gain=0.45)
_FLUTE = _Timbre((1.0, 0.32, 0.16, 0.05, 0.02), attack=0.045, release=0.08, vibrato=0.003, gain=0.75)

# The first program of each family (General MIDI, counted from 0) and the timbre of all programs up to the next family.
_FAMILIES = (
    (0, _STRUCK),
    (8, _BELL),
    (16, _ORGAN),
    (24, _PLUCKED),  # guitars, basses
    (40, _BOWED),
    (45, _PLUCKED),  # pizzicato, harp, timpani
    (48, _BOWED),
    (52, _CHOIR),
    (55, _STRUCK),
    (56, _REED),  # brass, reeds
    (72, _FLUTE),
    (80, _ORGAN),  # synthesizers
    (88, _CHOIR),
    (104, _PLUCKED),  # sitar, banjo, shamisen, koto, kalimba
    (109, _REED),  # bagpipe
    (110, _BOWED),  # fiddle
    (111, _REED),
    (112, _BELL),
    (120, _PLUCKED),
)


def render(score: "Score") -> _Samples:
    """The sound of a score: float32 [samples], mono, RATE samples a second, with a short tail after the last note.

    The amplitude of a note is proportional to the square of its velocity: 40 log10(velocity / 127) dB, the curve that General
    MIDI recommends. The piece as a whole is then brought to the loudness of all pieces (zoo.music.notation.loudness).

    UserError for a score without notes, and for one that lasts longer than LONGEST seconds.
    """
    seconds = clock(score)
    sound = np.zeros(round((length(score) + _TAIL) * RATE), np.float32)
    tone = lru_cache(maxsize=2048)(_tone)  # music repeats its tones; 64 MB at most, freed at the end of this function
    for note in score.notes:
        voice = score.voices[note.voice]
        start = round(seconds(note.start) * RATE)
        held = max(1, round((seconds(note.end) - seconds(note.start)) * RATE))
        amplitude = (note.velocity / 127) ** 2
        if voice.drums:
            _add(sound, start, amplitude * _drum(note.pitch))
            continue
        timbre = next(timbre for first, timbre in reversed(_FAMILIES) if voice.program >= first)
        for offset in range(0, min(held + round(timbre.release * RATE), len(sound) - start), _BLOCK):
            _add(sound, start + offset, amplitude * tone(timbre, note.pitch, held, offset))
    sound[-_FADE:] *= np.linspace(1, 0, _FADE, dtype=np.float32)  # what still sounds, such as a cymbal, fades out
    sound *= np.float32(gain(sound, RATE))
    return sound


def length(score: "Score") -> float:
    """The seconds from the start to the end of the last note. UserError for the scores that `render` refuses."""
    if not score.notes:
        raise UserError("the score holds no notes: there is nothing to hear")
    seconds = clock(score)(score.end)
    if seconds > LONGEST:
        raise UserError(f"the score lasts {seconds / 60:.0f} minutes: at most {LONGEST // 60} become sound; save it as .mid")
    return seconds


def clock(score: "Score") -> Callable[[int], float]:
    """A function that gives the seconds from the start of the score to a tick."""
    ticks = [tick for tick, _ in score.tempos]
    lengths = [60 / (tempo * TICKS_PER_QUARTER) for _, tempo in score.tempos]  # seconds a tick
    begins = [0.0]
    for i in range(1, len(ticks)):
        begins.append(begins[-1] + (ticks[i] - ticks[i - 1]) * lengths[i - 1])

    def seconds(tick: int) -> float:
        i = int(np.searchsorted(ticks, tick, side="right")) - 1
        return begins[i] + (tick - ticks[i]) * lengths[i]

    return seconds


def _add(sound: _Samples, start: int, part: _Samples) -> None:
    """Adds a part to the sound from sample `start` on; what would be after the end of the sound is left out."""
    stop = min(start + len(part), len(sound))
    if start < stop:
        sound[start:stop] += part[: stop - start]


def _tone(timbre: _Timbre, pitch: int, held: int, offset: int) -> _Samples:
    """A block of a tone that is held for `held` samples: at most _BLOCK samples, from sample `offset` on."""
    release = round(timbre.release * RATE)
    exact = np.arange(offset, min(offset + _BLOCK, held + release)) / RATE
    time = exact.astype(np.float32)  # twice as fast, and exact enough for everything but phases
    frequency = 440.0 * 2 ** ((pitch - 69) / 12)
    speed = (frequency / 440.0) ** 0.5  # high strings fade sooner
    turns = frequency * exact
    if timbre.vibrato:
        turns += (1 - np.cos(_angle(_SWINGS * exact))) * (frequency * timbre.vibrato / (2 * np.pi * _SWINGS))
    angle = _angle(turns)
    power = np.empty(len(time), np.complex64)
    power.real, power.imag = np.cos(angle), np.sin(angle)
    if timbre.damping:
        power *= np.exp(-timbre.damping * speed * time)
    count = max(1, min(len(timbre.harmonics), int(_CEILING / frequency)))
    total = np.zeros(len(time), np.complex64)
    for amplitude in reversed(timbre.harmonics[:count]):  # Horner's rule
        total += amplitude
        total *= power
    sound = total.imag * timbre.gain
    if timbre.decay:
        sound *= np.exp(-timbre.decay * speed * time)
    for ramp in (exact / min(timbre.attack, held / RATE), (held / RATE - exact) / timbre.release + 1):
        if min(ramp[0], ramp[-1]) < 1:  # a rounded rise or fall: no clicks
            sound *= np.sin(np.pi / 2 * np.clip(ramp, 0, 1)) ** 2
    return sound.astype(np.float32)


def _angle(turns: NDArray[np.float64]) -> _Samples:
    """The angle after so many turns. Whole turns are taken off first: a large angle in float32 would blur a long tone."""
    return ((turns - np.floor(turns)) * (2 * np.pi)).astype(np.float32)


@lru_cache(maxsize=128)
def _drum(pitch: int) -> _Samples:
    """A stroke on the drum that General MIDI has at this pitch. Every stroke is the same, whatever the length of the note."""
    noise = np.random.default_rng(pitch)

    def stroke(seconds: float, fade: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        time = np.arange(round(seconds * RATE)) / RATE
        return time, np.exp(-fade * time) * np.minimum(1.0, (seconds - time) / 0.01) * np.minimum(1.0, time / 0.001)

    def hiss(count: int) -> NDArray[np.float64]:
        return np.diff(noise.uniform(-1, 1, count + 1))  # the difference of neighbours leaves the high frequencies

    if pitch in (35, 36):  # bass drums: a tone that falls from 150 to 45 Hz
        time, envelope = stroke(0.4, 11)
        sound = np.sin(2 * np.pi * (45 * time + 105 / 30 * (1 - np.exp(-30 * time)))) * envelope * 1.4
    elif pitch in (37, 38, 39, 40):  # snares, stick, clap
        time, envelope = stroke(0.25, 18)
        sound = (0.5 * noise.uniform(-1, 1, len(time)) + 0.4 * np.sin(2 * np.pi * 185 * time)) * envelope
    elif pitch in (41, 43, 45, 47, 48, 50):  # toms, low to high
        time, envelope = stroke(0.45, 9)
        low = 80 * 1.09 ** (pitch - 41)
        sound = np.sin(2 * np.pi * (low * time + low / 50 * (1 - np.exp(-25 * time)))) * envelope
    elif pitch in (42, 44):  # closed hi-hats
        time, envelope = stroke(0.09, 60)
        sound = 0.35 * hiss(len(time)) * envelope
    elif pitch in (46, 49, 51, 52, 53, 55, 57, 59):  # open hi-hat, cymbals
        time, envelope = stroke(0.9, 5)
        sound = 0.3 * hiss(len(time)) * envelope
    else:  # blocks, bells and all others: a short tone that rises with the pitch
        time, envelope = stroke(0.15, 35)
        sound = np.sin(2 * np.pi * (300 + 12 * pitch) * time) * envelope * 0.6
    return sound.astype(np.float32)
