import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.data import reviews


@settings(deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1), st.integers(0, 2**32 - 1), st.integers(0, 50))
def test_a_piece_lies_in_its_text(lengths: list[int], seed: int, epoch: int) -> None:
    starts, sizes = reviews.windows(np.array(lengths), [seed, epoch])
    again = reviews.windows(np.array(lengths), [seed, epoch])
    np.testing.assert_array_equal((starts, sizes), again)
    assert (starts >= 0).all()
    assert (starts + sizes <= lengths).all()
    assert (sizes >= np.minimum(lengths, reviews.SHORTEST_PIECE)).all()


def test_half_of_the_texts_are_cut_and_each_epoch_cuts_others() -> None:
    lengths = np.full(10_000, 200)
    starts, sizes = reviews.windows(lengths, [0, 0])
    whole = sizes == 200
    assert abs(whole.mean() - (1 - reviews.CUT)) < 0.05
    assert (starts[whole] == 0).all()
    # The median of a size whose logarithm is uniform between 6 and 200 is the root of their product.
    assert abs(np.median(sizes[~whole]) - (6 * 200) ** 0.5) < 3
    assert not np.array_equal(sizes, reviews.windows(lengths, [0, 1])[1])
