import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.web.percent import percent


@given(st.floats(0, 1), st.integers(0, 3))
def test_only_what_is_impossible_is_0_and_only_what_is_certain_is_100(probability: float, digits: int) -> None:
    text = percent(probability, digits)
    *limit, number, _ = text.split()
    assert len(number.partition(".")[2]) == digits
    assert (float(number) == 0) == (probability == 0)
    assert (float(number) == 100) == (probability == 1)
    if not limit:
        assert float(number) == pytest.approx(100 * probability, abs=0.501 * 10**-digits)


@pytest.mark.parametrize(
    ("probability", "digits", "text"),
    [(0.5, 0, "50 %"), (0.999, 0, "over 99 %"), (0.9996, 1, "over 99.9 %"), (0.0004, 1, "under 0.1 %"), (0.001, 1, "0.1 %")],
)
def test_a_probability_reads_so(probability: float, digits: int, text: str) -> None:
    assert percent(probability, digits) == text
