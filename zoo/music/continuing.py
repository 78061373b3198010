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
    added = [replace(note, voice=numbers[note.voice]) for note in new]
    begins: dict[int, int] = {}
    for note in added:
        begins[note.voice] = min(note.start, begins.get(note.voice, note.start))
    kept = []
    for note in _in_parts(primer, heard, numbers):
        limit = min(end, begins.get(note.voice, end))
        if note.start < limit:
            kept.append(replace(note, duration=min(note.duration, limit - note.start)))
    return replace(
        primer,
        notes=(*kept, *added),
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
    """The voice of the result for each part that was heard or is new, and all voices of the result.

    Of several parts that were heard in one voice, the first has it, and the others are new voices.
    """
    numbers: dict[int, int] = {}
    result = [*primer.voices]
    sounding = {note.voice for note in heard.origin.notes}  # parts that are silent so far leave its voice to the one heard in it
    parts = {*range(len(heard.sources)), *(note.voice for note in new)}
    for part in sorted(parts, key=lambda part: (part not in sounding, part)):
        source = heard.sources[part] if part < len(heard.sources) else None
        if source is not None and source not in numbers.values():
            numbers[part] = source
            continue
        numbers[part] = len(result)
        result.append(voices[part] if source is None else replace(voices[part], program=primer.voices[source].program))
    return numbers, result


def _in_parts(primer: Score, heard: Adapted, numbers: dict[int, int]) -> list[Note]:
    """The notes of the primer; those of a voice in which several parts were heard are in the voices of these."""
    shared = {source for source in heard.sources if heard.sources.count(source) > 1}
    parts = {(note.start, note.pitch): numbers[note.voice] for note in heard.origin.notes} if shared else {}
    return [
        replace(note, voice=parts.get((note.start, note.pitch), note.voice)) if note.voice in shared else note
        for note in primer.notes
    ]


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
