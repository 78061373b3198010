"""Drawing outlines: what is left open comes from the training pieces that have what was given."""

from collections import Counter

import numpy as np
import pytest
import tensorflow as tf

from zoo.music.language import lookahead, outline
from zoo.music.language.lookahead import Melody
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice
from zoo.music.outlines import ENOUGH, Outlines

TUNES = TokenVocabulary(
    (Metre(4, 4), Metre(6, 8)), (60, 76), (12, 24, 36, 72), tuple(range(12, 96, 12)), types=("jig", "reel", "waltz")
)
N = 4000


def tune(metre, key, type_, bars, upbeat=0, last=0):
    """A tune of one note a bar, after an upbeat of so many ticks; the last note is so many semitones above the tonic."""
    length = metre.bar_ticks
    notes = [Note(length - upbeat, upbeat, 64)] if upbeat else []
    first = length if upbeat else 0
    notes += [Note(first + i * length, 24, 62) for i in range(bars - 1)]
    notes.append(Note(first + (bars - 1) * length, 24, 60 + (key.tonic + last) % 12))
    return Score(tuple(notes), ((0, metre),), key, type=type_)


JIGS = [tune(Metre(6, 8), Key(2, "dorian"), "jig", 16, upbeat=12)] * 30 + [tune(Metre(4, 4), Key(7), "jig", 32)] * 10
REELS = [tune(Metre(4, 4), Key(7), "reel", 32, last=7)] * 50 + [tune(Metre(4, 4), Key(9, "dorian"), "reel", 8)] * 10
OUTLINES = Outlines([*JIGS, *REELS], TUNES, most_bars=64)


def no_melody(n):
    nothing = tf.zeros([n, lookahead.NOTES], tf.int32)
    return Melody(nothing + lookahead.NEVER, nothing, nothing)


def drawn(prompt, bars=0, outlines=OUTLINES, n=N):
    ids = [TUNES.index[word] if word != "*" else -1 for word in prompt.split()]
    first = (np.arange(n) + 0.5) / n
    uniform = np.stack([first, np.random.default_rng(0).permutation(first)], 1).astype(np.float32)
    plan = outlines.draw(tf.constant([ids] * n), tf.fill([n], bars), no_melody(n), tf.constant(uniform))
    names = [[TUNES.tokens[i].partition("=")[2] for i in row] for row in plan.controls.numpy()]
    return plan, names


def shares(values):
    return {value: round(count / N, 2) for value, count in Counter(values).items()}


def test_what_is_open_is_as_frequent_as_in_the_training_pieces_that_have_what_is_given():
    _, names = drawn("*")
    assert shares(row[0] for row in names) == {"6/8": 0.3, "4/4": 0.7}
    _, names = drawn("* * * type=jig")
    assert shares(tuple(row[:3]) for row in names) == {("6/8", "D", "dorian"): 0.75, ("4/4", "G", "major"): 0.25}
    _, names = drawn("* * mode=dorian")
    assert shares(row[1] for row in names) == {"D": 0.75, "A": 0.25}
    plan, names = drawn("metre=4/4 * mode=dorian")
    assert set(map(tuple, names)) == {("4/4", "A", "dorian", "reel")}
    assert set(plan.bars.numpy()) == {8}


def test_what_is_given_stays_also_where_no_training_piece_has_it():
    _, names = drawn("metre=6/8 tonic=Eb * type=waltz")
    assert {(row[0], row[1], row[3]) for row in names} == {("6/8", "Eb", "waltz")}
    assert {row[2] for row in names} == {"dorian"}  # of the metre


def test_fewer_pieces_than_enough_do_not_decide():
    outlines = Outlines([*JIGS, *[tune(Metre(4, 4), Key(5), "waltz", 20)] * (ENOUGH - 1)], TUNES, 64)
    _, names = drawn("* * * type=waltz", outlines=outlines)
    assert len({row[0] for row in names}) == 2
    outlines = Outlines([*JIGS, *[tune(Metre(4, 4), Key(5), "waltz", 20)] * ENOUGH], TUNES, 64)
    _, names = drawn("* * * type=waltz", outlines=outlines)
    assert {tuple(row[:3]) for row in names} == {("4/4", "F", "major")}


def test_bars_are_full_bars_besides_that_of_an_upbeat():
    plan, _ = drawn("metre=6/8", bars=16)
    assert set(plan.outline.opening.numpy()) == {60}
    assert set(plan.bars.numpy()) == {17}
    plan, _ = drawn("metre=4/4", bars=32)
    assert set(plan.bars.numpy()) == {32}
    assert (plan.outline.form.numpy()[:, :32] > 0).all()
    plan, _ = drawn("metre=4/4", bars=5)
    assert set(plan.bars.numpy()) == {5}
    assert not plan.outline.form.numpy().any()  # no training piece has so many bars


