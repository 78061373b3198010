"""The composing network: its size, its training, and above all what its exported graph does."""

import re
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import zoo
from zoo.core import cards
from zoo.core.export import write_saved_model
from zoo.core.recipe import Recipe, TrainingData, fixed
from zoo.core.training import seeded, train
from zoo.layers.sampling import noise
from zoo.music import graph as music_graph
from zoo.music import network as music_lstm
from zoo.music import training as music_training
from zoo.music.language import features, grammar, lookahead, outline
from zoo.music.language.lookback import BARS, LONGEST_MATCH
from zoo.music.language.outline import LAGS, SHARES, WIDEST_RANGE, Outline
from zoo.music.language.tokens import PAD, START, TokenVocabulary
from zoo.music.network import WIDEST, Config
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note
from zoo.music.outlines import Outlines

VOCABULARY = TokenVocabulary(
    metres=(Metre(4, 4), Metre(6, 8)),
    pitches=(60, 76),
    durations=(6, 12, 24, 36, 48),
    positions=tuple(range(6, 96, 6)),
    types=("jig", "slip jig"),
)
TABLES = grammar.Tables(VOCABULARY)
SIZES = {"token_width": 8, "place_width": 4, "bar_width": 4, "units": 12, "max_length": 160, "places": 97, "bars": 9}
CONFIG = Config.fitting(VOCABULARY, **(music_training.MELODIES | SIZES))
N = 50  # pieces in every call, so that XLA compiles once


