"""Feedback kept in memory, and suggestions that need no signature."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.feedback.model import Feedback, PersonId, Refusal, Suggestion, Tally, TraitWeight
from services.feedback.usecases import Turn
from services.kit.paging import Position


@dataclass
class StoppedClock:
    """Stands still until it is set."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class KnownSuggestions:
    """Knows the suggestions it was given, each as one person's."""

    def __init__(self) -> None:
        self._known: dict[tuple[PersonId, str], Suggestion] = {}

    def add(self, person_id: PersonId, suggestion: Suggestion) -> Suggestion:
        self._known[person_id, suggestion.suggestion_id] = suggestion
        return suggestion

    def find(self, person_id: PersonId, suggestion_id: str) -> Suggestion | None:
        return self._known.get((person_id, suggestion_id))


@dataclass
class _Kept:
    feedback: list[Feedback] = field(default_factory=list)
    weights: dict[tuple[str, str], TraitWeight] = field(default_factory=dict)
    days: Counter[date] = field(default_factory=Counter)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class _MemoryTurn:
    def __init__(self, kept: _Kept) -> None:
        self._kept = kept
        self.saved: list[tuple[Feedback, Sequence[TraitWeight], date]] = []

    async def find(self, feedback_id: UUID, request_id: str) -> Feedback | None:
        await asyncio.sleep(0)
        of_request = (
            one for one in self._kept.feedback if request_id and one.request_id == request_id
        )
        of_id = (one for one in self._kept.feedback if one.feedback_id == feedback_id)
        return next(of_request, None) or next(of_id, None)

    async def count_on(self, day: date) -> int:
        await asyncio.sleep(0)
        return self._kept.days[day]

    async def weights_of(self, suggestion_type: str) -> Sequence[TraitWeight]:
        return [
            weight
            for weight in self._kept.weights.values()
            if weight.suggestion_type == suggestion_type
        ]

    async def save(self, feedback: Feedback, weights: Sequence[TraitWeight], day: date) -> None:
        self.saved.append((feedback, weights, day))


class MemoryFeedbacks:
    """Keeps feedback as `PostgresFeedbacks` does, for as long as it lives."""

    def __init__(self) -> None:
        self._people: defaultdict[PersonId, _Kept] = defaultdict(_Kept)

    @asynccontextmanager
    async def turn(self, person_id: PersonId) -> AsyncIterator[Turn]:
        kept = self._people[person_id]
        async with kept.lock:
            turn = _MemoryTurn(kept)
            yield turn
            for feedback, weights, day in turn.saved:
                kept.feedback.append(feedback)
                kept.weights |= {(one.suggestion_type, one.trait): one for one in weights}
                kept.days[day] += 1

    async def page(
        self, person_id: PersonId, persona_id: UUID | None, after: Position | None, size: int
    ) -> list[Feedback]:
        rows = sorted(
            self._people[person_id].feedback,
            key=lambda one: (one.created_at, one.feedback_id),
            reverse=True,
        )
        return [
            one
            for one in rows
            if persona_id in (None, one.persona_id)
            and (after is None or (one.created_at, one.feedback_id) < (after.at, after.id))
        ][:size]

    async def tallies(self, person_id: PersonId, first_week: date) -> list[Tally]:
        counts: dict[tuple[str, str, date | None], list[int]] = defaultdict(lambda: [0, 0])
        for one in self._people[person_id].feedback:
            day = one.local_at.date()
            monday = day - timedelta(days=day.weekday())
            week = monday if monday >= first_week else None
            counts[one.suggestion_type, one.part_of_day, week][not one.helpful] += 1
        return [Tally(*key, *both) for key, both in counts.items()]

    async def weights(self, person_id: PersonId) -> list[TraitWeight]:
        return list(self._people[person_id].weights.values())

    async def refusals(self, person_id: PersonId, since: datetime) -> list[Refusal]:
        refused = (one for one in self._people[person_id].feedback if not one.helpful)
        recent = [
            Refusal(one.suggestion_type, one.created_at)
            for one in refused
            if one.created_at >= since
        ]
        return sorted(recent, key=lambda one: one.created_at, reverse=True)


def suggestion(
    number: int,
    *,
    suggestion_type: str = "break",
    trait: str = "work.focus_duration",
    at: datetime = datetime(2026, 11, 17, 1, 40, tzinfo=UTC),
    zone: str = "Asia/Tokyo",
) -> Suggestion:
    """Returns the numbered suggestion of a persona that has that number too."""
    return Suggestion(
        f"suggestion-{number}", UUID(int=number), 0, suggestion_type, trait, at, ZoneInfo(zone)
    )
