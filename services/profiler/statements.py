"""Reads the tasks that ingest publishes into statements."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from services.profiler.localtime import UnknownZone, zone_named
from services.profiler.model import (
    Answer,
    CalendarEvent,
    EventKind,
    Fact,
    ObservationId,
    Question,
    Statement,
    Task,
    WorkSession,
)

PROCESS, RETRACT = "process_observation", "retract_observation"
LONGEST_SESSION = 24 * 3600
LONGEST_EVENT = 31 * 24 * 3600
# An hour more than ingest allows: a duration can lie over the end of summer time.
TOLERANCE = 3600
LAST_MOMENT = 10_000_000_000

MemberT = TypeVar("MemberT", bound=StrEnum)


class Unreadable(Exception):
    """A task says nothing that can be understood; the message quotes none of its content."""


def read(task: Task) -> Statement:
    """Returns what a task says; raises `Unreadable`."""
    payload = task.payload
    observation_id = ObservationId(_text(payload, "observation_id"))
    if task.task_type == PROCESS:
        again = payload.get("again") is True
        return Statement(task.position, observation_id, _fact(payload), again=again)
    if task.task_type == RETRACT:
        return Statement(task.position, observation_id, None, _span_if_known(payload))
    raise Unreadable("the task's type is unknown")


def _fact(payload: Mapping[str, object]) -> Fact:
    kind = _text(payload, "kind")
    if kind == "work_session":
        start, end, zone = _span(payload, LONGEST_SESSION)
        score, interruptions = _optional(payload, "score"), _optional(payload, "interruptions")
        return WorkSession(start, end, zone, score, interruptions)
    if kind == "calendar_event":
        start, end, zone = _span(payload, LONGEST_EVENT)
        event = _member(EventKind, payload, "event")
        return CalendarEvent(start, end, zone, event, payload.get("all_day") is True)
    if kind == "user_input":
        return _answer(payload)
    raise Unreadable("kind is unknown")


def _answer(payload: Mapping[str, object]) -> Answer:
    question, text = _member(Question, payload, "question"), _text(payload, "answer")
    if question is Question.TIME_ZONE:
        _checked_zone(text)
    return Answer(_whole(payload, "start"), _checked_zone(_text(payload, "zone")), question, text)


def _span_if_known(payload: Mapping[str, object]) -> tuple[int, int, str] | None:
    return _span(payload, LONGEST_EVENT) if "start" in payload else None


def _span(payload: Mapping[str, object], longest: int) -> tuple[int, int, str]:
    start, end = _whole(payload, "start"), _whole(payload, "end")
    if not start <= end <= start + longest + TOLERANCE:
        raise Unreadable("end does not follow start, or much too late")
    return start, end, _checked_zone(_text(payload, "zone"))


def _checked_zone(name: str) -> str:
    try:
        zone_named(name)
    except UnknownZone:
        raise Unreadable("zone is unknown") from None
    return name


def _member(kind: type[MemberT], payload: Mapping[str, object], name: str) -> MemberT:
    try:
        return kind(_text(payload, name))
    except ValueError:
        raise Unreadable(f"{name} is unknown") from None


def _text(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{name} is missing")
    return value


def _whole(payload: Mapping[str, object], name: str) -> int:
    value = payload.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < LAST_MOMENT:
        raise Unreadable(f"{name} is missing or no moment")
    return value


def _optional(payload: Mapping[str, object], name: str) -> int | None:
    value = payload.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise Unreadable(f"{name} is not a whole number")
