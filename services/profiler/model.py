"""The nouns of the profiler: what was observed, what is believed, and the work in between.

What there is one of for every observation is a named tuple: a frozen dataclass takes three times as
long to make.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, NewType, TypeAlias
from uuid import UUID

PersonId = NewType("PersonId", str)
ObservationId = NewType("ObservationId", str)
Token = NewType("Token", UUID)
"""Proves that a worker holds the lease of a person."""


class EventKind(StrEnum):
    """What an entry of a calendar is."""

    MEETING = "meeting"
    FOCUS_BLOCK = "focus_block"
    OTHER = "other"


class Question(StrEnum):
    """What a person can be asked."""

    USUAL_START = "usual_start"
    MOST_PRODUCTIVE = "most_productive"
    FOCUS_LENGTH = "focus_length"
    FLOW_DISRUPTOR = "flow_disruptor"
    ENERGY_NOW = "energy_now"
    TIME_ZONE = "time_zone"


class WorkSession(NamedTuple):
    """A stretch of work. Times are whole seconds since 1970; `end` is exclusive."""

    start: int
    end: int
    zone: str
    score: int | None = None
    interruptions: int | None = None


class CalendarEvent(NamedTuple):
    """An entry of the calendar. Times are whole seconds since 1970; `end` is exclusive."""

    start: int
    end: int
    zone: str
    kind: EventKind
    all_day: bool = False

    @property
    def is_meeting(self) -> bool:
        return self.kind is EventKind.MEETING and not self.all_day


class Answer(NamedTuple):
    """An answer to a question, given at `start`, in whole seconds since 1970."""

    start: int
    zone: str
    question: Question
    text: str

    @property
    def end(self) -> int:
        return self.start


Fact: TypeAlias = WorkSession | CalendarEvent | Answer


class Statement(NamedTuple):
    """What is said about one observation; of several, the one with the highest position holds.

    Without a fact the observation is retracted. `span` is then where it lay, as far as known.
    A fact that comes `again` may have lain elsewhere before.
    """

    position: int
    observation_id: ObservationId
    fact: Fact | None
    span: tuple[int, int, str] | None = None
    again: bool = False


class Source(StrEnum):
    """Where a belief comes from."""

    PRIOR = "prior"
    ANSWERED = "answered"
    OBSERVED = "observed"
    MIXED = "mixed"


class Level(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class EnergyPatterns:
    """24 levels each, from 0 to 1; the first is for 00:00 to 01:00 local time."""

    weekday: tuple[float, ...]
    weekend: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Local times such as "09:00"; the end is exclusive. The level is a mean, from 0 to 1."""

    start: str
    end: str
    level: float


@dataclass(frozen=True, slots=True)
class PeakHours:
    """Best first; those of the weekend are empty unless a weekend was seen."""

    windows: tuple[Window, ...]
    weekend_windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Minutes that half, three quarters and nine tenths of the sessions do not exceed."""

    p50_minutes: int
    p75_minutes: int
    p90_minutes: int
    n: int


@dataclass(frozen=True, slots=True)
class FocusDuration:
    """Over all, and by "morning", "afternoon" and "evening" where enough was seen."""

    overall: Quantiles
    by_part_of_day: Mapping[str, Quantiles] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeetingRecovery:
    p50_minutes: int
    p90_minutes: int


@dataclass(frozen=True, slots=True)
class TaskSwitchingCost:
    """What one interruption costs: points on the scale of 1 to 5, and minutes of a session."""

    level: Level
    score_lost_per_interruption: float
    minutes_lost_per_interruption: float


@dataclass(frozen=True, slots=True)
class PreferredStartTime:
    """Local times such as "09:00"; the end is empty until a day is over. `earlier_end` has the end
    of weekdays, such as "friday", that are over earlier. Those of weekends are empty until two
    days of them were over."""

    start: str
    end: str = ""
    earlier_end: Mapping[str, str] = field(default_factory=dict)
    weekend_start: str = ""
    weekend_end: str = ""


@dataclass(frozen=True, slots=True)
class Disruptor:
    """ "meetings", "slack" or "context-switches", with its share of all disruption, 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class FlowDisruptors:
    """Worst first."""

    disruptors: tuple[Disruptor, ...]


