"""The load on the studio: an answer that is lost, late or another's is seen."""

import argparse
import os
from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks import studio_load
from benchmarks.studio_load import Answer, Kind
from zoo.core.errors import UserError

KIND = Kind("echo", 1, ({"text": "a"}, {"text": "b"}), seconds=0.3)


def echo(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": arguments["text"], "weight": 0.5}


def asked(ask: studio_load.Ask, requests: int = 40) -> list[Answer]:
    return studio_load.client(ask, [KIND], {"echo": studio_load.first_answers(KIND, echo)}, requests, 0.0, 1)


def test_right_answers_are_no_fault_though_their_numbers_differ_a_little() -> None:
    answers = asked(lambda name, arguments: {**echo(name, arguments), "weight": 0.50004})
    assert len(answers) == 40
    assert {answer.fault for answer in answers} == {""}


def test_the_answer_to_another_question_is_seen() -> None:
    answers = asked(lambda name, arguments: {"text": "a", "weight": 0.5})
    assert {answer.fault for answer in answers} == {"", "mixed up"}


def test_an_answer_that_does_not_come_is_lost_and_the_client_goes_on() -> None:
    def silent(name: str, arguments: Mapping[str, Any]) -> Any:
        raise TimeoutError

    assert [answer.fault for answer in asked(silent, 3)] == 3 * ["lost"]


def test_questions_with_the_same_answer_are_refused() -> None:
    with pytest.raises(UserError, match="so that a mix-up could not be seen"):
        studio_load.first_answers(KIND, lambda name, arguments: [1, 2])


def test_the_table_and_the_aims_tell_what_went_wrong() -> None:
    answers = (
        [Answer("echo", 0.1)] * 90 + [Answer("echo", 0.5)] * 8 + [Answer("echo", 1.0, "lost"), Answer("echo", 0.1, "mixed up")]
    )
    assert studio_load.table([KIND], answers).splitlines()[1].split() == ["echo", "100", "0.100", "0.500", "1.000", "1", "1"]
    assert studio_load.missed([KIND], answers, (100, 106)) == [
        "1 answers were lost",
        "1 answers were mixed up",
        "95 of 100 answers of echo took up to 0.50 s instead of 0.3 s",
        "the memory changed by +6.0% instead of at most 5%",
    ]
    assert studio_load.missed([KIND], answers[:90], (100, 96)) == []


def test_a_promised_kind_that_was_left_out_is_an_aim_that_was_missed() -> None:
    assert studio_load.missed([KIND], [], (100, 100)) == ["echo was not asked, which is to answer within 0.3 s"]
    assert studio_load.missed([Kind("echo", 1, KIND.questions)], [], (100, 100)) == []


def test_every_kind_has_questions_enough_to_see_a_mix_up() -> None:
    for kind in studio_load.KINDS:
        assert len({str(question) for question in kind.questions}) >= 3


def test_a_drawing_is_written_as_the_page_takes_it() -> None:
    assert studio_load.strokes((220, 80), (398, 80), (441, 340)) == "6428b228c99g"


def test_the_memory_of_a_process_is_read() -> None:
    assert 10e6 < studio_load.memory(os.getpid()) < 1e12


@pytest.mark.parametrize(("requests", "pause", "told"), [(1, 1.0, "at least one for each"), (9, -1.0, "from 0 to 60")])
def test_bad_options_are_told(requests: int, pause: float, told: str) -> None:
    with pytest.raises(UserError, match=told):
        studio_load.run(argparse.Namespace(requests=requests, clients=2, pause=pause))
