"""A network that writes music, as `zoo.load` gives it: scores out of an exported model, and log-probabilities of scores."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core import names
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.music.analysis import arranging, voice_leading
from zoo.music.analysis.melody import estimate_key, line
from zoo.music.analysis.melody import melody as melody_of
from zoo.music.language import fitting, lookahead
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import MODES, PITCH_CLASSES, TICKS_PER_QUARTER, Key, Metre, Note, Voice

BATCH = 250  # pieces sampled in one call, so that memory stays bounded for any number of pieces
# Up to so many pieces are done sooner than XLA has compiled the loop for their number.
FEW = 8
HARMONY_BATCH = 64  # and of harmonies
SCORE_BATCH = 32  # likewise for scoring, which holds the network's states at every step
MOST_PIECES = 10_000
MOST_BARS = 64
# An easy tempo for dancing, and a walking one for a choir: of melodies and of parts.
BEATS_A_MINUTE, BEATS_OF_PARTS = 112.0, 76.0
# Of five pairs tried, temperatures from 0.9 to 1 and masses from 0.9 to 0.98, these gave tunes about as like those of the
# validation split as any other, which wander least and seldom repeat themselves without end.
TEMPERATURE, TOP_P = 1.0, 0.9
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
        self.vocabulary = TokenVocabulary.load(folder / "assets" / "vocabulary.txt")
        self._generate = saved_model.signatures["generate"]
        self._generate_few = saved_model.signatures["generate_few"]
        self._score = saved_model.signatures["score"]
        self._harmonize = saved_model.signatures.get("harmonize")
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
        temperature: float = TEMPERATURE,
        top_k: int = 0,
        top_p: float = TOP_P,
        seed: int = 0,
        tempo: float | None = None,
    ) -> list[Score]:
        """Composes `n` pieces. The same arguments give the same pieces.

        Args:
            n: how many pieces.
            key: their key, "D" (D major), "Dm" or "D dorian"; None: the model chooses.
            mode: their mode, where `key` names a tonic only or is None.
            metre: their metre, "6/8"; None: the model chooses.
            type: of the tunes, "jig"; None: the model chooses.
            bars: how many bars each has; None: drawn as often as the training pieces have them.
            temperature: below 1 safer, above 1 bolder, 1 the network's own; 0 takes the most probable token at each step.
            top_k: only the `top_k` most probable tokens at each step; 0 = all. Like temperature and top_p it is for what is new:
                what repeats an earlier bar is as probable as the network says.
            top_p: only the most probable tokens that together reach this probability; 1 = all.
            seed: of the random numbers.
            tempo: felt beats a minute (a dotted quarter note in 6/8); it does not influence the notes. None: 112 for a
                melody, 76 for parts.

        Raises:
            UserError: a value that this model does not have, naming those it has.
        """
        tempo = (BEATS_OF_PARTS if self.vocabulary.parts else BEATS_A_MINUTE) if tempo is None else tempo
        if not 10 <= tempo <= 500:
            raise UserError(f"tempo = {tempo}: from 10 to 500 beats a minute")
        pieces = self._compose(n, self.prompt(key, mode, metre, type), bars, temperature, top_k, top_p, seed)
        scores = []
        for i, (tokens, log_probability) in enumerate(pieces):
            score = self.vocabulary.decode(tokens)
            quarters = tempo * score.metre.beat_ticks / TICKS_PER_QUARTER
            title = f"{self.card.name}, seed {seed}, tune {i + 1}"
            scores.append(
                replace(score, tempos=((0, quarters),), voices=self.voices(), title=title, log_probability=log_probability)
            )
        return scores

    def voices(self) -> tuple[Voice, ...]:
        """Names and instruments of the voices that the model writes."""
        if self.vocabulary.parts and self.vocabulary.voices == len(voice_leading.VOICES):
            return voice_leading.VOICES
        return (Voice(),) * self.vocabulary.voices

    def continue_(
        self,
        primer: Score,
        n: int = 1,
        bars: int = 8,
        temperature: float = TEMPERATURE,
        top_k: int = 0,
        top_p: float = TOP_P,
        seed: int = 0,
        only_new: bool = False,
    ) -> list[Score]:
        """Goes on from `primer` in its key, metre and type, with its tempo and its instruments, in `n` ways.

        Args:
            primer: music of any kind, of which the model hears what it can write: `adapt_primer`.
            n: how many continuations.
            bars: how many bars to add after the primer's last one, which is filled first.
            temperature, top_k, top_p, seed: see `generate`.
            only_new: without the notes of the primer: from the bar in which the new ones begin.

        Returns:
            Scores whose `new_from` is the tick where the first new note begins; None with `only_new`, and where none came.

        Raises:
            UserError: a primer that the model's tokens cannot express, or more bars than it writes.
        """
        adapted, octaves = self.adapt_primer(primer)
        if adapted.bars + bars > MOST_BARS or bars < 1:
            raise UserError(f"{adapted.bars} bars and {bars} more: this model adds at least 1 and writes {MOST_BARS} in all")
        ids = self._ids(adapted, "the primer")[1:-1]
        rest = self.vocabulary.tokens[ids[-1]]
        if rest.startswith("pos="):  # to the end of the bar, where the new notes may begin
            ids.pop()
        if len(ids) >= self._longest:
            raise UserError(f"the primer has {len(ids)} tokens, more than the {self._longest} that {self.card.name} can hold")
        prompt = " ".join(self.vocabulary.tokens[token] for token in ids)
        scores = []
        pieces = self._compose(n, prompt, adapted.bars + bars, temperature, top_k, top_p, seed)
        for i, (tokens, log_probability) in enumerate(pieces):
            score = _moved(self.vocabulary.decode(tokens), -octaves)
            notes = score.notes
            fresh = notes[len(adapted.notes) :]
            if only_new:
                before = fresh[0].start // score.metre.bar_ticks * score.metre.bar_ticks if fresh else 0
                notes = tuple(replace(note, start=note.start - before) for note in fresh)
            scores.append(
                replace(
                    score,
                    notes=notes,
                    metres=primer.metres[:1],
                    voices=(*adapted.voices, *self.voices()[len(adapted.voices) :]),
                    tempos=primer.tempos[:1],
                    title=f"{primer.title or 'primer'}, continued {i + 1}",
                    log_probability=log_probability,
                    new_from=fresh[0].start if fresh and not only_new else None,
                )
            )
        return scores

    def adapt_primer(self, primer: Score) -> tuple[Score, int]:
        """What the model hears of a primer, and by how many octaves it was moved for that.

        A model of melodies hears the melody (zoo.music.analysis.melody), one of several voices these, the highest first
        (zoo.music.analysis.arranging), one of parts the highest notes of each, in their own order where they are as many; in a
        metre like the primer's, moved to the model's pitches, with lengths (and in parts starts) that it knows. UserError where
        that is not to be had.
        """
        vocabulary = self.vocabulary
        try:
            if not vocabulary.polyphonic:
                adapted = melody_of(primer)
            elif len(primer.voices) == vocabulary.voices and not any(voice.drums for voice in primer.voices):
                adapted = replace(primer, key=primer.key or estimate_key(primer))
            else:
                adapted = arranging.arranged(primer, vocabulary.voices)[0]
            metre = fitting.metre_like(adapted.metre, vocabulary)
        except ValueError as error:
            raise UserError(f"{self.card.name} cannot go on from this music: {error}") from error
        if vocabulary.parts:
            lines = [line([note for note in adapted.notes if note.voice == voice], voice) for voice in range(len(adapted.voices))]
            adapted = replace(adapted, notes=tuple(note for each in lines for note in each))
        pitches = [note.pitch for note in adapted.notes]
        octaves = fitting.octaves_into(pitches, *vocabulary.pitches)
        moved = replace(_moved(adapted, octaves), metres=((0, metre), *adapted.metres[1:]))
        if not all(vocabulary.pitches[0] <= note.pitch <= vocabulary.pitches[1] for note in moved.notes):
            low, high = vocabulary.pitches
            raise UserError(
                f"the primer spans {max(pitches) - min(pitches)} semitones: "
                f"{self.card.name} writes the MIDI pitches {low} to {high}"
            )
        # In melodies a note stands where the one before it ends: only parts have places of their own.
        fit = fitting.placed if vocabulary.parts else fitting.fitted
        return fit(moved, vocabulary), octaves

    def sample(
        self,
        n: int,
        prompt: str,
        bars: int | None = None,
        temperature: float = TEMPERATURE,
        top_k: int = 0,
        top_p: float = TOP_P,
        seed: int = 0,
    ) -> list[list[int]]:
        """The token ids of `n` pieces that begin with `prompt`, a text of tokens; see `generate`."""
        return [tokens for tokens, _ in self._compose(n, prompt, bars, temperature, top_k, top_p, seed)]

    def _compose(
        self, n: int, prompt: str, bars: int | None, temperature: float, top_k: int, top_p: float, seed: int
    ) -> list[tuple[list[int], float]]:
        """Token ids and log-probability of each piece."""
        _check(n, bars, temperature, top_k, top_p, seed)
        pieces = []
        for count, own in _calls(n, BATCH, seed):
            choices = _choices(bars or 0, temperature, top_k, top_p, own)
            output = (self._generate_few if count <= FEW else self._generate)(prompt=tf.constant([prompt] * count), **choices)
            pieces += _rows(output)
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
                meant = names.near(value, known) if name in ("mode", "type") else []
                advice = f"did you mean {' or '.join(meant)}?" if meant else f"it knows {', '.join(known)}"
                raise UserError(f"{name} {value!r} is not known to {self.card.name}: {advice}")
        return " ".join("*" if value == "*" else f"{name}={value}" for name, value in wanted.items())

    def _ids(self, score: Score, name: str) -> list[int]:
        """The token ids of a score; UserError, which calls it `name`, where there are none."""
        try:
            return self.vocabulary.encode(score)
        except ValueError as error:
            raise UserError(f"{name} cannot be written in the tokens of {self.card.name}: {error}") from error

    def harmonize(
        self,
        melody: Score,
        n: int = 1,
        temperature: float = TEMPERATURE,
        top_k: int = 0,
        top_p: float = TOP_P,
        seed: int = 0,
    ) -> list[Score]:
        """Composes the lower parts to a melody, knowing all of it, in `n` ways: the most probable one first.

        The melody stays note for note. What the model cannot say - another octave, notes off its grid - it hears as the
        nearest that it can: `adapt_melody`.

        Args:
            melody: one voice of one note at a time; its key is estimated where it says none.
            n, temperature, top_k, top_p, seed: see `generate`.

        Returns:
            Scores of the model's voices, the melody as the first, all with its instrument; their `log_probability` is that of the
            other voices.

        Raises:
            UserError: a model that writes no parts, a melody in a metre unlike the model's, or one that is too long for it.
        """
        if self._harmonize is None:
            raise UserError(f"{self.card.name} writes melodies: to harmonise one, name a model of parts such as chorale_lstm")
        adapted, octaves = self.adapt_melody(melody)
        _check(n, adapted.bars, temperature, top_k, top_p, seed)
        prompt = self.prompt(adapted.key, None, adapted.metre)
        pieces = []
        for count, own in _calls(n, HARMONY_BATCH, seed):
            choices = _choices(adapted.bars, temperature, top_k, top_p, own)
            given = _given([adapted.notes] * count)
            pieces += _rows(self._harmonize(prompt=tf.constant([prompt] * count), **given, **choices))
        scores = []
        for tokens, log_probability in pieces:
            composed = self.vocabulary.decode(tokens)
            if [note for note in composed.notes if not note.voice] != list(adapted.notes):
                raise UserError(
                    f"{self.card.name} cannot hold {adapted.bars} bars of four parts in its {self._longest:,} tokens: "
                    "harmonise the melody in sections"
                )
            lower = [note for note in _moved(composed, -octaves).notes if note.voice]
            scores.append(
                replace(
                    melody,
                    notes=(*melody.notes, *lower),
                    key=adapted.key,
                    voices=tuple(replace(voice, program=melody.voices[0].program) for voice in self.voices()),
                    log_probability=log_probability,
                    new_from=None,
                )
            )
        scores.sort(key=lambda score: -(score.log_probability or 0.0))
        title = melody.title or "melody"
        return [replace(score, title=f"{title}, harmonised {i + 1}") for i, score in enumerate(scores)]

    def adapt_melody(self, melody: Score) -> tuple[Score, int]:
        """A melody as the model's soprano can sing it, and by how many octaves it was moved for that; single notes that the model
        lacks even so are heard in the nearest octave that it has.

        UserError for what is no melody, a metre that changes or is unlike the model's, or more bars than it writes.
        """
        if not melody.notes or not melody.is_melody or melody.notes[0].voice:
            raise UserError("a melody to harmonise must be one voice of one note at a time")
        if len(melody.metres) > 1:
            tick, metre = melody.metres[1]
            raise UserError(f"the metre of the melody changes to {metre} at tick {tick}: harmonise the sections one by one")
        try:
            metre = fitting.metre_like(melody.metre, self.vocabulary)
        except ValueError as error:
            raise UserError(f"{self.card.name} cannot harmonise this melody: {error}") from error
        octaves = fitting.octaves_into([note.pitch for note in melody.notes], *voice_leading.RANGES[0])
        moved = _moved(melody, octaves)
        moved = replace(moved, notes=tuple(replace(note, pitch=self._within(note.pitch)) for note in moved.notes))
        adapted = fitting.placed(replace(moved, metres=((0, metre),), voices=(Voice(),)), self.vocabulary)
        if adapted.bars > MOST_BARS:
            raise UserError(
                f"the melody has {adapted.bars} bars: this model writes {MOST_BARS} at most; harmonise it in sections"
            )
        return replace(adapted, key=adapted.key or estimate_key(adapted)), octaves

    def _within(self, pitch: int) -> int:
        """The pitch, or the one so many octaves nearer that the vocabulary has it."""
        low, high = self.vocabulary.pitches
        nearer = max(0, -(-(low - pitch) // fitting.OCTAVE)) - max(0, -(-(pitch - high) // fitting.OCTAVE))
        return pitch + nearer * fitting.OCTAVE

    def score(self, scores: Sequence[Score], melody_given: bool = False) -> list[np.ndarray]:
        """The log-probability, float32 [t] in nats, of each token of each score (controls first, <end> last) given those before.

        melody_given: given all of voice 0, too, in a model of parts.

        Raises:
            UserError: a score that the model's tokens cannot express, or `melody_given` for a model of melodies.
        """
        if melody_given and self._harmonize is None:
            raise UserError(f"{self.card.name} writes melodies: there is nothing to be given")
        texts = []
        for i, score in enumerate(scores):
            ids = self._ids(score, f"score {i + 1}")
            texts.append(" ".join(self.vocabulary.tokens[token] for token in ids[1:]))
        # Texts of like length together: less padding, the same values.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        values: dict[int, np.ndarray] = {}
        for first in range(0, len(order), SCORE_BATCH):
            chosen = order[first : first + SCORE_BATCH]
            text = tf.constant([texts[i] for i in chosen])
            if melody_given:
                given = _given([[note for note in scores[i].notes if not note.voice] for i in chosen])
                output = self.saved_model.signatures["score_harmony"](text=text, **given)
            else:
                output = self._score(text=text)
            rows = zip(chosen, output["tokens"].numpy(), output["log_probability"].numpy(), strict=True)
            values |= {i: row[tokens > 0] for i, tokens, row in rows}
        return [values[i] for i in range(len(texts))]


def _moved(score: Score, octaves: int) -> Score:
    """The score so many octaves higher. UserError where MIDI ends before that."""
    try:
        return score.transpose(octaves * fitting.OCTAVE)
    except ValueError as error:
        raise UserError(
            f"moved by {octaves} octaves, notes lie beyond what MIDI has: bring the music nearer to its middle"
        ) from error


def _check(n: int, bars: int | None, temperature: float, top_k: int, top_p: float, seed: int) -> None:
    """UserError for a choice outside its range."""
    if not 1 <= n <= MOST_PIECES:
        raise UserError(f"n = {n}: from 1 to {MOST_PIECES:,} pieces at a time")
    if bars is not None and not 1 <= bars <= MOST_BARS:
        raise UserError(f"bars = {bars}: this model writes 1 to {MOST_BARS} bars")
    if not 0 <= temperature <= 100:
        raise UserError(f"temperature = {temperature}: a number from 0 (the most probable token) to 100; 1 is the model's own")
    if not 0 <= top_k < 2**31:
        raise UserError(f"top_k = {top_k}: a whole number of at least 1, or 0 for no limit")
    if not 0 < top_p <= 1:
        raise UserError(f"top_p = {top_p}: above 0 and at most 1, where 1 is no limit")
    if not -(2**62) <= seed < 2**62:
        raise UserError(f"seed = {seed}: a whole number of at most 62 bits")


def _calls(n: int, most: int, seed: int) -> Iterator[tuple[int, int]]:
    """How many pieces each call of a signature writes, `most` at most, and its seed."""
    for call, first in enumerate(range(0, n, most)):
        yield min(most, n - first), seed + call * SEED_STEP


def _choices(bars: int, temperature: float, top_k: int, top_p: float, seed: int) -> dict[str, tf.Tensor]:
    """What every composing signature takes besides the prompt."""
    return {
        "bars": tf.constant(bars, tf.int32),
        "temperature": tf.constant(temperature, tf.float32),
        "top_k": tf.constant(top_k, tf.int32),
        "top_p": tf.constant(top_p, tf.float32),
        "seed": tf.constant(seed, tf.int64),
    }


def _given(melodies: Sequence[Sequence[Note]]) -> dict[str, tf.Tensor]:
    """The melody of each piece, as the signatures that are given one take it."""
    return {name: tf.constant(values) for name, values in lookahead.melody(melodies)._asdict().items()}


def _rows(output: dict[str, tf.Tensor]) -> list[tuple[list[int], float]]:
    """Token ids and log-probability of each piece that a signature wrote."""
    rows = zip(output["tokens"].numpy(), output["log_probability"].numpy(), strict=True)
    return [(row[row > 0].tolist(), float(log_probability)) for row, log_probability in rows]
