"""The signatures of an exported network that writes: texts in, what comes next, new texts and surprise out, in one graph."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from zoo.core.sampling import Sampling
from zoo.layers.sampling import draw, noise
from zoo.writing import characters, words
from zoo.writing.limits import CONTEXT, MOST_CHARACTERS, MOST_WORDS
from zoo.writing.network import WritingLSTM

START = 10  # the byte before each text: a line feed, as if a line began
PIECE = 256  # bytes that are read at once, which bounds the memory
SLICE = 32  # texts that are scored at once, likewise

Signature = Callable[..., dict[str, tf.Tensor]]


def endpoints(model: WritingLSTM) -> dict[str, Signature]:
    """The signatures of the SavedModel. A text may have any bytes; it is read as UTF-8, and as if it stood at a line's beginning.

    predict: text string [n], most int32 [] -> word string [n, most], probability float32 [n, most]
        The most probable next words, the most probable one first (zoo.writing.words). Of a text that ends within a word, words
        that complete it are among them. Punctuation marks and a line feed, the end of the line, count as words. Where fewer than
        `most`, at most 50, were found the last ones are "" with probability 0.
    next: text string [n] -> probability float32 [n, 256] of each next byte.
    generate: prompt string [n], length int32 [], temperature float32 [], top_p float32 [], seed int64 [] -> text string [n]
        What follows each prompt: exactly `length` characters in UTF-8, at most 100,000. The next two say how bytes are drawn
        (zoo.core.sampling.Sampling). The same inputs give the same text on the same machine; the number of prompts has no
        influence.
    score: text string [n] -> nats float32 [n, t], minus the log-probability of each byte given all before it; 0 beyond the end of
        a text.
    `predict`, `next` and `generate` read the last CONTEXT bytes of a text: what stands before has hardly any influence. All but
    `score` raise InvalidArgumentError for a number outside its range.
    """
    graph = _Graph(model)
    text, prompt = (tf.TensorSpec([None], tf.string, name=name) for name in ("text", "prompt"))
    most, length = (tf.TensorSpec([], tf.int32, name=name) for name in ("most", "length"))
    temperature, top_p = (tf.TensorSpec([], tf.float32, name=name) for name in ("temperature", "top_p"))
    inputs = {
        "predict": [text, most],
        "next": [text],
        "generate": [prompt, length, temperature, top_p, tf.TensorSpec([], tf.int64, name="seed")],
        "score": [text],
    }
    return {name: tf.function(getattr(graph, name), input_signature=each, autograph=False) for name, each in inputs.items()}


class _Graph:
    """The signatures as methods, which are called while a graph is traced."""

    def __init__(self, model: WritingLSTM) -> None:
        self.model = model
        # Of one text, without the axis of the texts.
        self.states = tf.nest.map_structure(lambda each: tf.TensorSpec(each.shape[1:], each.dtype), model.initial_states(1))
        table = characters.table()
        self.kind, self.node = tf.constant(table.kind), tf.constant(table.node)
        self.byte = tf.constant([bytes([i]) for i in range(256)])
        # The signatures share these functions: inlined, each would be in the file once for each of its uses.
        self.read_prompt = tf.function(self._read_prompt, input_signature=[tf.TensorSpec([], tf.string)], autograph=False)

    def predict(self, text: tf.Tensor, most: tf.Tensor) -> dict[str, tf.Tensor]:
        tf.debugging.Assert((most >= 1) & (most <= MOST_WORDS), [f"most must be from 1 to {MOST_WORDS}, not", most])

        def search(one: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            logits, states = self.read_prompt(one)
            states = tf.nest.map_structure(lambda each: each[None], states)
            return words.search(self._step, logits[None], states, words.begun(one), most, self.kind, self.node)

        # One text at a time, since each search ends when its own words are found.
        specification = tf.TensorSpec([None], tf.string), tf.TensorSpec([None], tf.float32)
        word, probability = tf.map_fn(search, text, fn_output_signature=specification, parallel_iterations=1)
        return {"word": word, "probability": probability}

    def next(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probability": tf.nn.softmax(self._read(text)[0])}

    def generate(
        self, prompt: tf.Tensor, length: tf.Tensor, temperature: tf.Tensor, top_p: tf.Tensor, seed: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        tf.debugging.Assert(
            (length >= 1) & (length <= MOST_CHARACTERS), [f"length must be from 1 to {MOST_CHARACTERS}, not", length]
        )
        tf.debugging.Assert(temperature >= 0.0, ["temperature must be 0 or more, not", temperature])
        tf.debugging.Assert((top_p > 0.0) & (top_p <= 1.0), ["top_p must be above 0 and at most 1, not", top_p])
        sampling = Sampling(temperature, tf.constant(0), top_p, seed)
        n, unwritten = tf.size(prompt), -1
        logits, states = self._read(prompt)
        uniform = tf.transpose(noise(seed, n, 4 * length))  # a character has at most four bytes

        def advance(
            i: tf.Tensor, logits: tf.Tensor, states: Any, node: tf.Tensor, count: tf.Tensor, written: tf.TensorArray
        ) -> tuple[Any, ...]:
            kinds = tf.gather(self.kind, node)
            byte = draw(logits, kinds != characters.IMPOSSIBLE, uniform[i], sampling)
            # A text within a character has one character fewer than it will have, so none ends there.
            written = written.write(i + 1, tf.where(count < length, byte, unwritten))
            count += tf.cast(tf.gather(kinds, byte, axis=1, batch_dims=1) != characters.INCOMPLETE, tf.int32)
            node = tf.gather(tf.gather(self.node, node), byte, axis=1, batch_dims=1)
            return i + 1, *self._step(byte, states), node, count, written

        nothing = tf.zeros([n], tf.int32)
        # The first row is empty, so that there is one even without a prompt.
        written = tf.TensorArray(tf.int32, size=1, dynamic_size=True, element_shape=[None]).write(0, nothing + unwritten)
        first = tf.constant(0), logits, states, nothing, nothing, written
        *_, written = tf.while_loop(lambda i, *others: tf.reduce_any(others[3] < length), advance, first, parallel_iterations=1)
        return {"text": self._joined(tf.transpose(written.stack()))}

    def score(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        parts = tf.map_fn(
            lambda start: self._surprise(text[start : start + SLICE]),
            tf.range(0, tf.maximum(tf.size(text), 1), SLICE),  # without a text one empty slice, so that the shapes are known
            fn_output_signature=tf.RaggedTensorSpec([None, None], tf.float32, ragged_rank=1),
            parallel_iterations=1,
        )
        return {"nats": parts.merge_dims(0, 1).to_tensor()}

    def _surprise(self, text: tf.Tensor) -> tf.RaggedTensor:
        """The nats of each byte, float32 [n, (t)], of texts that are read side by side, piece by piece."""
        sizes = tf.strings.length(text)
        pieces = tf.maximum((tf.reduce_max(tf.concat([sizes, [0]], 0)) + PIECE - 1) // PIECE, 1)
        content = tf.io.decode_raw(text, tf.uint8, fixed_length=PIECE * pieces)
        before = tf.pad(content[:, :-1], [[0, 0], [1, 0]], constant_values=tf.constant(START, tf.uint8))

        def advance(i: tf.Tensor, states: Any, nats: tf.TensorArray) -> tuple[Any, ...]:
            given, wanted = (tf.cast(each[:, i * PIECE : (i + 1) * PIECE], tf.int32) for each in (before, content))
            logits, states = self.model.read(tf.ensure_shape(given, [None, PIECE]), states)
            surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, tf.cast(logits, tf.float32))
            return i + 1, self._shaped(states), nats.write(i, tf.ensure_shape(surprise, [None, PIECE]))

        nats = tf.TensorArray(tf.float32, pieces, element_shape=[None, PIECE])
        first = tf.constant(0), self._shaped(self.model.initial_states(tf.size(text))), nats
        *_, nats = tf.while_loop(lambda i, *_: i < pieces, advance, first, parallel_iterations=1)
        of_texts = tf.reshape(tf.transpose(nats.stack(), [1, 0, 2]), [tf.size(text), PIECE * pieces])
        return tf.RaggedTensor.from_tensor(of_texts, sizes)

    def _read(self, text: tf.Tensor) -> tuple[tf.Tensor, Any]:
        """The logits of the byte after each text, float32 [n, 256], and the states there. Equal texts are read once."""
        different, index = tf.unique(text)
        specification = tf.TensorSpec([characters.BYTES], tf.float32), self.states
        read = tf.map_fn(self.read_prompt, different, fn_output_signature=specification, parallel_iterations=1)
        logits, states = tf.nest.map_structure(lambda each: tf.gather(each, index), read)
        return logits, self._shaped(states)

    def _read_prompt(self, text: tf.Tensor) -> tuple[tf.Tensor, Any]:
        """The logits of the byte after one text, float32 [256], and the states there."""
        size = tf.strings.length(text)
        end = tf.strings.substr(text, tf.maximum(size - CONTEXT, 0), CONTEXT)
        ids = tf.concat([[START], tf.cast(tf.io.decode_raw(end, tf.uint8), tf.int32)], 0)[None]

        def advance(at: tf.Tensor, logits: tf.Tensor, states: Any) -> tuple[Any, ...]:
            logits, states = self.model.read(ids[:, at : at + PIECE], states)
            return at + PIECE, tf.ensure_shape(logits[:, -1], [None, characters.BYTES]), self._shaped(states)

        no_logits = tf.ensure_shape(tf.zeros([tf.shape(ids)[0], characters.BYTES]), [None, characters.BYTES])
        first = tf.constant(0), no_logits, self._shaped(self.model.initial_states(tf.shape(ids)[0]))
        _, logits, states = tf.while_loop(lambda at, *_: at < tf.shape(ids)[1], advance, first, parallel_iterations=1)
        return logits[0], tf.nest.map_structure(lambda each: each[0], states)

    def _step(self, byte: tf.Tensor, states: Any) -> tuple[tf.Tensor, Any]:
        """One byte of each text, int32 [n], and the states before it -> logits float32 [n, 256], and the states after it."""
        logits, states = self.model.step(byte, states)
        return tf.ensure_shape(tf.cast(logits, tf.float32), [None, characters.BYTES]), self._shaped(states)

    def _shaped(self, states: Any) -> Any:
        """States whose shapes are known but for the number of texts, as loops need them."""
        return tf.nest.map_structure(lambda each, one: tf.ensure_shape(each, [None, *one.shape]), states, self.states)

    def _joined(self, written: tf.Tensor) -> tf.Tensor:
        """Bytes int32 [n, t], below 0 where there is none -> strings [n]."""
        return tf.strings.reduce_join(tf.where(written < 0, "", tf.gather(self.byte, tf.maximum(written, 0))), axis=-1)
