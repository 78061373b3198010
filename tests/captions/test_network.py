import numpy as np
import tensorflow as tf

from zoo.captions import things
from zoo.captions.network import Captioner, Config, coordinates, from_architecture
from zoo.text.subwords import START

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (3, 32, 32, 3), np.uint8)
IDS = np.concatenate([np.full((6, 1), START), RANDOM.integers(3, 280, (6, 6))], 1).astype(np.int32)


def test_a_card_tells_the_configuration() -> None:
    config = Config(300, image=64, channels=(8, 16), residuals=(0, 1), longest=9)
    architecture = {"network": "captioner", **vars(config), "channels": [8, 16], "residuals": [0, 1]}
    assert Config.of(architecture) == config
    assert config.grid == 16
    assert from_architecture(architecture).config == config


def test_coordinates_grow_evenly_to_the_right_and_downwards() -> None:
    found = coordinates(4)
    rows, columns = np.split(found, 2, axis=-1)
    np.testing.assert_allclose(columns[0, :, 0], [-0.75, -0.25, 0.25, 0.75])
    np.testing.assert_array_equal(rows, columns.transpose(1, 0, 2))
    np.testing.assert_array_equal(columns, np.broadcast_to(columns[:1], columns.shape))
    assert len(np.unique(found.reshape(16, -1), axis=0)) == 16


def test_no_subword_depends_on_later_ones_and_no_picture_on_others(network: Captioner) -> None:
    memory = network.encode(IMAGES[:2])
    alone = network.encode(IMAGES[:1])
    np.testing.assert_array_equal(memory.cells[:1], alone.cells)
    np.testing.assert_allclose(memory.vectors[:1], alone.vectors, atol=1e-4)
    changed = IDS[:2].copy()
    changed[:, 4:] = 7
    before, after = (network.logits(memory, ids).numpy() for ids in (IDS[:2], changed))
    np.testing.assert_allclose(after[:, :4], before[:, :4], atol=1e-4)
    assert np.abs(after[:, 4:] - before[:, 4:]).max() > 0.01


def test_the_captions_of_a_picture_are_read_as_if_each_stood_alone(network: Captioner) -> None:
    together = network({"image": IMAGES, "subword": IDS.reshape(3, 2, 7)})
    assert together["next"].shape == (3, 2, 7, network.config.subwords)
    assert together["found"].shape == (3, network.config.subwords)
    assert together["things"].shape == (3, network.config.grid**2, sum(things.LOGITS))
    for i in range(3):
        for k in range(2):
            alone = network.logits(network.encode(IMAGES[i : i + 1]), IDS[2 * i + k : 2 * i + k + 1])
            np.testing.assert_allclose(together["next"][i, k], alone[0], atol=1e-3)


def test_the_decoder_reads_the_cells_that_most_probably_have_a_thing(network: Captioner) -> None:
    every = network.config.grid**2
    cells = network.encode(IMAGES).cells.numpy()
    there = things.peaks(network.things(IMAGES)).numpy()
    wanted = np.sort(there)[:, ::-1][:, : network.config.read or every]
    np.testing.assert_array_equal(np.sort(np.take_along_axis(there, cells, 1))[:, ::-1], wanted)
    read = np.zeros((6, every), bool)
    np.put_along_axis(read, cells.repeat(2, 0), True, 1)
    weights = network.attention(network.encode(IMAGES), IDS).numpy()
    assert (weights > 0)[~np.broadcast_to(read[:, None], weights.shape)].sum() == 0


def test_steps_give_what_whole_captions_give(network: Captioner) -> None:
    memory = network.encode(IMAGES)
    wanted = network.logits(memory, IDS).numpy()
    caches, memory_caches = network.empty_caches(6, 1), network.memory_caches(memory)
    for at in range(IDS.shape[1]):
        logits, caches = network.step(IDS[:, at], caches, memory_caches, tf.constant(at))
        np.testing.assert_allclose(logits, wanted[:, at], atol=1e-3)


def test_the_attention_of_each_subword_sums_to_one(network: Captioner) -> None:
    weights = network.attention(network.encode(IMAGES), IDS).numpy()
    assert weights.shape == (6, 7, network.config.grid**2)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    assert weights.max() > 2 / network.config.grid**2


def test_training_uses_every_weight(network: Captioner) -> None:
    with tf.GradientTape() as tape:
        output = network({"image": IMAGES, "subword": IDS.reshape(3, 2, 7)}, training=True)
        total = tf.reduce_sum(output["next"] ** 2) + tf.reduce_sum(output["found"] ** 2) + tf.reduce_sum(output["things"] ** 2)
    gradients = tape.gradient(total, network.trainable_variables)
    unused = [
        variable.path
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True)
        if gradient is None or not np.isfinite(tf.convert_to_tensor(gradient)).all()
    ]
    assert unused == []
