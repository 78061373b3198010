from zoo.translation import baselines


def test_the_nearest_sentence_has_most_words_in_common_for_its_length() -> None:
    training = [b"A dog runs and a cat sleeps in the sun.", b"A dog RUNS", b"A bird sings.", b"A bird sings!"]
    sentences = [b"a dog runs.", b"The cat sleeps in the sun", b"bird", b"Xylophon", b"", b"a bird sings"]
    assert baselines.nearest(sentences, training).tolist() == [1, 0, 2, 0, 0, 2]


def test_many_sentences_are_compared_in_parts() -> None:
    training = [f"number {i} of all".encode() for i in range(500)]
    assert baselines.nearest(training, training).tolist() == list(range(500))
