"""General MIDI's instruments by number and by name."""

import pytest

from zoo.core.errors import UserError
from zoo.music.notation import instruments


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("0", 0),
        ("127", 127),
        (" 40 ", 40),
        ("acoustic grand piano", 0),
        ("Violin", 40),
        ("VOICE OOHS", 53),
        ("Acoustic Guitar nylon", 24),
        ("honky tonk  piano", 3),
        ("flute", 73),
        ("lead 1 (square)", 80),
        ("fiddle", 110),
        ("gunshot", 127),
    ],
)
def test_a_number_or_a_name_gives_the_program(text, program):
    assert instruments.program(text) == program


def test_there_are_128_names_and_each_gives_its_own_program():
    assert [instruments.program(name) for name in instruments.NAMES] == list(range(128))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("128", "there is no General MIDI program 128: they are numbered from 0 to 127"),
        ("-1", "there is no General MIDI program -1: they are numbered from 0 to 127"),
        ("9" * 5000, "they are numbered from 0 to 127"),
        ("violn", "no General MIDI instrument is called 'violn': did you mean violin"),
        ("Organ", "did you mean drawbar organ or percussive organ or rock organ or church organ or reed organ?"),
        ("hurdygurdy", "write a number from 0 to 127 or a General MIDI name, for example violin"),
        ("", "no General MIDI instrument is called ''"),
        ("٣", "no General MIDI instrument is called '٣'"),
    ],
)
def test_another_one_is_refused_with_those_that_are_near(text, message):
    with pytest.raises(UserError) as refused:
        instruments.program(text)
    assert message in str(refused.value)
