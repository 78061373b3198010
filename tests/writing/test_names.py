"""Other names: what a name is, and that a part has one new name for each."""

import re

from hypothesis import given
from hypothesis import strategies as st

from zoo.writing import names

SPEECH = "the night is long and the day is far from us, and no lark has sung of it; so let us speak of what we know. " * 2
PLAY = f"ROMEO:\nO sweet Juliet! {SPEECH}\n\nJULIET:\nThe night, good Romeo. Long live Verona, fair Verona.\n{SPEECH}\n\n"


def test_a_name_is_always_written_with_a_capital():
    assert sorted(names.find(PLAY * 3)) == ["juliet", "romeo", "verona"]  # not "long", "the", "o"


def test_a_language_that_writes_its_nouns_with_capitals_has_no_names():
    assert names.find("Der Mann und die Frau gehen in das Haus. " * 5) == []


def test_a_part_has_one_new_name_for_each_in_the_case_of_the_old_one():
    found = names.find(PLAY * 3)
    new = names.replaced(PLAY, found, seed=1, share=1.0)
    first, second = re.findall(r"^([A-Z]+):$", new, re.MULTILINE)
    assert first not in ("ROMEO", "JULIET")
    assert f"sweet {second.capitalize()}!" in new
    assert f"good {first.capitalize()}." in new
    places = re.findall(r"live (\w+), fair (\w+)\.", new)[0]
    assert places[0] == places[1] != "Verona"


def test_parts_that_are_not_chosen_stay_as_they_are():
    text = PLAY * 200
    found = names.find(text)
    assert names.replaced(text, found, seed=1, share=0.0) == text
    half = names.replaced(text, found, seed=1, share=0.5)
    assert 0.2 < half.count("ROMEO:") / text.count("ROMEO:") < 0.8
    assert half == names.replaced(text, found, seed=1, share=0.5) != names.replaced(text, found, seed=2, share=0.5)


@given(st.text())
def test_all_but_the_names_stays_in_any_text(text):
    new = names.replaced(text, ["romeo", "juliet"], seed=3, share=1.0)
    assert names.WORD.sub("", new) == names.WORD.sub("", text) or "romeo" in text.lower() or "juliet" in text.lower()
