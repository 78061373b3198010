"""A primer and what a network wrote to it, as one score."""

from dataclasses import replace

from zoo.music import continuing
from zoo.music.analysis import voices
from zoo.music.language import fitting
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

MELODIES = TokenVocabulary(metres=(Metre(4, 4),), pitches=(60, 72), durations=(12, 24, 48), positions=(12, 24, 48, 72))
CHOIR = TokenVocabulary((Metre(4, 4),), (36, 81), (24, 48, 96), (24, 48, 72), voices=4, parts=True)
NAMES = tuple(Voice(name, 52) for name in ("Soprano", "Alto", "Tenor", "Bass"))
BAND = Score(
    (
        *(Note(24 * i, 24, 64 + i % 5, 1) for i in range(8)),
        *(Note(48 * i, 48, 40, 0) for i in range(6)),  # goes on for a bar behind the melody
        *(Note(24 * i, 3, 36, 2) for i in range(8)),
    ),
    ((0, Metre(4, 4)),),
    Key(0),
    tempos=((0, 100.0), (48, 90.0), (180, 60.0)),
    voices=(Voice("bass", 32), Voice("flute", 73), Voice("drums", 0, True)),
)
NEW = [Note(192, 48, 67), Note(240, 48, 72)]


def heard(primer: Score, vocabulary: TokenVocabulary = MELODIES) -> fitting.Adapted:
    """What a model hears of a primer."""
    return fitting.adapt_primer(primer, vocabulary, "mine")


def test_the_new_part_goes_on_in_its_own_voice_and_the_others_end_before_it() -> None:
    result = continuing.continued(BAND, heard(BAND), NEW, (Voice(),))
    assert [note for note in result.notes if note.start >= 192] == [replace(note, voice=1) for note in NEW]
    assert [note for note in result.notes if note.start < 192] == [note for note in BAND.notes if note.start < 192]
    assert (result.voices, result.new_from) == (BAND.voices, 192)
    assert continuing.notices(BAND, heard(BAND)) == [
        "the new part begins after bar 2: 2 notes of other voices behind it are left out",
        "the tempo changes in the last bar: the new part goes on with that before, 90 quarter notes a minute",
    ]


def test_a_ritardando_is_over_where_the_new_part_begins() -> None:
    assert continuing.continued(BAND, heard(BAND), NEW, (Voice(),)).tempos == (*BAND.tempos, (192, 90.0))
    slower = replace(BAND, tempos=((0, 100.0), (96, 60.0)))  # for a whole bar: a new tempo
    assert continuing.continued(slower, heard(slower), NEW, (Voice(),)).tempos == slower.tempos


def test_the_new_part_alone_begins_with_its_bar_and_has_one_voice() -> None:
    late = [replace(note, start=note.start + 24) for note in NEW]
    result = continuing.alone(BAND, heard(BAND), late, (Voice(),))
    assert [(note.start, note.pitch) for note in result.notes] == [(24, 67), (72, 72)]
    assert (result.voices, result.tempos, result.metres) == (BAND.voices[1:2], ((0, 90.0),), ((0, Metre(4, 4)),))


def test_parts_that_the_primer_lacks_are_new_voices() -> None:
    tune = replace(
        BAND, notes=tuple(replace(note, voice=0) for note in BAND.notes if note.voice == 1), voices=(Voice("flute", 73),)
    )
    new = [Note(192, 96, pitch, voice) for voice, pitch in enumerate((72, 67, 64, 48))]
    result = continuing.continued(tune, heard(tune, CHOIR), new, NAMES)
    assert [voice.name for voice in result.voices] == ["flute", "Alto", "Tenor", "Bass"]
    assert [note.voice for note in result.notes if note.start >= 192] == [0, 1, 2, 3]


def test_the_metres_of_the_primer_stay() -> None:
    metres = ((0, Metre(1, 4)), (24, Metre(4, 4)))
    pickup = replace(BAND, notes=tuple(Note(24 * i, 24, 60 + i) for i in range(9)), metres=metres, voices=(Voice(),))
    result = continuing.continued(pickup, heard(pickup), [Note(216, 24, 64)], (Voice(),))
    assert (result.metres, continuing.boundary(heard(pickup))) == (metres, 216)


def test_a_right_and_a_left_hand_go_on_in_their_voices_and_the_inner_parts_are_new() -> None:
    right = [Note(48 * i, 48, 72 + i % 2) for i in range(4)]
    left = [Note(24 * i, 24, 45 + i % 3, 1) for i in range(8)]
    piano = Score((*right, *left), key=Key(0), voices=(Voice("Right hand"), Voice("Left hand")))
    new = [Note(192, 96, pitch, part) for part, pitch in enumerate((74, 69, 65, 50))]
    result = continuing.continued(piano, heard(piano, CHOIR), new, NAMES)
    names = {note.pitch: result.voices[note.voice].name for note in result.notes}
    assert names == {
        **dict.fromkeys((72, 73, 74), "Right hand"),
        **dict.fromkeys((45, 46, 47, 50), "Left hand"),
        69: "Alto",
        65: "Tenor",
    }


def test_of_chosen_tracks_the_new_part_goes_on_in_the_whole_music() -> None:
    bass = heard(voices.chosen(BAND, 1))
    assert bass.sources == (0,)
    whole = fitting.within(heard(voices.chosen(BAND, 2)), BAND)
    assert whole.sources == (1,)
    result = continuing.continued(BAND, whole, NEW, (Voice(),))
    assert [note.voice for note in result.notes if note.start >= 192] == [1, 1]
    assert result.voices == BAND.voices


def test_a_chorale_in_one_voice_goes_on_in_a_voice_for_each_part() -> None:
    chords = tuple(Note(48 * i, 48, pitch + i % 3) for i in range(8) for pitch in (48, 60, 67, 72))
    primer = Score(chords, ((0, Metre(4, 4)),), Key(0), voices=(Voice("choir", 52),))
    new = [Note(384, 96, pitch, voice) for voice, pitch in enumerate((72, 67, 64, 48))]
    result = continuing.continued(primer, heard(primer, CHOIR), new, NAMES)
    assert [voice.name for voice in result.voices] == ["choir", "Alto", "Tenor", "Bass"]
    assert [note.pitch for note in result.notes if note.voice == 3][:3] == [48, 49, 50]
    assert sorted((note.start, note.pitch) for note in result.notes if note.start < 384) == sorted(
        (note.start, note.pitch) for note in chords
    )
