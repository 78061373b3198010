from dataclasses import replace

import numpy as np
import pytest

from zoo.core.errors import UserError
from zoo.music.analysis import voice_leading
from zoo.music.data.pipeline import LENGTHS, OF_OUTLINE, PASSAGE, encode, passages, pipeline, ranges, shifts, transposed
from zoo.music.language import features, grammar, lookahead, outline
from zoo.music.language.joined import GRID
from zoo.music.language.tokens import START, TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

VOCABULARY = TokenVocabulary((Metre(2, 4), Metre(3, 4)), (55, 84), (6, 12, 24, 48), (12, 24, 36), types=("polka",))


def tune(seed: int, notes: int) -> Score:
    pitches = np.random.default_rng(seed).integers(60, 75, notes)
    return Score(
        tuple(Note(12 * i, 12, int(pitch)) for i, pitch in enumerate(pitches)),
        ((0, Metre(2, 4)),),
        Key(seed % 12, "dorian"),
        type="polka",
    )


TRAIN = [tune(seed, notes) for seed, notes in enumerate((8, 20, 40, 70, 80, 90, 100, 12, 30))]
VALIDATION = [tune(100 + seed, notes) for seed, notes in enumerate((16, 90, 700))]


def batches(dataset):
    return [
        tuple({k: v.numpy() for k, v in part.items()} if isinstance(part, dict) else part.numpy() for part in b) for b in dataset
    ]


def data(seed=3, **options):
    return pipeline(TRAIN, VALIDATION, VOCABULARY, batch_size=4, seed=seed, **options)


def test_transposition_moves_pitches_and_tonic():
    score = tune(5, 9)
    moved = transposed(np.array(VOCABULARY.encode(score)), 4, VOCABULARY)
    assert VOCABULARY.decode(moved) == score.transpose(4)


def test_shifts_keep_pitches_in_the_vocabulary():
    low, wide = (Score((Note(0, 24, a), Note(24, 24, b)), ((0, Metre(2, 4)),), Key(0)) for a, b in ((57, 60), (55, 84)))
    room = ranges([low, wide], VOCABULARY)
    assert [each.shifts for each in encode([low, wide], VOCABULARY, room)] == [range(-2, 6), range(1)]


def parts(*pitches):
    """A chord of four voices, which change to it from a semitone above."""
    notes = (Note(24 * i, 24, pitch + 1 - i, n) for n, pitch in enumerate(pitches) for i in range(2))
    return Score(tuple(notes), ((0, Metre(2, 4)),), Key(0), voices=(Voice(),) * len(pitches), type="chorale")


def test_shifts_keep_each_part_within_its_range():
    duets = [parts(72, 65), parts(76, 60)]
    assert ranges(duets, TokenVocabulary.of(duets, voices=2, parts=True)) == [(72, 77), (60, 66)]
    choir = [parts(72, 65, 57, 45)]
    assert ranges(choir, TokenVocabulary.of(choir, parts=True)) == voice_leading.RANGES
    room = [(72, 77), (65, 68), (57, 61), (40, 46)]
    assert shifts(parts(73, 66, 58, 42), room) == range(-1, 2)
    assert shifts(parts(73, 66, 58, 42), [(0, 127)] * 4) == range(-6, 6)
    assert shifts(parts(73, 66, 58, 39), room) == range(1)  # too low a bass already


@pytest.mark.slow
def test_validation_batches_hold_every_token_in_order():
    rows = [
        (y[row], weight[row], {name: values[row] for name, values in x.items()})
        for x, y, weight in batches(data().validation)
        for row in range(len(y))
        if y[row].any()
    ]
    assert len(rows) == len(VALIDATION)
    tables = grammar.Tables(VOCABULARY)
    for score, (y, weight, x) in zip(VALIDATION, rows, strict=True):
        ids = VOCABULARY.encode(score)
        n = len(ids) - 1
        assert x["token"][:n].tolist() == ids[:-1]
        assert y[:n].tolist() == ids[1:]
        assert weight.tolist() == [0, 0, 0, 0] + [1] * (n - 4) + [0] * (len(weight) - n)
        inputs = features.trace(tables, np.array([ids], np.int32))
        assert not x["left"].any()
        for name in set(inputs) - {"left"}:
            assert x[name][:n].tolist() == inputs[name][0, :-1].tolist(), name
        assert not y[n:].any()


@pytest.mark.slow
def test_an_epoch_holds_every_tune_once_in_some_key():
    epoch = batches(data().train(1))
    assert len(epoch) == data().steps
    found = []
    for x, y, _ in epoch:
        assert x["token"].shape == y.shape == (4, y.shape[1])
        assert y.shape[1] in LENGTHS
        for token, target in zip(x["token"], y, strict=True):
            if token.any():
                found.append(replace(VOCABULARY.decode([token[0], *target]), type="polka"))  # which may have been left out
    shifts = []
    for score in TRAIN:
        matching = [other for other in found if score == other.transpose(score.notes[0].pitch - other.notes[0].pitch)]
        assert len(matching) == 1
        shifts.append(matching[0].notes[0].pitch - score.notes[0].pitch)
    assert len(found) == len(TRAIN)
    assert len(set(shifts)) > 2


