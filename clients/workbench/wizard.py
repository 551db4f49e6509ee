"""Asks the first questions on a terminal; what was given as an option is not asked."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import questionary

from clients.cli.options import NAMES, is_name
from clients.cli.times import BadTime
from clients.workbench.answers import (
    Answers,
    BadAnswer,
    Disruptor,
    Focus,
    Part,
    clock_time,
    zone_name,
)

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class Given:
    """Answers that need no question; None and empty ones do."""

    time_zone: str = ""
    usual_start: str = ""
    most_productive: Part | None = None
    focus_length: Focus | None = None
    flow_disruptor: Disruptor | None = None

    def complete(self) -> Answers | None:
        """Return the answers if all are there. Raises BadAnswer and BadTime."""
        chosen = self.most_productive, self.focus_length, self.flow_disruptor
        part, focus, disruptor = chosen
        if not (self.time_zone and self.usual_start and part and focus and disruptor):
            return None
        zone, start = zone_name(self.time_zone), clock_time(self.usual_start)
        return Answers(zone, start, part, focus, disruptor)


def ask_person() -> str:
    """Ask under which name the person is to be known; the machine's user is offered."""
    user = re.sub(r"[^A-Za-z0-9._@:-]", "-", getpass.getuser())
    return _text("What name are you known by here?", user, _as_name)


def ask(given: Given, before: Mapping[str, str], machine_zone: str) -> Answers:
    """Ask what is not given; the answers from before, by question, are offered."""
    zone = given.time_zone or _text(
        "Your time zone?", before.get("time_zone", machine_zone), zone_name
    )
    start = given.usual_start or _text(
        "What time do you usually start work?", before.get("usual_start", "09:00"), clock_time
    )
    return Answers(
        zone_name(zone),
        clock_time(start),
        given.most_productive
        or _choice("When are you most productive?", Part, before.get("most_productive")),
        given.focus_length
        or _choice("How long can you typically focus?", Focus, before.get("focus_length", "1hr")),
        given.flow_disruptor
        or _choice("What disrupts your flow most?", Disruptor, before.get("flow_disruptor")),
    )


def _text(question: str, default: str, read: Callable[[str], str]) -> str:
    def complaint(text: str) -> bool | str:
        try:
            read(text)
        except (BadAnswer, BadTime) as trouble:
            return f"{trouble}"
        return True

    answer: str = questionary.text(question, default=default, validate=complaint).unsafe_ask()
    return read(answer)


def _choice(question: str, choices: type[_Choice], default: str | None) -> _Choice:
    answer = questionary.select(
        question, choices=[str(each) for each in choices], default=default, use_shortcuts=False
    ).unsafe_ask()
    return choices(answer)


def _as_name(text: str) -> str:
    if not is_name(text):
        raise BadAnswer(NAMES)
    return text
