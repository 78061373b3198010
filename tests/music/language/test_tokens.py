"""Spelling scores in tokens and reading them back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.strategies import melodies, polyphonic_scores, vocabularies
from zoo.core.errors import UserError
from zoo.music.language.tokens import TokenVocabulary, spell
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

D_DORIAN = Key(2, "dorian")
JIG = ((0, Metre(6, 8)),)


def body(score, polyphonic=False):
    return " ".join(spell(score, polyphonic)[4:-1])


def test_a_melody_with_upbeat_rest_and_tie_is_spelled_as_documented():
    notes = (Note(60, 12, 69), Note(72, 24, 62), Note(120, 48, 65), Note(168, 12, 64))
    tokens = spell(Score(notes, JIG, D_DORIAN))
    assert tokens[:4] == ["<start>", "metre=6/8", "tonic=D", "mode=dorian"]
    assert " ".join(tokens[4:]) == (
        "bar pos=60 pitch=69 dur=12 bar pitch=62 dur=24 pos=48 pitch=65 dur=48 bar pitch=64 dur=12 pos=72 <end>"
    )


def test_empty_bars_and_a_note_that_fills_the_next_bar():
    assert body(Score((Note(144, 144, 60),), JIG, D_DORIAN)) == "bar pos=72 bar pos=72 bar pitch=60 dur=144 bar"


def test_polyphonic_notes_leave_the_cursor_and_rise_by_voice_and_pitch():
    notes = (Note(0, 96, 48, 1), Note(0, 24, 64, 0), Note(0, 12, 60, 0), Note(48, 48, 67, 0))
    score = Score(notes, key=Key(0), voices=(Voice(), Voice()))
    assert body(score, polyphonic=True) == (
        "bar voice=0 pitch=60 dur=12 voice=0 pitch=64 dur=24 voice=1 pitch=48 dur=96 pos=48 voice=0 pitch=67 dur=48 pos=96"
    )


@pytest.mark.parametrize(
    ("score", "polyphonic", "message"),
    [
        (Score((), key=D_DORIAN), False, "no notes"),
        (Score((Note(0, 6, 60),)), False, "no key"),
        (Score((Note(0, 200, 60),), key=D_DORIAN), False, "note at tick 0 is too long"),
        (Score((Note(0, 6, 60),), ((0, Metre(4, 4)), (96, Metre(3, 4))), D_DORIAN), False, "changes to 3/4 at tick 96"),
        (Score((Note(0, 9, 60), Note(6, 6, 62)), key=D_DORIAN), False, "overlap at tick 6"),
        (Score((Note(0, 9, 60, 1),), key=D_DORIAN, voices=(Voice(), Voice())), False, "one voice"),
        (Score((Note(0, 9, 38),), key=D_DORIAN, voices=(Voice(drums=True),)), True, "drums"),
        (Score((Note(0, 9, 38), Note(0, 6, 38)), key=D_DORIAN), True, "share their start"),
    ],
)
def test_what_cannot_be_spelled_says_why(score, polyphonic, message):
    with pytest.raises(ValueError, match=message):
        spell(score, polyphonic)


@pytest.mark.slow
@given(melodies())
def test_a_melody_comes_back_from_its_tokens(score):
    vocabulary = TokenVocabulary.of([score])
    assert vocabulary.decode(vocabulary.encode(score)) == score


@pytest.mark.slow
@given(polyphonic_scores())
def test_a_polyphonic_score_comes_back_from_its_tokens(score):
    vocabulary = TokenVocabulary.of([score], voices=4)
    assert vocabulary.decode(vocabulary.encode(score)) == score


def test_a_vocabulary_holds_what_its_scores_need_in_the_documented_order():
    slow = Score((Note(24, 48, 60), Note(72, 36, 64)), ((0, Metre(3, 4)),), D_DORIAN)
    quick = Score((Note(0, 12, 62),), JIG, D_DORIAN)
    vocabulary = TokenVocabulary.of([slow, quick])
    assert vocabulary.metres == (Metre(3, 4), Metre(6, 8))
    assert vocabulary.pitches == (60, 64)
    assert vocabulary.durations == (12, 36, 48)
    assert vocabulary.positions == (24, 72)
    assert len(vocabulary) == 4 + 2 + 12 + 7 + 2 + 5 + 3
    assert vocabulary.tokens[:6] == ("<pad>", "<start>", "<end>", "bar", "metre=3/4", "metre=6/8")
    assert vocabulary.tokens[-10:-8] == ("pos=24", "pos=72")
    assert vocabulary.tokens[-8:] == (*(f"pitch={pitch}" for pitch in range(60, 65)), "dur=12", "dur=36", "dur=48")


def test_what_a_vocabulary_lacks_is_named():
    vocabulary = TokenVocabulary.of([Score((Note(0, 12, 60), Note(12, 24, 64)), JIG, D_DORIAN)])
    with pytest.raises(ValueError, match="dur=13 is not in the vocabulary"):
        vocabulary.encode(Score((Note(0, 13, 60),), JIG, D_DORIAN))
    with pytest.raises(ValueError, match="pitch=59 is not"):
        vocabulary.encode(Score((Note(0, 12, 59),), JIG, D_DORIAN))
    with pytest.raises(ValueError, match="metre=4/4 is not"):
        vocabulary.encode(Score((Note(0, 12, 60),), key=D_DORIAN))
    with pytest.raises(ValueError, match="no scores"):
        TokenVocabulary.of([])


def test_decode_takes_unfinished_pieces_and_refuses_nonsense():
    score = Score((Note(0, 12, 60), Note(12, 24, 64)), JIG, D_DORIAN)
    vocabulary = TokenVocabulary.of([score])
    ids = vocabulary.encode(score)
    assert vocabulary.decode(ids[1:8]) == replace(score, notes=score.notes[:1])
    assert vocabulary.decode([*ids, 0, 0]) == score
    for text in ("bar", "metre=6/8 tonic=D", "metre=6/8 tonic=D mode=dorian bar dur=12", "metre=6/8 mode=minor pitch=60 dur=12"):
        with pytest.raises(ValueError, match=r"stands|no metre"):
            vocabulary.decode(vocabulary.ids(text.split()))
    for wrong in (-1, len(vocabulary)):
        with pytest.raises(ValueError, match="there is no token"):
            vocabulary.decode([wrong])


@pytest.mark.parametrize(
    "change",
    [{"metres": ()}, {"durations": ()}, {"durations": (0,)}, {"pitches": (60, 59)}, {"pitches": (0, 128)}, {"voices": 0}],
)
def test_an_impossible_vocabulary_is_refused(change):
    good = TokenVocabulary((Metre(4, 4),), (60, 72), (12,), ())
    with pytest.raises(ValueError, match=r"must be|needs"):
        replace(good, **change)


@pytest.mark.slow
@given(st.booleans().flatmap(vocabularies))
def test_a_vocabulary_reads_back_from_its_file(tmp_path_factory, vocabulary):
    path = tmp_path_factory.mktemp("vocabulary") / "tokens.txt"
    vocabulary.save(path)
    assert path.read_text().split("\n")[:-1] == list(vocabulary.tokens)
    assert TokenVocabulary.load(path) == vocabulary


@pytest.mark.parametrize(
    "content",
    [b"", b"bar\n", b"\xff\xfe", b"metre=4/4\npos=96\npitch=60\ndur=1\n", b"metre=x\npos=96\npitch=60\ndur=1\n", b"dur=x"],
)
def test_a_file_that_is_no_vocabulary_is_a_users_mistake(tmp_path, content):
    path = tmp_path / "tokens.txt"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"tokens\.txt' is no vocabulary"):
        TokenVocabulary.load(path)
    with pytest.raises(UserError, match="cannot read the vocabulary"):
        TokenVocabulary.load(tmp_path / "missing.txt")


def test_the_type_of_a_piece_is_a_control():
    score = Score((Note(0, 24, 60),), ((0, Metre(2, 4)),), Key(0), type="slip jig")
    vocabulary = TokenVocabulary.of([score])
    assert vocabulary.types == ("slip-jig",)
    assert (vocabulary.controls, TokenVocabulary.of([replace(score, type="")]).controls) == (4, 3)
    words = [vocabulary.tokens[token] for token in vocabulary.encode(score)]
    assert words[:5] == ["<start>", "metre=2/4", "tonic=C", "mode=major", "type=slip-jig"]
    assert vocabulary.decode(vocabulary.encode(score)).type == "slip jig"
    other = vocabulary.encode(replace(score, type="waltz"))
    assert vocabulary.tokens[other[4]] == "type=any"
    assert vocabulary.decode(other).type == ""


def test_a_part_has_one_note_at_a_time(tmp_path):
    notes = (Note(0, 48, 72, 0), Note(0, 24, 60, 1), Note(24, 24, 62, 1))
    score = Score(notes, ((0, Metre(2, 4)),), Key(0), voices=(Voice(), Voice()))
    vocabulary = TokenVocabulary.of([score], parts=True)
    words = [vocabulary.tokens[token] for token in vocabulary.encode(score)]
    assert words[4:12] == ["bar", "part=0", "pitch=72", "dur=48", "part=1", "pitch=60", "dur=24", "pos=24"]
    assert vocabulary.decode(vocabulary.encode(score)) == score
    vocabulary.save(tmp_path / "vocabulary.txt")
    assert TokenVocabulary.load(tmp_path / "vocabulary.txt") == vocabulary
    with pytest.raises(ValueError, match="part 1 has two notes at once at tick 12"):
        vocabulary.encode(replace(score, notes=(*notes, Note(12, 12, 65, 1))))
