"""A primer and what a network wrote to it, as one score: the primer's own notes, voices and tempos up to the new part."""

from collections.abc import Sequence
from dataclasses import replace

from zoo.music.language.fitting import Adapted
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note, Voice


def boundary(heard: Adapted) -> int:
    """The tick of the music behind the bar in which what is heard of it ends."""
    bar = heard.metre.bar_ticks
    return heard.first_tick + -(-heard.score.end // bar) * bar


def continued(primer: Score, heard: Adapted, new: Sequence[Note], voices: Sequence[Voice]) -> Score:
    """The primer with new notes behind it.

    Each new part goes on in the voice that it was heard from. The other voices of the primer end with the bar in which that
    which was heard ends. Behind it the tempo is the last one that the primer kept for a bar: a ritardando is over.

    Args:
        primer: music of any kind.
        heard: what a network heard of it.
        new: what it wrote, in the ticks and octaves of the primer, its voices those of the network.
        voices: those of the network, for parts that the primer does not have.
    """
    end = boundary(heard)
    first = min((note.start for note in new), default=end)
    numbers, all_voices = _numbers(primer, heard, new, voices)
    begins: dict[int, int] = {}
    added = []
    for note in new:
        note = replace(note, voice=numbers[note.voice])
        begins.setdefault(note.voice, note.start)
        added.append(note)
    kept = [_until(note, min(end, begins.get(note.voice, end))) for note in primer.notes if note.start < end]
    return replace(
        primer,
        notes=(*(note for note in kept if note is not None), *added),
        metres=_metres(primer, heard.metre, end),
        tempos=_tempos(primer, heard.metre, first),
        voices=tuple(all_voices),
        new_from=first if new else None,
    )


def notices(primer: Score, heard: Adapted) -> list[str]:
    """What to tell of a continuation: which of the primer's notes stand behind the new part, and that a ritardando is over."""
    end = boundary(heard)
    found = []
    behind = sum(note.start >= end for note in primer.notes)
    if behind:
        bar = sum(start < end for start in primer.bar_starts)
        found.append(f"the new part begins after bar {bar}: {behind} notes of other voices behind it are left out")
    before = max((tick, tempo) for tick, tempo in primer.tempos if tick < end)
    tempo = _tempos(primer, heard.metre, end)[-1][1]
    if tempo != before[1]:
        found.append(
            f"the tempo changes in the last bar: the new part goes on with that before, {tempo:g} quarter notes a minute"
        )
    return found


def alone(primer: Score, heard: Adapted, new: Sequence[Note], voices: Sequence[Voice]) -> Score:
    """The new notes without the primer, from the bar on in which they begin; the arguments are those of `continued`."""
    first = min((note.start for note in new), default=0)
    begins = first - (first - heard.first_tick) % heard.metre.bar_ticks
    _, tempo = _tempos(primer, heard.metre, first)[-1]
    own = [primer.voices[source] for source in heard.sources]
    return replace(
        primer,
        notes=tuple(replace(note, start=note.start - begins) for note in new),
        metres=((0, heard.metre),),
        tempos=((0, tempo),),
        voices=(*own, *voices[len(own) :]),
        new_from=None,
    )


def _numbers(primer: Score, heard: Adapted, new: Sequence[Note], voices: Sequence[Voice]) -> tuple[dict[int, int], list[Voice]]:
    """The voice of the result for each part of the network that has new notes, and all voices of the result.

    Of several parts that were heard from one voice, the first goes on in it, and the others are new voices.
    """
    numbers: dict[int, int] = {}
    result = [*primer.voices]
    for part in sorted({note.voice for note in new}):
        source = heard.sources[part] if part < len(heard.sources) else None
        if source is not None and source not in numbers.values():
            numbers[part] = source
            continue
        numbers[part] = len(result)
        result.append(voices[part] if source is None else replace(voices[part], program=primer.voices[source].program))
    return numbers, result


def _metres(primer: Score, metre: Metre, end: int) -> tuple[tuple[int, Metre], ...]:
    """The metres of the primer, and from tick `end` on the one in which the new part is written."""
    before = tuple((tick, each) for tick, each in primer.metres if tick < end) or primer.metres[:1]
    return before if before[-1][1] == metre else (*before, (end, metre))


def _tempos(primer: Score, metre: Metre, first: int) -> tuple[tuple[int, float], ...]:
    """The tempos of the primer, and from tick `first` on the one of the new part."""
    before = [(tick, tempo) for tick, tempo in primer.tempos if tick < first] or [*primer.tempos[:1]]
    ends = [*(tick for tick, _ in before[1:]), first]
    lengths = [end - tick for (tick, _), end in zip(before, ends, strict=True)]
    kept = [tempo for (_, tempo), length in zip(before, lengths, strict=True) if length >= metre.bar_ticks]
    tempo = kept[-1] if kept else before[max(range(len(before)), key=lengths.__getitem__)][1]
    return tuple(before) if before[-1][1] == tempo else (*before, (first, tempo))


def _until(note: Note, end: int) -> Note | None:
    """The note, sounding to a tick at most; None where it begins there or later."""
    if note.end <= end:
        return note
    return replace(note, duration=end - note.start) if note.start < end else None
