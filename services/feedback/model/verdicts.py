"""Suggestions, and what a person says of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.feedback.model.days import part_of_day

PersonId = NewType("PersonId", str)

# Namespace of the ids derived here; drawn once at random.
FEEDBACK_NAMESPACE = UUID("7c1f4d0a-3b52-4c7e-9a55-0d6be2f1a8c3")

DAILY_LIMIT = 10
RECENT_REFUSALS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion as its signed id describes it: all that a verdict needs to know.

    `ordinal` tells apart the suggestions of one persona; `at` is the moment it was made for.
    """

    suggestion_id: str
    persona_id: UUID
    ordinal: int
    suggestion_type: str
    trait: str
    at: datetime
    zone: ZoneInfo
    expires_at: datetime

    @property
    def part_of_day(self) -> str:
        """The part of the day that it was made for, whenever it is judged."""
        return part_of_day(self.at.astimezone(self.zone))

    def feedback_id(self, person_id: PersonId) -> UUID:
        """Returns the id of the person's one verdict on it, so that the key alone forbids a second.

        From what the suggestion is, not from how its id is written.
        """
        return uuid5(FEEDBACK_NAMESPACE, f"{person_id}\n{self.persona_id}\n{self.ordinal}")


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict; `weight` is the one its trait has had since, `zone` the person's at that time.

    `bias` says how the weight stood against its original until then: -1 lower, 0 the same, 1
    higher. `suggested_at` is the moment that the suggestion was made for.
    """

    feedback_id: UUID
    person_id: PersonId
    persona_id: UUID
    suggestion_id: str
    suggestion_type: str
    helpful: bool
    trait: str
    weight: float
    bias: int
    suggested_at: datetime
    created_at: datetime
    zone: str
    part_of_day: str
    request_id: str = ""

    @property
    def local_at(self) -> datetime:
        """The person's clock when it was given."""
        return self.created_at.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A "not helpful": of what, the moment that it was suggested for, and when it was said."""

    suggestion_type: str
    suggested_at: datetime
    created_at: datetime
