"""The questions on a terminal, answered with keys."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from clients.cli.times import BadTime
from clients.workbench.answers import Answers, Disruptor, Focus, Part
from clients.workbench.wizard import Given, ask, ask_person

ENTER, DOWN, ERASE = "\r", "\x1b[B", "\x15"
ALL = Given("Europe/Berlin", "8", Part.VARIES, Focus.TWO_HOURS, Disruptor.MEETINGS)

Answer = TypeVar("Answer")


def typing(keys: str, question: Callable[[], Answer]) -> Answer:
    with create_pipe_input() as keyboard:
        keyboard.send_text(keys)
        with create_app_session(input=keyboard, output=DummyOutput()):
            return question()


def test_who_only_presses_enter_gets_what_is_offered() -> None:
    found = typing(5 * ENTER, lambda: ask(Given(), {}, "Asia/Tokyo"))
    assert (found.time_zone, found.usual_start) == ("Asia/Tokyo", "09:00")
    assert (found.most_productive, found.focus_length) == (Part.MORNING, Focus.AN_HOUR)


def test_the_answers_from_before_are_offered() -> None:
    before = {
        "time_zone": "Asia/Tokyo",
        "usual_start": "07:30",
        "most_productive": "evening",
        "focus_length": "2hr+",
        "flow_disruptor": "slack",
    }
    found = typing(5 * ENTER, lambda: ask(Given(), before, "UTC"))
    assert found == Answers("Asia/Tokyo", "07:30", Part.EVENING, Focus.TWO_HOURS, Disruptor.SLACK)


def test_a_choice_is_made_with_the_arrows_and_a_wrong_time_is_asked_again() -> None:
    keys = f"{ERASE}soon{ENTER}{ERASE}10{ENTER}{DOWN}{ENTER}"
    given = Given("UTC", "", None, Focus.AN_HOUR, Disruptor.SLACK)
    found = typing(keys, lambda: ask(given, {}, "UTC"))
    assert (found.usual_start, found.most_productive) == ("10:00", Part.AFTERNOON)


def test_what_is_given_is_not_asked() -> None:
    found = typing("", lambda: ask(ALL, {}, "UTC"))
    assert found == ALL.complete()


def test_answers_that_lack_one_are_not_complete() -> None:
    assert Given("Europe/Berlin", "8", Part.VARIES, Focus.TWO_HOURS).complete() is None


def test_a_given_answer_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(BadTime):
        Given("Mars/Base", "8", Part.VARIES, Focus.AN_HOUR, Disruptor.SLACK).complete()


def test_the_name_of_a_person_keeps_the_rules_of_the_api() -> None:
    assert typing(f"{ERASE}ana maria{ENTER}{ERASE}ana{ENTER}", ask_person) == "ana"


def test_somebody_can_change_their_mind() -> None:
    with pytest.raises(KeyboardInterrupt):
        typing("\x03", lambda: ask(Given(), {}, "UTC"))
