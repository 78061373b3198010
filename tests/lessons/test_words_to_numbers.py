from zoo.lessons import lesson


def test_words_of_a_group_are_near_one_another() -> None:
    outcome = lesson.load("words_to_numbers").run()
    numbers = outcome.numbers
    assert numbers["difference of looking up and multiplying"] == 0
    assert numbers["cosine of two one-hot vectors"] == 0
    assert numbers["mean cosine within a group"] > 0.4
    assert abs(numbers["mean cosine between groups"]) < 0.1
    assert numbers["share of words whose nearest is of the same group"] > 0.9
    assert "fantastic" in numbers["neighbours of wonderful"]
    assert outcome.figure.get_size_inches()[0] * outcome.figure.dpi == 1000
