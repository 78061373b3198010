import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.strategies import polyphonic_scores
from zoo.music.analysis.arranging import LONGEST_SILENCE, arranged, excerpts
from zoo.music.language.tokens import spell
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Note, Voice


def times(score: Score) -> list[tuple[int, int, int, int]]:
    return [(note.start, note.end, note.pitch, note.voice) for note in score.notes]


def test_drums_go_and_voices_stand_from_high_to_low_with_their_names():
    voices = (Voice("bass", 32), Voice("drums", 0, drums=True), Voice("tune", 73))
    notes = (Note(0, 24, 40, 0), Note(0, 24, 38, 1), Note(24, 24, 38, 1), Note(0, 24, 72, 2, velocity=90))
    found, done = arranged(Score(notes, key=Key(2), voices=voices, title="Song", type="air"))
    assert times(found) == [(0, 24, 72, 0), (0, 24, 40, 1)]
    assert found.voices == (Voice("tune", 73), Voice("bass", 32))
    assert found.notes[0].velocity == 90
    assert (found.key, found.title, found.type) == (Key(2), "Song", "air")
    assert done == {"notes of drums left out": 2}


def test_only_drums():
    with pytest.raises(ValueError, match="only drums"):
        arranged(Score((Note(0, 24, 38),), voices=(Voice(drums=True),)))


def test_surplus_voices_are_merged_into_the_nearest():
    pitches = (80, 70, 60, 50)
    notes = [Note(24 * i, 24, pitch, voice) for voice, pitch in enumerate(pitches) for i in range(4) if i or voice != 2]
    score = Score((*notes, Note(0, 24, 62, 2)), key=Key(0), voices=tuple(Voice(str(pitch)) for pitch in pitches))
    sparse = Score(tuple(note for note in score.notes if note.voice != 1 or note.start == 48), key=Key(0), voices=score.voices)
    found, done = arranged(sparse, most_voices=3)  # 70 has one note; 60 (mean 60.5) is nearer than 80
    assert [voice.name for voice in found.voices] == ["80", "60", "50"]
    assert (48, 72, 70, 1) in times(found)
    assert done == {"voices merged into others": 1}
    assert len(arranged(sparse, most_voices=1)[0].voices) == 1


def test_notes_come_to_the_grid_and_equal_ones_are_merged():
    notes = (Note(1, 22, 60), Note(25, 9, 60), Note(23, 12, 60), Note(49, 1, 62))
    found, done = arranged(Score(notes, key=Key(0)))
    assert times(found) == [(0, 24, 60, 0), (24, 36, 60, 0), (48, 51, 62, 0)]
    assert done == {"notes moved to thirty-seconds and triplets": 4, "notes struck together in one voice merged": 1}


def test_a_note_ends_where_it_is_struck_again_and_with_the_next_bar():
    found, done = arranged(Score((Note(0, 48, 60), Note(24, 24, 60), Note(48, 500, 67)), key=Key(0)))
    assert times(found) == [(0, 24, 60, 0), (24, 48, 60, 0), (48, 192, 67, 0)]
    assert done == {"notes shortened": 2}


def test_grace_notes_are_left_out_and_counted():
    found, done = arranged(Score((Note(0, 22, 60), Note(0, 48, 48), Note(22, 2, 65), Note(24, 24, 64)), key=Key(0)))
    assert times(found) == [(0, 24, 60, 0), (0, 48, 48, 0), (24, 48, 64, 0)] or times(found) == [
        (0, 48, 48, 0),
        (0, 24, 60, 0),
        (24, 48, 64, 0),
    ]
    assert done == {"grace notes left out": 1}


def test_a_missing_key_is_estimated():
    found, done = arranged(Score(tuple(Note(12 * i, 12, pitch) for i, pitch in enumerate((62, 64, 66, 67, 69, 71, 73, 74)))))
    assert found.key == Key(2)
    assert done == {"no key is written": 1}


@pytest.mark.slow
@given(polyphonic_scores(), st.integers(1, 4))
def test_any_score_can_be_spelled_when_arranged(score, voices):
    found, _ = arranged(score, voices)
    spell(found, polyphonic=True)
    assert len(found.voices) <= voices
    starts = [(note.start, note.pitch, note.voice) for note in found.notes]
    assert [(note.start, note.pitch, note.voice) for note in arranged(found, voices)[0].notes] == starts


def bars(*sizes: int) -> Score:
    """Bars of 4/4 with so many notes each, the last one of each sounding into the next bar."""
    notes = [Note(96 * bar + 3 * i, 3, 60) for bar, size in enumerate(sizes) for i in range(size - 1)]
    notes += [Note(96 * bar + 90, 30, 72, 1) for bar, size in enumerate(sizes) if size]
    return Score(
        tuple(notes), key=Key(0), voices=(Voice("a"), Voice("b")), tempos=((0, 100.0), (150, 90.0)), title="Long", type="reel"
    )


def test_a_short_score_is_one_excerpt():
    assert excerpts(bars(10, 10), 20) == [bars(10, 10)]
    assert excerpts(Score((), key=Key(0)), 20) == []


def test_excerpts_are_of_whole_bars_and_of_much_the_same_size():
    score = bars(10, 10, 10, 10, 10, 10)
    found = excerpts(score, 25)
    assert [len(part.notes) for part in found] == [20, 20, 20]
    assert [part.bars for part in found] == [2, 2, 3]  # the last note of all sounds on
    assert [part.tempos for part in found] == [((0, 100.0), (150, 90.0)), ((0, 90.0),), ((0, 90.0),)]
    assert {(part.title, part.type, part.key, part.voices) for part in found} == {("Long", "reel", Key(0), score.voices)}
    assert found[1].notes == found[0].notes


def test_bars_without_notes_and_with_too_many():
    gap = LONGEST_SILENCE
    assert [part.bars for part in excerpts(bars(0, 0, 5, *[0] * gap, 5), 20)] == [gap + 3]
    assert [(part.notes[0].start, part.bars) for part in excerpts(bars(0, 0, 5, *[0] * (gap + 1), 5), 20)] == [(0, 1), (0, 2)]
    assert [len(part.notes) for part in excerpts(bars(5, 21, 5), 20)] == [5, 5]
    assert excerpts(bars(21), 20) == []


@pytest.mark.slow
@given(polyphonic_scores(), st.integers(1, 12))
def test_excerpts_hold_every_note_once(score, most):
    found = excerpts(score, most)
    assert all(0 < len(part.notes) <= most for part in found)
    assert all(part.notes[0].start < part.metre.bar_ticks for part in found)
    length = score.metre.bar_ticks
    small = [n for n in score.notes if sum(other.start // length == n.start // length for other in score.notes) <= most]
    pairs = sorted((note.pitch, note.voice) for part in found for note in part.notes)
    assert pairs == sorted((note.pitch, note.voice) for note in small)
    for part in found:
        spell(part, polyphonic=True)
