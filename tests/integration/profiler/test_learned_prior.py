"""A prior is learned from the people in the database, and whoever is folded next leans on it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import asyncpg
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
    PostgresPopulation,
    PostgresPriors,
    PostgresQueue,
)
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Lesson, Processor, learn, prior_named
from tests.conftest import Serve
from tests.unit.profiler.fakes import StoppedClock

PEOPLE, SESSIONS = 52, 40
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
# Each begins at an hour of their own; all on the days before, one session a day.
FILL = Sql("""
    WITH put AS (
        INSERT INTO ingest.outbox_tasks
            (person_id, task_id, task_type, payload, run_after, created_at, updated_at)
        SELECT 'p' || person, gen_random_uuid(), 'process_observation', jsonb_build_object(
            'observation_id', 'o' || number, 'kind', 'work_session', 'zone', 'UTC',
            'start', 1763337600 + person % 9 * 3600 - number * 86400,
            'end', 1763337600 + person % 9 * 3600 - number * 86400 + 3000), :now, :now, :now
        FROM generate_series(1, CAST(:people AS int)) AS person,
             generate_series(:first, CAST(:last AS int)) AS number
        RETURNING person_id
    )
    SELECT count(pg_notify('personakit_tasks', '')) FROM put
""")
KEPT = Sql("""
    SELECT count(*) AS lessons, min(people) AS people, max(content::text) AS said
    FROM profiler.priors
""")


@pytest.fixture
async def ingest(settings: Settings) -> AsyncIterator[Database]:
    made = Database(settings.database_url("ingest"), application="test")
    yield made
    await made.close()


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    made = Database(settings.database_url("profiler"), application="test")
    yield made
    await made.close()


async def work_off(database: Database) -> None:
    """Folds everybody with the shipped prior, as a worker does that knows no other."""
    queue, ledgers = PostgresQueue(database), PostgresLedgers(database)
    processor = Processor(queue, ledgers, StoppedClock(NOW), SHIPPED)
    while people := (await processor.due(PEOPLE)).together:
        await processor.work_off(people)


async def test_a_prior_is_learned_once_by_several_and_leaned_on_from_then_on(
    settings: Settings, serve: Serve, ingest: Database, database: Database
) -> None:
    await ingest.value(FILL, people=PEOPLE, first=1, last=SESSIONS, now=NOW)
    await work_off(database)
    priors, population = PostgresPriors(database), PostgresPopulation(database)
    learned = await asyncio.gather(
        *(learn(population, PostgresPriors(database), StoppedClock(NOW)) for _ in range(3))
    )
    kept = await database.row(KEPT)
    assert kept is not None
    assert (learned.count(True), kept.lessons, kept.people) == (1, 1, PEOPLE)
    assert not [number for number in range(PEOPLE + 1) if f'"p{number}"' in kept.said]

    (settings.home / "clock").write_text(NOW.isoformat())
    stub = ProfilerServiceStub(await serve(assemble))
    await ingest.value(FILL, people=1, first=0, last=0, now=NOW)
    await stub.WaitProcessed(pb.WaitProcessedRequest(person_id="p1"))
    version = f"{SHIPPED.version}+1"
    changed = await stub.CompareMindscapes(pb.CompareMindscapesRequest(person_id="p1"))
    assert all(
        f"the prior from {SHIPPED.version} to {version}" in one.says for one in changed.changes
    )
    mindscape = await PostgresMindscapes(database).current(PersonId("p1"))
    assert mindscape is not None
    anew = enter(Books({}, {}), said(range(SESSIONS + 1)), await prior_named(priors, version))
    assert mindscape.traits == anew.belief.traits
    unlearned = await PostgresMindscapes(database).current(PersonId("p2"))
    assert unlearned is not None
    assert {one.prior_version for one in unlearned.traits.values()} == {SHIPPED.version}


async def test_the_database_keeps_nothing_that_fewer_than_fifty_taught(database: Database) -> None:
    few = Lesson(1, SHIPPED.version, 49, SHIPPED, NOW)
    with pytest.raises(asyncpg.CheckViolationError):
        await PostgresPriors(database).keep(few)


def said(numbers: Iterable[int]) -> list[Statement]:
    """What is said of p1."""
    starts = {number: 1763337600 + 3600 - number * 86400 for number in numbers}
    return [
        Statement(number, ObservationId(f"o{number}"), WorkSession(start, start + 3000, "UTC"))
        for number, start in starts.items()
    ]
