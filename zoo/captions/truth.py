"""Whether a sentence about a scene is true.

A sentence is parsed into statements: which things there are, how they are related, where they are. Each word counts:

* "a red seven": there is at least one. "two blue circles": there are exactly two things that are blue circles, of any size.
* Each name stands for things of its own: "a circle and a circle" needs two circles.
* "above", "below", "left of", "right of": as `zoo.captions.scenes.holds` says, for groups as wholes. "next to": left or right of.
* "between": left of one and right of the other, or above one and below the other.
* "on the left", "in the top left corner" ...: as `zoo.captions.scenes.is_at` says, for each of the things.
* "three shapes: ...": there are exactly three shapes.

What does not parse is not true: an unknown word, "a eight", "two circle", "a seven are".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from zoo.captions import words
from zoo.captions.scenes import COLOURS, DIGITS, SHAPES, Scene, Thing, holds, is_at

_TOKEN = re.compile(r"[a-z]+|\d+s?|[,:]|\S")


class ParseError(ValueError):
    """The text is no sentence that the grammar knows."""


@dataclass(frozen=True)
class Phrase:
    """A name for things: "two small blue circles".

    Args:
        count: how many things it names.
        kinds: their kind; several for "shape" and "digit".
        colour: their colour; "" where it is not said, as for size and fill.
        size: "small", "large" or "".
        fill: "filled", "outlined" or "".
    """

    count: int
    kinds: tuple[str, ...]
    colour: str = ""
    size: str = ""
    fill: str = ""

    def fits(self, thing: Thing) -> bool:
        """Whether the phrase, apart from its count, can name the thing."""
        return (
            thing.kind in self.kinds
            and self.colour in ("", thing.colour)
            and self.size in ("", thing.size)
            and self.fill in ("", thing.fill)
        )


@dataclass(frozen=True)
class Relation:
    """A group of phrases is above, below, left of, right of, beside or between others; phrases by their numbers."""

    name: str
    these: tuple[int, ...]
    those: tuple[int, ...]


@dataclass(frozen=True)
class Caption:
    """What a sentence says.

    Args:
        phrases: the names in it, in order.
        relations: between them.
        places: the numbers of phrases, and where their things are.
        totals: phrases that only count: "three shapes: ...".
    """

    phrases: tuple[Phrase, ...] = ()
    relations: tuple[Relation, ...] = ()
    places: tuple[tuple[tuple[int, ...], str], ...] = ()
    totals: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a sentence about a scene.

    Args:
        parsed: whether the grammar knows it.
        true: whether every statement in it is true.
        mentioned: the share of the scene's things that it names rightly.
        wrong: what makes it false: "digit", "shape", "colour", "size", "fill", "count", "relation" or "place" where a change of
            that alone would make it true; otherwise "several"; "" for a true sentence and for one that is not parsed.
    """

    parsed: bool
    true: bool
    mentioned: float
    wrong: str = ""


def judge(text: str, scene: Scene) -> Verdict:
    """Checks every statement of a sentence about a scene."""
    try:
        caption = parse(text)
    except ParseError:
        return Verdict(False, False, 0.0)
    true = is_true(caption, scene)
    return Verdict(True, true, mentioned(caption, scene), "" if true else _fault(caption, scene))


def is_true(caption: Caption, scene: Scene) -> bool:
    """Whether the names can be given to things of the scene, each to its own, so that every statement is true."""
    for total in caption.totals:
        if sum(map(total.fits, scene.things)) != total.count or sum(phrase.count for phrase in caption.phrases) != total.count:
            return False
    return any(_agrees(caption, scene, given) for given in _assignments(caption.phrases, scene.things))


def _assignments(phrases: Sequence[Phrase], things: Sequence[Thing]) -> Iterator[list[tuple[int, ...]]]:
    """All ways to give each phrase things of its own, by their numbers."""

    def give(number: int, used: frozenset[int]) -> Iterator[list[tuple[int, ...]]]:
        if number == len(phrases):
            yield []
            return
        phrase = phrases[number]
        fitting = [i for i, thing in enumerate(things) if phrase.fits(thing)]
        choices: list[tuple[int, ...]] = [(i,) for i in fitting]
        if phrase.count > 1:
            choices = [tuple(fitting)] if len(fitting) == phrase.count else []
        for choice in choices:
            if used.isdisjoint(choice):
                for rest in give(number + 1, used.union(choice)):
                    yield [choice, *rest]

    yield from give(0, frozenset())


