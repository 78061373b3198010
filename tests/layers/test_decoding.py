"""Beam search and sampling against all sequences there are."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.decoding import Appended, beam_search, sample

END, START, WORDS, LONGEST = 1, 2, 5, 4


class Network:
    """A tiny recurrent network, whose logits depend on all tokens so far and on the example.

    `ends` has a number for each example, which is added to the logit of END.
    """

    def __init__(self, seed, sharpness=1.0, ends=(0.0, 0.0, 0.0)):
        random = np.random.default_rng(seed)
        self.sharpness, self.ends = sharpness, np.array(ends, np.float32)
        shapes = {"emitted": [6, WORDS], "mixed": [6, 6], "words": [WORDS, 6], "examples": [len(ends), 6]}
        self.weights = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}

    def step(self, ids, state, ends, at):
        mixed = state["hidden"] @ self.weights["mixed"] + tf.gather(self.weights["words"], ids)
        hidden = tf.tanh(mixed + 0.1 * tf.cast(at, tf.float32))
        logits = self.sharpness * hidden @ self.weights["emitted"]
        beams = tf.shape(ids)[0] // tf.maximum(tf.size(ends), 1)
        return logits + tf.one_hot(END, WORDS) * tf.repeat(ends, beams)[:, None], {"hidden": hidden}

    def state(self, beams):
        return {"hidden": tf.repeat(tf.constant(self.weights["examples"]), beams, 0)}

    def log_probability(self, row, ids):
        """Of one sequence of an example."""
        hidden, last, total = self.weights["examples"][row], START, 0.0
        for at, token in enumerate(ids):
            hidden = np.tanh(hidden @ self.weights["mixed"] + self.weights["words"][last] + 0.1 * at)
            logits = self.sharpness * hidden @ self.weights["emitted"] + np.eye(WORDS)[END] * self.ends[row]
            total, last = total + logits[token] - np.log(np.exp(logits).sum()), token
        return total


def search(network, beams, penalty, allowed=None, longest=LONGEST):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.int32)])
    def run(start, longest):
        return beam_search(
            network.step, network.state(beams), tf.constant(network.ends), start, END, beams, longest, penalty, allowed
        )

    return run(tf.fill([len(network.ends)], START), longest)


def plain_search(network, row, beams, penalty, longest):
    """The search for one example, with lists: the log probability, the score and the tokens of each sequence."""

    def extended(ids, token):
        total = network.log_probability(row, [*ids, token])
        return total, total / ((6 + len(ids)) / 6) ** penalty, [*ids, token]

    opened, ended = [(0.0, 0.0, [])], []
    for _ in range(longest):
        if len(ended) == beams and opened[0][1] <= ended[-1][1]:
            break
        candidates = sorted((extended(ids, token) for *_, ids in opened for token in range(WORDS)), reverse=True)
        ended += [each for each in candidates[:beams] if each[2][-1] == END]
        ended = sorted(ended, key=lambda each: each[1], reverse=True)[:beams]
        opened = [each for each in candidates if each[2][-1] != END][:beams]
    return [*ended, *opened][:beams]


def no_zero(ids, at):
    return tf.tile(tf.range(WORDS)[None] != 0, [tf.shape(ids)[0], 1])


@pytest.mark.parametrize("penalty", [0.0, 1.5])
def test_with_many_beams_it_finds_the_best_of_all_sequences(penalty):
    network = Network(3)
    found = search(network, 125, penalty, no_zero)
    # The sequences that end within LONGEST tokens.
    every = [[*body, END] for before in range(LONGEST) for body in itertools.product([2, 3, 4], repeat=before)]
    for row in range(3):
        expected = {tuple(ids): network.log_probability(row, ids) for ids in every}
        scores = {ids: expected[ids] / ((5 + len(ids)) / 6) ** penalty for ids in expected}
        got = [tuple(int(token) for token in ids if token) for ids in found.ids[row, : len(every)]]
        assert sorted(got) == sorted(expected)
        np.testing.assert_allclose(found.log_probability[row, : len(every)], [expected[ids] for ids in got], atol=1e-4)
        np.testing.assert_allclose(found.score[row, : len(every)], sorted(scores.values(), reverse=True), atol=1e-4)


def test_a_search_does_not_depend_on_the_others_of_its_batch():
    def found(examples, longest):
        """Example 0 ends soon. A long detour would have a better score, for its length. Example 1 never ends."""
        soon = tf.constant([[0.0, 0.0, -0.1, -30.0, -30.0], [0.0, 12.0, -0.1, -30.0, -30.0], [-30.0, -5.0, 0.0, -30.0, -30.0]])
        never = tf.constant([-30.0, -30.0, 0.0, -0.1, -0.2])

        def step(ids, state, shared, at):
            return tf.where(state[:, None] == 0, soon[tf.minimum(at, 2)], never), state

        state = tf.repeat(tf.constant(examples), 2)
        return beam_search(step, state, (), tf.fill([len(examples)], START), END, 2, longest, 3.0)

    alone, together = found([0], 30), found([0, 1], 30)
    size = alone.ids.shape[2]
    assert together.ids.shape[2] == 30
    np.testing.assert_array_equal(together.ids[0, :, :size], alone.ids[0])
    np.testing.assert_allclose(together.log_probability[0], alone.log_probability[0], atol=1e-5)


def test_after_the_ended_sequences_come_open_ones_and_then_none():
    beams = 125  # 40 sequences end, 81 do not
    found = search(Network(3), beams, 0.6, no_zero)
    ends = np.any(found.ids.numpy() == END, -1)
    np.testing.assert_array_equal(ends, np.tile(np.arange(beams) < 40, [3, 1]))
    assert np.all(np.diff(found.score.numpy()[:, 40:121], axis=1) <= 1e-6)
    assert np.all(found.ids.numpy()[:, 40:121] != 0)
    assert not np.any(found.ids.numpy()[:, 121:])
    assert np.all(found.log_probability.numpy()[:, 121:] < -1e8)

    def only_end(ids, at):
        return tf.tile(tf.range(WORDS)[None] == END, [tf.shape(ids)[0], 1])

    found = search(Network(3), 3, 0.6, only_end)
    np.testing.assert_array_equal(found.ids, np.tile([[[END], [0], [0]]], [3, 1, 1]))
    assert np.all(found.log_probability.numpy()[:, 1:] < -1e8)


@pytest.mark.parametrize(
    "ends",
    [(4.0, -30.0, 2.0, 0.0, 1.0, -2.0, 6.0, -30.0), (6.0, 6.0, 6.0, 6.0, 6.0, 6.0, -2.0), (-30.0, -30.0), (0.0,), (6.0,)],
    ids=["at very different steps", "one long after the others", "never", "one", "one soon"],
)
@pytest.mark.parametrize(("beams", "penalty"), [(1, 1.0), (3, 0.0), (4, 1.0)])
def test_few_beams_follow_the_most_probable_sequences(ends, beams, penalty):
    """Of each example as if it were alone, whenever the examples end."""
    network, longest = Network(5, sharpness=2.0, ends=ends), 12
    found = search(network, beams, penalty, longest=longest)
    for row in range(len(ends)):
        expected = plain_search(network, row, beams, penalty, longest)
        for place, (probability, score, ids) in enumerate(expected):
            np.testing.assert_array_equal(found.ids[row, place, : len(ids)], ids)
            assert not np.any(found.ids[row, place, len(ids) :])
            np.testing.assert_allclose(found.log_probability[row, place], probability, atol=1e-4)
            np.testing.assert_allclose(found.score[row, place], score, atol=1e-4)


def test_the_network_computes_little_for_examples_that_have_ended():
    rows = []

    def step(ids, state, soon, at):
        rows.append(len(ids))
        ends = tf.constant([[0.0, 20.0, 0.0]]), tf.constant([[0.0, -30.0, 20.0]])
        return tf.where(tf.repeat(soon, 2)[:, None], *ends), state

    soon = tf.constant([True] * 9 + [False])
    found = beam_search(step, {}, soon, tf.fill([10], START), END, 2, 30, 1.0)
    assert len(rows) == 30
    assert rows[:1] == [20]
    assert rows[5:] == [2] * 25
    np.testing.assert_array_equal(found.ids[9, 0], [2] * 30)
    np.testing.assert_array_equal(found.ids[:9, 0, 0], [END] * 9)


def test_one_beam_takes_the_most_probable_token_each_time():
    network = Network(8)
    found = search(network, 1, 0.0, no_zero)
    for row in range(3):
        ids = []
        while len(ids) < LONGEST and END not in ids:
            ids.append(max(range(1, WORDS), key=lambda token, row=row, ids=ids: network.log_probability(row, [*ids, token])))
        assert [int(token) for token in found.ids[row, 0] if token] == ids


def test_it_stops_as_soon_as_all_have_ended():
    """A network that always ends at once is asked a few times only, however long a sequence may be."""

    def step(ids, state, shared, at):
        return tf.tile([[0.0, 20.0, 0.0]], [tf.shape(ids)[0], 1]), state

    found = beam_search(step, {}, (), tf.constant([2, 2]), END, 2, 1000, 1.0)
    assert found.ids.shape[2] < 5
    np.testing.assert_array_equal(found.ids[:, 0, :2], [[END, 0], [END, 0]])


def test_what_is_appended_stays_where_it_is():
    """Of the examples that are left, also after others have ended."""
    network, beams, longest = Network(5, sharpness=2.0, ends=(6.0, 0.0, -2.0)), 3, 12
    written, changed = [[], [], []], False

    def step(ids, state, shared, at):
        nonlocal changed
        examples, ends = shared
        moved = tf.where(tf.range(longest) == at, ids[:, None], state["moved"])
        kept = tf.concat([state["kept"].tensor, tf.reshape(ids, [-1, beams, 1])], 2)
        for example, now, of_example in zip(examples.numpy(), ids.numpy().reshape(-1, beams), kept.numpy(), strict=True):
            written[example].append(now)
            np.testing.assert_array_equal(of_example, np.stack(written[example], 1))
        changed |= np.any(tf.reshape(moved[:, : at + 1], tf.shape(kept)) != kept)
        logits, network_state = network.step(ids, state["network"], ends, at)
        return logits, {"moved": moved, "kept": Appended(kept), "network": network_state}

    nothing = Appended(tf.zeros([3, beams, 0], tf.int32))
    state = {"moved": tf.zeros([3 * beams, longest], tf.int32), "kept": nothing, "network": network.state(beams)}
    beam_search(step, state, (tf.range(3), tf.constant(network.ends)), tf.fill([3], START), END, beams, longest, 0.0)
    assert changed  # a beam went on from another one
    assert len({len(each) for each in written}) == 3


def test_no_examples_give_no_sequences():
    found = search(Network(5, ends=()), 2, 1.0)
    assert found.ids.shape[:2] == (0, 2)
    assert found.log_probability.shape == found.score.shape == (0, 2)


def test_sequences_are_drawn_by_their_probabilities():
    network, each = Network(3), 20_000
    tf.random.set_seed(1)
    drawn = sample(network.step, network.state(each), tf.constant(network.ends), tf.fill([3], START), END, each, LONGEST).numpy()
    assert drawn.shape == (3 * each, LONGEST)
    for row in range(3):
        found, counts = np.unique(drawn[row * each : (row + 1) * each], axis=0, return_counts=True)
        frequent = 0.0
        for ids, count in zip(found.tolist(), counts.tolist(), strict=True):
            ids = ids[: ids.index(END) + 1] if END in ids else ids
            expected = np.exp(network.log_probability(row, ids))
            if expected > 0.001:
                assert abs(count / each - expected) < 5 * np.sqrt(expected / each)
                frequent += expected
        assert frequent > 0.9


def test_no_longer_sequences_are_drawn_than_asked_for_and_nothing_follows_the_end():
    network = Network(3, ends=(0.0, 60.0, 0.0))
    drawn = sample(network.step, network.state(2), tf.constant(network.ends), tf.fill([3], START), END, 2, 3).numpy()
    assert drawn.shape == (6, 3)
    np.testing.assert_array_equal(drawn[2:4], [[END, 0, 0]] * 2)
