"""No connection to be had: all calls share one, the server gives none, or a lock holds it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from personakit.ingest.v1 import ingest_pb2
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.profiler.v1 import profiler_pb2
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from tests.chaos.audit import audit
from tests.chaos.clients import Client, Feed
from tests.chaos.form import times
from tests.chaos.report import Report
from tests.chaos.system import System

PEOPLE = [f"pool-{number}" for number in range(20)]
SERVICES = ("ingest", "profiler")
READERS = 60
# Longer than a call waits for a connection of its service's pool.
LOCKED_SECONDS = 6.0
RECOVERED_SECONDS = 5.0


@pytest.fixture
async def narrow(system: System) -> AsyncIterator[System]:
    """A system whose services have one connection each for all of their calls."""
    system.stop(*SERVICES)
    system.start(*SERVICES, PERSONAKIT_POOL_SIZE="1")
    await system.healthy()
    yield system
    system.stop(*SERVICES)
    system.start(*SERVICES)
    await system.healthy()


async def test_a_full_pool_refuses_honestly_and_loses_nothing(
    narrow: System, report: Report
) -> None:
    recoveries: list[float] = []
    async with narrow.channel("ingest") as ingest, narrow.channel("profiler") as profiler:
        feed = Feed(PEOPLE, Client(ingest))
        reading = Client(profiler, refusals=feed.client.refusals)
        async with feed.flowing(), crowd(feed, reading):
            for injection in INJECTIONS:
                await asyncio.sleep(0.5)
                async with injection(narrow):
                    pass
                recovery = await asyncio.gather(narrow.healthy(), feed.next_answer())
                recoveries.append(max(recovery))
        found = await audit(narrow, feed)
    report.add("no free connection to the database", recoveries, len(recoveries), found)
    found.check()
    assert max(recoveries) < RECOVERED_SECONDS


@asynccontextmanager
async def crowd(feed: Feed, profiler: Client) -> AsyncIterator[None]:
    """Keeps many readers waiting for the same connection."""
    ingest_stub = IngestServiceStub(feed.client.channel)
    profiler_stub = ProfilerServiceStub(profiler.channel)
    over = asyncio.Event()

    async def read(number: int) -> None:
        person = PEOPLE[number % len(PEOPLE)]
        listed = ingest_pb2.ListObservationsRequest(person_id=person, page_size=10)
        asked = profiler_pb2.GetProcessingStatusRequest(person_id=person)
        while not over.is_set():
            await feed.client.ask(ingest_stub.ListObservations, listed)
            await profiler.ask(profiler_stub.GetProcessingStatus, asked)
            await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as group:
        for number in range(READERS):
            group.create_task(read(number))
        try:
            yield
        finally:
            over.set()


@asynccontextmanager
async def connections_taken(system: System) -> AsyncIterator[None]:
    """Postgres has no connection left for the services, and ends those that they have."""
    async with system.database() as owner:
        for name in SERVICES:
            await owner.execute(f"ALTER ROLE personakit_{name} CONNECTION LIMIT 0")
        await owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity" + THEIRS)
        await asyncio.sleep(2)
        for name in SERVICES:
            await owner.execute(f"ALTER ROLE personakit_{name} CONNECTION LIMIT -1")
        yield


@asynccontextmanager
async def connection_stuck(system: System) -> AsyncIterator[None]:
    """Somebody holds a lock that every write, and so the one connection, waits for."""
    async with system.database() as owner, owner.transaction():
        await owner.execute("LOCK TABLE ingest.observations, ingest.outbox_tasks")
        await asyncio.sleep(LOCKED_SECONDS)
    yield


THEIRS = " WHERE usename IN ('personakit_ingest', 'personakit_profiler')"
INJECTIONS = times([connections_taken], [connections_taken, connection_stuck] * 5)
