"""The signatures of an exported captioner: pictures in, captions out, and where the network looked, all in one graph."""

from pathlib import Path
from typing import Any

import tensorflow as tf

from zoo.captions.canvas import fitted
from zoo.captions.network import Captioner, Memory
from zoo.layers.decoding import beam_search
from zoo.text.subwords import END, PADDING, START, SubwordGraph

BEAMS = 5  # captions that the search follows, and gives
LENGTH_PENALTY = 0.0  # chosen on the validation split, see docs/captions.md
PNG, JPEG, BMP = b"\x89PNG", b"\xff\xd8", b"BM"  # how such files begin


def endpoints(model: Captioner, folder: Path) -> dict[str, Any]:
    """The signatures of the SavedModel.

    caption: picture string [n], the bytes of PNG, JPEG, GIF or BMP files of any size -> text string [n, BEAMS], captions, the
        best one first; and log_probability float32 [n, BEAMS], of each caption with its end. The best caption need not be the
        most probable one, see `zoo.layers.decoding`. Pictures are not turned upright as their EXIF data may say.
    caption_image: the same of image uint8 [n, h, w, 3].
    attend: picture string [n] and text string [n], a caption of each -> subwords string [n, t], those of the captions, "" beyond
        their end; and weights float32 [n, t, grid, grid], where the network looks when it writes each: the mean of the last
        block's heads. The weights of a subword sum to 1.
    score: of the same inputs log_probability float32 [n], of each caption with its end, and subwords int32 [n], their number,
        with the end. Of a caption that is longer than all that the network can write, the beginning is taken, without an end.

    Args:
        model: the network, with its weights.
        folder: holds the file of its subwords, which becomes an asset of the SavedModel.
    """
    signatures = _Signatures(model, SubwordGraph(folder))
    model.lookup_tables = signatures.subwords.lookup_tables  # where the export looks for tables
    picture, text = (tf.TensorSpec([None], tf.string, name=name) for name in ("picture", "text"))
    image = tf.TensorSpec([None, None, None, 3], tf.uint8, name="image")
    specs = {"caption": [picture], "caption_image": [image], "attend": [picture, text], "score": [picture, text]}
    return {name: tf.function(getattr(signatures, name), input_signature=spec, autograph=False) for name, spec in specs.items()}


def decoded(content: tf.Tensor) -> tf.Tensor:
    """The bytes of a picture file, string [] -> its pixels, uint8 [h, w, 3]. What is transparent becomes white.

    A GIF gives its first frame. InvalidArgumentError for what is no PNG, JPEG, GIF or BMP.
    """

    def png() -> tf.Tensor:
        pixels = tf.cast(tf.io.decode_png(content, 4), tf.float32)
        alpha = pixels[..., 3:] / 255
        return tf.cast(tf.round(pixels[..., :3] * alpha + 255 * (1 - alpha)), tf.uint8)

    def bmp() -> tf.Tensor:
        pixels = tf.io.decode_bmp(content)  # of 1, 3 or 4 numbers, the last of which is no transparency
        return tf.cond(tf.shape(pixels)[2] == 1, lambda: tf.repeat(pixels, 3, axis=2), lambda: pixels[..., :3])

    def jpeg() -> tf.Tensor:
        return tf.io.decode_jpeg(content, 3, dct_method="INTEGER_ACCURATE")  # the default is fast, and up to 26 of 255 off

    def other() -> tf.Tensor:
        return tf.io.decode_image(content, 3, expand_animations=False)

    readers = ((PNG, png), (JPEG, jpeg), (BMP, bmp))
    begins = [(tf.strings.substr(content, 0, len(each)) == each, read) for each, read in readers]
    return tf.ensure_shape(tf.case(begins, default=other), [None, None, 3])


class _Signatures:
    """See `endpoints`."""

    def __init__(self, model: Captioner, subwords: SubwordGraph) -> None:
        self.model, self.config, self.subwords = model, model.config, subwords
        # The signatures share these functions: inlined, each would be in the file once for each of its uses.
        self.encoded, self.best = (tf.function(each, autograph=False) for each in (self._encoded, self._best))

    def caption(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """See `endpoints`."""
        return self.best(self._memory(picture))

    def caption_image(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        """See `endpoints`."""
        return self.best(self.encoded(self._each(self._square, image)))

    def attend(self, picture: tf.Tensor, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """See `endpoints`."""
        before, ids = self._ids(text)
        written = tf.where(ids == END, PADDING, ids)
        t = tf.reduce_max(tf.math.count_nonzero(written, 1, dtype=tf.int32))
        written = written[:, : tf.maximum(t, 0)]  # the greatest number of no captions is negative
        weights = self.model.attention(self._memory(picture), before)[:, : tf.maximum(t, 0)]
        grid = self.config.grid
        weights = tf.where((written != PADDING)[..., None], weights, 0.0)
        shape = tf.concat([tf.shape(written), [grid, grid]], 0)
        return {"subwords": self.subwords.pieces(written), "weights": tf.reshape(weights, shape)}

    def score(self, picture: tf.Tensor, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """See `endpoints`."""
        before, ids = self._ids(text)
        logits = self.model.logits(self._memory(picture), before)
        counted = tf.cast(ids != PADDING, tf.float32)
        of_each = -tf.nn.sparse_softmax_cross_entropy_with_logits(ids, logits) * counted
        return {"log_probability": tf.reduce_sum(of_each, 1), "subwords": tf.cast(tf.reduce_sum(counted, 1), tf.int32)}

    def _memory(self, picture: tf.Tensor) -> Memory:
        """The bytes of picture files, string [n] -> what the decoder reads of them."""
        return self.encoded(self._each(lambda content: self._square(decoded(content)), picture))

    def _encoded(self, images: tf.Tensor) -> Memory:
        n = tf.shape(images)[0]
        none = tf.cast(n == 0, tf.int32)
        # TensorFlow's convolutions on a CPU get the shape of no pictures wrong.
        memory = self.model.encode(tf.pad(images, [[0, none], [0, 0], [0, 0], [0, 0]]))
        return Memory(memory.vectors[:n], memory.cells[:n])

    def _each(self, function: Any, items: tf.Tensor) -> tf.Tensor:
        spec = tf.TensorSpec([self.config.image, self.config.image, 3], tf.uint8)
        return tf.map_fn(function, items, fn_output_signature=spec)

    def _square(self, picture: tf.Tensor) -> tf.Tensor:
        return fitted(picture, self.config.image)

    def _ids(self, text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """What the network reads, with START first, and what is to follow each, with END last; int32 [n, t], padded."""
        ids = self.subwords.ids(text)
        ends = tf.fill([tf.shape(text)[0], 1], END)
        following = tf.concat([ids, ends], 1)[:, : self.config.longest].to_tensor(PADDING)
        return tf.concat([tf.fill(tf.shape(ends), START), following[:, :-1]], 1), following

    def _best(self, memory: Memory) -> dict[str, tf.Tensor]:
        """The captions of n pictures by beam search."""
        n = tf.shape(memory.cells)[0]
        caches = self.model.memory_caches(memory)
        start, state = tf.fill([n], START), self.model.empty_caches(n, BEAMS)
        found = beam_search(self.model.step, state, caches, start, END, BEAMS, self.config.longest, LENGTH_PENALTY)
        text = self.subwords.text(tf.reshape(found.ids, [n * BEAMS, tf.shape(found.ids)[2]]))
        return {"text": tf.reshape(text, [n, BEAMS]), "log_probability": found.log_probability}
