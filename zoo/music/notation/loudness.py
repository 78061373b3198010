"""How loud sound is to the ear, by ITU-R BS.1770-4 (2015), and the gain that makes all pieces equally loud.

Each channel is filtered as the head and the ear do: a shelf raises what is above 1.5 kHz by 4 dB, and a second filter takes off
what is below 40 Hz. The loudness of a block of 400 ms is -0.691 + 10 log10 of the sum over the channels of the mean square, in
LUFS. The loudness of a piece is that of the mean of its blocks, without those below -70 LUFS, and then without those more than 10
below the mean of the rest: so pauses do not count.
"""

import numpy as np
from numpy.typing import NDArray

TARGET = -16.0  # LUFS, as loud as players of recorded music; nearly all instruments then stay below PEAK
PEAK = 0.89  # of full scale, 1 dB below it: room for what is between the samples
_STEP = 0.1  # seconds from one block to the next
_STEPS = 4  # in a block
_OFFSET = -0.691  # of the standard, so that a sine of 997 Hz in one channel at full scale has -3.01 LUFS
_SILENCE = -70.0  # LUFS
_BELOW = 10.0  # LU
_PIECE = 2**20  # samples filtered at once, so that long music needs little memory

_Samples = NDArray[np.float32]


def gain(samples: _Samples, rate: int) -> float:
    """The factor that brings sound to TARGET, or as near as its highest sample may come to PEAK; 1 for silence.

    Args:
        samples: [n, channels]; or [n], which both loudspeakers play.
        rate: samples a second.
    """
    highest = max(float(samples.max(initial=0)), -float(samples.min(initial=0)))
    if not highest:
        return 1.0
    return min(10 ** ((TARGET - loudness(samples, rate)) / 20), PEAK / highest)


def loudness(samples: _Samples, rate: int) -> float:
    """The loudness of sound in LUFS, -inf for silence; arguments as of `gain`. Sound shorter than a block is one block."""
    channels = samples[:, None] if samples.ndim == 1 else samples
    twice = 2 if samples.ndim == 1 else 1
    steps = twice * np.sum([_squares(channels[:, i], rate) for i in range(channels.shape[1])], axis=0)
    count = min(_STEPS, len(steps))
    blocks = np.convolve(steps, np.ones(count), "valid") / (count * round(_STEP * rate))
    kept = blocks[blocks > 10 ** ((_SILENCE - _OFFSET) / 10)]
    if not len(kept):
        kept = blocks
    kept = kept[kept >= kept.mean() * 10 ** (-_BELOW / 10)]
    mean = float(kept.mean())
    return _OFFSET + 10 * float(np.log10(mean)) if mean > 0 else -np.inf


def _squares(channel: _Samples, rate: int) -> NDArray[np.float64]:
    """The sum of the squares of a filtered channel in each step of 100 ms."""
    from scipy.signal import sosfilt, sosfilt_zi

    sections = weighting(rate)
    step = round(_STEP * rate)
    state = np.zeros_like(sosfilt_zi(sections))
    size = _PIECE // step * step
    sums = []
    for first in range(0, len(channel), size):
        filtered, state = sosfilt(sections, channel[first : first + size].astype(np.float64), zi=state)
        padded = np.pad(filtered, (0, -len(filtered) % step))
        sums.append(np.square(padded).reshape(-1, step).sum(1))
    return np.concatenate(sums)


def weighting(rate: int) -> NDArray[np.float64]:
    """The two filters of the standard as second-order sections [2, 6], for any rate.

    The standard lists the coefficients for 48 kHz alone. They come from the analogue filters here by the bilinear transform.
    """
    shelf = np.tan(np.pi * 1681.974450955533 / rate)
    high, band, q = 10 ** (3.999843853973347 / 20), 10 ** (3.999843853973347 * 0.4996667741545416 / 20), 0.7071752369554196
    above = [high + band * shelf / q + shelf**2, 2 * (shelf**2 - high), high - band * shelf / q + shelf**2]
    below = [1 + shelf / q + shelf**2, 2 * (shelf**2 - 1), 1 - shelf / q + shelf**2]
    cut, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    low = [1 + cut / q + cut**2, 2 * (cut**2 - 1), 1 - cut / q + cut**2]
    first = np.array([*above, *below]) / below[0]
    # The standard leaves the numerator of the second filter at 1, -2, 1.
    return np.array([first, [1, -2, 1, 1, low[1] / low[0], low[2] / low[0]]])