@pytest.mark.slow
def test_the_inputs_in_training_are_those_of_the_transposed_tune():
    tables, kept_type, said_length, said_form = grammar.Tables(VOCABULARY), 0, 0, 0
    any_type = VOCABULARY.index["type=any"]
    epoch = [batch for number in range(6) for batch in batches(data().train(number))]
    for x, y, weight in epoch:
        for row in range(len(y)):
            n = int((y[row] > 0).sum())
            if not n:
                continue
            ids = np.array([[START, *y[row, :n]]], np.int32)
            plan = outline.of([VOCABULARY.decode(ids[0].tolist())])
            known, form_known = x["left"][row].any(), x["form"][row].any()
            for name, values in features.trace(tables, ids, plan=plan).items():
                told = form_known if name == "form" else known or name not in OF_OUTLINE
                assert x[name][row, :n].tolist() == (values[0, :-1] * told).tolist(), name
            assert known or not form_known
            is_any = y[row, 3] == any_type
            moved = weight[row, 1] == 0
            assert weight[row, :n].tolist() == [1, not moved, 1, not is_any] + [1] * (n - 4)
            kept_type += not is_any
            said_length += bool(known)
            said_form += bool(form_known)
    assert 0.6 < kept_type / (6 * len(TRAIN)) < 0.95
    assert 0.3 < said_length / (6 * len(TRAIN)) < 0.7
    assert 0.5 < said_form / said_length < 0.95


@pytest.mark.slow
def test_batches_depend_on_seed_and_epoch_alone():
    def flat(batch_list):
        return [array.tobytes() for x, y, weight in batch_list for array in (*x.values(), y, weight)]

    one = flat(batches(data().train(1)))
    assert flat(batches(data().train(1))) == one
    assert flat(batches(data().train(2))) != one
    assert flat(batches(data(seed=4).train(1))) != one
    assert flat(batches(data().validation)) == flat(batches(data(seed=4).validation))


@pytest.mark.slow
def test_without_transposition_tunes_keep_their_key():
    rows = [[START, *row[row > 0].tolist()] for _, y, _ in batches(data(transpose=False).train(1)) for row in y if row.any()]
    notes = [row[5:] for row in rows]  # after the controls, of which the type may have been left out
    assert sorted(notes) == sorted(VOCABULARY.encode(score)[5:] for score in TRAIN)


@pytest.mark.slow
def test_long_tunes_are_learned_in_passages():
    long = tune(1, 700)
    ids = VOCABULARY.encode(long)
    (whole,) = encode([long], VOCABULARY, ranges([], VOCABULARY))
    found = passages(whole)
    assert len(found) == -(-(len(ids) - 1) // PASSAGE)
    assert max(len(each.token) for each in found) <= PASSAGE + 1
    assert [*found[0].token, *(token for each in found[1:] for token in each.token[1:])] == ids
    assert [each.first for each in found] == [True] + [False] * (len(found) - 1)
    for name, values in whole.inputs.items():  # a passage's inputs tell what came before it
        np.testing.assert_array_equal(np.concatenate([each.inputs[name][:-1] for each in found]), values[:-1])
    rows = [row for _, y, _ in batches(pipeline([long], [long], VOCABULARY, 4, 3).train(0)) for row in y if row.any()]
    assert sum((row > 0).sum() for row in rows) == len(ids) - 1
    with pytest.raises(UserError, match="0 scores to train on and 1 to validate on"):
        pipeline([], [long], VOCABULARY, batch_size=4, seed=3)


CHORALES = TokenVocabulary((Metre(2, 4),), (30, 90), (24, 48), (24,), voices=4, parts=True, types=("chorale", GRID))


def test_the_melody_of_parts_is_given_or_to_be_predicted():
    score = parts(72, 65, 57, 45)
    melody = lookahead.melody([[note for note in score.notes if not note.voice]])
    ids = CHORALES.encode(score)
    inputs = features.trace(grammar.Tables(CHORALES), np.array([ids]), melody)
    sung = [i for i, token in enumerate(ids) if token == CHORALES.index["part=0"] for i in (i, i + 1, i + 2)]
    data = pipeline([score] * 16, [score], CHORALES, batch_size=4, seed=3, transpose=False)
    seen = {"told": 0, "not told": 0}
    for x, y, weight in batches(data.train(0)):
        for row in range(len(y)):
            if not (y[row] == CHORALES.index["type=chorale"]).any():
                assert weight[row, 3] == 0  # no type that anybody asks for
                continue
            told = bool(x["ahead"][row].any())
            seen["told" if told else "not told"] += 1
            n = len(ids) - 1
            np.testing.assert_array_equal(x["ahead"][row, :n], inputs["ahead"][0, :-1] * told)
            expected = np.ones(n)
            expected[np.array(sung) - 1] = 1 - told
            assert weight[row, :n].tolist() == expected.tolist()
    assert seen["told"] > 2
    assert seen["not told"] > 2
    # The joined score, too, in validation, each with and without its melody.
    held_out = [(x, y, weight) for x, y, weight in batches(data.validation)]
    assert [bool(x["ahead"].any()) for x, _, _ in held_out] == [False, True]
    types = [[token for token in y[:, 3] if token] for _, y, _ in held_out]
    assert types == [[CHORALES.index["type=chorale"], CHORALES.index[f"type={GRID}"]]] * 2


def test_a_given_melody_moves_with_the_key():
    score = parts(72, 65, 57, 45)
    moved = [score.transpose(shift) for shift in range(-6, 6)]
    expected = {}
    for other in moved:
        melody = lookahead.melody([[note for note in other.notes if not note.voice]])
        ids = CHORALES.encode(other)
        expected[tuple(ids)] = features.trace(grammar.Tables(CHORALES), np.array([ids]), melody)
    data = pipeline([parts(66, 60, 51, 39), parts(78, 70, 62, 50), score], [score], CHORALES, batch_size=4, seed=3)
    found = 0
    for epoch in range(8):
        for x, y, _ in batches(data.train(epoch)):
            for row in range(len(y)):
                ids = (START, *y[row][y[row] > 0].tolist())
                if ids in expected and x["ahead"][row].any():
                    np.testing.assert_array_equal(x["ahead"][row, : len(ids) - 1], expected[ids]["ahead"][0, :-1])
                    found += 1
    assert found > 3
