"""Loudness: the values of the standard, and gains that never clip."""

import numpy as np
import pytest

from zoo.music.notation import loudness

RATE = 44100


def sine(frequency, amplitude=1.0, seconds=2.0, rate=RATE):
    return (amplitude * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def test_the_filters_are_those_that_the_standard_lists_for_48_khz():
    first, second = loudness.weighting(48_000)
    assert first == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585], abs=1e-8
    )
    assert second == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621], abs=1e-8)


@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_sine_has_the_loudness_that_the_standard_says(rate):
    heard = sine(997, rate=rate)
    assert loudness.loudness(heard[:, None], rate) == pytest.approx(-3.01, abs=0.01)
    assert loudness.loudness(np.stack([heard, heard], 1), rate) == pytest.approx(0, abs=0.01)
    assert loudness.loudness(heard, rate) == pytest.approx(0, abs=0.01)  # both loudspeakers play it
    assert loudness.loudness(sine(997, 0.1, rate=rate), rate) == pytest.approx(-20, abs=0.01)


def test_pauses_do_not_count_and_low_tones_count_less():
    tone = sine(997, 0.1)
    assert loudness.loudness(np.concatenate([tone, np.zeros(10 * RATE, np.float32)]), RATE) == pytest.approx(-20, abs=0.6)
    assert loudness.loudness(sine(30, 0.1), RATE) < -22
    assert loudness.loudness(sine(4000, 0.1), RATE) > -17


@pytest.mark.parametrize("seconds", [0.01, 0.25, 0.4, 30.0])
def test_the_gain_brings_sound_of_any_length_to_the_target(seconds):
    heard = sine(440, 0.02, seconds)
    assert loudness.loudness(heard * np.float32(loudness.gain(heard, RATE)), RATE) == pytest.approx(loudness.TARGET, abs=0.5)


def test_the_gain_never_clips_and_leaves_silence():
    clicks = np.zeros(5 * RATE, np.float32)
    clicks[::RATE] = 0.1
    assert 0.1 * loudness.gain(clicks, RATE) == pytest.approx(loudness.PEAK)
    assert loudness.gain(np.zeros(1000, np.float32), RATE) == 1
    assert loudness.loudness(np.zeros(RATE, np.float32), RATE) == -np.inf