def _agrees(caption: Caption, scene: Scene, given: Sequence[tuple[int, ...]]) -> bool:
    """Whether all relations and places are true when the phrases name these things."""

    def things(numbers: Sequence[int]) -> list[Thing]:
        return [scene.things[i] for number in numbers for i in given[number]]

    return all(_related(r, things(r.these), [things([n]) for n in r.those], things(r.those)) for r in caption.relations) and all(
        is_at(place, scene, things(numbers)) for numbers, place in caption.places
    )


def _related(relation: Relation, these: list[Thing], each: list[list[Thing]], those: list[Thing]) -> bool:
    if relation.name == "beside":
        return holds("left", these, those) or holds("right", these, those)
    if relation.name == "between":
        one, other = each
        return any(
            holds(name, first, these) and holds(name, these, last)
            for name in ("left", "above")
            for first, last in ((one, other), (other, one))
        )
    return holds(relation.name, these, those)


def mentioned(caption: Caption, scene: Scene) -> float:
    """The largest share of the scene's things that phrases name rightly, wherever the things are."""

    def most(number: int, used: frozenset[int]) -> int:
        if number == len(caption.phrases):
            return len(used)
        phrase = caption.phrases[number]
        fitting = [i for i, thing in enumerate(scene.things) if phrase.fits(thing)]
        best = most(number + 1, used)
        if phrase.count == 1:
            return max([best, *(most(number + 1, used | {i}) for i in fitting if i not in used)])
        if len(fitting) == phrase.count and used.isdisjoint(fitting):
            best = max(best, most(number + 1, used.union(fitting)))
        return best

    return most(0, frozenset()) / len(scene.things)


def _fault(caption: Caption, scene: Scene) -> str:
    """Which single kind of word makes a false sentence false."""
    phrases = caption.phrases
    changed = {
        "relation": replace(caption, relations=()),
        "place": replace(caption, places=()),
        "size": replace(caption, phrases=tuple(replace(phrase, size="") for phrase in phrases)),
        "fill": replace(caption, phrases=tuple(replace(phrase, fill="") for phrase in phrases)),
        "colour": replace(caption, phrases=tuple(replace(phrase, colour="") for phrase in phrases)),
        "digit": replace(caption, phrases=tuple(_of_any(phrase, DIGITS) for phrase in phrases)),
        "shape": replace(caption, phrases=tuple(_of_any(phrase, SHAPES) for phrase in phrases)),
    }
    for name, other in changed.items():
        if is_true(other, scene):
            return name
    one_each = tuple(replace(phrase, count=1) for phrase in phrases)
    return "count" if is_true(replace(caption, phrases=one_each, totals=()), scene) else "several"


def _of_any(phrase: Phrase, kinds: tuple[str, ...]) -> Phrase:
    return replace(phrase, kinds=kinds) if set(phrase.kinds) <= set(kinds) else phrase


def form(text: str) -> str:
    """The form of a sentence: its words with each name replaced by N, or by Ns for several things. ParseError as `parse`."""
    parser = _Parser(text)
    parser.caption()
    return " ".join(parser.form)


def parse(text: str) -> Caption:
    """The statements of a sentence.

    Raises:
        ParseError: where the grammar does not know it.
    """
    return _Parser(text).caption()


_SIZES = {word: size for size, several in words.SIZE_WORDS.items() for word in several}
_FILLS = {word: fill for fill, several in words.FILL_WORDS.items() for word in several}


def _nouns() -> dict[str, tuple[int, tuple[str, ...], str]]:
    """Each noun with 1 or, in the plural, 2; its kinds; and the fill that it tells."""
    found: dict[str, tuple[int, tuple[str, ...], str]] = {}

    def add(noun: str, kinds: tuple[str, ...], fill: str = "") -> None:
        found[noun] = 1, kinds, fill
        found[words.plural(noun)] = 2, kinds, fill

    for shape in SHAPES:
        add(shape, (shape,))
    for digit, word in zip(DIGITS, words.NUMBER_WORDS, strict=True):
        add(digit, (digit,))
        add(word, (digit,))
    for noun, kinds in words.GENERAL.items():
        add(noun, kinds)
    for noun, (kind, fill) in words.NOUNS_OF_FILL.items():
        add(noun, (kind,), fill)
    return found


