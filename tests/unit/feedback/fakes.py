"""Feedback kept in memory, and suggestions that need no signature."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from uuid import UUID
from zoneinfo import ZoneInfo

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
from services.feedback.usecases import Stand, Turn
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
    sums: dict[tuple[str, str], Helpfulness] = field(default_factory=dict)
    changes: list[WeightChange] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class _MemoryTurn:
    def __init__(self, kept: _Kept) -> None:
        self._kept = kept
        self.after = replace(
            kept,
            feedback=list(kept.feedback),
            weights=dict(kept.weights),
            sums=dict(kept.sums),
            changes=list(kept.changes),
        )

    async def find(self, feedback_id: UUID, request_id: str) -> Feedback | None:
        await asyncio.sleep(0)
        of_request = (
            one for one in self._kept.feedback if request_id and one.request_id == request_id
        )
        of_id = (one for one in self._kept.feedback if one.feedback_id == feedback_id)
        return next(of_request, None) or next(of_id, None)

    async def given_between(self, from_: datetime, until: datetime) -> int:
        await asyncio.sleep(0)
        return sum(from_ <= one.created_at < until for one in self._kept.feedback)

    async def weights(self, suggestion_type: str) -> Sequence[TraitWeight]:
        kept = self._kept.weights.values()
        return [one for one in kept if suggestion_type in ("", one.suggestion_type)]

    async def helpfulness(self, suggestion_type: str, part_of_day: str) -> Helpfulness | None:
        return self._kept.sums.get((suggestion_type, part_of_day))

    async def keep(self, feedback: Feedback, helpfulness: Helpfulness) -> None:
        self.after.feedback.append(feedback)
        self.after.sums[helpfulness.suggestion_type, helpfulness.part_of_day] = helpfulness

    async def move(self, weights: Sequence[TraitWeight], changes: Sequence[WeightChange]) -> None:
        self.after.weights |= {(one.suggestion_type, one.trait): one for one in weights}
        self.after.changes += changes


class MemoryFeedbacks:
    """Keeps feedback as `PostgresFeedbacks` does, for as long as it lives."""

    def __init__(self) -> None:
        self._people: defaultdict[PersonId, _Kept] = defaultdict(_Kept)

    @asynccontextmanager
    async def turn(self, person_id: PersonId) -> AsyncIterator[Turn]:
        async with self._people[person_id].lock:
            turn = _MemoryTurn(self._people[person_id])
            yield turn
            self._people[person_id] = turn.after

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
        counts: dict[tuple[str, str, str, date | None, int], list[int]] = defaultdict(
            lambda: [0, 0]
        )
        for one in self._people[person_id].feedback:
            day = one.local_at.date()
            monday = day - timedelta(days=day.weekday())
            week = monday if monday >= first_week else None
            key = (one.suggestion_type, one.trait, one.part_of_day, week, one.bias)
            counts[key][not one.helpful] += 1
        return [Tally(*key, *both) for key, both in counts.items()]

    async def weights(self, person_id: PersonId) -> list[TraitWeight]:
        return list(self._people[person_id].weights.values())

    async def stand(self, person_id: PersonId, refused_since: datetime) -> Stand:
        kept = self._people[person_id]
        refusals = [
            Refusal(one.suggestion_type, one.suggested_at, one.created_at)
            for one in kept.feedback
            if not one.helpful and one.created_at >= refused_since
        ]
        return Stand(
            list(kept.weights.values()),
            sorted(refusals, key=lambda one: one.created_at, reverse=True),
            [kept.sums[key] for key in sorted(kept.sums)],
        )

    async def changes(
        self, person_id: PersonId, after: Position | None, size: int
    ) -> list[WeightChange]:
        moves = sorted(
            self._people[person_id].changes,
            key=lambda one: (one.changed_at, one.change_id),
            reverse=True,
        )
        return [
            one
            for one in moves
            if after is None or (one.changed_at, one.change_id) < (after.at, after.id)
        ][:size]

    async def forget_changes(self, before: datetime, limit: int) -> int:
        old = [
            (kept, one)
            for kept in self._people.values()
            for one in kept.changes
            if one.changed_at < before
        ]
        for kept, one in sorted(old, key=lambda pair: pair[1].changed_at)[:limit]:
            kept.changes.remove(one)
        return min(len(old), limit)

    async def means(self) -> list[Start]:
        shares: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        for kept in self._people.values():
            for pair, one in kept.weights.items():
                shares[pair].append(one.weight / one.original)
        return [
            Start.of_mean(*pair, fmean(shares[pair]), len(shares[pair])) for pair in sorted(shares)
        ]


class MemoryPopulations:
    """Keeps versions as `PostgresPopulations` does; the means are those of the feedback given."""

    def __init__(self, feedbacks: MemoryFeedbacks) -> None:
        self._feedbacks = feedbacks
        self._versions: dict[int, Population] = {}
        self.reads = 0

    async def newest(self) -> Population | None:
        self.reads += 1
        await asyncio.sleep(0)
        return self._versions[max(self._versions)] if self._versions else None

    async def means(self) -> list[Start]:
        return await self._feedbacks.means()

    async def add(self, population: Population) -> None:
        self._versions.setdefault(population.version, population)

    async def forget(self, up_to_version: int) -> None:
        self._versions = {
            version: one for version, one in self._versions.items() if version > up_to_version
        }


def suggestion(
    number: int,
    *,
    suggestion_type: str = "break",
    trait: str = "work.focus_duration",
    at: datetime = datetime(2026, 11, 17, 1, 40, tzinfo=UTC),
    zone: str = "Asia/Tokyo",
    expires_at: datetime = datetime(2027, 1, 1, tzinfo=UTC),
) -> Suggestion:
    """Returns the numbered suggestion of a persona that has that number too."""
    return Suggestion(
        suggestion_id=f"suggestion-{number}",
        persona_id=UUID(int=number),
        ordinal=0,
        suggestion_type=suggestion_type,
        trait=trait,
        at=at,
        zone=ZoneInfo(zone),
        expires_at=expires_at,
    )
