import pytest

from zoo.core.names import advice, near, unknown

NAMES = ("lstm", "self_attention", "transformer_block", "losses")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LSTM", ["lstm"]),
        ("lsmt", ["lstm"]),
        ("transformer", ["transformer_block"]),
        ("attention", ["self_attention"]),
        (" Losses ", ["losses"]),
        ("", []),
        ("xyz", []),
        ("o", []),
    ],
)
def test_what_is_near_a_name(name: str, meant: list[str]) -> None:
    assert near(name, NAMES) == meant


def test_advice_names_what_is_near_or_all() -> None:
    assert advice("lsmt", NAMES) == "did you mean lstm?"
    assert advice("xyz", ("a", "b", "c"), "give a folder") == "there are a, b and c, or give a folder"
    assert advice("xyz", ("a",)) == "there is a"
    assert advice("xyz", ()) == "there are none"
    assert str(unknown("model", "aa", ("aaa", "b"), "give a folder")) == (
        "no model is called 'aa': did you mean aaa? Or give a folder"
    )
