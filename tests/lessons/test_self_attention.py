from zoo.lessons import lesson


def test_attention_by_hand_is_that_of_the_pretrained_model_and_of_keras() -> None:
    numbers = lesson.load("self_attention").run().numbers
    assert numbers["largest difference of outputs from Keras"] < 1e-5
    assert numbers["largest difference of weights from the exported model's"] < 1e-5
    assert numbers["change of outputs by shuffling, without positions"] < 1e-9
    assert numbers["change of outputs by shuffling, with positions"] > 0.1
    assert (
        numbers["weight of the next word, the head of the first row"] > 2 * numbers["weight of the next word, mean of all heads"]
    )
