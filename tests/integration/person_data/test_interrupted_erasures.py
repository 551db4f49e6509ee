"""An erasure that is stopped anywhere goes on, counts everything, and lets nothing back."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.ingest.model import PersonId
from services.ingest.neighbours import GrpcHolder
from services.ingest.store import PostgresErasures
from services.ingest.usecases import Eraser, Holder, Page
from services.ingest.usecases.person_data import TURN
from services.kit.database import Database
from services.kit.errors import Aborted, Unavailable
from services.kit.settings import SERVICES
from services.kit.sql import Sql
from services.profiler.model import Claim, Failure
from services.profiler.model import PersonId as BelievedPerson
from services.profiler.store import PostgresLedgers, PostgresQueue
from services.profiler.store.ledgers import OpenPostgresLedgers
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Processor
from tests.integration.person_data.system import NOW, System, a_session, traces
from tests.unit.profiler.fakes import StoppedClock

ANA = PersonId("ana-8d1f")
STARTED = datetime.fromisoformat(NOW).astimezone(UTC)


class Killed(Exception):
    """Ends a process where it stands."""


@dataclass
class Trapped:
    """A holder that fails at one of its calls: before it reaches the service, or after."""

    holder: Holder
    call: str = ""
    after: bool = False
    error: Exception | None = None

    def export(self, person_id: PersonId) -> AsyncIterator[Page]:
        return self.holder.export(person_id)

    async def erase(self, person_id: PersonId, erasure_id: UUID) -> Mapping[str, int]:
        self._spring("erase", after=False)
        removed = await self.holder.erase(person_id, erasure_id)
        self._spring("erase", after=True)
        return removed

    async def readmit(self, person_id: PersonId, erasure_id: UUID) -> None:
        self._spring("readmit", after=False)
        await self.holder.readmit(person_id, erasure_id)
        self._spring("readmit", after=True)

    def _spring(self, call: str, *, after: bool) -> None:
        if self.error and (call, after) == (self.call, self.after):
            raise self.error


@pytest.fixture
async def erasures(system: System) -> AsyncIterator[PostgresErasures]:
    database = Database(system.settings.database_url("ingest"), application="test")
    yield PostgresErasures(database)
    await database.close()


def holders(system: System) -> dict[str, Trapped]:
    return {name: Trapped(GrpcHolder(name, system.channels[name])) for name in SERVICES}


@pytest.mark.parametrize("error", [Killed(), Unavailable("SERVICE_UNAVAILABLE", "down")])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", ["erase", "readmit"])
async def test_an_erasure_that_is_stopped_at_any_step_is_finished(
    system: System, erasures: PostgresErasures, call: str, after: bool, error: Exception
) -> None:
    for name in SERVICES:
        person = PersonId(f"{ANA}-{name}")
        words = await system.live(person, f"s3cr3t-{name}")
        dump = await system.dump()
        kept = sum(person in row for of in dump.values() for row in of)
        clock = StoppedClock(STARTED)
        trapped = holders(system)
        trapped[name] = Trapped(trapped[name].holder, call, after, error)
        with pytest.raises((Killed, Unavailable)):
            await Eraser(erasures, trapped, clock).erase(person)
        fresh = Eraser(erasures, holders(system), clock)
        if isinstance(error, Killed):
            with pytest.raises(Aborted):
                await fresh.erase(person)
            clock.pass_by(TURN)
        receipt = await fresh.erase(person)
        assert receipt.rows == kept
        assert traces(await system.dump(), words) == []


@dataclass
class Slow(Trapped):
    """A holder that waits before it erases, and notes that it has."""

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    done: bool = False

    async def erase(self, person_id: PersonId, erasure_id: UUID) -> Mapping[str, int]:
        await self.go_on.wait()
        removed = await super().erase(person_id, erasure_id)
        self.done = True
        return removed


async def test_a_failure_is_told_once_no_call_is_under_way_any_more(
    system: System, erasures: PostgresErasures
) -> None:
    await system.live(ANA)
    all_holders = holders(system)
    down = Unavailable("SERVICE_UNAVAILABLE", "down")
    slow = Slow(all_holders["feedback"].holder)
    broken = Trapped(all_holders["profiler"].holder, "erase", False, down)
    asked = {**all_holders, "profiler": broken, "feedback": slow}
    erasing = asyncio.create_task(Eraser(erasures, asked, StoppedClock(STARTED)).erase(ANA))
    await asyncio.sleep(0.2)
    assert not erasing.done()
    slow.go_on.set()
    with pytest.raises(Unavailable):
        await erasing
    assert slow.done


async def test_what_was_left_unfinished_goes_on_by_itself(
    system: System, erasures: PostgresErasures
) -> None:
    await system.live(ANA)
    clock, trapped = StoppedClock(STARTED), holders(system)
    trapped["persona"] = Trapped(trapped["persona"].holder, "erase", False, Killed())
    with pytest.raises(Killed):
        await Eraser(erasures, trapped, clock).erase(ANA)
    fresh = Eraser(erasures, holders(system), clock)
    await fresh.resume()
    assert traces(await system.dump(), {ANA}) != []
    clock.pass_by(TURN)
    await fresh.resume()
    assert traces(await system.dump(), {ANA}) == []


async def test_a_process_that_lost_its_turn_stops(
    system: System, erasures: PostgresErasures
) -> None:
    await system.live(ANA)
    clock = StoppedClock(STARTED)
    begun = await erasures.take(ANA, UUID(int=1), clock.now(), clock.now() + TURN)
    assert begun is not None
    later = clock.now() + TURN
    assert await erasures.take(ANA, UUID(int=2), later, later + TURN) is not None
    assert await erasures.note(begun, {"ingest": {}}, later + timedelta(hours=1)) is None
    await erasures.end(begun)
    assert list(await erasures.left(later + TURN, 9)) == [ANA]


@pytest.fixture
async def workshop(system: System) -> AsyncIterator[Database]:
    database = Database(system.settings.database_url("profiler"), application="test")
    yield database
    await database.close()


async def keep_from_others(workshop: Database) -> datetime:
    """Leases ana, so that the system's own worker leaves her alone; returns when it is over."""
    until = STARTED + timedelta(hours=1)
    lease = Sql("INSERT INTO profiler.leases VALUES (:person_id, :token, :until)")
    await workshop.run(lease, person_id=ANA, token=UUID(int=1), until=until)
    return until


