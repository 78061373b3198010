"""A network that writes music, as `zoo.load` gives it: scores out of an exported model, and log-probabilities of scores."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.cards import Card
from zoo.errors import UserError
from zoo.music.score import MODES, PITCH_CLASSES, TICKS_PER_QUARTER, Key, Metre, Score
from zoo.music.tokens import Vocabulary

BATCH = 250  # pieces sampled in one call, so that memory stays bounded for any number of pieces
# Up to so many pieces are done sooner than XLA has compiled the loop for their number.
FEW = 8
SCORE_BATCH = 32  # likewise for scoring, which holds the network's states at every step
MOST_PIECES = 10_000
MOST_BARS = 64
BEATS_A_MINUTE = 112.0  # an easy tempo for dancing
SEED_STEP = 1_000_003  # between the seeds of two calls; a prime, so that seeds 0, 1, 2 ... of the user share no call's seed


class Composer:
    """An exported music model.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: the model's folder, whose assets hold the vocabulary.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card = card
        self.saved_model = saved_model  # the signatures live only as long as it does
        self.vocabulary = Vocabulary.load(folder / "assets" / "vocabulary.txt")
        self._generate = saved_model.signatures["generate"]
        self._generate_few = saved_model.signatures["generate_few"]
        self._score = saved_model.signatures["score"]
        self._longest = self._generate.structured_outputs["tokens"].shape[1]

    def controls(self, name: str) -> list[str]:
        """The values that a control token ("metre", "tonic", "mode" or "type") can take in this model."""
        return [token.removeprefix(f"{name}=") for token in self.vocabulary.tokens if token.startswith(f"{name}=")]

    def generate(
        self,
        n: int = 1,
        key: str | Key | None = None,
        mode: str | None = None,
        metre: str | Metre | None = None,
        type: str | None = None,
        bars: int | None = None,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
        tempo: float = BEATS_A_MINUTE,
    ) -> list[Score]:
        """Composes `n` pieces. The same arguments give the same pieces.

        Args:
            n: how many pieces.
            key: their key, "D" (D major), "Dm" or "D dorian"; None: the model chooses.
            mode: their mode, where `key` names a tonic only or is None.
            metre: their metre, "6/8"; None: the model chooses.
            type: of the tunes, "jig"; None: the model chooses.
            bars: how many bars each has; None: the model chooses.
            temperature: below 1 safer, above 1 bolder; 0 takes the most probable token at each step.
            top_k: only the `top_k` most probable tokens at each step; 0 = all.
            top_p: only the most probable tokens that together reach this probability; 1 = all.
            seed: of the random numbers.
            tempo: felt beats a minute (a dotted quarter note in 6/8); it does not influence the notes.

        Raises:
            UserError: a value that this model does not have, naming those it has.
        """
        if not 10 <= tempo <= 500:
            raise UserError(f"tempo = {tempo}: from 10 to 500 beats a minute")
        pieces = self._compose(n, self.prompt(key, mode, metre, type), bars, temperature, top_k, top_p, seed)
        scores = []
        for i, (tokens, log_probability) in enumerate(pieces):
            score = self.vocabulary.decode(tokens)
            quarters = tempo * score.metre.beat_ticks / TICKS_PER_QUARTER
            title = f"{self.card.name}, seed {seed}, tune {i + 1}"
            scores.append(replace(score, tempos=((0, quarters),), title=title, log_probability=log_probability))
        return scores

    def continue_(
        self,
        primer: Score,
        n: int = 1,
        bars: int = 8,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
        only_new: bool = False,
    ) -> list[Score]:
        """Goes on from `primer` in its key, metre and type, with its tempo and its instrument, in `n` ways.

        Args:
            primer: a melody, see `zoo.music.melody.melody`; it comes out as it went in.
            n: how many continuations.
            bars: how many bars to add after the primer's last one, which is filled first.
            temperature, top_k, top_p, seed: see `generate`.
            only_new: without the notes of the primer: from the bar in which the new ones begin.

        Raises:
            UserError: a primer that the model's tokens cannot express, or more bars than it writes.
        """
        if primer.bars + bars > MOST_BARS or bars < 1:
            raise UserError(f"{primer.bars} bars and {bars} more: this model adds at least 1 and writes {MOST_BARS} in all")
        ids = self._ids(primer, "the primer")[1:-1]
        rest = self.vocabulary.tokens[ids[-1]]
        if rest.startswith("pos="):  # to the end of the bar, where the new notes may begin
            ids.pop()
        if len(ids) >= self._longest:
            raise UserError(f"the primer has {len(ids)} tokens, more than the {self._longest} that {self.card.name} can hold")
        prompt = " ".join(self.vocabulary.tokens[token] for token in ids)
        scores = []
        pieces = self._compose(n, prompt, primer.bars + bars, temperature, top_k, top_p, seed)
        for i, (tokens, log_probability) in enumerate(pieces):
            score = self.vocabulary.decode(tokens)
            notes = score.notes
            if only_new:
                fresh = notes[len(primer.notes) :]
                before = fresh[0].start // score.metre.bar_ticks * score.metre.bar_ticks if fresh else 0
                notes = tuple(replace(note, start=note.start - before) for note in fresh)
            title = f"{primer.title or 'primer'}, continued {i + 1}"
            voices, tempos = (*primer.voices, *score.voices)[: len(score.voices)], primer.tempos[:1]
            scores.append(replace(score, notes=notes, voices=voices, tempos=tempos, title=title, log_probability=log_probability))
        return scores

    def sample(
        self,
        n: int,
        prompt: str,
        bars: int | None = None,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> list[list[int]]:
        """The token ids of `n` pieces that begin with `prompt`, a text of tokens; see `generate`."""
        return [tokens for tokens, _ in self._compose(n, prompt, bars, temperature, top_k, top_p, seed)]

    def _compose(
        self, n: int, prompt: str, bars: int | None, temperature: float, top_k: int, top_p: float, seed: int
    ) -> list[tuple[list[int], float]]:
        """Token ids and log-probability of each piece."""
        if not 1 <= n <= MOST_PIECES:
            raise UserError(f"n = {n}: from 1 to {MOST_PIECES:,} pieces at a time")
        if bars is not None and not 1 <= bars <= MOST_BARS:
            raise UserError(f"bars = {bars}: this model writes 1 to {MOST_BARS} bars")
        if not 0 <= temperature <= 100:
            raise UserError(
                f"temperature = {temperature}: a number from 0 (the most probable token) to 100; 1 is the model's own"
            )
        if not 0 <= top_k < 2**31:
            raise UserError(f"top_k = {top_k}: a whole number of at least 1, or 0 for no limit")
        if not 0 < top_p <= 1:
            raise UserError(f"top_p = {top_p}: above 0 and at most 1, where 1 is no limit")
        if not -(2**62) <= seed < 2**62:
            raise UserError(f"seed = {seed}: a whole number of at most 62 bits")
        pieces = []
        for call, first in enumerate(range(0, n, BATCH)):
            count = min(BATCH, n - first)
            output = (self._generate_few if count <= FEW else self._generate)(
                prompt=tf.constant([prompt] * count),
                bars=tf.constant(bars or 0, tf.int32),
                temperature=tf.constant(temperature, tf.float32),
                top_k=tf.constant(top_k, tf.int32),
                top_p=tf.constant(top_p, tf.float32),
                seed=tf.constant(seed + call * SEED_STEP, tf.int64),
            )
            rows = zip(output["tokens"].numpy(), output["log_probability"].numpy(), strict=True)
            pieces += [(row[row > 0].tolist(), float(log_probability)) for row, log_probability in rows]
        return pieces

    def prompt(
        self,
        key: str | Key | None = None,
        mode: str | None = None,
        metre: str | Metre | None = None,
        type: str | None = None,
    ) -> str:
        """The control tokens of a piece as text; `*` where the model chooses."""
        tonic = "*"
        if key is not None:
            parsed = Key.parse(key) if isinstance(key, str) else key
            tonic = PITCH_CLASSES[parsed.tonic]
            if mode is None:
                mode = parsed.mode
            elif parsed.mode not in ("major", mode):
                raise UserError(
                    f"key {str(parsed)!r} and mode {mode!r} contradict each other: give the key's tonic, or leave out the mode"
                )
        if isinstance(metre, str):
            metre = Metre.parse(metre)
        wanted = {"metre": "*" if metre is None else str(metre), "tonic": tonic, "mode": mode or "*"}
        if self.vocabulary.types:
            wanted["type"] = "*" if type is None else type.strip().lower().replace(" ", "-")
        elif type is not None:
            raise UserError(f"type {type!r}: {self.card.name} knows no types of pieces; leave it out")
        for name, value in wanted.items():
            if value != "*" and value not in self.controls(name):
                known = [m for m in MODES if m in self.controls(name)] if name == "mode" else self.controls(name)
                raise UserError(f"{name} {value!r} is not known to {self.card.name}: it knows {', '.join(known)}")
        return " ".join("*" if value == "*" else f"{name}={value}" for name, value in wanted.items())

    def _ids(self, score: Score, name: str) -> list[int]:
        """The token ids of a score; UserError, which calls it `name`, where there are none."""
        try:
            return self.vocabulary.encode(score)
        except ValueError as error:
            raise UserError(f"{name} cannot be written in the tokens of {self.card.name}: {error}") from error

    def score(self, scores: Sequence[Score]) -> list[np.ndarray]:
        """The log-probability, float32 [t] in nats, of each token of each score (controls first, <end> last) given those before.

        Raises:
            UserError: a score that the model's tokens cannot express.
        """
        texts = []
        for i, score in enumerate(scores):
            ids = self._ids(score, f"score {i + 1}")
            texts.append(" ".join(self.vocabulary.tokens[token] for token in ids[1:]))
        # Texts of like length together: less padding, the same values.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        values: dict[int, np.ndarray] = {}
        for first in range(0, len(order), SCORE_BATCH):
            chosen = order[first : first + SCORE_BATCH]
            output = self._score(text=tf.constant([texts[i] for i in chosen]))
            rows = zip(chosen, output["tokens"].numpy(), output["log_probability"].numpy(), strict=True)
            values |= {i: row[tokens > 0] for i, tokens, row in rows}
        return [values[i] for i in range(len(texts))]
