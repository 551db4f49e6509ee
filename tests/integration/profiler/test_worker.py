"""Workers on a real queue: each task once, whoever dies, whatever fails."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from personakit.profiler.v1 import profiler_pb2 as pb
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from services.profiler.ledger import Books, enter
from services.profiler.main import assemble
from services.profiler.model import ObservationId, PersonId, Statement, WorkSession
from services.profiler.store import (
    PostgresLedgers,
    PostgresMindscapes,
    PostgresNotices,
    PostgresQueue,
)
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Processor
from services.profiler.worker import Worker
from tests.conftest import Serve
from tests.unit.profiler.fakes import StoppedClock

NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
START = 1763337600


@dataclass(frozen=True)
class Outbox:
    """Publishes tasks as ingest does, and looks at what became of them."""

    database: Database

    async def put(self, person_id: str, payload: dict[str, object]) -> UUID:
        task_id = uuid4()
        values = {"p": person_id, "t": task_id, "b": json.dumps(payload), "at": NOW}
        await self.database.run(PUT, **values)
        return task_id

    async def states(self) -> list[tuple[str, int]]:
        """Returns status and attempts of every task, in order."""
        return [(row.status, row.attempts) for row in await self.database.rows(STATES)]

    async def settled(self) -> list[tuple[str, int]]:
        """Returns the states once no task is open."""
        async with asyncio.timeout(20):
            while {status for status, _ in await self.states()} & {"pending", "in_progress"}:
                await asyncio.sleep(0.02)
        return await self.states()


PUT = Sql("""
    WITH put AS (
        INSERT INTO ingest.outbox_tasks
            (person_id, task_id, task_type, payload, run_after, created_at, updated_at)
        VALUES (:p, :t, 'process_observation', CAST(:b AS jsonb), :at, :at, :at)
        RETURNING task_id
    )
    SELECT pg_notify('personakit_tasks', '') FROM put
