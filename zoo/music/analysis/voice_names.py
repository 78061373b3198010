"""What the name of a track says about its voice: the melody, a voice of a choir or an accompaniment.

Names are read without regard to case and accents, in the languages in which most files are named: English, German, French,
Italian, Spanish, Portuguese and some words of others.
"""

import re
import unicodedata
from functools import cache

from zoo.music.notation import instruments

# How surely a name says "melody", from the surest. "Lead guitar" and a solo may also play between the verses of a singer.
_MELODY_WORDS = (
    """melody melodies melodie melodia melodi melo mel tune theme aria lead leadvocal leadvox vocal vocals vocalist vox voc voice
    voices voix voz vozes voce voces voci singer singing sing sang zang spiew głos zpev laulu dallam chant chanteur canto
    cantus cantante gesang singstimme oberstimme stimme soprano sopran sopranos soprani discant diskant descant treble superius
    мелодия голос вокал メロディ メロディー 主旋律 旋律 ボーカル 歌 人声""",
    "right righthand rh rechts rechte rechterhand droite droit destra derecha direita hogerhand prawa правая 右手",
    "solo soloist solist soliste solista",
)
_CHOIR_WORDS = (
    "s sop soprano sopran sopranos soprani superius cantus discant diskant treble",
    "a alt alto altos alti altus contralto",
    "t ten tenor tenors tenore tenori",
    "b bass basses basso bassi bassus basse bas baritone bariton",
)
_ACCOMPANIMENT = """bass base basso basse bajo baixo bas foot walk walking chord chords accord accords akkord akkorde acordes acc
    accomp accompaniment begleitung accompagnement back backing backup background bg harm harmony harmonies harmonie counter
    countermelody echo delay pad pads arp arpeggio arpeggios rhythm rythm rythme rhythmus ritmo comp strum drone left lefthand lh
    links linke gauche sinistra izquierda esquerda левая 左手"""
_INNER = "alto contralto tenor baritone bariton choir chorus"  # of a choir, but not its melody


def melody_rank(name: str) -> int:
    """How surely a name says that the voice has the melody: 3 "Melody", 2 "Right hand", 1 "Lead guitar", 0 not at all."""
    words = _words(name)
    if words in _sounds() or _any(words, _ACCOMPANIMENT) or _any(words, _INNER):
        return 0
    ranks = [3 - rank for rank, known in enumerate(_MELODY_WORDS) if _any(words, known)]
    if "guitar" in words:  # or the sound of one: "Jazz guitar (melody)" is a melody, "Lead guitar" may be
        ranks = [1] if ranks and not any(word.startswith("melod") for word in words) else ranks
    return max(ranks, default=0)


def says_accompaniment(name: str) -> bool:
    """Whether a name says that the voice accompanies a melody: "Chords", "Bass", "Left hand"."""
    return _any(_words(name), _ACCOMPANIMENT)


def choir_part(name: str) -> int | None:
    """The part of a choir that a name says, 0 soprano to 3 bass; None where it says none, or several."""
    words = _words(name)
    if len(words) > 1:
        words = [word for word in words if len(word) > 1]  # "A" alone is the alto, in "Trumpet in A" it is none
    found = [part for part, known in enumerate(_CHOIR_WORDS) if _any(words, known)]
    return found[0] if len(found) == 1 else None


def _any(words: list[str], known: str) -> bool:
    """Whether one of the words is known."""
    return not set(words).isdisjoint(known.split())


@cache
def _sounds() -> list[list[str]]:
    """The words of the names of sounds: "Lead 1 (square)" and "Voice oohs" say no melody."""
    return [_words(name) for name in instruments.NAMES]


def _words(name: str) -> list[str]:
    """The words of a name, without case, Latin accents and numbers: "Mélodie_1" has the word "melodie", "R. H." is "rh"."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not "\u0300" <= each <= "\u036f")
    plain = re.sub(r"\b([rl])\.? ?h\b", r"\1h", unicodedata.normalize("NFC", plain))
    return re.findall(r"[^\W\d_]+", plain)
