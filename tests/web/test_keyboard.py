"""The keys of the piano: two octaves from middle C, with the letters of the computer's keyboard."""

import re

from zoo.web import keyboard


def test_the_keys_are_two_octaves_and_letters_follow_their_order() -> None:
    keys = re.findall(r'class="(black|white)" data-pitch="(\d+)" data-letter="([^"]*)" aria-label="([^"]+)"', keyboard.piano())
    assert len(keys) == 25
    assert keys[0] == ("white", "60", "a", "C4")
    assert keys[6] == ("black", "66", "t", "F#4")
    assert keys[-1] == ("white", "84", "", "C6")
    assert "selected>eighth" in keyboard.piano()