""")
STATES = Sql("SELECT status, attempts FROM ingest.outbox_tasks ORDER BY position")


def payload(number: int) -> dict[str, object]:
    start = START - number * 7000
    return {
        "observation_id": f"o{number}",
        "kind": "work_session",
        "zone": "Europe/Berlin",
        "start": start,
        "end": start + 2700,
        "score": number % 5 + 1,
        "interruptions": number % 3,
    }


def statement(number: int) -> Statement:
    said = payload(number)
    start = START - number * 7000
    fact = WorkSession(start, start + 2700, "Europe/Berlin", number % 5 + 1, number % 3)
    return Statement(number + 1, ObservationId(str(said["observation_id"])), fact)


@pytest.fixture
async def outbox(settings: Settings) -> AsyncIterator[Outbox]:
    database = Database(settings.database_url("ingest"), application="test")
    yield Outbox(database)
    await database.close()


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    made = Database(settings.database_url("profiler"), application="test")
    yield made
    await made.close()


@asynccontextmanager
async def workers(settings: Settings, clock: StoppedClock, how_many: int) -> AsyncIterator[None]:
    """Runs workers that share nothing but the database."""
    stop, tasks, databases = asyncio.Event(), [], []
    for _ in range(how_many):
        url = settings.database_url("profiler")
        database = Database(url, application="worker")
        notices = PostgresNotices(Database(url, application="listener", pool_size=1))
        processor = Processor(PostgresQueue(database), PostgresLedgers(database), clock, SHIPPED)
        worker = Worker(processor, notices.tasks, people_at_once=3)
        tasks += [asyncio.create_task(run(stop)) for run in (notices.listen, worker.run)]
        databases.append(database)
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)
        for database in databases:
            await database.close()


async def test_two_workers_process_each_task_once(
    settings: Settings, outbox: Outbox, database: Database
) -> None:
    people = [f"p{number}" for number in range(12)]
    async with workers(settings, StoppedClock(NOW), 2):
        for number in range(15):
            await asyncio.gather(*(outbox.put(person, payload(number)) for person in people))
        assert set(await outbox.settled()) == {("done", 1)}
    mindscapes = PostgresMindscapes(database)
    expected = enter(Books({}, {}), [statement(number) for number in range(15)], SHIPPED)
    for person in people:
        found = await mindscapes.current(PersonId(person))
        assert found is not None
        assert found.traits == expected.belief.traits
        versions = await mindscapes.versions(PersonId(person), None, 100)
        assert [one.version for one in versions] == list(range(found.version, 0, -1))


async def test_a_failing_task_is_given_up_alone_and_can_be_retried(
    settings: Settings, outbox: Outbox, serve: Serve
) -> None:
    clock = settings.home / "clock"
    clock.write_text(NOW.isoformat())
    await outbox.put("ana", payload(0))
    bad = await outbox.put("ana", payload(1) | {"kind": "dream"})
    await outbox.put("ana", payload(2))
    profiler = ProfilerServiceStub(await serve(assemble))
    wait = pb.WaitProcessedRequest(person_id="ana")
    for attempt in (1, 2, 3):
        await _until(outbox, [("done", 1), ("failed" if attempt == 3 else "pending", attempt)])
        clock.write_text((NOW + timedelta(seconds=30 * attempt)).isoformat())
        await outbox.put("ben", payload(attempt))
    status = await profiler.WaitProcessed(wait)
    assert (status.pending, status.failed, status.mindscape_version) == (0, 1, 1)
    listed = await profiler.ListFailedTasks(pb.ListFailedTasksRequest(person_id="ana"))
    (task,) = listed.failed_tasks
    assert (task.task_id, task.observation_id, task.attempts) == (str(bad), "o1", 3)
    retried = await profiler.RetryFailedTasks(
        pb.RetryFailedTasksRequest(person_id="ana", task_ids=[str(bad)])
    )
    assert retried.retried == 1
    await _until(outbox, [("done", 1), ("pending", 1)])


async def _until(outbox: Outbox, first: Sequence[tuple[str, int]]) -> None:
    async with asyncio.timeout(15):
        while (await outbox.states())[: len(first)] != list(first):
            await asyncio.sleep(0.02)


async def test_the_people_of_a_dead_worker_are_taken_over(
    settings: Settings, outbox: Outbox, database: Database
) -> None:
    for number in range(3):
        await outbox.put("ana", payload(number))
    dead = PostgresQueue(database)
    (claim,) = await dead.claim([PersonId("ana")], NOW)
    assert len(claim.tasks) == 3
    clock = StoppedClock(NOW + timedelta(seconds=4))
    async with workers(settings, clock, 2):
        await asyncio.sleep(0.2)
        assert set(await outbox.states()) == {("in_progress", 1)}
        clock.pass_by(timedelta(seconds=1))
        await outbox.put("ben", payload(0))
        assert set((await outbox.settled())[:3]) == {("done", 2)}
    found = await PostgresMindscapes(database).current(PersonId("ana"))
    assert found is not None
    assert found.traits["work.focus_duration"].n == 3


async def test_a_stopped_worker_leaves_nothing_half_done(
    settings: Settings, outbox: Outbox, database: Database
) -> None:
    for number in range(60):
        await outbox.put(f"p{number}", payload(number))
    async with workers(settings, StoppedClock(NOW), 1):
        await asyncio.sleep(0.05)
    states = set(await outbox.states())
    assert states <= {("pending", 0), ("done", 1)}
    assert await database.value(Sql("SELECT count(*) FROM profiler.leases")) == 0


async def test_a_lost_connection_is_made_again_and_wakes_the_worker(
    settings: Settings, outbox: Outbox
) -> None:
    async with workers(settings, StoppedClock(NOW), 1):
        await outbox.put("ana", payload(0))
        await outbox.settled()
        owner = Database(settings.database, application="owner")
        await owner.rows(CUT)
        await owner.close()
        await outbox.put("ana", payload(1))
        assert await outbox.settled() == [("done", 1), ("done", 1)]


CUT = Sql("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name IN ('listener', 'worker')
""")
