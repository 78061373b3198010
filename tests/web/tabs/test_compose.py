"""The tab Compose: controls that know each other, what is refused, its functions for programs, and the tab in a browser."""

import pytest

from zoo.core import cards
from zoo.core.errors import UserError
from zoo.music.language.tokens import TokenVocabulary
from zoo.web.tabs import compose


def test_a_slip_jig_offers_nine_eight_alone_and_a_chorale_no_types() -> None:
    update = compose.of_type(compose.MELODIES, "slip jig", "6/8")
    assert (update["choices"], update["value"]) == (["9/8"], "9/8")
    update = compose.of_type(compose.MELODIES, "jig", "9/8")
    assert (update["choices"], update["value"]) == (["any", "6/8", "9/8"], "9/8")
    kind, metre = compose.of_model(compose.PARTS, "jig", "6/8")
    assert (kind["choices"], kind["value"]) == (["any"], "any")
    assert (metre["choices"], metre["value"]) == (["any", "3/2", "3/4", "4/4"], "any")
    assert compose.of_key("D", "any")["value"] == "major"
    assert "any" in compose.of_key("any", "dorian")["choices"]
    assert compose.of_temperature(0)["interactive"] is False


def test_every_example_is_one_that_the_controls_offer() -> None:
    for model, key, mode, kind, metre, *_ in compose.EXAMPLES.values():
        assert mode in compose.modes(key)
        assert kind in compose.kinds(model)
        assert metre in compose.metres(model, kind)


@pytest.mark.pretrained
@pytest.mark.parametrize("model", compose.MODELS)
def test_the_controls_offer_what_the_models_know(model: str) -> None:
    vocabulary = TokenVocabulary.of_model(cards.find(model, ()))
    assert {str(metre) for metre in vocabulary.metres} == set(compose.METRES[model])
    types = {name.replace(" ", "-") for name in compose.kinds(model)}
    assert types <= {*vocabulary.types, "any"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"model": "folk"}, "did you mean folk_lstm"),
        ({"bars": 65}, "bars '65': a whole number from 0 to 64"),
        ({"bars": 1.5}, "a whole number"),
        ({"temperature": float("nan")}, "temperature 'nan': a number from 0 to 2"),
        ({"top_p": 0}, "top-p '0'"),
        ({"seed": True}, "seed"),
        ({"format": "exe"}, "exe"),
    ],
)
def test_bad_values_are_told_before_a_model_is_loaded(values: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        compose.compose(**values)  # type: ignore[arg-type]
