"""A network that writes music, as `zoo.load` gives it: scores out of an exported model, and log-probabilities of scores."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core import extras, names, progress
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.sampling import Sampling, calls
from zoo.music import continuing, sections, varying
from zoo.music.analysis import copying, voice_leading, voices
from zoo.music.analysis.melody import snapped
from zoo.music.analysis.metres import one_metre
from zoo.music.language import features, fitting, grammar, lookahead
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import MODES, PITCH_CLASSES, TICKS_PER_QUARTER, Key, Metre, Note, Voice, parse_value

BATCH = 250  # pieces sampled in one call, so that memory stays bounded for any number of pieces
SHOWN_BATCH = 32  # the same where someone waits for them: a bar moves after each call
# So few pieces are done before XLA has compiled the loop for their number.
FEW = 8
HARMONY_BATCH = 64  # harmonies sampled in one call
SCORE_BATCH = 32  # scores in one call, which holds the network's states at every step
MOST_PIECES = 10_000
# At these, tunes are about as like those of the validation split as at any other pair that was tried, and wander least.
TEMPERATURE, TOP_P = 1.0, 0.9
MOST_BARS = 64
MOST_VERSIONS = 100
# An easy tempo for dancing, and a walking one for a choir: of melodies and of parts.
BEATS_A_MINUTE, BEATS_OF_PARTS = 112.0, 76.0
LOG = logging.getLogger(__name__)
SECTION_SEED, STRETCH_SEED = 7_000_003, 13_000_027  # between the seeds of two sections, and of two stretches of one metre
LEAST_HEARD = 16  # bars of a primer that are heard, however many bars are to be added
ROOM = 1.25  # new bars are expected to need so many times the tokens of the primer's


@dataclass(frozen=True)
class Expectation:
    """What a network expected where a note stands.

    Attributes:
        probability: of the note's pitch, given all that stands before it.
        pitches: the most probable pitches there and their probabilities, the most probable first. What is left to 1 belongs to
            less probable pitches, to rests and to the end of the bar or the piece.
        duration: the probability of the note's duration, given its pitch.
    """

    probability: float
    pitches: tuple[tuple[int, float], ...]
    duration: float


class Composer:
    """An exported network that writes music.

    >>> import zoo
    >>> composer = zoo.load("folk_lstm")
    >>> composer
    <Composer folk_lstm: music_lstm, 1,291,184 parameters, writes melodies>
    >>> (tune,) = composer.generate(type="jig", key="D", metre="6/8", bars=16, seed=7)
    >>> (longer,) = composer.continue_(tune, bars=8)
    >>> longer.save("jig.mid")  # also .abc, .musicxml, .wav and .png
    PosixPath('jig.mid')

    chorale_lstm also writes the lower parts to a melody: `harmonize`.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: the model's folder, whose assets hold the vocabulary.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card = card
        self.saved_model = saved_model  # the signatures live only as long as it does
        self.vocabulary = TokenVocabulary.of_model(folder)
        self._generate = saved_model.signatures["generate"]
        self._generate_few = saved_model.signatures["generate_few"]
        self._score = saved_model.signatures["score"]
        self._harmonize = saved_model.signatures.get("harmonize")
        self._longest = self._generate.structured_outputs["tokens"].shape[1]

    def __repr__(self) -> str:
        network = self.card.architecture.get("network", "a network")
        return f"<Composer {self.card.name}: {network}, {self.card.parameters:,} parameters, writes {self._writes()}>"

    def _writes(self) -> str:
        if self.vocabulary.parts:
            return f"{self.vocabulary.voices} parts, and harmonises melodies"
        return "music of several notes at once" if self.vocabulary.polyphonic else "melodies"

    def controls(self, name: str) -> list[str]:
        """The values that a control token ("metre", "tonic", "mode" or "type") can take in this model."""
        return [token.removeprefix(f"{name}=") for token in self.vocabulary.tokens if token.startswith(f"{name}=")]

    def voices(self) -> tuple[Voice, ...]:
        """Names and instruments of the voices that the model writes."""
        if self.vocabulary.parts and self.vocabulary.voices == len(voice_leading.VOICES):
            return voice_leading.VOICES
        return (Voice(),) * self.vocabulary.voices

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
            key: "D" (D major), "Dm" or "D dorian"; None: the model chooses.
            mode: "dorian", where `key` names a tonic only or is None.
            metre: "6/8"; None: the model chooses.
            type: "jig", of a model that knows types; None: the model chooses.
            bars: the exact number of full bars, besides that of an upbeat; None: that of a training piece.
            temperature: below 1 safer, above 1 bolder, 1 the network's own; 0 takes the most probable token at each step.
            top_k: only the `top_k` most probable tokens at each step; 0: all.
            top_p: only the most probable tokens that together reach this probability; 1: all. Temperature, top_k and top_p are
                for what is new: a token that repeats an earlier bar keeps its probability.
            seed: of the random numbers.
            tempo: felt beats a minute (dotted quarter notes in 6/8), without influence on the notes. None: 112 for a melody, 76
                for parts.

        Raises:
            UserError: a value that this model does not have, naming those it has.
        """
        tempo = (BEATS_OF_PARTS if self.vocabulary.parts else BEATS_A_MINUTE) if tempo is None else tempo
        if not 10 <= tempo <= 500:
            raise UserError(f"tempo = {tempo}: from 10 to 500 beats a minute")
        sampling = Sampling(temperature, top_k, top_p, seed)
        pieces = self._compose(n, self.prompt(key, mode, metre, type), bars, sampling, SHOWN_BATCH)
        scores = []
        for i, (tokens, log_probability) in enumerate(pieces):
            score = self.vocabulary.decode(tokens)
            quarters = tempo * score.metre.beat_ticks / TICKS_PER_QUARTER
            title = f"{self.card.name}, seed {seed}, tune {i + 1}"
            scores.append(
                replace(score, tempos=((0, quarters),), voices=self.voices(), title=title, log_probability=log_probability)
            )
        return scores

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
        track: int | str | None = None,
        channel: int | None = None,
        *,
        key: str | Key | None = None,
        metre: str | Metre | None = None,
        pickup: str | int | None = None,
    ) -> list[Score]:
        """Continues `primer` in its key, metre and type, with its tempo and its instruments, in `n` ways.

        The primer stays note for note, its other voices included, up to the bar in which what the model heard of it ends.

        Args:
            primer: music of any kind and length. The model hears what it can write of its last bars, see `adapt_primer`.
            n: how many continuations.
            bars: how many bars to add. The primer's last bar is filled before that.
            temperature, top_k, top_p, seed: see `generate`.
            only_new: leave out the notes of the primer, and the bars before the one in which the new notes begin.
            track, channel: where the voices are that the model hears and goes on with, see `zoo.music.analysis.voices.chosen`.
            key, metre: of the primer, such as "D" and "6/8". None: the written ones, unless the notes contradict them.
            pickup: the note value before the primer's first full bar, such as "1/8" (or 12 ticks); 0: there is none. None: as it
                is written, or as the notes tell.

        Returns:
            Scores whose `new_from` is the tick where the first new note begins. It is None with `only_new`, and where no note
            was added.

        Raises:
            UserError: a primer without a melody or in a metre unlike the model's, or more bars than the model adds.
        """
        if not 1 <= bars <= MOST_BARS:
            raise UserError(f"bars = {bars}: this model adds 1 to {MOST_BARS} bars")
        _check_score(primer)
        heard = self.adapt_primer(voices.chosen(primer, track, channel), key, metre, pickup)
        primer, heard = fitting.as_heard(primer, fitting.within(heard, primer))
        heard = fitting.aligned(heard, bars)
        own, length = heard.metre.bar_ticks, heard.score.metre.bar_ticks
        total = -(-(-(-heard.score.end // own) + bars) * own // length)  # of the model's bars, the last one begun
        tail, before = self._tail(heard.score, total - heard.score.bars)
        notices = [*heard.notices, *continuing.notices(primer, heard)]
        if before:
            last = (heard.score.bars - before) * length // own
            notices.append(f"the music is long: the model hears its last {last} bars")
        _tell(notices)
        asked = total - before - (tail.notes[0].start > 0)  # that of an upbeat does not count
        pieces = self._compose(n, self._prompt_of(tail), asked, Sampling(temperature, top_k, top_p, seed), SHOWN_BATCH)
        scores = []
        for i, (tokens, log_probability) in enumerate(pieces):
            score = self.vocabulary.decode(tokens)
            fresh = [replace(note, start=note.start + before * length) for note in score.notes[len(tail.notes) :]]
            join = continuing.alone if only_new else continuing.continued
            scores.append(
                replace(
                    join(primer, heard, heard.written(fresh), self.voices()),
                    key=score.key,
                    type=score.type,
                    title=f"{primer.title or 'primer'}, continued {i + 1}",
                    log_probability=log_probability,
                )
            )
        return scores

    def _tail(self, heard: Score, bars: int) -> tuple[Score, int]:
        """The last bars of what is heard from which the model can write so many more, and how many it leaves out."""
        most = max(MOST_BARS - bars, LEAST_HEARD)

        def fits(score: Score) -> bool:
            tokens = len(self._ids(score, "the primer"))
            return tokens + ROOM * bars * tokens / score.bars < self._longest

        found = sections.tail(heard, most, self.vocabulary, fits) or sections.tail(
            heard, most, self.vocabulary, lambda score: 2 * len(self._ids(score, "the primer")) < self._longest
        )
        if found is None:
            raise UserError(f"the last bar alone has more notes than {self.card.name} can hear: leave some of them out")
        return found

    def adapt_primer(
        self,
        primer: Score,
        key: str | Key | None = None,
        metre: str | Metre | None = None,
        pickup: str | int | None = None,
    ) -> fitting.Adapted:
        """What the model can write of a primer, and what it hears otherwise than written. See `fitting.adapt_primer`."""
        _check_score(primer)
        return fitting.adapt_primer(primer, self.vocabulary, self.card.name, **_said(key, metre, pickup))

    def harmonize(
        self,
        melody: Score,
        n: int = 1,
        temperature: float = TEMPERATURE,
        top_k: int = 0,
        top_p: float = TOP_P,
        seed: int = 0,
        *,
        key: str | Key | None = None,
        metre: str | Metre | None = None,
        pickup: str | int | None = None,
    ) -> list[Score]:
        """Composes the lower parts to a melody in `n` ways: the most probable one first. The model knows all of the melody.

        The melody stays note for note, also where the model knows only something near it, see `adapt_melody`.

        Args:
            melody: a melody, or music whose highest voice is one. A key that it does not name is estimated.
            n: how many harmonies.
            temperature, top_k, top_p, seed: see `generate`.
            key, metre, pickup: of the melody, see `continue_`.

        Returns:
            Scores of the model's voices, the melody as the first, all with its instrument. Their `log_probability` is that of
            the other voices; it is None for a single harmony to a long melody, which is harmonised in sections.

        Raises:
            UserError: a model that writes no parts, music without a melody, or a metre unlike the model's.
        """
        if self._harmonize is None:
            raise UserError(f"{self.card.name} writes {self._writes()}: to harmonise, name a model of parts such as chorale_lstm")
        melody, stretches = self.adapt_melody(melody, key, metre, pickup)
        sampling = Sampling(temperature, top_k, top_p, seed)
        _check(n, None, sampling)
        lower: list[list[Note]] = [[] for _ in range(n)]
        chances: list[float | None] = [0.0] * n
        for number, heard in enumerate(stretches):
            _tell(heard.notices)
            harmonies = self._harmonies(heard.score, n, sampling._replace(seed=seed + number * STRETCH_SEED))
            for i, (score, chance) in enumerate(sorted(harmonies, key=lambda each: -(each.log_probability or 0.0))):
                lower[i] += heard.written(note for note in score.notes if note.voice)
                before = chances[i]
                chances[i] = None if before is None or chance is None else before + chance
        title = melody.title or "melody"
        voices = tuple(replace(voice, program=melody.voices[0].program) for voice in self.voices())
        return [
            replace(
                melody,
                notes=(*melody.notes, *lower[i]),
                key=stretches[0].score.key,
                voices=voices,
                log_probability=chances[i],
                new_from=None,
                title=f"{title}, harmonised {i + 1}",
            )
            for i in range(n)
        ]

    def _harmonies(self, melody: Score, n: int, sampling: Sampling) -> list[sections.Harmony]:
        """`n` harmonies to a melody of any length in one of the model's metres."""
        assert self._harmonize is not None
        controls = self.prompt(melody.key, None, melody.metre)

        def write(prompts: list[list[int]], window: Score, section: int) -> list[sections.Written]:
            pieces = []
            own = sampling._replace(seed=sampling.seed + section * SECTION_SEED)
            first = 0
            for count, of_call in calls(n, HARMONY_BATCH, own):
                texts = [self._text(prompt) or controls for prompt in prompts[first : first + count]]
                given = _melody_inputs([window.notes] * count)
                output = self._harmonize(prompt=tf.constant(texts), **given, **_sampling_inputs(window.bars, of_call))
                pieces += _rows(output)
                first += count
            return [sections.Written(*piece) for piece in pieces]

        def weigh(prompts: list[list[int]], ids: list[list[int]], window: Score) -> list[float]:
            values = self._weights([self._text(each) for each in ids], [window.notes] * n)
            chosen = [np.array(self.vocabulary.part_of_tokens(each)) != 0 for each in ids]
            begun = [len(prompt) or self.vocabulary.controls for prompt in prompts]
            return [float(row[at:][mask[at:]].sum()) for row, mask, at in zip(values, chosen, begun, strict=True)]

        return sections.Harmonizer(self.vocabulary, MOST_BARS, self._longest, write, weigh).harmonies(melody, n)

    def adapt_melody(
        self,
        melody: Score,
        key: str | Key | None = None,
        metre: str | Metre | None = None,
        pickup: str | int | None = None,
    ) -> tuple[Score, list[fitting.Adapted]]:
        """The melody of any music, and what the model can harmonise of it. See `fitting.adapt_melody`."""
        _check_score(melody)
        return fitting.adapt_melody(melody, self.vocabulary, self.card.name, **_said(key, metre, pickup))

    def vary(
        self,
        music: Score,
        bars: int | tuple[int, int],
        n: int = 1,
        temperature: float = TEMPERATURE,
        top_k: int = 0,
        top_p: float = TOP_P,
        seed: int = 0,
        keep_melody: bool = False,
        track: int | str | None = None,
        channel: int | None = None,
        *,
        key: str | Key | None = None,
        metre: str | Metre | None = None,
        pickup: str | int | None = None,
    ) -> list[Score]:
        """Writes some bars anew in `n` ways, so that they fit what stands before and after them: the best one first.

        Many versions are drawn. Those are chosen that lead into the old music and differ from the old bars and from each other.
        Outside of the bars all stays as it is, and in them the voices that the model does not write: notes, tempos, velocities.

        Args:
            music: of any kind. A model of melodies writes its melody anew, a model of parts its four parts.
            bars: the number of a bar, or of the first and the last one. The first full bar is 1, an upbeat is bar 0.
            n: how many versions.
            temperature, top_k, top_p, seed: see `generate`.
            keep_melody: a model of parts leaves the highest part as it is, and knows all of it.
            track, channel: where the voices are that are written anew, see `zoo.music.analysis.voices.chosen`.
            key, metre, pickup: of the music, see `continue_`. They say where bars begin, and so which bars `bars` means.

        Returns:
            Scores whose `new_from` and `new_to` are the ticks where the new bars begin and end. They are fewer than `n` where the
            model finds no others.

        Raises:
            UserError: bars that the music does not have, or that the model cannot write.
        """
        _check_score(music)
        sampling = Sampling(temperature, top_k, top_p, seed)
        sampling.check()
        if not 1 <= n <= MOST_VERSIONS:
            raise UserError(f"n = {n}: from 1 to {MOST_VERSIONS} versions at a time")
        if keep_melody and self._harmonize is None:
            raise UserError(
                f"{self.card.name} writes {self._writes()}: to keep the melody, name a model of parts such as chorale_lstm"
            )
        said = _said(key, metre, pickup)
        music = replace(voices.instruments(music), key=said["key"] or music.key)
        stretch, start, end = varying.located(music, (bars, bars) if isinstance(bars, int) else bars, **said)
        heard = self._heard_in(stretch.score, track, channel)
        _tell([*stretch.notices, *heard.notices])
        start, end = start - heard.first_tick, end - heard.first_tick
        written = range(int(keep_melody), len(heard.score.voices))
        passage = varying.surroundings(heard.score, start, end, written, self.vocabulary, MOST_BARS, self._longest)

        def draw(prompt: list[int], old: Score, count: int, call: int) -> list[list[int]]:
            own = sampling._replace(seed=sampling.seed + call * SECTION_SEED)
            return self._versions(prompt, old, count, own, keep_melody)

        versions = varying.Varier(self.vocabulary, draw, lambda scores: self.score(scores, keep_melody)).versions(passage, n)
        if not versions:
            raise UserError("the model finds nothing else for these bars: choose others, another seed or a higher temperature")
        if len(versions) < n:
            _tell([f"the model finds {len(versions)} versions of these bars, and no more"])
        title = music.title or "music"
        return [
            replace(varying.written(music, stretch, heard, passage, each), title=f"{title}, varied {i + 1}")
            for i, each in enumerate(versions)
        ]

    def _heard_in(self, music: Score, track: int | str | None, channel: int | None) -> fitting.Adapted:
        """What the model can write of the voices of a track and a channel; its `sources` are voices of the whole music."""
        numbers = voices.numbers(music, track, channel)
        chosen = voices.chosen(music, track, channel)
        # All of the music told its key and its bars already.
        heard = fitting.adapt_primer(chosen, self.vocabulary, self.card.name, key=music.key, pickup="written")
        most, sounding = self.vocabulary.voices, {note.voice for note in music.notes if not music.voices[note.voice].drums}
        count = len(sounding.intersection(numbers))
        if self.vocabulary.parts and count <= most:
            count = len({note.voice for note in heard.score.notes})  # lines of chords are voices, too
        if (self.vocabulary.polyphonic and count > most) or (self.vocabulary.parts and count < most):
            raise UserError(f"{self.card.name} varies music of {most} voices, and this has {count}: choose another model")
        return replace(heard, sources=tuple(numbers[source] for source in heard.sources))

    def _versions(self, prompt: list[int], old: Score, n: int, sampling: Sampling, keep_melody: bool) -> list[list[int]]:
        """The token ids of `n` pieces that begin with the ids of a prompt and are as long as the old music; see `vary`."""
        pieces = []
        bars = old.bars - old.has_upbeat
        for count, own in calls(n, HARMONY_BATCH if keep_melody else BATCH, sampling):
            prompts, numbers = tf.constant([self._text(prompt)] * count), _sampling_inputs(bars, own)
            if keep_melody:
                assert self._harmonize is not None  # `vary`
                melody = _melody_inputs([[note for note in old.notes if not note.voice]] * count)
                pieces += _rows(self._harmonize(prompt=prompts, **melody, **numbers))
            else:
                pieces += _rows(self._generate(prompt=prompts, **numbers))
        return [ids for ids, _ in pieces]

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
        """The token ids of `n` pieces that begin with `prompt`, a text of tokens. See `generate`."""
        return [tokens for tokens, _ in self._compose(n, prompt, bars, Sampling(temperature, top_k, top_p, seed))]

    def _compose(
        self, n: int, prompt: str, bars: int | None, sampling: Sampling, most: int = BATCH
    ) -> list[tuple[list[int], float]]:
        """Token ids and log-probability of each piece, of which `most` are sampled in one call. More than a few have a bar."""
        _check(n, bars, sampling)
        pieces: list[tuple[list[int], float]] = []
        # All calls are of one size, since the loop is compiled for each size; what is too much in the last call is dropped.
        size = -(-n // -(-n // most))
        signature = self._generate_few if size <= FEW else self._generate
        with progress.bar(total=n, what="composing", unit="piece", disable=n <= FEW) as shown:
            for count, own in calls(n, size, sampling):
                rows = _rows(signature(prompt=tf.constant([prompt] * size), **_sampling_inputs(bars or 0, own)))
                pieces += rows[:count]
                shown.update(count)
        return self._full(pieces, prompt, bars, sampling) if bars else pieces

    def _full(
        self, pieces: list[tuple[list[int], float]], prompt: str, bars: int, sampling: Sampling
    ) -> list[tuple[list[int], float]]:
        """Pieces of which some ran out of tokens before they had all bars, with all of them."""
        whole = [ids for ids, _ in pieces]

        def compose(prompts: list[list[int]], bars: int, section: int) -> list[list[int]]:
            found: dict[int, list[int]] = {}
            own = sampling._replace(seed=sampling.seed + section * SECTION_SEED)
            for upbeat in (False, True):  # whose bar the signature does not count
                chosen = [i for i, each in enumerate(prompts) if sections.begins_with_rest(each, self.vocabulary) == upbeat]
                first = 0
                for count, of_call in calls(len(chosen), BATCH, own):
                    texts = tf.constant([self._text(prompts[i]) for i in chosen[first : first + count]])
                    rows = _rows(self._generate(prompt=texts, **_sampling_inputs(bars - upbeat, of_call)))
                    found |= {i: ids for i, (ids, _) in zip(chosen[first:], rows, strict=False)}
                    first += count
            return [found[i] for i in range(len(prompts))]

        full = sections.lengthened(whole, bars, self.vocabulary, self._longest, compose)
        given = len(prompt.split())
        changed = [i for i, ids in enumerate(full) if ids != whole[i]]
        chances = self._weights([self._text(full[i]) for i in changed]) if changed else []
        sums = dict(zip(changed, (float(row[given:].sum()) for row in chances), strict=True))
        return [(ids, sums.get(i, pieces[i][1])) for i, ids in enumerate(full)]

    def _text(self, ids: Sequence[int]) -> str:
        """Token ids as the text that the signatures take."""
        return " ".join(self.vocabulary.tokens[token] for token in ids)

    def prompt(
        self,
        key: str | Key | None = None,
        mode: str | None = None,
        metre: str | Metre | None = None,
        type: str | None = None,
    ) -> str:
        """The control tokens of a piece as text, `*` where the model chooses. See `generate` for arguments and errors."""
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

    def _prompt_of(self, primer: Score) -> str:
        """The tokens of a primer as text, without <end>. UserError where it has no tokens."""
        ids = self._ids(primer, "the primer")[1:-1]
        if self.vocabulary.tokens[ids[-1]].startswith("pos="):  # to the end of the bar, where the new notes may begin
            ids.pop()
        return self._text(ids)

    def _ids(self, score: Score, name: str) -> list[int]:
        """The token ids of a score. UserError, which calls the score `name`, where the tokens cannot express it."""
        try:
            return self.vocabulary.encode(score)
        except ValueError as error:
            raise UserError(f"{name} cannot be written in the tokens of {self.card.name}: {error}") from error

    def score(self, scores: Sequence[Score], melody_given: bool = False) -> list[np.ndarray]:
        """The log-probability, float32 [t] in nats, of each token of each score given those before: controls first, <end> last.

        Args:
            scores: what to score.
            melody_given: whether all of voice 0 is known to the model beforehand, in a model of parts.

        Raises:
            UserError: a score that the model's tokens cannot express, or `melody_given` for a model of melodies.
        """
        if melody_given and self._harmonize is None:
            raise UserError(f"{self.card.name} writes {self._writes()}: no melody can be given to it")
        texts = []
        if isinstance(scores, Score):
            raise UserError("score takes a list of scores, not one: put it into a list")
        for i, score in enumerate(scores):
            _check_score(score)
            ids = self._ids(score, f"score {i + 1}")
            texts.append(" ".join(self.vocabulary.tokens[token] for token in ids[1:]))
        melodies = [[note for note in score.notes if not note.voice] for score in scores] if melody_given else None
        return self._weights(texts, melodies)

    def expected(self, score: Score, most: int = 5) -> list[Expectation]:
        """What the network expected at each note of a score, in the order of its notes; the probabilities are those of `score`.

        Args:
            score: music that the model's tokens can express.
            most: how many of the most probable pitches to name.

        Raises:
            UserError: a score that the model's tokens cannot express.
        """
        _check_score(score)
        ids = np.array([self._ids(score, "this music")])
        inputs = features.trace(grammar.Tables(self.vocabulary), ids)
        inputs["left"] = np.zeros_like(inputs["left"])  # the network is not told how long the piece is, as in `score`
        chances = tf.nn.softmax(self._network(inputs, training=False)[0]).numpy()  # [t, V], after each token
        low, high = self.vocabulary.pitches
        first = self.vocabulary.index[f"pitch={low}"]
        of_pitches = chances[:, first : first + high - low + 1]
        at = np.flatnonzero((ids[0] >= first) & (ids[0] <= first + high - low))  # a duration follows each pitch
        found = []
        for place in at.tolist():
            best = np.argsort(-of_pitches[place - 1], kind="stable")[:most].tolist()
            pitches = tuple((low + pitch, float(of_pitches[place - 1, pitch])) for pitch in best)
            own, duration = chances[place - 1, ids[0, place]], chances[place, ids[0, place + 1]]
            found.append(Expectation(float(own), pitches, float(duration)))
        return found

    @cached_property
    def _network(self) -> Any:
        """The Keras network with the model's weights."""
        from zoo.core import export
        from zoo.music.network import from_architecture  # Keras, which nothing else here needs

        network = from_architecture(self.card.architecture)
        if not export.assign(network, self.saved_model):
            raise UserError(f"the card of {self.card.name} describes another network than its files hold")
        return network

    @extras.explained()
    def nearest(self, score: Score) -> copying.Nearest:
        """The training piece that shares the longest run of notes with a score, in any key. The first call takes some seconds.

        Raises:
            UserError: the training pieces are not on this machine, or a score shares nothing with any of them.
        """
        _check_score(score)
        index = self._training_index
        # Bars of the metre that holds longest count, since a pickup may be written as a first bar of 1/4.
        score = replace(snapped(score), metres=((0, one_metre(score, "longest").score.metre),))
        match = index.longest(score)
        if match is None:
            raise UserError(f"this music shares no note with the training pieces of {self.card.name}")
        return copying.Nearest(index.scores[match.piece], match, index.covered(score), len(index.scores))

    @cached_property
    def _training_index(self) -> copying.Index:
        """The training pieces, ready to be searched. UserError where they cannot be had."""
        from zoo.music.data import sets

        for name in sets.NAMES:
            music = sets.load(name)
            if music.source.name == self.card.dataset.name:
                return copying.Index(music.scores["train"])
        raise UserError(f"{self.card.name} was trained on {self.card.dataset.name}, which is not here to compare with")

    def _weights(self, texts: Sequence[str], melodies: Sequence[Sequence[Note]] | None = None) -> list[np.ndarray]:
        """The log-probability, float32 [t] in nats, of each token of texts; `melodies`: of each text, those that are given."""
        # Texts of like length together: less padding, the same values.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        values: dict[int, np.ndarray] = {}
        for first in range(0, len(order), SCORE_BATCH):
            chosen = order[first : first + SCORE_BATCH]
            text = tf.constant([texts[i] for i in chosen])
            if melodies is not None:
                output = self.saved_model.signatures["score_harmony"](text=text, **_melody_inputs([melodies[i] for i in chosen]))
            else:
                output = self._score(text=text)
            rows = zip(chosen, output["tokens"].numpy(), output["log_probability"].numpy(), strict=True)
            values |= {i: row[tokens > 0] for i, tokens, row in rows}
        return [values[i] for i in range(len(texts))]


def _tell(notices: Sequence[str]) -> None:
    """Logs what is heard otherwise than written."""
    for notice in notices:
        LOG.info(notice)


def _said(key: str | Key | None, metre: str | Metre | None, pickup: str | int | None) -> dict[str, Any]:
    """What somebody says of music, as `fitting` takes it. UserError for a text that is no key, no metre or no note value."""
    return {
        "key": Key.parse(key) if isinstance(key, str) else key,
        "metre": Metre.parse(metre) if isinstance(metre, str) else metre,
        "pickup": parse_value(pickup) if isinstance(pickup, str) else pickup,
    }


def _check_score(music: Any) -> None:
    """Raises UserError for the path of a file, or something else that is not a Score."""
    if not isinstance(music, Score):
        raise UserError(f"{str(music)[:60]!r} is not a Score: zoo.music.notation.reading.read(path).score is that of a file")


def _check(n: int, bars: int | None, sampling: Sampling) -> None:
    """Raises UserError for a number outside its range."""
    if not 1 <= n <= MOST_PIECES:
        raise UserError(f"n = {n}: from 1 to {MOST_PIECES:,} pieces at a time")
    if bars is not None and not 1 <= bars <= MOST_BARS:
        raise UserError(f"bars = {bars}: this model writes 1 to {MOST_BARS} bars")
    sampling.check()


def _sampling_inputs(bars: int, sampling: Sampling) -> dict[str, tf.Tensor]:
    """What every signature that composes takes besides the prompt."""
    types = {"temperature": tf.float32, "top_k": tf.int32, "top_p": tf.float32, "seed": tf.int64}
    numbers = {name: tf.constant(value, types[name]) for name, value in sampling._asdict().items()}
    return {"bars": tf.constant(bars, tf.int32), **numbers}


def _melody_inputs(melodies: Sequence[Sequence[Note]]) -> dict[str, tf.Tensor]:
    """The melody of each piece, as the signatures that take one need it."""
    return {name: tf.constant(values) for name, values in lookahead.melody(melodies)._asdict().items()}


def _rows(output: dict[str, tf.Tensor]) -> list[tuple[list[int], float]]:
    """Token ids and log-probability of each piece that a signature wrote."""
    rows = zip(output["tokens"].numpy(), output["log_probability"].numpy(), strict=True)
    return [(row[row > 0].tolist(), float(log_probability)) for row, log_probability in rows]
