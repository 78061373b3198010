"""Bars written anew: which bars a musician means, what stays, and which versions are chosen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.music import varying
from zoo.music.language import fitting
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

BAR = 96
METRES = ((0, Metre(4, 4)),)
VOCABULARY = TokenVocabulary((Metre(4, 4), Metre(3, 4)), (48, 84), (12, 24, 48, 72, 96, 144), (12, 24, 36, 48, 60, 72, 84))
CHOIR = TokenVocabulary((Metre(4, 4),), (36, 84), (12, 24, 48, 72, 96), (12, 24, 36, 48, 60, 72, 84), voices=4, parts=True)


def tune(*lengths: int, start: int = 0, voice: int = 0, pitch: int = 60) -> list[Note]:
    """Notes one after the other."""
    starts = np.cumsum([start, *lengths])
    return [Note(int(at), length, pitch + i % 7, voice) for i, (at, length) in enumerate(zip(starts, lengths, strict=False))]


def quarters(bars: int, start: int = 0, voice: int = 0, pitch: int = 60) -> list[Note]:
    return tune(*[24] * 4 * bars, start=start, voice=voice, pitch=pitch)


MUSIC = Score(tuple(quarters(8)), METRES, Key(0))
UPBEAT = Score(tuple(quarters(9, start=72)[: 1 + 4 * 8]), METRES, Key(0))


@pytest.mark.parametrize(
    ("music", "bars", "ticks"),
    [
        (MUSIC, (1, 8), (0, 768)),
        (MUSIC, (5, 5), (384, 480)),
        (UPBEAT, (0, 0), (0, 96)),
        (UPBEAT, (1, 2), (96, 288)),
        (UPBEAT, (8, 8), (768, 864)),
        # A pickup of a quarter, written as a short bar: its rest is not written, and the first full bar begins at tick 24.
        (replace(MUSIC, metres=((0, Metre(1, 4)), (24, Metre(3, 4)))), (1, 2), (72, 216)),
    ],
)
def test_bars_are_counted_as_musicians_count_them(music, bars, ticks):
    stretch, *found = varying.located(music, bars)
    assert tuple(found) == ticks
    if stretch.first_tick:
        assert stretch.first_tick + found[0] == 24


@pytest.mark.parametrize(
    ("music", "bars", "message"),
    [
        (MUSIC, (7, 9), r"^this music has no bars 7 to 9: its bars are 1 to 8$"),
        (MUSIC, (0, 2), r"^this music has no bars 0 to 2: its bars are 1 to 8$"),
        (MUSIC, (9, 9), r"^this music has no bar 9: its bars are 1 to 8$"),
        (UPBEAT, (9, 9), r"its bars are 0 to 8, where bar 0 is the upbeat$"),
        (
            replace(MUSIC, metres=((0, Metre(4, 4)), (384, Metre(3, 4)))),
            (4, 5),
            r"^the metre changes from 4/4 to 3/4 between bars 4 and 5: name bars of one metre$",
        ),
        (Score((), METRES), (1, 1), r"^the music holds no notes"),
    ],
)
def test_bars_that_the_music_does_not_have_are_refused(music, bars, message):
    with pytest.raises(UserError, match=message):
        varying.located(music, bars)


def passage(
    music: Score, bars: tuple[int, int], vocabulary: TokenVocabulary = VOCABULARY, voices=None, most_bars=64, pickup=None
):
    """All that comes before new bars: the stretch, what is heard, and the passage."""
    stretch, start, end = varying.located(music, bars, pickup=pickup)
    heard = fitting.adapt_primer(stretch.score, vocabulary, "tiny", pickup="written")
    voices = range(len(heard.score.voices)) if voices is None else voices
    start, end = start - heard.first_tick, end - heard.first_tick
    return stretch, heard, varying.surroundings(heard.score, start, end, voices, vocabulary, most_bars, 2000)


def varier(vocabulary: TokenVocabulary, pieces: list[list[Note]], value=lambda score: 0.0) -> varying.Varier:
    """A network that writes these notes behind a prompt, and finds a score as probable as `value` says."""

    def draw(prompt, old, count, call):
        if call:  # it hears fewer bars, from another tick on
            return []
        before = vocabulary.decode(prompt)
        scores = (replace(old, notes=(*before.notes, *notes)) for notes in pieces)
        drawn = [vocabulary.encode(score)[1:] for score in scores]
        return [ids for ids in drawn if ids[: len(prompt)] == prompt]

    def weigh(scores):
        return [np.array([*np.zeros(len(vocabulary.encode(score)) - 2), value(score)]) for score in scores]

    return varying.Varier(vocabulary, draw, weigh)


def all_versions(
    music: Score, bars: tuple[int, int], pieces: list[list[Note]], n: int = 4, value=lambda score: 0.0
) -> list[Score]:
    stretch, heard, chosen = passage(music, bars)
    versions = varier(VOCABULARY, pieces, value).versions(chosen, n)
    return [varying.written(music, stretch, heard, chosen, each) for each in versions]


def test_new_bars_stand_between_the_old_ones():
    new = quarters(6, start=192, pitch=70)
    (score,) = all_versions(MUSIC, (3, 4), [new])
    assert score.notes[:8] == MUSIC.notes[:8]
    assert score.notes[8:16] == tuple(new[:8])
    assert score.notes[16:] == MUSIC.notes[16:]
    assert (score.new_from, score.new_to) == (192, 384)


def test_a_new_note_ends_with_the_bars_and_an_old_one_goes_on_behind_them():
    tied = Score((*quarters(3), *tune(24, 24, 24, 72, 24, 24, start=288), *quarters(2, start=480)), METRES, Key(0))
    assert any(note.start < 384 < note.end for note in tied.notes)
    held = next(note for note in tied.notes if note.start < 384 < note.end)
    long = [*tune(24, 24, 24, 48, start=288, pitch=70), *quarters(3, start=408)]
    (score,) = all_versions(tied, (4, 4), [long])
    inside = [note for note in score.notes if 288 <= note.start < 384]
    assert [note.end for note in inside][-1] == 384
    assert Note(384, held.end - 384, held.pitch) in score.notes  # its end, as a note of its own
    same = [*tune(24, 24, 24, start=288, pitch=70), Note(360, 24, held.pitch), *quarters(3, start=384)]
    (score,) = all_versions(tied, (4, 4), [same])
    assert Note(360, held.end - 360, held.pitch) in score.notes  # tied


def test_a_note_that_sounds_into_the_bars_stays():
    tied = Score((*tune(24, 24, 24, 72, 24, 24, start=0), *quarters(4, start=192)), METRES, Key(0))
    (score,) = all_versions(tied, (2, 2), [[*tune(24, 24, start=144, pitch=70), *quarters(4, start=192)]])
    assert score.notes[:4] == tied.notes[:4]
    assert [note.pitch for note in score.notes if 96 <= note.start < 192] == [70, 71]


def test_the_best_versions_are_those_that_lead_on_and_are_unlike_each_other_and_the_piece():
    fresh = [quarters(6, start=192, pitch=pitch) for pitch in (64, 67, 70)]
    nearly = [*fresh[2][:7], replace(fresh[2][7], pitch=60), *fresh[2][8:]]
    again = [replace(note, start=note.start + 96) for note in MUSIC.notes[4:28]]  # what bars 2 and 3 have
    value = {64: -3.0, 67: -1.0, 70: -2.0}
    pieces = [list(MUSIC.notes[8:]), again, *fresh, nearly]

    def rated(score):
        return value.get(score.notes[8].pitch, 0.0) - (score.notes[15].pitch == 60) / 2

    scores = all_versions(MUSIC, (3, 4), pieces, 3, rated)
    assert [score.notes[8].pitch for score in scores] == [67, 70, 64]
    assert all(score.notes[15].pitch != 60 for score in scores)
    # What is like others comes in where nothing else is left, but the old bars themselves never do.
    scores = all_versions(MUSIC, (3, 4), pieces, 9, rated)
    assert len(scores) == 5
    assert all(score.notes != MUSIC.notes for score in scores)


def test_where_the_network_only_repeats_the_piece_it_hears_less_of_it():
    stretch, heard, chosen = passage(MUSIC, (5, 6))
    heard_bars = []

    def draw(prompt, old, count, call):
        start = old.end - 2 * BAR - 2 * BAR  # two bars behind the new ones
        heard_bars.append(start // BAR)
        notes = [*old.notes[: start // 24], *(quarters(4, start, pitch=70) if call else old.notes[start // 24 :])]
        return [VOCABULARY.encode(replace(old, notes=tuple(notes)))[1:]] * count

    network = varying.Varier(VOCABULARY, draw, lambda scores: [np.zeros(len(VOCABULARY.encode(each)) - 1) for each in scores])
    (version,) = network.versions(chosen, 1)
    assert heard_bars == [4, 2]
    assert version.notes == tuple(quarters(2, 384, pitch=70))
    score = varying.written(MUSIC, stretch, heard, chosen, version)
    assert score.notes == (*MUSIC.notes[:16], *version.notes, *MUSIC.notes[24:])


def test_other_voices_and_chords_stay_and_so_do_tempos_and_velocities():
    bass = [Note(at, 96, 40, 1, 33) for at in range(0, 768, 96)]
    drums = [Note(at, 12, 36, 2, 99) for at in range(0, 768, 24)]
    chords = [Note(at, 24, 50, 0, 41) for at in range(0, 768, 24)]  # under the melody, in its voice
    melody = [replace(note, velocity=57) for note in MUSIC.notes]
    music = Score(
        (*melody, *chords, *bass, *drums),
        METRES,
        Key(0),
        ((0, 90.0), (250, 70.0)),
        (Voice("lead"), Voice("bass", 32), Voice("drums", 0, True)),
    )
    (score,) = all_versions(music, (3, 4), [quarters(6, start=192, pitch=70)])
    same = [note for note in music.notes if note not in melody[8:16]]
    kept = [note for note in score.notes if note in same]
    assert [(note, note.velocity) for note in kept] == [(note, note.velocity) for note in same]
    new = [note for note in score.notes if note not in same]
    assert [note.pitch for note in new] == [70, 71, 72, 73, 74, 75, 76, 70]
    assert abs(np.mean([note.velocity for note in new]) - 57) < 1
    assert (score.tempos, score.voices, score.metres, score.key) == (music.tempos, music.voices, music.metres, music.key)


def choir(pitches=(72, 65, 57, 48)) -> Score:
    notes = [note for voice, pitch in enumerate(pitches) for note in quarters(4, voice=voice, pitch=pitch)]
    return Score(tuple(notes), METRES, Key(0), voices=tuple(map(Voice, ("S", "A", "T", "B"))))


def test_the_melody_of_parts_can_stay():
    music = choir()
    stretch, heard, chosen = passage(music, (2, 3), CHOIR, range(1, 4))
    new = [note for voice, pitch in enumerate((74, 67, 55, 45)) for note in quarters(3, 96, voice, pitch)]
    (version,) = varier(CHOIR, [new]).versions(chosen, 1)
    score = varying.written(music, stretch, heard, chosen, version)
    assert [note for note in score.notes if not note.voice] == [note for note in music.notes if not note.voice]
    inside = [note for note in score.notes if note.voice and 96 <= note.start < 288]
    assert set(inside) == {note for note in new if note.voice and note.start < 288}
    assert [n for n in score.notes if not 96 <= n.start < 288] == [n for n in music.notes if not 96 <= n.start < 288]


def test_a_version_with_a_clash_comes_last_whatever_the_network_thinks():
    def chords(bars: int, start: int, pitches: tuple[int, ...]) -> list[Note]:
        return [Note(start + 24 * i, 24, pitch, voice) for i in range(4 * bars) for voice, pitch in enumerate(pitches)]

    music = replace(choir(), notes=tuple(chords(4, 0, (72, 67, 64, 48))))
    _, _, chosen = passage(music, (2, 3), CHOIR)
    pure, clash = ([*chords(2, 96, (72, 69, 65, bass)), *chords(1, 288, (72, 67, 64, 48))] for bass in (53, 54))
    network = varier(CHOIR, [clash, pure], lambda score: 5.0 * any(note.pitch == 54 for note in score.notes))
    assert [min(note.pitch for note in each.notes) for each in network.versions(chosen, 2)] == [53, 54]


def test_long_music_is_heard_around_the_bars():
    music = Score(tuple(quarters(100)), METRES, Key(0))
    _, _, chosen = passage(music, (50, 51), most_bars=40)
    assert chosen.heard.bars <= 40
    assert chosen.first_tick % (varying.PERIOD * BAR) == 0
    assert chosen.first_tick + chosen.start == 49 * BAR
    assert chosen.heard.bars - chosen.end // BAR == varying.FOLLOWING
    accompanied = replace(music, notes=(*quarters(20), *quarters(100, voice=1)), voices=(Voice("Melody"), Voice("Bass")))
    with pytest.raises(UserError, match=r"^what is to be written anew is over before these bars"):
        passage(accompanied, (50, 51))
    with pytest.raises(UserError, match=r"^50 bars are more than this model writes at once: name fewer$"):
        passage(music, (11, 60), most_bars=40)


LENGTHS = st.lists(st.sampled_from([12, 24, 48, 72]), min_size=30, max_size=60)


@settings(max_examples=40)
@given(LENGTHS, LENGTHS, st.sampled_from([0, 24, 72]), st.integers(1, 4), st.integers(0, 2))
def test_outside_of_the_bars_nothing_sounds_otherwise(old, new, upbeat, first, more):
    music = Score(tuple(tune(*old, start=upbeat)), METRES, Key(0))
    last = min(first + more, music.bars - (upbeat > 0))
    first = min(first, last)
    stretch, heard, chosen = passage(music, (first, last), pickup=-upbeat % 96)  # said, since notes by chance may tell another
    begins = max([chosen.start, *(note.end for note in music.notes if note.start < chosen.start)])
    pieces = [tune(*new, start=begins, pitch=66)]
    found = varier(VOCABULARY, pieces).versions(chosen, 1)
    for version in found:
        score = varying.written(music, stretch, heard, chosen, version)
        start, end = chosen.start, chosen.end

        def sounding(music: Score, start=start, end=end) -> set[tuple[int, int]]:
            return {(tick, note.pitch) for note in music.notes for tick in range(note.start, note.end) if not start <= tick < end}

        assert sounding(score) == sounding(music)
        assert [n for n in score.notes if n.start < start or n.start > end] == [
            n for n in music.notes if n.start < start or n.start > end
        ]
        assert score.is_melody
