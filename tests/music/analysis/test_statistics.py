"""Distributions, their overlaps and MusPy's measures: by hand on small scores, against scipy, and as properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde

from tests.music.strategies import melodies, polyphonic_scores
from zoo.music.analysis.statistics import (
    BINS,
    compare,
    describe,
    distributions,
    features,
    groove_consistency,
    histogram_overlap,
    histograms,
    lines,
    longest_loop,
    overlapping_area,
)
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

# D major in 3/4 after an upbeat: d' e' f#' d'', and a drum under it.
TUNE = Score(
    (Note(48, 24, 62), Note(72, 24, 64), Note(96, 36, 66), Note(144, 72, 78), Note(72, 12, 38, 1)),
    ((0, Metre(3, 4)),),
    Key(2),
    voices=(Voice(), Voice(drums=True)),
)


def counted(score, kind):
    counts = histograms([score])[kind][0]
    return {int(i): int(counts[i]) for i in np.flatnonzero(counts)}


def test_what_is_counted_of_a_tune():
    assert counted(TUNE, "pitch_class") == {2: 1, 4: 1, 6: 2}
    assert counted(TUNE, "degree") == {0: 1, 2: 1, 4: 2}
    assert counted(TUNE, "interval") == {13 + 2: 2, 13 + 12: 1}
    assert counted(TUNE, "duration") == {24: 2, 36: 1, 72: 1}
    assert counted(TUNE, "onset") == {48: 1, 0: 2, 24: 1}


def test_a_change_of_metre_long_notes_and_wide_leaps():
    score = Score((Note(0, 400, 40), Note(400, 1, 90), Note(406, 6, 41)), ((0, Metre(4, 4)), (400, Metre(3, 4))))
    assert counted(score, "onset") == {0: 2, 6: 1}
    assert counted(score, "duration") == {192: 1, 1: 1, 6: 1}
    assert counted(score, "interval") == {0: 1, 26: 1}


def test_of_notes_that_begin_together_the_highest_is_the_line():
    score = Score((Note(0, 24, 60), Note(0, 24, 67), Note(24, 24, 65), Note(0, 48, 48, 1)), voices=(Voice(), Voice()))
    assert {voice: [note.pitch for note in line] for voice, line in lines(score).items()} == {0: [67, 65], 1: [48]}
    assert counted(score, "interval") == {13 - 2: 1}


def test_without_a_key_degrees_are_of_the_estimated_one():
    scale = tuple(Note(24 * i, 24, 62 + step) for i, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12, 4, 0)))
    assert counted(Score(scale), "degree") == counted(Score(scale, key=Key(2)), "degree")


def test_a_piece_without_notes_counts_nothing():
    assert not any(counts.any() for counts in histograms([Score(())]).values())
    with pytest.raises(ValueError, match="the scores have none"):
        distributions([Score(())])


def test_the_overlap_of_two_histograms():
    assert histogram_overlap(np.array([0.5, 0.5, 0]), np.array([0.25, 0, 0.75])) == 0.25


@pytest.mark.parametrize(("sizes", "shift"), [((500, 2000), 0.0), ((40, 3000), 0.2), ((3, 7), 0.1)])
def test_the_overlapping_area_is_that_of_scipys_densities(sizes, shift):
    rng = np.random.default_rng(1)
    first, second = rng.gamma(4, 0.05, sizes[0]), shift + rng.gamma(4, 0.05, sizes[1])
    # scipy divides the variance by n - 1
    kernels = [gaussian_kde(each, len(each) ** -0.2 * math.sqrt((len(each) - 1) / len(each))) for each in (first, second)]
    x = np.linspace(-1, 3, 4001)
    area = np.trapezoid(np.minimum(kernels[0](x), kernels[1](x)), x)
    assert overlapping_area(first, second) == pytest.approx(area, abs=0.003)


def test_distances_that_are_all_alike_have_a_density_too():
    same = np.full(5, 0.3)
    assert overlapping_area(same, same) == pytest.approx(1)
    assert overlapping_area(same, same + 0.5) == pytest.approx(0)


def random_tunes(n, steps, seed):
    """Tunes in quarters and eighths that go up or down by one of the steps."""
    rng = np.random.default_rng(seed)
    tunes = []
    for _ in range(n):
        notes, start, pitch = [], 0, 67
        for step, duration in zip(rng.choice(steps, 60).tolist(), rng.choice([12, 24], 60).tolist(), strict=True):
            pitch += -step if pitch > 67 else step
            notes.append(Note(start, duration, pitch))
            start += duration
        tunes.append(Score(tuple(notes), key=Key(0)))
    return tunes


def test_sets_of_one_kind_overlap_and_others_do_not():
    real, same, other = random_tunes(60, [0, 1, 2], 1), random_tunes(80, [0, 1, 2], 2), random_tunes(80, [7, 12], 3)
    near, far = compare(same, real), compare(other, real)
    assert set(near) == {f"{kind}_{what}" for kind in BINS for what in ("histogram_overlap", "overlapping_area")}
    assert near["interval_histogram_overlap"] > 0.95
    assert near["interval_overlapping_area"] > 0.85
    assert far["interval_histogram_overlap"] == 0
    assert far["interval_overlapping_area"] < 0.01
    assert far["duration_overlapping_area"] > 0.85


def test_one_piece_many_times_is_further_from_real_ones_than_they_are_from_each_other():
    real = random_tunes(60, [0, 1, 2, 4], 1)
    odd = random_tunes(1, [1, 4], 9) * 50
    assert compare(odd, real)["interval_overlapping_area"] < 0.2


def test_what_cannot_be_compared_is_refused():
    one = Score((Note(0, 6, 60),))
    with pytest.raises(ValueError, match="interval: the scores have none"):
        compare([one, one], [TUNE, TUNE])
    with pytest.raises(ValueError, match="fewer than two held-out pieces"):
        compare([TUNE], [TUNE, Score(())])


@pytest.mark.slow
@given(st.lists(st.one_of(melodies(), polyphonic_scores()), min_size=1, max_size=3))
@settings(max_examples=20)
def test_a_set_overlaps_itself_wholly(scores):
    counts = histograms([*scores, TUNE])
    for kind, shares in distributions([*scores, TUNE]).items():
        assert shares.shape == (BINS[kind],)
        assert shares.sum() == pytest.approx(1)
        assert histogram_overlap(shares, shares) == pytest.approx(1)
        assert counts[kind].shape == (len(scores) + 1, BINS[kind])
    values = compare([*scores, TUNE], [*scores, TUNE, TUNE.transpose(1)])
    assert all(0 <= value <= 1 + 1e-9 for value in values.values())


@pytest.mark.slow
@given(st.one_of(melodies(), polyphonic_scores()), st.integers(-30, 30))
@settings(max_examples=50)
def test_transposition_turns_the_pitch_classes_and_leaves_the_rest(score, semitones):
    before, after = histograms([score]), histograms([score.transpose(semitones)])
    assert (np.roll(before.pop("pitch_class"), semitones, axis=1) == after.pop("pitch_class")).all()
    for kind, counts in before.items():
        assert (counts == after[kind]).all()
    first, second = features(score), features(score.transpose(semitones))
    assert first == pytest.approx(second, nan_ok=True)


def test_muspys_measures_by_hand():
    assert features(TUNE) == pytest.approx(
        {
            "pitch_range": 16,
            "n_pitch_classes_used": 3,
            "polyphony": 1,
            "scale_consistency": 1,
            "pitch_entropy": 2,
            "pitch_class_entropy": 1.5,
            # four bars of twelve places, the last empty: they differ at 0 and 4 (8 too: the upbeat), at 4, at 0
            "groove_consistency": 1 - 5 / 36,
        }
    )
    chromatic = Score(tuple(Note(24 * i, 24, 60 + i) for i in range(12)))
    assert features(chromatic)["scale_consistency"] == pytest.approx(7 / 12)


def test_polyphony_counts_pitches_over_the_time_that_sounds():
    notes = (Note(0, 48, 60, 0), Note(24, 48, 60, 1), Note(24, 24, 64, 1), Note(200, 10, 70, 0))
    # a unison is one pitch: 72 ticks of it, 24 of the third, 10 alone, in 82 ticks that are not silent
    assert features(Score(notes, voices=(Voice(), Voice())))["polyphony"] == pytest.approx((72 + 24 + 10) / 82)


def test_groove_by_hand():
    alike = Score(tuple(Note(48 * i, 24, 60) for i in range(5)))
    assert groove_consistency(alike) == 1 - 1 / 32  # the third bar lacks the second onset
    assert math.isnan(groove_consistency(Score((Note(0, 95, 60),))))
    assert groove_consistency(Score((Note(0, 96, 60),))) == 1 - 1 / 16  # MusPy's empty bar


def test_means_and_deviations_over_a_set():
    short = Score((Note(0, 24, 60), Note(24, 24, 64)))
    longer = Score((Note(0, 24, 60), Note(24, 72, 68)))
    values = describe([short, longer, Score(())])
    assert values["pitch_range"] == (6, 2)
    assert values["groove_consistency"] == (1 - 2 / 16, 0)  # defined for the longer one alone
    assert math.isnan(describe([short])["groove_consistency"][0])
    for nothing in ([], [Score(())]):
        with pytest.raises(ValueError, match="no notes"):
            describe(nothing)
    with pytest.raises(ValueError, match="no notes"):
        features(Score(()))


def test_a_loop_is_a_bar_said_again_and_again():
    def tune(*bars):
        notes = [Note(48 * bar + 24 * i, 24, pitch) for bar, pitches in enumerate(bars) for i, pitch in enumerate(pitches)]
        return Score(tuple(notes), ((0, Metre(2, 4)),), Key(0))

    a, b, nothing = (60, 62), (60, 64), ()
    assert longest_loop(tune(a, b, a, b)) == 1
    assert longest_loop(tune(b, a, a, a, b, a)) == 3
    assert longest_loop(tune(a, nothing, a, a)) == 2  # a rest between them
    assert longest_loop(tune(b, a, b, a, b, a, a), period=2) == 3
    assert longest_loop(tune(a, b, a), period=2) == 1
    assert longest_loop(Score((), ((0, Metre(2, 4)),), Key(0))) == 0
