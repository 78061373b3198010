"""Piano rolls: what the pixels show, and that they are always the same."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.core.errors import UserError
from zoo.music.notation import pianoroll
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

SCALE = tuple(Note(12 * i, 12, 60 + step) for i, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12)))


def pixels(score, path):
    pianoroll.draw(score, path)
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def coloured(image, colour):
    """Where a picture is nearly of this colour, or of its lighter shade on white."""
    solid = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    shade = 0.9 * solid + 0.1 * 255
    return (np.abs(image - shade) < 3).all(axis=-1) | (np.abs(image - solid) < 3).all(axis=-1)


def test_notes_rise_from_left_to_right(tmp_path):
    image = pixels(Score(SCALE, ((0, Metre(6, 8)),), Key(0), title="Scale"), tmp_path / "a.png")
    rows, columns = np.nonzero(coloured(image, "#0072B2"))
    assert len(rows) > 1000
    steps = np.array_split(np.argsort(columns), 8)
    heights = [np.median(rows[step]) for step in steps]
    assert heights == sorted(heights, reverse=True)
    assert image.shape[1] == 770


@pytest.mark.slow
def test_long_pieces_run_over_several_lines(tmp_path):
    one = pixels(Score((Note(0, 24, 60), Note(15 * 96, 96, 64))), tmp_path / "a.png")
    two = pixels(Score((Note(0, 24, 60), Note(31 * 96, 96, 64))), tmp_path / "b.png")
    many = pixels(Score((Note(0, 24, 60), Note(999 * 96, 96, 64))), tmp_path / "c.png")
    assert one.shape[1] == two.shape[1] < many.shape[1] == 3300
    assert two.shape[0] > 1.5 * one.shape[0]
    assert many.shape[0] < 9 * one.shape[0]


def test_a_note_over_the_end_of_a_line_is_drawn_in_both(tmp_path):
    image = pixels(Score((Note(16 * 96 - 48, 96, 60), Note(31 * 96, 96, 72))), tmp_path / "a.png")
    rows, columns = np.nonzero(coloured(image, "#0072B2"))
    upper, lower = rows < image.shape[0] / 2, rows > image.shape[0] / 2
    assert columns[upper].min() > image.shape[1] / 2
    assert columns[lower].min() < image.shape[1] / 4


def test_voices_have_colours_and_a_legend(tmp_path):
    notes = tuple(Note(note.start, note.duration, note.pitch - 12 * voice, voice, 100) for note in SCALE for voice in range(3))
    alone = pixels(Score(SCALE), tmp_path / "a.png")
    image = pixels(Score(notes, voices=(Voice("Soprano"), Voice("Bass"), Voice(drums=True))), tmp_path / "b.png")
    for colour in ("#0072B2", "#D55E00", "#009E73"):
        place = coloured(image, colour)
        assert place.sum() > 1000
        assert place[:, -90:].any()  # the legend, right of the notes
    assert not coloured(alone, "#D55E00").any()
    assert not coloured(alone, "#0072B2")[:, -5:].any()


@pytest.mark.parametrize("title", ["", "$x_2", "\\frac{", "two\nlines\0", "曲", "long " * 100])
def test_any_title_and_the_same_bytes_each_time(tmp_path, title):
    score = Score(SCALE, title=title, voices=(Voice(title), Voice()))
    pianoroll.draw(score, tmp_path / "a.png")
    first = (tmp_path / "a.png").read_bytes()
    pianoroll.draw(score, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == first
    assert os.listdir(tmp_path) == ["a.png"]


def test_a_score_without_notes_has_a_picture_too(tmp_path):
    assert pixels(Score(()), tmp_path / "a.png").shape[1] == 770


def test_changes_of_metre_and_extreme_pitches(tmp_path):
    score = Score((Note(0, 1, 0), Note(5, 400, 127)), ((0, Metre(3, 32)), (7, Metre(5, 4)), (200, Metre(12, 8))))
    assert pixels(score, tmp_path / "a.png").shape[0] < 1300


def test_a_missing_folder_is_a_users_mistake(tmp_path):
    with pytest.raises(UserError, match="cannot write"):
        pianoroll.draw(Score(SCALE), tmp_path / "none" / "a.png")


def printed(*arguments):
    """What a fresh Python prints that runs this code."""
    root = Path(__file__).parents[3]
    return subprocess.run([sys.executable, "-c", *arguments], capture_output=True, text=True, check=True, cwd=root).stdout


def test_the_score_alone_imports_neither_matplotlib_nor_mido_nor_tensorflow():
    heavy = "{'matplotlib', 'mido', 'tensorflow'}"
    assert (
        printed(f"import sys, zoo.music.language.grammar, zoo.music.language.tokens; print({heavy} & set(sys.modules))")
        == "set()\n"
    )


def test_drawing_leaves_pyplot_alone(tmp_path):
    draw = "from zoo.music.notation.score import *; Score((Note(0, 9, 60),)).save(sys.argv[1])"
    assert printed(f"import sys; {draw}; print('matplotlib.pyplot' in sys.modules)", str(tmp_path / "a.png")) == "False\n"


@pytest.mark.slow
def test_what_a_network_added_to_a_primer_is_marked(tmp_path):
    notes = tuple(Note(48 * i, 48, 60 + i % 12) for i in range(60))  # 30 bars, in two lines
    plain = pixels(Score(notes), tmp_path / "a.png")
    marked = pixels(Score(notes, new_from=10 * 96), tmp_path / "b.png")
    assert not coloured(plain, "#fff3cf").any()
    rows, columns = np.nonzero(coloured(marked, "#fff3cf"))
    upper = rows < marked.shape[0] / 2
    assert columns[upper].min() == pytest.approx(0.67 * marked.shape[1], rel=0.05)  # bar 11 of the 15 in the first line
    assert columns[~upper].min() < 0.1 * marked.shape[1]  # all of the second
    dashes = (marked[:, columns[upper].min() - 3 : columns[upper].min() + 3] < 100).all(axis=-1).sum(axis=0).max()
    assert dashes > 0.2 * marked.shape[0] / 2
    later = pixels(Score(notes, new_from=20 * 96), tmp_path / "c.png")
    assert (np.nonzero(coloured(later, "#fff3cf"))[0] > later.shape[0] / 2).all()


@pytest.mark.slow
def test_bars_written_anew_are_marked_up_to_their_end(tmp_path):
    notes = tuple(Note(48 * i, 48, 60 + i % 12) for i in range(60))  # 30 bars, in two lines
    marked = pixels(Score(notes, new_from=3 * 96, new_to=6 * 96), tmp_path / "a.png")
    rows, columns = np.nonzero(coloured(marked, "#fff3cf"))
    assert (rows < marked.shape[0] / 2).all()
    assert columns.min() == pytest.approx(0.22 * marked.shape[1], rel=0.1)
    assert columns.max() == pytest.approx(0.42 * marked.shape[1], rel=0.1)