async def test_a_worker_that_holds_the_person_brings_nothing_back(
    system: System, workshop: Database
) -> None:
    await system.live(ANA)
    ahead = await keep_from_others(workshop)
    await system.record(a_session(ANA, "2026-11-19T08:00:00Z", 50))
    queue, ledgers = PostgresQueue(workshop), PostgresLedgers(workshop)
    claims = await queue.claim([BelievedPerson(ANA)], ahead)
    assert [len(claim.tasks) for claim in claims] == [1]
    await system.erase(ANA)
    async with ledgers.open(claims) as opened:
        assert list(await opened.hold()) == []
    await queue.fail(claims[0], [Failure(claims[0].tasks[0], "late", ahead)], ahead)
    await queue.hand_back(claims, ahead)
    assert traces(await system.dump(), {ANA}) == []


async def test_an_erasure_waits_for_a_worker_that_is_writing(
    system: System, workshop: Database
) -> None:
    await system.live(ANA)
    ahead = await keep_from_others(workshop)
    await system.record(a_session(ANA, "2026-11-19T08:00:00Z", 50))
    slow = SlowLedgers(workshop)
    queue = PostgresQueue(workshop)
    processor = Processor(queue, slow, StoppedClock(ahead), SHIPPED)
    working = asyncio.create_task(processor.work_off([BelievedPerson(ANA)]))
    await slow.opened.wait()
    erasing = asyncio.create_task(system.erase(ANA))
    await asyncio.sleep(0.3)
    assert not erasing.done()
    slow.go_on.set()
    assert await working == 1
    await erasing
    assert traces(await system.dump(), {ANA}) == []


class SlowLedgers(PostgresLedgers):
    """Opens the books of people and then waits to be told to go on."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.opened, self.go_on = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def open(self, claims: Sequence[Claim]) -> AsyncIterator[OpenPostgresLedgers]:
        async with super().open(claims) as opened:
            assert await opened.hold()
            self.opened.set()
            await self.go_on.wait()
            yield opened
