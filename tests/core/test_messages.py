from zoo.core.messages import brief, listed, one_line, shown


def test_a_text_of_a_file_stays_in_one_line() -> None:
    assert shown("a\nb\x1b[2J Größe") == "a\\nb\\x1b[2J Größe"
    assert one_line("home\n  town") == "home town"
    assert len(brief("x" * 1000 + "\n")) < 100


def test_of_many_names_the_first_are_listed_and_the_others_counted() -> None:
    assert listed(["a", "b\n"]) == "a, b\\n"
    assert listed(list("abcde"), most=3) == "a, b, c and 2 more"