@dataclass(frozen=True, slots=True)
class EnergyLevel:
    """How it is now; the value is from 0 to 1."""

    level: Level
    value: float
    worked_minutes_today: int
    meeting_minutes_today: int
    minutes_since_break: int


Value: TypeAlias = (
    EnergyPatterns
    | PeakHours
    | FocusDuration
    | MeetingRecovery
    | TaskSwitchingCost
    | PreferredStartTime
    | FlowDisruptors
    | EnergyLevel
)


@dataclass(frozen=True, slots=True)
class Trait:
    """One belief and how far to trust it.

    `spread` is half the width of the middle 80 %, in the value's unit; `effective_n` is `n` with
    old evidence counted for less; `confidence` is from 0 to 1; `last_evidence` is in whole
    seconds since 1970.
    """

    value: Value
    spread: float
    n: int
    effective_n: float
    confidence: float
    provisional: bool
    source: Source
    last_evidence: int
    prior_version: str


Traits: TypeAlias = Mapping[str, Trait]


@dataclass(frozen=True, slots=True)
class Mindscape:
    """All that is believed of a person, at one version. `zone` is empty as long as unknown."""

    person_id: PersonId
    version: int
    updated_at: datetime
    zone: str
    traits: Traits


@dataclass(frozen=True, slots=True)
class Version:
    """That a version was made, and when."""

    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A trait that differs between two versions, and how, in words; None where it is not there."""

    name: str
    before: Trait | None
    after: Trait | None
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two versions, by name of the trait; without `before`, all is new."""

    before: Mindscape | None
    after: Mindscape
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one observation says about a trait, in words. `at` is in seconds since 1970."""

    observation_id: ObservationId
    at: int
    says: str


@dataclass(frozen=True, slots=True)
class EvidenceDay:
    """One local day that a trait rests on; the weight is from 0 to 1."""

    date: date
    weight: float
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a trait is what it is, and what would change it; `days` are the newest of `day_count`,
    newest first."""

    name: str
    trait: Trait
    method: str
    days: Sequence[EvidenceDay]
    day_count: int
    what_would_change: Sequence[str]


class Task(NamedTuple):
    """A task of the queue that is claimed; `attempts` counts this one too."""

    task_id: UUID
    position: int
    task_type: str
    payload: Mapping[str, object]
    attempts: int


@dataclass(frozen=True, slots=True)
class Due:
    """Who waits, longest first: people whose tasks can be worked on together with others', and
    people with tasks that have one attempt left, which is made alone. Somebody can be in both."""

    together: Mapping[PersonId, int]
    """How many tasks of each."""
    alone: Sequence[PersonId]


@dataclass(frozen=True, slots=True)
class Claim:
    """The due tasks of one person, in order, for whoever holds the token."""

    person_id: PersonId
    token: Token
    tasks: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Failure:
    """That one attempt at a task failed, and why; the reason quotes no content.

    The task is tried again from `retry_at` on; without it, it is given up.
    """

    task: Task
    reason: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the whole queue, and what was given up."""

    pending: int
    failed: int
    lag: timedelta


@dataclass(frozen=True, slots=True)
class FailedTask:
    """A task that was given up."""

    task_id: UUID
    task_type: str
    observation_id: str
    attempts: int
    last_error: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProcessingStatus:
    """How far the work on a person's observations is; version 0 means no mindscape."""

    person_id: PersonId
    pending: int
    failed: int
    oldest_pending_at: datetime | None
    lag: timedelta
    processed_up_to: datetime
    mindscape_version: int
