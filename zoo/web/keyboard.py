"""The keys of a piano as HTML; a script of the page writes what is played on them as ABC notation."""

from zoo.web.pieces import pitch_name

LOWEST, HIGHEST = 60, 84  # middle C and two octaves above it
# The keys of a computer's keyboard for the first seventeen keys of the piano, where they lie on an American one.
LETTERS = "awsedftgyhujkolp;"
BLACK = (1, 3, 6, 8, 10)  # semitones above C
LENGTHS = {"1/2": "sixteenth", "1": "eighth", "2": "quarter", "3": "dotted quarter", "4": "half"}  # in eighth notes


def piano() -> str:
    """The keys, the length of the next note, and buttons for a rest and for taking back a note."""
    options = "".join(
        f'<option value="{value}"{" selected" if value == "1" else ""}>{name}</option>' for value, name in LENGTHS.items()
    )
    boxes = "".join(_key(pitch) for pitch in range(LOWEST, HIGHEST + 1))
    return (
        '<div class="bar-of-keys"><label>Length <select aria-label="Length of the next note">'
        f'{options}</select></label> <button type="button" class="rest">Rest</button> '
        '<button type="button" class="undo">Take back</button></div>'
        '<div class="keys" role="group" tabindex="0" aria-label="Piano keyboard. With it in focus, the keys a w s e d f t '
        f'g y h u j k o l p of your computer play, space is a rest, and backspace takes back.">{boxes}</div>'
    )


def _key(pitch: int) -> str:
    colour = "black" if pitch % 12 in BLACK else "white"
    place = pitch - LOWEST
    letter = LETTERS[place] if place < len(LETTERS) else ""
    shown = pitch_name(pitch) if pitch % 12 == 0 else ""
    return (
        f'<button type="button" tabindex="-1" class="{colour}" data-pitch="{pitch}" data-letter="{letter}" '
        f'aria-label="{pitch_name(pitch)}"><span>{shown}</span></button>'
    )
