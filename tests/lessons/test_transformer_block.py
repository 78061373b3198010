import pytest

from zoo.lessons import lesson


@pytest.mark.slow
def test_only_with_residual_and_norm_words_stay_apart_and_gradients_arrive() -> None:
    numbers = lesson.load("transformer_block").run().numbers
    apart = {
        kind: numbers[f"words differ at the end, {kind}"]
        for kind in ("residual and norm", "residual alone", "norm alone", "neither")
    }
    gradient = {kind: numbers[f"gradient at the input, {kind}"] for kind in apart}
    assert apart["residual and norm"] > 0.3
    assert apart["residual alone"] < 0.01
    assert max(apart["norm alone"], apart["neither"]) < 1e-12
    assert 0.1 < gradient["residual and norm"] < 10
    assert gradient["residual alone"] > 1e6
    assert gradient["neither"] < 1e-6
