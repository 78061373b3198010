"""Long music in sections; a stand-in for the network writes chords of known notes."""

from dataclasses import replace

import pytest

from zoo.core.errors import UserError
from zoo.music import sections
from zoo.music.language.tokens import BAR, TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

CHOIR = TokenVocabulary((Metre(4, 4),), (36, 81), (24, 48, 96), (24, 48, 72), voices=2, parts=True)
MELODIES = TokenVocabulary(metres=(Metre(4, 4),), pitches=(60, 72), durations=(12, 24, 48), positions=(12, 24, 48, 72))


def tune(bars: int, opening: int = 0) -> Score:
    """Quarter notes, the first of which begin after a rest."""
    notes = tuple(Note(24 * i, 24, 60 + i % 7) for i in range(opening // 24, 4 * bars))
    return Score(notes, ((0, Metre(4, 4)),), Key(0), voices=(Voice(),))


class Choir:
    """Writes the octave below each note of a melody, as far as its tokens reach, and keeps what it was asked."""

    def __init__(self, most_tokens: int) -> None:
        self.most_tokens = most_tokens
        self.asked: list[tuple[int, int]] = []  # bars that it hears, and bars of the melody

    def write(self, prompts: list[list[int]], melody: Score, section: int) -> list[sections.Written]:
        self.asked.append((prompts[0].count(BAR) - 1 if prompts[0] else 0, melody.bars))
        lower = tuple(replace(note, pitch=note.pitch - 12, voice=1) for note in melody.notes)
        whole = replace(melody, notes=(*melody.notes, *lower), voices=(Voice(), Voice()))
        ids = CHOIR.encode(whole)[1:]
        for prompt in prompts:
            assert ids[: len(prompt)] == prompt or not prompt
        return [sections.Written(ids[: self.most_tokens], -1.0) for _ in prompts]

    def weigh(self, prompts: list[list[int]], ids: list[list[int]], melody: Score) -> list[float]:
        return [-float(sections.bars_in(own) - sections.bars_in(prompt)) for prompt, own in zip(prompts, ids, strict=True)]

    def harmonies(self, melody: Score, n: int, most_bars: int = 64) -> list[sections.Harmony]:
        return sections.Harmonizer(CHOIR, most_bars, self.most_tokens, self.write, self.weigh).harmonies(melody, n)


def is_complete(harmony: sections.Harmony, melody: Score) -> bool:
    """Whether the melody and the octave below each of its notes are there, once."""
    lower = {replace(note, pitch=note.pitch - 12, voice=1) for note in melody.notes}
    return len(harmony.score.notes) == 2 * len(melody.notes) and {*harmony.score.notes} == {*melody.notes, *lower}


def test_a_melody_that_fits_is_harmonised_at_once() -> None:
    choir = Choir(5_000)
    (harmony,) = choir.harmonies(tune(64), 1)
    assert is_complete(harmony, tune(64))
    assert (harmony.log_probability, choir.asked) == (-1.0, [(0, 64)])


@pytest.mark.parametrize("bars", [65, 100, 1_000])
def test_a_longer_one_is_harmonised_in_sections_that_hear_the_bars_before_them(bars: int) -> None:
    choir = Choir(5_000)
    one, other = choir.harmonies(tune(bars), 2)
    assert is_complete(one, tune(bars))
    assert one == other
    assert choir.asked[:3] == [(0, 20), (8, 28), (8, 28)]
    assert one.log_probability is not None
    assert one.log_probability <= -bars


@pytest.mark.parametrize("most_tokens", [60, 150, 400])
def test_where_tokens_run_out_the_last_whole_bars_stay(most_tokens: int) -> None:
    """A bar has 29 tokens."""
    choir = Choir(most_tokens)
    assert is_complete(choir.harmonies(tune(30), 1)[0], tune(30))
    assert len(choir.asked) > 3


def test_bars_that_are_too_full_are_refused() -> None:
    with pytest.raises(UserError, match="bar 1 has more notes than this model can hold"):
        Choir(20).harmonies(tune(3), 1)


def test_the_other_parts_are_silent_where_the_melody_is_for_long() -> None:
    pausing = replace(tune(2), notes=(*tune(2).notes, *(replace(note, start=note.start + 960) for note in tune(2).notes)))
    choir = Choir(5_000)
    assert is_complete(choir.harmonies(pausing, 1)[0], pausing)
    assert choir.asked == [(0, 2), (0, 2)]


def test_the_tail_leaves_whole_periods_out_and_keeps_the_upbeat() -> None:
    rest, before = sections.tail(tune(70), 56, MELODIES, lambda score: True) or (None, 0)
    assert rest is not None
    assert (before, rest.bars, rest.notes[0]) == (16, 54, Note(0, 24, 60 + 64 % 7))
    rest, before = sections.tail(tune(70, opening=72), 56, MELODIES, lambda score: True) or (None, 0)
    assert rest is not None
    assert (before, rest.bars, rest.notes[0].start) == (16, 54, 72)
    rest, before = sections.tail(tune(70), 56, MELODIES, lambda score: score.bars <= 3) or (None, 0)
    assert (before, rest and rest.bars) == (67, 3)
    assert sections.tail(tune(70), 56, MELODIES, lambda score: False) is None


def test_a_note_that_no_longer_follows_another_gets_a_place_that_the_tokens_have() -> None:
    """It began 20 ticks after the bar line, where the note before it ended: no token says so."""
    last = Note(16 * 96 - 28, 48, 64), Note(16 * 96 + 20, 48, 65)
    rest, before = sections.tail(replace(tune(15), notes=(*tune(15).notes, *last)), 1, MELODIES, lambda score: True) or (None, 0)
    assert rest is not None
    assert (before, [note.start for note in rest.notes]) == (16, [24])
    assert MELODIES.encode(rest)


@pytest.mark.parametrize("opening", [0, 72])
def test_pieces_that_run_out_of_tokens_go_on_from_their_last_bars(opening: int) -> None:
    bars = 20
    whole = MELODIES.encode(tune(bars + (opening > 0), opening))[1:]

    def compose(prompts: list[list[int]], total: int, section: int) -> list[list[int]]:
        heard = prompts[0].count(BAR) - 1
        following = tune(total)
        ids = MELODIES.encode(following)[1:]
        assert heard in range(1, 9)
        return [[*prompt, *ids[MELODIES.controls + heard * 9 + 1 :]][:100] for prompt in prompts]

    (ids,) = sections.lengthened([whole[:100]], bars, MELODIES, 100, compose)
    score = MELODIES.decode(ids)
    assert score.bars == bars + (opening > 0)
    assert [note.start for note in score.notes] == [note.start for note in tune(score.bars, opening).notes]