_NOUNS = _nouns()


def _by_length(table: dict[str, tuple[str, ...]]) -> list[tuple[list[str], str]]:
    """The words of each expression and what it means, the longest first."""
    pairs = [(text.split(), name) for name, texts in table.items() for text in texts]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


_RELATIONS, _PLACES = _by_length(words.RELATION_WORDS), _by_length(words.PLACE_WORDS)


@dataclass
class _Parser:
    """A recursive-descent parser of one sentence; each method reads one rule of the grammar.

    caption   = [prefix] (total | statement {joint statement}) end
    total     = ["there are"] count general ":" list
    statement = place there-list | relation list there-list | ["there" be] list [tail]
    tail      = [be] place | [be] relation list {relation list} | "with" list relation pronoun | [be] "between" name "and" name
    joint     = ", and" | "while" | "and" after a place
    list      = name {"," name} ["and" name]
    name      = article or count, adjectives, noun, ["in" colour]
    """

    text: str
    at: int = 0
    form: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = _TOKEN.findall(self.text)
        self.phrases: list[Phrase] = []
        self.relations: list[Relation] = []
        self.places: list[tuple[tuple[int, ...], str]] = []

    def caption(self) -> Caption:
        """The whole sentence."""
        totals: tuple[Phrase, ...] = ()
        for prefix in words.PREFIXES:
            if self._take(*prefix.split()):
                break
        start = self.at, len(self.form)
        total = self._total()
        if total:
            totals = (total,)
            self._list()
        else:
            self.at = start[0]
            del self.form[start[1] :], self.phrases[:]
            ends_with_place = self._statement()
            while self.at < len(self.tokens):
                if not (self._take(",", "and") or self._take("while") or (ends_with_place and self._take("and"))):
                    raise ParseError(f"{self.tokens[self.at]!r} is not expected here")
                ends_with_place = self._statement()
        if self.at < len(self.tokens):
            raise ParseError(f"{self.tokens[self.at]!r} is not expected here")
        return Caption(tuple(self.phrases), tuple(self.relations), tuple(self.places), totals)

    def _take(self, *expected: str) -> bool:
        """Reads these tokens if they come next."""
        if tuple(self.tokens[self.at : self.at + len(expected)]) != expected:
            return False
        self.at += len(expected)
        self.form += expected
        return True

    def _word(self) -> str:
        """The next token, "" at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _one_of(self, table: list[tuple[list[str], str]]) -> str:
        """What the expression means that comes next; "" where none does."""
        return next((name for expression, name in table if self._take(*expression)), "")

    def _total(self) -> Phrase | None:
        """ "three shapes:" or nothing; then the caller goes back."""
        self._take("there", "are")
        count, noun = words.COUNTS.get(self._word()), self.tokens[self.at + 1 : self.at + 3]
        if not count or len(noun) < 2 or noun[1] != ":" or noun[0] not in map(words.plural, words.GENERAL):
            return None
        self._take(self._word(), *noun)
        return Phrase(count, _NOUNS[noun[0]][1])

    def _statement(self) -> bool:
        """Reads a statement. Says whether it ends with a place."""
        place = self._one_of(_PLACES)
        # "on the left" begins "on the left of".
        if place and self._word() == "of":
            self.at -= 3
            del self.form[-3:]
            place = ""
        if place:
            self.places.append((self._there(), place))
            return True
        relation = self._one_of(_RELATIONS)
        if relation:
            those = self._list()
            self.relations.append(Relation(relation, self._there(), those))
            return False
        these = self._there() if self._word() == "there" else self._list()
        return self._tail(these)

    def _there(self) -> tuple[int, ...]:
        """ "there is a circle and a star": the verb agrees with the first name."""
        if not self._take("there"):
            raise ParseError("there is expected")
        verb = self._verb()
        these = self._list()
        if (self.phrases[these[0]].count == 1) != (verb == "is"):
            raise ParseError(f"{verb} does not agree")
        return these

    def _verb(self) -> str:
        return next((verb for verb in ("is", "are") if self._take(verb)), "")

    def _tail(self, these: tuple[int, ...]) -> bool:
        """What a statement says of its things, if anything. Says whether that is a place."""
        verb = self._verb()
        if verb and (self._total_count(these) == 1) != (verb == "is"):
            raise ParseError(f"{verb} does not agree")
        if self._take("between"):
            one = self._name()
            if not self._take("and"):
                raise ParseError("and is expected")
            self.relations.append(Relation("between", these, (one, self._name())))
            return False
        relation = self._one_of(_RELATIONS)
        if relation:
            while relation:
                those = self._list()
                self.relations.append(Relation(relation, these, those))
                these, relation = those, self._one_of(_RELATIONS)
            return False
        place = self._one_of(_PLACES)
        if place:
            self.places.append((these, place))
            return True
        if verb:
            raise ParseError(f"nothing follows {verb}")
        if self._take("with"):
            self._with(these)
        return False

    def _with(self, those: tuple[int, ...]) -> None:
        """ "with a seven above it"."""
        these = self._list()
        relation = self._one_of(_RELATIONS)
        pronoun = "it" if self._total_count(those) == 1 else "them"
        if not relation or not self._take(pronoun):
            raise ParseError(f"a relation and {pronoun} are expected")
        self.relations.append(Relation(relation, these, those))

    def _total_count(self, numbers: tuple[int, ...]) -> int:
        return sum(self.phrases[number].count for number in numbers)

    def _list(self) -> tuple[int, ...]:
        """The numbers of the phrases of a list."""
        numbers = [self._name()]
        while self._word() == "," and self.tokens[self.at + 1 : self.at + 2] != ["and"]:
            self._take(",")
            numbers.append(self._name())
        if self._word() == "and" and self._begins_a_name(self.at + 1):
            self._take("and")
            numbers.append(self._name())
        elif len(numbers) > 1:
            raise ParseError("and is expected before the last of a list")
        return tuple(numbers)

    def _begins_a_name(self, at: int) -> bool:
        return at < len(self.tokens) and (self.tokens[at] in ("a", "an") or self.tokens[at] in words.COUNTS)

    def _name(self) -> int:
        """Reads a name and gives its number among the phrases."""
        if not self._begins_a_name(self.at):
            raise ParseError("a name is expected")
        start = self._word()
        count = words.COUNTS.get(start, 1)
        self.at += 1
        if count == 1 and words.article(self._word() or "-") != start:
            raise ParseError(f"{start} does not fit what follows")
        phrase = self._described(Phrase(count, ()))
        self.form.append("N" if count == 1 else "Ns")
        self.phrases.append(phrase)
        return len(self.phrases) - 1

    def _described(self, phrase: Phrase) -> Phrase:
        """Reads adjectives and the noun."""
        while (word := self._word()) and not phrase.kinds:
            self.at += 1
            if word in _SIZES and not phrase.size and not phrase.colour and not phrase.fill:
                phrase = replace(phrase, size=_SIZES[word])
            elif word in _FILLS and not phrase.fill:
                phrase = replace(phrase, fill=_FILLS[word])
            elif word in COLOURS and not phrase.colour:
                phrase = replace(phrase, colour=word)
            elif word in words.DIGIT_WORDS and phrase.count == 1 and _NOUNS.get(self._word(), (0, ()))[1] in _SINGLE_DIGITS:
                continue  # "number seven": the digit follows
            else:
                phrase = self._noun(phrase, word)
        if not phrase.kinds:
            raise ParseError("a noun is expected")
        if self._word() == "in" and self.tokens[self.at + 1 : self.at + 2] != ["the"]:
            colour = "".join(self.tokens[self.at + 1 : self.at + 2])
            if phrase.colour or colour not in COLOURS:
                raise ParseError("a colour is expected after in")
            self.at += 2
            phrase = replace(phrase, colour=colour)
        return phrase

    def _noun(self, phrase: Phrase, word: str) -> Phrase:
        number, kinds, fill = _NOUNS.get(word, (0, (), ""))
        if not number or (number == 1) != (phrase.count == 1):
            raise ParseError(f"{word!r} is no noun that fits here")
        if fill and phrase.fill:
            raise ParseError(f"{word} tells the fill a second time")
        return replace(phrase, kinds=kinds, fill=fill or phrase.fill)


_SINGLE_DIGITS = {(digit,) for digit in DIGITS}