def test_the_ending_is_the_tonic_in_the_metre_and_mode_of_the_piece():
    plan, names = drawn("metre=4/4 * * type=reel")
    assert set(plan.outline.degree.numpy()) == {1}  # also of the reels in G, which all end on another note
    assert {(row[1], bars) for row, bars in zip(names, plan.bars.numpy(), strict=True)} == {("G", 32), ("A", 8)}
    assert (plan.outline.start.numpy() == (plan.bars.numpy() - 1) * 96).all()
    assert set(plan.outline.duration.numpy()) == {24}
    plan, _ = drawn("metre=4/4 * mode=major", outlines=Outlines(REELS[:50], TUNES, 64))
    assert set(plan.outline.degree.numpy()) == {8}  # no training piece ends on the tonic
    silent = Outlines(REELS, TUNES, 64, endings=False)
    assert not drawn("*", outlines=silent)[0].outline.degree.numpy().any()


def test_the_character_is_that_of_the_piece_drawn_and_open_in_a_continuation():
    plan, names = drawn("* * * type=jig")
    found = {(row[1], *character) for row, character in zip(names, plan.outline.character.numpy().tolist(), strict=True)}
    assert found == {("D", *outline.character(JIGS[0])), ("G", *outline.character(JIGS[-1]))}
    plan, _ = drawn("metre=6/8 * * type=jig bar pitch=62 dur=12", bars=4)
    assert not plan.outline.character.numpy().any()


def test_notes_of_the_prompt_keep_their_upbeat_and_their_bars():
    plan, _ = drawn("metre=6/8 * * type=jig bar pitch=62 dur=12", bars=4)
    assert set(plan.outline.opening.numpy()) == {0}
    assert set(plan.bars.numpy()) == {4}
    plan, _ = drawn("metre=6/8 * * type=jig bar pos=48 pitch=62 dur=24", bars=4)
    assert (set(plan.outline.opening.numpy()), set(plan.bars.numpy())) == ({48}, {5})
    plan, _ = drawn("metre=4/4 * * type=reel" + " bar pos=96" * 40)
    assert set(plan.bars.numpy()) == {40}
    assert not plan.outline.form.numpy().any()


CHOIR = TokenVocabulary((Metre(4, 4),), (36, 81), (24, 48, 96), (24, 48, 72), voices=4, parts=True)


@pytest.mark.parametrize(("lead", "degree"), [(76, 1), (74, 8), (77, 0)])
def test_the_last_bass_note_suits_the_last_note_of_a_given_melody(lead, degree):
    def chorale(soprano, bass):
        notes = [Note(96 * i, 96, pitch, voice) for i in range(2) for voice, pitch in enumerate((soprano, 67, 60, bass))]
        return Score(tuple(notes), ((0, Metre(4, 4)),), Key(0), voices=(Voice(),) * 4)

    outlines = Outlines([chorale(76, 48)] * ENOUGH + [chorale(74, 43)] * ENOUGH, CHOIR, 64)
    melody = lookahead.melody([[Note(0, 96, 72), Note(96, 48, lead)]] * 9)
    ids = tf.constant([[CHOIR.index[token] for token in ("metre=4/4", "tonic=C", "mode=major")]] * 9)
    plan = outlines.draw(ids, tf.fill([9], 2), Melody(*map(tf.constant, melody)), tf.fill([9, 2], 0.5))
    assert set(plan.bars.numpy()) == {2}
    assert set(plan.outline.degree.numpy()) == {degree}
    assert set(plan.outline.opening.numpy()) == {-1}
    assert (plan.outline.start.numpy()[0], plan.outline.duration.numpy()[0]) == (96, 48)


def test_longer_pieces_than_can_be_written_count_only_where_there_are_no_others():
    long = [tune(Metre(4, 4), Key(0), "reel", 70)] * 9
    assert set(drawn("*", outlines=Outlines([*long, *JIGS], TUNES, 64))[0].bars.numpy()) == {17, 32}
    assert set(drawn("*", outlines=Outlines(long, TUNES, 64))[0].bars.numpy()) == {64}


@pytest.mark.parametrize(
    ("before", "approach"), [(71, outline.DOMINANT), (77, outline.DOMINANT), (69, outline.SUBDOMINANT), (66, 0)]
)
def test_the_bass_under_the_last_but_one_note_of_a_melody_makes_a_cadence_where_there_is_one(before, approach):
    notes = [Note(96 * i, 96, pitch, voice) for i in range(2) for voice, pitch in enumerate((76, 67, 60, 48))]
    outlines = Outlines([Score(tuple(notes), ((0, Metre(4, 4)),), Key(0), voices=(Voice(),) * 4)] * ENOUGH, CHOIR, 64)
    melody = lookahead.melody([[Note(0, 72, 72), Note(72, 24, before), Note(96, 48, 76)]])
    ids = tf.constant([[CHOIR.index[token] for token in ("metre=4/4", "tonic=C", "mode=major")]])
    plan = outlines.draw(ids, tf.constant([2]), Melody(*map(tf.constant, melody)), tf.fill([1, 2], 0.5))
    assert plan.outline.approach.numpy().tolist() == [approach]
