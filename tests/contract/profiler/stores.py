"""What the contracts are about: the stores of the profiler, those in memory and in Postgres."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.profiler.ledger import enter
from services.profiler.model import Claim, Failure, ObservationId, PersonId, Statement
from services.profiler.statements import PROCESS
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import (
    Ledgers,
    Mindscapes,
    Outcome,
    Population,
    Priors,
    Queue,
    Wanted,
)
from tests.unit.profiler.build import TUESDAY, work

ANA, BEN = PersonId("ana"), PersonId("ben")
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
PAYLOAD = {"observation_id": "o1"}

Put = Callable[[PersonId, str, Mapping[str, object], datetime], Awaitable[UUID]]


@dataclass(frozen=True)
class Stores:
    """One set of stores, and a way to publish a task as ingest does."""

    queue: Queue
    ledgers: Ledgers
    mindscapes: Mindscapes
    priors: Priors
    population: Population
    put: Put

    async def task(self, person_id: PersonId = ANA, at: datetime = NOW) -> UUID:
        return await self.put(person_id, PROCESS, PAYLOAD, at)

    async def claim(self, *people: PersonId, at: datetime = NOW) -> list[Claim]:
        return list(await self.queue.claim(people or (ANA,), at))

    async def due(self, at: datetime = NOW, limit: int = 10) -> tuple[list[PersonId], ...]:
        """Returns people with tasks for a claim together, and people with last attempts."""
        due = await self.queue.due(at, limit)
        return list(due.together), list(due.alone)

    async def close(self, claim: Claim, statements: list[Statement], at: datetime = NOW) -> None:
        """Enters statements on behalf of a claim."""
        async with self.ledgers.open([claim]) as ledgers:
            wanted = Wanted(
                frozenset({TUESDAY}),
                frozenset(one.observation_id for one in statements if one.fact is None),
            )
            books = (await ledgers.books({claim.person_id: wanted}))[claim.person_id]
            entered = enter(books, statements, SHIPPED)
            await ledgers.close([Outcome(claim, entered)], at)

    async def believe(self, minutes: int, at: datetime = NOW) -> None:
        """Makes one more version of ana's mindscape."""
        await self.task(at=at)
        (claim,) = await self.claim(at=at)
        await self.close(
            claim, [Statement(minutes, ObservationId("o1"), work("09:00", minutes))], at
        )


def failure(claim: Claim, retry_at: datetime | None) -> list[Failure]:
    return [Failure(task, "it broke", retry_at) for task in claim.tasks]
