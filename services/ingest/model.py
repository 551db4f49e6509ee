"""Observations, and the people they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple, NewType, TypeAlias
from uuid import UUID, uuid5

PersonId = NewType("PersonId", str)
ObservationId = NewType("ObservationId", str)
"""A UUID in its usual form: of what comes by the thousand, text is made and compared faster."""
Key: TypeAlias = tuple[PersonId, ObservationId]

EXPORT = "personakit"
"""The source of an observation out of an export: it keeps the id that it had, its `source_id`."""

# Ids of observations that name themselves are derived below this (RFC 9562, version 5).
NAMESPACE = UUID("8c1f3c53-6d0b-4f3e-9a2e-5d1f6a7b9c01")


class EventKind(Enum):
    """What an entry of the calendar is."""

    MEETING = "meeting"
    FOCUS_BLOCK = "focus_block"
    OTHER = "other"


class Question(Enum):
    """What a person can be asked."""

    USUAL_START = "usual_start"
    MOST_PRODUCTIVE = "most_productive"
    FOCUS_LENGTH = "focus_length"
    FLOW_DISRUPTOR = "flow_disruptor"
    ENERGY_NOW = "energy_now"
    TIME_ZONE = "time_zone"


# Named tuples down to `Observation`: one is made in a quarter of the time of a frozen dataclass.


class WorkSession(NamedTuple):
    """A stretch of work; the score goes from 1 to 5; None means that nobody counted."""

    start: datetime
    end: datetime
    score: int | None = None
    interruptions: int | None = None
    label: str = ""


class CalendarEvent(NamedTuple):
    """An entry of the calendar, past or coming."""

    start: datetime
    end: datetime
    kind: EventKind = EventKind.MEETING
    title: str = ""
    all_day: bool = False


class UserInput(NamedTuple):
    """An answer to a question."""

    question: Question
    answer: str
    start: datetime

    @property
    def end(self) -> datetime:
        return self.start


Content: TypeAlias = WorkSession | CalendarEvent | UserInput
KIND_NAMES: dict[type, str] = {
    WorkSession: "work_session",
    CalendarEvent: "calendar_event",
    UserInput: "user_input",
}


class Draft(NamedTuple):
    """An observation as it arrives: it may leave its zone and its name open.

    `correlation_id` and `traceparent` tie the work it leads to to the call that brought it.
    """

    person_id: PersonId
    content: Content
    time_zone: str = ""
    source: str = ""
    source_id: str = ""
    request_id: str = ""
    correlation_id: str = ""
    traceparent: str = ""

    def identify(self, otherwise: str) -> ObservationId:
        """Returns the same id for the same source or request, so that the key alone makes a
        second sending harmless; `otherwise` for an observation that names neither."""
        if self.source == EXPORT:
            return ObservationId(self.source_id)
        if self.source:
            return _derived(self.person_id, "source", self.source, self.source_id)
        if self.request_id:
            return _derived(self.person_id, "request", self.request_id)
        return ObservationId(otherwise)


class Observation(NamedTuple):
    """One thing that was seen of a person."""

    person_id: PersonId
    observation_id: ObservationId
    time_zone: str
    content: Content
    recorded_at: datetime
    source: str = ""
    source_id: str = ""

    @property
    def key(self) -> Key:
        return self.person_id, self.observation_id

    @property
    def kind(self) -> str:
        return KIND_NAMES[type(self.content)]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work; the zone is empty until one was named."""

    person_id: PersonId
    time_zone: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Work that the profiler was given; see `statement` for the payload."""

    task_id: UUID
    position: int
    task_type: str
    payload: Mapping[str, object]
    status: str
    attempts: int
    last_error: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """How many rows of a person an erasure removed from a table of a holder."""

    holder: str
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure removed, and when the last of it was gone."""

    removed: Sequence[Removed]
    erased_at: datetime

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.removed)


def statement(observation: Observation) -> dict[str, str | int | bool]:
    """Returns what the profiler is told: times in whole seconds since 1970, and no content that
    it has no need of, such as titles."""
    content = observation.content
    told: dict[str, str | int | bool] = {
        "observation_id": observation.observation_id,
        "kind": observation.kind,
        "zone": observation.time_zone,
        "start": int(content.start.timestamp()),
        "end": int(content.end.timestamp()),
    }
    match content:
        case WorkSession():
            if content.score is not None:
                told["score"] = content.score
            if content.interruptions is not None:
                told["interruptions"] = content.interruptions
        case CalendarEvent():
            told["event"] = content.kind.value
            if content.all_day:
                told["all_day"] = True
        case UserInput():
            told |= {"question": content.question.value, "answer": content.answer}
    return told


def _derived(*parts: str) -> ObservationId:
    # A NUL cannot stand in any part, so no two lists of parts make the same name.
    return ObservationId(str(uuid5(NAMESPACE, "\0".join(parts))))
