"""Several calls of a signature that samples: as many pieces as asked for, no seed twice."""

from hypothesis import given
from hypothesis import strategies as st

from zoo.core.sampling import Sampling, calls


@given(n=st.integers(0, 200), most=st.integers(1, 60))
def test_the_calls_make_all_pieces_with_seeds_of_their_own(n, most):
    made = list(calls(n, most, Sampling(0.5, 3, 0.9, seed=7)))
    assert sum(count for count, _ in made) == n
    assert all(1 <= count <= most for count, _ in made)
    assert len({own.seed for _, own in made}) == len(made)
    assert all(own[:3] == (0.5, 3, 0.9) for _, own in made)
    assert not made or made[0][1].seed == 7