def training_tune(number):
    """A tune of 2 bars, or of 4 in three cases of four, in each of the twelve keys and in two metres."""
    metre, bars = Metre(*((4, 4), (6, 8))[number // 12 % 2]), 2 if number % 4 == 0 else 4
    notes = [Note(metre.bar_ticks * i, 24, 60 + number % 12) for i in range(bars)]
    return Score(tuple(notes), ((0, metre),), Key(number % 12, ("major", "minor")[number // 24]), type=("jig", "")[number % 2])


OUTLINES = Outlines([training_tune(number) for number in range(48)], VOCABULARY, 64)


@pytest.fixture(scope="module")
def network():
    return seeded(Recipe(1, 1, 0.1, seed=3), lambda: music_lstm.build(CONFIG))


@pytest.fixture(scope="module")
def exported(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("folk")
    VOCABULARY.save(folder / "vocabulary.txt")
    signatures = music_graph.endpoints(network, VOCABULARY, folder / "vocabulary.txt", OUTLINES)
    write_saved_model(network, signatures, folder / "model")
    (folder / "vocabulary.txt").unlink()  # the SavedModel must hold its own
    return folder / "model"


@pytest.fixture(scope="module")
def model(exported):
    return tf.saved_model.load(str(exported))


def generate(model, prompt="* * * *", bars=0, temperature=1.0, top_k=0, top_p=1.0, seed=0):
    prompts = [prompt] * N if isinstance(prompt, str) else prompt
    output = model.signatures["generate"](
        prompt=tf.constant(prompts),
        bars=tf.constant(bars),
        temperature=tf.constant(temperature),
        top_k=tf.constant(top_k),
        top_p=tf.constant(top_p),
        seed=tf.constant(seed, tf.int64),
    )
    return {name: value.numpy() for name, value in output.items()}


def with_start(tokens):
    return np.concatenate([np.full((len(tokens), 1), START), tokens], 1)


def inputs_of(ids, plan=None):
    """The features before each token of ids, with an open length, or the outlines of pieces whose length is known."""
    x = {name: values[:, :-1] for name, values in features.trace(TABLES, ids, plan=plan).items()}
    return x if plan else x | {"left": np.zeros_like(x["left"])}


def outline_of(prompt, bars, seed):
    """The outline that `generate` draws."""
    ids = tf.constant([[VOCABULARY.index.get(word, -1) for word in prompt.split()]] * N)
    nothing = tf.zeros([N, lookahead.NOTES], tf.int32)
    melody = lookahead.Melody(nothing + lookahead.NEVER, nothing, nothing)
    uniform = noise(tf.constant(seed, tf.int64), tf.constant(N), CONFIG.max_length + 2)[:, CONFIG.max_length :]
    drawn = OUTLINES.draw(ids, tf.fill([N], bars), melody, uniform).outline
    return Outline(*(each.numpy() for each in drawn))


def model_log_probabilities(network, tokens, plan=None):
    """Of each token given those before, by the trained network itself: float32 [n, t]."""
    ids = with_start(tokens)
    logits = network(inputs_of(ids, plan), training=False)
    log_probabilities = tf.nn.log_softmax(logits).numpy()
    return np.where(tokens == PAD, 0, np.take_along_axis(log_probabilities, tokens[..., None], 2)[..., 0])


@pytest.mark.pretrained
@pytest.mark.parametrize("name", ["folk_lstm", "chorale_lstm"])
def test_a_published_network_has_variables_with_telling_paths_in_the_order_of_its_file(name):
    card = cards.read_card(cards.find(name))
    variables = music_lstm.from_architecture(card.architecture).variables
    saved = zoo.load(name).saved_model.variables
    assert [(v.path.split("/")[-1], v.shape) for v in variables] == [
        (v.name.split("/")[-1].removesuffix(":0"), tuple(v.shape)) for v in saved
    ]
    paths = [v.path for v in variables]
    assert len(set(paths)) == len(paths)
    assert {"music_lstm/token/embeddings", "music_lstm/lstm_1/lstm_cell/kernel", "music_lstm/copy_logits/bias"} < set(paths)
    states = [path for path in paths if path.endswith("seed_generator_state")]
    assert [path.split("/")[:2] for path in states] == [
        ["music_lstm", layer] for layer in ("dropout_0", "dropout_1", "dropout_2", "lstm_0", "lstm_1")
    ]


def test_number_of_parameters():
    def lstm(width, units):
        return 4 * units * (width + units + 1)

    v = len(VOCABULARY)
    of_token = v * 8 + 13 * 16 + v * 12 + v * 24  # as token, degree, control and lookback
    of_place = 97 * 4 + 9 * 4 + 10 * 4  # in the bar, number of the bar, bars left
    of_voice = 128 * 8 + 13 * 8 + 97 * 8  # pitch, degree, duration
    of_span = 2 * (WIDEST + 1) * 8  # above the lowest, below the highest
    of_outline = (98 + 97 + 13 + 13 + len(LAGS) + 2) * 8  # the last note: wait, duration, degree, degree before; and the form
    of_outline += (3 * (SHARES + 2) + WIDEST_RANGE + 2) * 8  # character: unisons, steps, leaps; and range
    width = 8 + 16 + 4 + 4 + 4 + 4 * 12 + 24 + 2 * 8 + (4 + 2 + 4) * 8 + len(BARS) * (24 + 4)
    last = (12 * v + v) + 12 * 12 + 12 * (2 * WIDEST + 1) + (12 * len(BARS) + len(BARS))
    expected = of_token + of_place + of_voice + of_span + of_outline + (LONGEST_MATCH + 1) * 4
    expected += lstm(width, 12) + lstm(12, 12) + last
    assert music_lstm.build(CONFIG).count_params() == expected


def test_logits_of_pitches_move_with_the_key():
    """Music and key moved together: the logits of the pitches move along, apart from what absolute pitches say."""
    network = seeded(Recipe(1, 1, 0.1), lambda: music_lstm.build(replace(CONFIG, dropout=0.0)))
    for layer in (network.token, network.control, network.held, network.recalled):
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    network.logits.set_weights([np.zeros_like(weight) for weight in network.logits.get_weights()])
    tune = next(toy_tunes(1))
    low, high = (
        network(inputs_of(np.array([VOCABULARY.encode(score)])), training=False).numpy() for score in (tune, tune.transpose(3))
    )
    first, last = VOCABULARY.index["pitch=60"], VOCABULARY.index["pitch=76"]
    np.testing.assert_allclose(low[0, 5:, first : last - 2], high[0, 5:, first + 3 : last + 1], atol=1e-5)


def test_an_interval_from_the_pitch_before_has_a_logit():
    network = seeded(Recipe(1, 1, 0.1), lambda: music_lstm.build(CONFIG))
    x = {name: tf.zeros([1, 1, *shape], tf.int32) for name, shape in features.shapes(1, parts=False).items()}
    hidden, shares = tf.ones([1, 1, CONFIG.units]), np.arange(2 * WIDEST + 1) / CONFIG.units
    network.interval_logits.set_weights([np.tile(shares, (CONFIG.units, 1))])
    difference = (network.head(hidden, x | {"held": tf.constant([[[62]]])}) - network.head(hidden, x))[0, 0].numpy()
    for pitch in (60, 62, 76):
        assert difference[VOCABULARY.index[f"pitch={pitch}"]] == pytest.approx(pitch - 62 + WIDEST, abs=1e-4)
    assert not difference[: VOCABULARY.index["pitch=60"]].any()


def test_a_token_found_by_looking_back_can_be_copied():
    network = seeded(Recipe(1, 1, 0.1), lambda: music_lstm.build(CONFIG))
    x = {name: tf.zeros([1, 1, *shape], tf.int32) for name, shape in features.shapes(1, parts=False).items()}
    token = VOCABULARY.index["pitch=64"]
    hidden = tf.zeros([1, 1, CONFIG.units])
    network.copy_logits.set_weights([np.zeros((CONFIG.units, len(BARS))), np.arange(1.0, 1 + len(BARS))])
    x["recalled"] = tf.constant([[[0, token, 0, token, 0]]])
    difference = network.head(hidden, x) - network.head(hidden, x | {"recalled": tf.zeros([1, 1, len(BARS)], tf.int32)})
    expected = np.zeros(len(VOCABULARY))
    expected[token] = 2 + 4
    np.testing.assert_allclose(difference[0, 0], expected, atol=1e-6)


def toy_tunes(n):
    """Scales that rise and fall: easy to learn."""
    rng = np.random.default_rng(0)
    for _ in range(n):
        first, length = int(rng.integers(60, 66)), int(rng.choice([12, 24]))
        pitches = [first + step for step in (0, 2, 4, 5, 7, 5, 4, 2)]
        notes = tuple(Note(i * length, length, pitch) for i, pitch in enumerate(pitches))
        yield Score(notes, ((0, Metre(4, 4)),), Key(first % 12))


@pytest.mark.slow
def test_training_lowers_the_loss(tmp_path):
    ids = grammar.padded([VOCABULARY.encode(score) for score in toy_tunes(64)])
    x = inputs_of(ids)
    weight = (ids[:, 1:] != PAD).astype(np.float32)
    batches = fixed(tf.data.Dataset.from_tensor_slices((x, ids[:, 1:], weight)).batch(16))
    recipe = Recipe(epochs=25, batch_size=16, learning_rate=0.05, seed=1)
    network = seeded(recipe, lambda: music_lstm.build(replace(CONFIG, units=32, dropout=0.1)))
    history = train(network, music_training.loss, TrainingData(lambda _: batches, batches, 4), recipe, tmp_path)
    losses = [epoch["validation_loss"] for epoch in history.epochs]
    assert losses[0] > 1.8
    assert losses[-1] < 1.6


@pytest.mark.slow
def test_every_piece_obeys_the_grammar_and_ends(model):
    output = generate(model)
    assert output["tokens"].shape == (N, CONFIG.max_length)
    assert grammar.first_error(TABLES, with_start(output["tokens"])).tolist() == [-1] * N
    written = (output["tokens"] != PAD).sum(1)
    assert written.min() < 60
    bars = [text.split().count(b"bar") for text in output["text"]]
    assert set(bars) == {2, 4}  # as often as the training pieces have them
    assert bars.count(4) > bars.count(2)
    for row in output["tokens"]:
        tune = VOCABULARY.decode(row.tolist())
        assert tune.notes[0].start == 0
        assert tune.notes[-1].pitch % 12 == tune.key.tonic  # as all training pieces end


@pytest.mark.slow
def test_asked_for_bars_metre_and_key(model):
    output = generate(model, "metre=6/8 tonic=D mode=dorian type=slip-jig", bars=3, seed=5)
    assert grammar.valid(TABLES, with_start(output["tokens"])).all()
    for text in output["text"]:
        words = text.decode().split()
        assert words[:4] == ["metre=6/8", "tonic=D", "mode=dorian", "type=slip-jig"]
        assert words.count("bar") == 3
        assert words[-1] == "<end>"
    assert len(set(output["text"].tolist())) > N // 2


@pytest.mark.slow
def test_pieces_end_properly_when_the_steps_run_out(model):
    output = generate(model, bars=60)
    assert grammar.valid(TABLES, with_start(output["tokens"])).all()
    assert (output["tokens"][:, -grammar.CLOSING_STEPS - 1] != PAD).all()  # all of them were cut short


@pytest.mark.slow
def test_open_controls_and_given_notes(model):
    given = "metre=4/4 * mode=minor type=any bar pitch=64 dur=24"
    output = generate(model, given)
    words = [text.decode().split() for text in output["text"]]
    assert {w[0] for w in words} == {"metre=4/4"}
    assert {w[2] for w in words} == {"mode=minor"}
    assert len({w[1] for w in words}) == 6  # those of the training tunes in this metre and mode
    assert {tuple(w[4:7]) for w in words} == {("bar", "pitch=64", "dur=24")}
    long = generate(model, "metre=4/4 tonic=C mode=major type=any" + " bar pos=96" * 6 + " bar")
    assert {text.split().count(b"bar") for text in long["text"]} == {7}  # more than any of the lengths that are drawn


@pytest.mark.slow
def test_prompts_of_unequal_length_stand_side_by_side(model):
    prompts = ["metre=6/8 * *", "metre=4/4 tonic=G mode=major type=jig bar pitch=67 dur=48", "* * mode=lydian"] + ["*"] * (N - 3)
    texts = [text.decode() for text in generate(model, prompts, bars=2)["text"]]
    assert texts[0].startswith("metre=6/8 ")
    assert texts[1].startswith(prompts[1])
    assert texts[2].split()[2] == "mode=lydian"


@pytest.mark.slow
def test_a_seed_fixes_everything_and_another_changes_it(model):
    first, again, other = generate(model, bars=2, seed=7), generate(model, bars=2, seed=7), generate(model, bars=2, seed=8)
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    assert not np.array_equal(first["tokens"], other["tokens"])


@pytest.mark.slow
def test_score_is_the_log_probability_of_the_network(model, network):
    output = generate(model, "*", bars=2, seed=1)
    scored = {name: value.numpy() for name, value in model.signatures["score"](text=tf.constant(output["text"])).items()}
    length = scored["tokens"].shape[1]
    assert length == (output["tokens"] != PAD).sum(1).max()
    np.testing.assert_array_equal(scored["tokens"], output["tokens"][:, :length])
    np.testing.assert_allclose(scored["log_probability"], model_log_probabilities(network, scored["tokens"]), atol=1e-4)
    told = model_log_probabilities(network, scored["tokens"], outline_of("*", 2, 1))  # as it was when the piece was composed
    # The controls were drawn with the outline, so the network did not choose them.
    np.testing.assert_allclose(told[:, 4:].sum(1), output["log_probability"], atol=1e-3)
    assert (scored["log_probability"][scored["tokens"] != PAD] < 0).all()


@pytest.mark.slow
def test_given_tokens_do_not_count_in_the_log_probability(model, network):
    prompt = "metre=4/4 * mode=major type=jig bar"
    output = generate(model, prompt, bars=2)
    scored = model_log_probabilities(network, output["tokens"], outline_of(prompt, 2, 0))
    np.testing.assert_allclose(scored[:, 5:].sum(1), output["log_probability"], atol=1e-3)


@pytest.mark.slow
def test_cold_takes_the_most_probable_allowed_token_and_top_1_that_or_what_repeats(model, network):
    prompt = "metre=6/8 tonic=D mode=major type=jig"
    cold = generate(model, prompt, bars=4, temperature=0.0, seed=1)["tokens"]
    assert len(np.unique(cold[:, 1:], axis=0)) < N // 2  # one for each outline
    top_1 = generate(model, prompt, bars=4, top_k=1, seed=2)["tokens"]
    plans = [
        (cold[0], False, outline_of(prompt, 4, 1), 0),
        *((row, True, outline_of(prompt, 4, 2), i) for i, row in enumerate(top_1[:8])),
    ]
    repeated = 0
    for row, may_repeat, plans_of_call, number in plans:
        ids, plan = with_start(row[None]), Outline(*(each[number : number + 1] for each in plans_of_call))
        inputs = inputs_of(ids, plan)
        logits, recalled = network(inputs, training=False).numpy()[0], inputs["recalled"][0]
        state = grammar.advance(TABLES, grammar.start(1), ids[:, 0])
        for step, token in enumerate(row[: (row != PAD).sum()]):
            mask = grammar.allowed(TABLES, state, np.array([4]), np.array([False]))
            mask = outline.preferred(TABLES, state, plan, mask, np.array([False]))[0]
            if step >= 4 and not (may_repeat and token in recalled[step]):
                new = mask & ~(np.isin(np.arange(len(mask)), recalled[step]) & may_repeat)
                assert token == np.where(new, logits[step], -np.inf).argmax()
            repeated += step >= 4 and token in recalled[step]
            state = grammar.advance(TABLES, state, np.array([token]))
    assert repeated  # both ways were taken


@pytest.mark.slow
def test_top_p_drops_the_improbable(model):
    wide, narrow = generate(model, bars=2, seed=4), generate(model, bars=2, top_p=0.3, seed=4)
    assert grammar.valid(TABLES, with_start(narrow["tokens"])).all()
    assert len(np.unique(narrow["tokens"])) < len(np.unique(wide["tokens"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prompt": "metre=9/16 * *"}, r"not in the vocabulary:.*metre=9/16"),
        ({"prompt": "metre=6/8 tonic=D mode=major type=jig bar bar"}, r"does not allow this token at its place:.*bar.*\[\[0 5\]"),
        ({"prompt": "* * * * bar", "bars": -1}, r"bars must be 0 \(drawn\) or more, not.*-1"),
        ({"temperature": -0.5}, r"temperature must be 0 or more, not.*-0.5"),
        ({"top_k": -2}, r"top_k must be 0 \(off\) or more, not.*-2"),
        ({"top_p": 0.0}, r"top_p must be above 0 and at most 1, not.*0"),
        ({"prompt": "* " * 161}, r"a prompt is too long: tokens, limit.*161.*160"),
    ],
)
def test_bad_input_is_an_invalid_argument(model, arguments, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        generate(model, **arguments)
    assert re.search(message, str(error.value).replace("\n", " "))


@pytest.mark.slow
@pytest.mark.parametrize("text", ["metre=6/8 dur=6", "metre=6/8 tonic=D mode=major type=any bar pitch=61 dur=7", "bar"])
def test_score_refuses_what_is_no_music(model, text):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"not in the vocabulary|does not allow"):
        model.signatures["score"](text=tf.constant(["metre=6/8 tonic=D mode=major", text]))


@pytest.mark.slow
def test_no_pieces(model):
    assert generate(model, prompt=tf.zeros([0], tf.string))["text"].shape == (0,)
    assert model.signatures["score"](text=tf.zeros([0], tf.string))["tokens"].shape == (0, 0)


@pytest.mark.slow
def test_the_vocabulary_is_a_readable_asset(exported):
    assert (exported / "assets" / "vocabulary.txt").read_text().split("\n")[:5] == [
        "<pad>",
        "<start>",
        "<end>",
        "bar",
        "metre=4/4",
    ]


@pytest.mark.slow
def test_the_graph_needs_no_python(exported):
    """So it runs elsewhere. The published networks do in tests/test_saved_models.py, a fresh one in tests/apps/test_music.py."""
    graph = saved_model_pb2.SavedModel.FromString((exported / "saved_model.pb").read_bytes()).meta_graphs[0].graph_def
    operations = {node.op for function in graph.library.function for node in function.node_def} | {node.op for node in graph.node}
    assert operations & {"While", "StatelessWhile"}
    assert not {operation for operation in operations if "PyFunc" in operation}


def test_a_pitch_that_would_move_in_parallel_has_a_logit():
    vocabulary = TokenVocabulary((Metre(4, 4),), (40, 80), (24,), (24,), voices=2, parts=True)
    config = Config.fitting(vocabulary, units=4)
    network = seeded(Recipe(1, 1, 0.1), lambda: music_lstm.build(config))
    network.parallel_logits.set_weights([np.zeros((4, 2)), np.array([5.0, 7.0])])  # fifths, octaves
    nothing = {name: tf.zeros([1, 1, *shape], tf.int32) for name, shape in features.shapes(2, parts=True).items()}
    second = tf.constant([[vocabulary.index["part=1"]]])

    def added(left, reached, own):
        """By voice 0 having gone from one pitch to another, for voice 1 that sang `own` before: what each pitch gains."""
        x = nothing | {"token": second, "held": tf.constant([[[reached, own]]]), "moved": tf.constant([[[left, 0]]])}
        hidden = tf.ones([1, 1, 4])
        gained = (network.head(hidden, x) - network.head(hidden, x | {"moved": nothing["moved"]}))[0, 0].numpy()
        return {token: round(float(gain)) for token, gain in zip(vocabulary.tokens, gained, strict=True) if gain > 1}

    assert added(67, 69, 60) == {f"pitch={pitch}": 5 for pitch in (50, 62, 76)}  # a fifth apart, octaves between or not
    assert added(67, 65, 60) == {f"pitch={pitch}": 5 for pitch in (46, 58, 72)}
    assert added(72, 74, 60) == {f"pitch={pitch}": 7 for pitch in (50, 62, 74)}
    assert added(71, 72, 60) == {}
    assert added(0, 72, 60) == {}
