import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.tables.schema import input_names


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["mean radius", "mean texture"], ["mean_radius", "mean_texture"]),
        (["a.b", "2020", ".x", "_z", "日付"], ["a_b", "column_2020", "column_x", "column_z", "column__"]),
        (["self", "column_self", "class"], ["column_self", "column_self_2", "column_class"]),
        (["None", "Class", "CLASS", "from", "case"], ["column_None", "Class", "CLASS_3", "column_from", "case"]),
        (["a_b_3", "a b", "a-b"], ["a_b_3", "a_b", "a_b_3_3"]),
    ],
)
def test_the_names_of_a_signature(names: list[str], expected: list[str]) -> None:
    assert input_names(names) == expected


NAMES = st.lists(
    st.text("abAB_.- 123é\n", min_size=1, max_size=6) | st.sampled_from(["self", "SELF", "column_self", "class", "column_class"]),
    unique=True,
)


@given(NAMES)
def test_the_names_of_a_signature_are_different_identifiers(names: list[str]) -> None:
    found = input_names(names)
    assert len({name.lower() for name in found}) == len(names) == len(found)
    for name in found:
        assert name.isidentifier()
        assert name.isascii()
        assert name.lower() != "self"
        assert not keyword.iskeyword(name)
