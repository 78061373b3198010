"""Sentences about scenes, as different as people's. Every statement in them is true, by the rules of `zoo.captions.truth`.

`describe` gives several for a scene. Most mention all of its things, with their colours; sizes, fills and relations come and go.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zoo.captions import words
from zoo.captions.scenes import DIGITS, PLACES, RELATIONS, SHAPES, Scene, Thing, alike, holds, is_at

REFERENCES = 5  # sentences of a scene, as many as Flickr8k has for a photograph
_ATTEMPTS = 60


@dataclass(frozen=True)
class Named:
    """Things and what a sentence calls them.

    Args:
        text: "two small blue circles".
        things: all that it names.
    """

    text: str
    things: tuple[Thing, ...]

    @property
    def verb(self) -> str:
        """Is or are."""
        return "is" if len(self.things) == 1 else "are"

    @property
    def pronoun(self) -> str:
        """It or them."""
        return "it" if len(self.things) == 1 else "them"


def describe(scene: Scene, dice: random.Random, sentences: int = REFERENCES) -> list[str]:
    """Different sentences about a scene, as many as asked for, or fewer where a scene allows no more.

    Args:
        scene: what they are about.
        dice: decides which.
        sentences: how many.
    """
    found: dict[str, None] = {}
    for _ in range(_ATTEMPTS):
        found[_sentence(scene, dice)] = None
        if len(found) == sentences:
            break
    return list(found)


def _sentence(scene: Scene, dice: random.Random) -> str:
    names = _name_all(scene, dice)
    dice.shuffle(names)
    if len(names) > 1 and dice.random() < 0.15:  # some sentences leave something out
        names.pop()
    text = ""
    if dice.random() < 0.85:
        text = _FORMS[len(names)](scene, names, dice)
    text = text or _listed(scene, names, dice)
    is_name = text.startswith(("a", "two", "three", "four")) and " is " not in text and " are " not in text
    is_name = is_name and not text.startswith(("at ", "above "))
    return f"{dice.choice(words.PREFIXES)} {text}" if is_name and dice.random() < 0.08 else text


def _name_all(scene: Scene, dice: random.Random) -> list[Named]:
    """The things of a scene, in groups, each with a name."""
    named = []
    for group in alike(scene.things):
        if len(group) > 1 and dice.random() < 0.12:  # one by one, although they are alike
            named += [_name([thing], scene, dice) for thing in group]
        else:
            named.append(_name(group, scene, dice))
    return named


def _name(group: Sequence[Thing], scene: Scene, dice: random.Random) -> Named:
    """A name for things of one kind and colour."""
    first = group[0]
    sizes, fills = {thing.size for thing in group}, {thing.fill for thing in group}
    size = dice.choice(words.SIZE_WORDS[first.size]) if len(sizes) == 1 and first.size != "medium" else ""
    fill = dice.choice(words.FILL_WORDS[first.fill]) if len(fills) == 1 and first.fill else ""
    size, fill = size * (dice.random() < 0.6), fill * (dice.random() < 0.4)
    colour, behind = first.colour, ""
    chance = dice.random()
    if chance < 0.06:
        colour, behind = "", f" in {first.colour}"
    elif chance < 0.1 and len(group) == _matching(scene, first, size, sizes, fill, fills):
        colour = ""
    noun = _noun(first, fills, len(group), dice)
    if noun in ("disc", "ring", "discs", "rings"):
        fill = ""
    adjectives = [size, fill, colour] if dice.random() < 0.6 else [size, colour, fill]
    parts = [*filter(None, adjectives), noun]
    count = {1: words.article(parts[0].split()[0]), 2: "two", 3: "three", 4: "four"}[len(group)]
    return Named(f"{count} {' '.join(parts)}{behind}", tuple(group))


def _matching(scene: Scene, first: Thing, size: str, sizes: set[str], fill: str, fills: set[str]) -> int:
    """How many things of the scene a name without a colour would fit."""
    return sum(
        thing.kind == first.kind and (not size or thing.size in sizes) and (not fill or thing.fill in fills)
        for thing in scene.things
    )


def _noun(thing: Thing, fills: set[str], count: int, dice: random.Random) -> str:
    """ "seven", "7", "number 7", "circles", "rings" ..."""
    if thing.kind in SHAPES:
        noun = thing.kind
        if noun == "circle" and len(fills) == 1 and dice.random() < 0.12:
            noun = "disc" if thing.fill == "filled" else "ring"
        return words.plural(noun) if count > 1 else noun
    digit = words.NUMBER_WORDS[int(thing.kind)] if dice.random() < 0.65 else thing.kind
    if count > 1:
        return words.plural(digit)
    return f"{dice.choice(('number', 'digit'))} {digit}" if dice.random() < 0.15 else digit


def _relation(first: Named, second: Named, dice: random.Random) -> str:
    """The words for where the first is, seen from the second; nothing where no relation is clear."""
    clear = [name for name in RELATIONS if holds(name, first.things, second.things, clear=True)]
    if not clear:
        return ""
    relation = dice.choice(clear)
    if relation in ("left", "right") and dice.random() < 0.15:
        relation = "beside"
    return dice.choice(words.RELATION_WORDS[relation])


def _place(scene: Scene, named: Named, dice: random.Random) -> str:
    """The words for where the things are in the picture; nothing where that is not clear."""
    clear = [place for place in PLACES if is_at(place, scene, named.things, clear=True)]
    return dice.choice(words.PLACE_WORDS[dice.choice(clear)]) if clear else ""


def _and(names: Sequence[Named]) -> str:
    """ "a, b and c"."""
    texts = [name.text for name in names]
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def _together(names: Sequence[Named]) -> Named:
    return Named(_and(names), tuple(thing for name in names for thing in name.things))


def _listed(scene: Scene, names: Sequence[Named], dice: random.Random) -> str:
    """All things, with nothing about where they are; at times counted first."""
    text = _and(names)
    chance = dice.random()
    shown = [thing for name in names for thing in name.things]
    for noun, kinds in (("shapes", SHAPES), (dice.choice(("digits", "numbers")), DIGITS)):
        of_these = sum(thing.kind in kinds for thing in scene.things)
        if chance < 0.3 and len(names) > 1 and len(shown) == of_these and all(thing.kind in kinds for thing in shown):
            start = "there are " if dice.random() < 0.5 else ""
            count = {2: "two", 3: "three", 4: "four"}[len(shown)]
            return f"{start}{count} {noun}: {text}"
    return f"there {names[0].verb} {text}" if chance > 0.7 else text


def _one(scene: Scene, names: Sequence[Named], dice: random.Random) -> str:
    (named,) = names
    place = _place(scene, named, dice)
    if not place:
        return ""
    forms = ("{n} {p}", "there {v} {n} {p}", "{p} there {v} {n}", "{n} {v} {p}")
    return dice.choice(forms).format(n=named.text, v=named.verb, p=place)


def _two(scene: Scene, names: Sequence[Named], dice: random.Random) -> str:
    first, second = names
    relation = _relation(first, second, dice)
    if relation and dice.random() < 0.85:
        return _related(first, relation, second, dice)
    places = _place(scene, first, dice), _place(scene, second, dice)
    if all(places):
        form = dice.choice(("{a} {p} and {b} {q}", "{a} {v} {p} and {b} {w} {q}", "{p} there {v} {a} and {q} there {w} {b}"))
        return form.format(a=first.text, b=second.text, p=places[0], q=places[1], v=first.verb, w=second.verb)
    return ""


def _related(first: Named, relation: str, second: Named, dice: random.Random) -> str:
    forms = ("{a} {r} {b}", "{a} {v} {r} {b}", "there {v} {a} {r} {b}", "{r} {b} there {v} {a}", "{b} with {a} {r} {it}")
    form = dice.choice((forms[0], *forms))
    return form.format(a=first.text, b=second.text, r=relation, v=first.verb, it=second.pronoun)


def _three(scene: Scene, names: Sequence[Named], dice: random.Random) -> str:
    first, second, third = names
    tries: list[Callable[[], str]] = [
        lambda: _between(first, second, third),
        lambda: _chain(names, dice),
        lambda: _pair(first, _together([second, third]), dice),
        lambda: _pair(_together([first, second]), third, dice),
        lambda: _and_also(scene, _pair(first, second, dice, True), third, dice),
    ]
    dice.shuffle(tries)
    return next(filter(None, (attempt() for attempt in tries)), "")


def _pair(first: Named, second: Named, dice: random.Random, with_verb: bool = False) -> str:
    relation = _relation(first, second, dice)
    if not relation:
        return ""
    if with_verb or dice.random() < 0.35:
        return f"{first.text} {first.verb} {relation} {second.text}"
    start = f"there {_first_verb(first)} " if dice.random() < 0.3 else ""
    return f"{start}{first.text} {relation} {second.text}"


def _first_verb(named: Named) -> str:
    """The verb after "there", which agrees with the first of a list."""
    return "is" if named.text.startswith(("a ", "an ")) else "are"


def _between(first: Named, second: Named, third: Named) -> str:
    for relation in ("left", "above"):
        for one, other in ((second, third), (third, second)):
            if holds(relation, one.things, first.things, True) and holds(relation, first.things, other.things, True):
                return f"{first.text} between {second.text} and {third.text}"
    return ""


def _chain(names: Sequence[Named], dice: random.Random) -> str:
    """ "a star above a circle above a square"."""
    first, second, third = names
    one, other = _relation(first, second, dice), _relation(second, third, dice)
    return f"{first.text} {one} {second.text} {other} {third.text}" if one and other else ""


def _and_also(scene: Scene, text: str, named: Named, dice: random.Random) -> str:
    """A sentence and a further one about where another thing is."""
    place = _place(scene, named, dice)
    if not text or not place:
        return ""
    return f"{text}{dice.choice((', and ', ' while '))}{named.text} {named.verb} {place}"


def _four(scene: Scene, names: Sequence[Named], dice: random.Random) -> str:
    pairs = _pair(names[0], names[1], dice, True), _pair(names[2], names[3], dice, True)
    together = _pair(_together(names[:2]), _together(names[2:]), dice)
    if together and dice.random() < 0.5:
        return together
    if all(pairs):
        return f"{pairs[0]}{dice.choice((', and ', ' while '))}{pairs[1]}"
    one_and_three = _pair(names[0], _together(names[1:]), dice)
    return together or one_and_three


_FORMS: dict[int, Callable[[Scene, Sequence[Named], random.Random], str]] = {1: _one, 2: _two, 3: _three, 4: _four}
