"""What feedback needs of the world: where it is kept, and who knows a genuine suggestion."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.feedback.model import (
    Feedback,
    Helpfulness,
    PersonId,
    Population,
    Refusal,
    Start,
    Suggestion,
    Tally,
    TraitWeight,
    WeightChange,
)
from services.kit.paging import Position


class Suggestions(Protocol):
    """Knows a genuine suggestion by its signed id."""

    def find(self, person_id: PersonId, suggestion_id: str) -> Suggestion | None:
        """Returns what was suggested to the person under this id, None if nothing was."""
        ...


class Turn(Protocol):
    """One person's feedback while nobody else writes to it; kept as a whole or not at all."""

    async def find(self, feedback_id: UUID, request_id: str) -> Feedback | None:
        """Returns the feedback of that request (if it has an id), else the one of that id."""
        ...

    async def given_between(self, from_: datetime, until: datetime) -> int:
        """Returns how many verdicts the person gave in [from_, until)."""
        ...

    async def weights(self, suggestion_type: str) -> Sequence[TraitWeight]:
        """Returns the person's weights of a type, one a trait; of all types, if it is empty."""
        ...

    async def helpfulness(self, suggestion_type: str, part_of_day: str) -> Helpfulness | None:
        """Returns the sums for a type and part of the day, None before the first verdict."""
        ...

    async def keep(self, feedback: Feedback, helpfulness: Helpfulness) -> None:
        """Keeps the verdict, and the sums with it."""
        ...

    async def move(self, weights: Sequence[TraitWeight], changes: Sequence[WeightChange]) -> None:
        """Keeps weights as they are now, and how they came to be."""
        ...


@dataclass(frozen=True, slots=True)
class Stand:
    """What a person's verdicts have led to; `refusals` are newest first."""

    weights: Sequence[TraitWeight]
    refusals: Sequence[Refusal]
    helpfulness: Sequence[Helpfulness]


class Feedbacks(Protocol):
    """Where verdicts and weights are kept."""

    def turn(self, person_id: PersonId) -> AbstractAsyncContextManager[Turn]:
        """Waits for its turn and opens one transaction on a person's feedback.

        Refuses with PERSON_BEING_ERASED.
        """
        ...

    async def page(
        self, person_id: PersonId, persona_id: UUID | None, after: Position | None, size: int
    ) -> list[Feedback]:
        """Returns at most `size` of a person's feedback (of a persona), newest first."""
        ...

    async def tallies(self, person_id: PersonId, first_week: date) -> list[Tally]:
        """Counts all of a person's feedback; what is before `first_week` has no week."""
        ...

    async def weights(self, person_id: PersonId) -> list[TraitWeight]:
        """Returns all of a person's weights."""
        ...

    async def stand(self, person_id: PersonId, refused_since: datetime) -> Stand:
        """Returns weights, refusals since then and sums: as many rows as there are types and
        parts of the day, however many verdicts."""
        ...

    async def changes(
        self, person_id: PersonId, after: Position | None, size: int
    ) -> list[WeightChange]:
        """Returns at most `size` moves of a person's weights, newest first."""
        ...

    async def forget_changes(self, before: datetime, limit: int) -> int:
        """Removes at most so many moves that were made before then; returns how many."""
        ...


class Populations(Protocol):
    """Where it is kept what newcomers begin with."""

    async def newest(self) -> Population | None: ...

    async def means(self) -> list[Start]:
        """Returns, for each suggestion type and trait, the mean over people of weight / original,
        each person counted once. Reads everybody's weights: not for a caller who waits."""
        ...

    async def add(self, population: Population) -> None:
        """Keeps a version, unless somebody else has kept one of that number."""
        ...

    async def forget(self, up_to_version: int) -> None:
        """Removes versions up to that one."""
        ...
