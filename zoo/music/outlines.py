"""Drawing the outlines of new pieces from those of the training pieces, inside the graph.

What the user leaves open (a control, the number of bars, the upbeat, the form) is taken as a whole from one training piece, which
is drawn at random among those that have what the user gave. So jigs are in 6/8 as often as in the training pieces, and tunes in
dorian are in the keys that go with it. The ending comes from another one, which has all of that and ends on the tonic. What fewer
than ENOUGH of the training pieces have is not asked of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from zoo.music.language import grammar, outline
from zoo.music.language.lookahead import Melody
from zoo.music.language.outline import COLUMNS, Outline
from zoo.music.language.part_writing import OCTAVE
from zoo.music.language.tokens import BAR, TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER
from zoo.music.sampling import OPEN

ENOUGH = 8  # training pieces; fewer would give all new pieces the same outline
# What a training piece should share with what was given, the most important first: a jig has the metre of jigs.
IMPORTANCE = ("type", "metre", "mode", "bars", "opening", "tonic")
# The same of the piece whose ending is taken. It suits the last note of a given melody, and is the tonic: the tunes that end on
# another note lead back to their beginning, but a piece that stands alone should end.
OF_ENDING = ("lead", "degree", "cadence", "mode", "metre", "opening", "type")
_POS = grammar.KINDS.index("pos")


class Plan(NamedTuple):
    """What was drawn for n prompts.

    Attributes:
        controls: int32 [n, controls], the ids of all control tokens.
        bars: int32 [n], of the whole piece; that of an upbeat counts.
        outline: of each piece.
    """

    controls: tf.Tensor
    bars: tf.Tensor
    outline: Outline


class Outlines:
    """The outlines of the training pieces of a network.

    Args:
        scores: the training pieces; those of more than `most_bars` bars are left out, unless all are longer.
        vocabulary: the network's tokens.
        most_bars: as many bars as a piece may have.
        endings: whether the network was taught to head for an ending; without it endings and forms are left open.
    """

    def __init__(self, scores: Sequence[Score], vocabulary: TokenVocabulary, most_bars: int, endings: bool = True) -> None:
        short = [score for score in scores if score.bars <= most_bars]
        kept = short or list(scores)
        outlines = outline.of(kept)
        table = outline.table(kept, outlines, vocabulary)
        table[:, COLUMNS.index("bars")] = np.minimum(table[:, COLUMNS.index("bars")], most_bars)
        forms, characters = outlines.form.astype(np.uint8), outlines.character.astype(np.uint8)
        if not (short and endings):
            table[:, COLUMNS.index("degree")] = 0
            forms[:], characters[:] = 0, 0
        self.controls, self.tables = vocabulary.controls, grammar.Tables(vocabulary)
        self._table, self._forms, self._characters = table, forms, characters

    def draw(self, ids: tf.Tensor, bars: tf.Tensor, melody: Melody, uniform: tf.Tensor) -> Plan:
        """Draws an outline for each prompt.

        Args:
            ids: int32 [n, t], the given tokens after <start>, OPEN where they are open.
            bars: int32 [n], how many bars are asked for, that of an upbeat not counted; with a given melody, those of the melody,
                that of its upbeat counted; 0: open.
            melody: a given melody for voice 0, after whose last note the last one of the lowest part is chosen.
            uniform: float32 [n, 2] in [0, 1), the random numbers.
        """
        asked = tf.pad(ids, [[0, 0], [0, self.controls + 2]], constant_values=OPEN)
        head, first = tf.ensure_shape(asked[:, : self.controls], [None, self.controls]), asked[:, self.controls + 1]
        sung = melody.pitch[:, 0] > 0
        last = tf.maximum(tf.reduce_sum(tf.cast(melody.pitch > 0, tf.int32), 1) - 1, 0)
        last_start, last_duration, last_pitch = (tf.gather(each, last, axis=1, batch_dims=1) for each in melody)
        lead = tf.where(sung & (head[:, 1] != OPEN), (last_pitch - head[:, 1] + self.tables.tonic) % OCTAVE + 1, 0)
        is_pos = tf.gather(self.tables.kind, tf.maximum(first, 0)) == _POS
        opening = tf.where(first == OPEN, -1, tf.where(is_pos, tf.gather(self.tables.value, tf.maximum(first, 0)), 0))

        given = dict(zip(COLUMNS[: self.controls], tf.unstack(head, axis=1), strict=True))
        given |= {"bars": tf.where(bars > 0, bars, OPEN), "opening": opening}
        row = self._like(given, IMPORTANCE, uniform[:, 0])
        table = tf.gather(tf.constant(self._table), row)
        of_row = dict(zip(COLUMNS, tf.unstack(table, axis=1), strict=True))

        controls = tf.where(head == OPEN, table[:, : self.controls], head)
        length = tf.gather(self.tables.value, tf.maximum(controls[:, 0], 0))  # what is no token is refused elsewhere
        drawn = tf.where(of_row["opening"] < length, of_row["opening"], 0)
        opening = tf.where(sung, -1, tf.where(opening >= 0, opening, drawn))
        upbeat = tf.cast(opening > 0, tf.int32)
        total = tf.where(bars > 0, bars, of_row["bars"]) + upbeat
        total = tf.maximum(total, tf.math.count_nonzero(ids == BAR, axis=1, dtype=tf.int32))
        same = (of_row["bars"] + tf.cast(of_row["opening"] > 0, tf.int32) == total) & ((of_row["opening"] > 0) == (opening > 0))
        form, character = (tf.cast(tf.gather(tf.constant(each), row), tf.int32) for each in (self._forms, self._characters))

        wanted = dict(zip(COLUMNS[: self.controls], tf.unstack(controls, axis=1), strict=True))
        wanted |= {
            "opening": opening,
            "lead": tf.where(lead > 0, lead, OPEN),
            "degree": tf.ones_like(lead),
            "cadence": tf.ones_like(lead),
        }
        end = tf.gather(tf.constant(self._table), self._like(wanted, OF_ENDING, uniform[:, 1]))
        of_end = dict(zip(COLUMNS, tf.unstack(end, axis=1), strict=True))
        approach = tf.where(sung, self._approach(melody, last_start, head[:, 1]), of_end["approach"])
        own_metre = of_end["metre"] == controls[:, 0]
        before_end = tf.where(own_metre, of_end["before_end"], tf.minimum(of_end["before_end"], length))
        start = tf.where(sung, last_start, total * length - before_end)
        known = (start >= 0) & (~sung | ((lead > 0) & (of_end["lead"] == lead)))
        return Plan(
            controls,
            total,
            Outline(
                opening,
                start,
                tf.where(sung, last_duration, of_end["duration"]),
                tf.where(known, of_end["degree"], 0),
                tf.where(known, approach, 0),
                tf.where(known & ~sung, of_end["lead"], 0),
                tf.where((same & (first == OPEN))[:, None], form, 0),
                tf.where((first == OPEN)[:, None], character, 0),
            ),
        )

    def _approach(self, melody: Melody, end: tf.Tensor, tonic: tf.Tensor) -> tf.Tensor:
        """The degree of the bass under what a melody sings a quarter note before its last note: V, IV, or 0, open: int32 [n].

        Args:
            melody: of n pieces.
            end: int32 [n], where its last note begins.
            tonic: int32 [n], the id of the tonic.
        """
        begun = (melody.pitch > 0) & (melody.start <= end[:, None] - TICKS_PER_QUARTER)
        number = tf.math.count_nonzero(begun, axis=1, dtype=tf.int32) - 1
        pitch = tf.gather(melody.pitch, tf.maximum(number, 0), axis=1, batch_dims=1)
        degree = tf.where(number >= 0, (pitch - tonic + self.tables.tonic) % OCTAVE + 1, 0)
        approach = tf.zeros_like(degree)
        for root, chord in reversed(outline.CHORDS.items()):
            approach = tf.where(tf.reduce_any(degree[:, None] == tf.constant(chord)[None, :], 1), root, approach)
        return approach

    def _like(self, given: dict[str, tf.Tensor], importance: Sequence[str], uniform: tf.Tensor) -> tf.Tensor:
        """The number of a training piece for each prompt, int32 [n], drawn among those that have what was given.

        Args:
            given: by the name of the column int32 [n] each, OPEN where it is open.
            importance: the names of columns, the most important first.
            uniform: float32 [n] in [0, 1).
        """
        alike = tf.ones([tf.size(uniform), len(self._table)], tf.bool)
        for name in importance:
            if name in given:
                wanted, column = given[name][:, None], tf.constant(self._table[:, COLUMNS.index(name)])[None, :]
                fewer = alike & ((wanted == column) | (wanted == OPEN))
                enough = tf.math.count_nonzero(fewer, axis=1, keepdims=True) >= ENOUGH
                alike = tf.where(enough, fewer, alike)
        alike = tf.cast(alike, tf.int32)
        number = tf.cast(uniform * tf.cast(tf.reduce_sum(alike, 1), tf.float32), tf.int32)  # of the piece among those
        reached = tf.cumsum(alike, 1)
        number = tf.minimum(number, reached[:, -1] - 1)  # rounding can lead beyond the last
        return tf.reduce_sum(tf.cast(reached <= number[:, None], tf.int32), 1)
