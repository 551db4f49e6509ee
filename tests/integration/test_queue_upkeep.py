"""The queue stays as small, and a claim as cheap, as what waits in it, whatever went through."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.ingest.store import PostgresQueueUpkeep
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from services.profiler.store.queue import ALONE_FROM, DUE, TAKE_LEASES, TAKE_TOGETHER

NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
PEOPLE = [f"person-{number}" for number in range(20)]
WAITING = 1000
PASSED, AT_ONCE = 50_000, 5_000

PUT = """
    INSERT INTO ingest.outbox_tasks
        (person_id, task_id, task_type, payload, run_after, created_at, updated_at)
    SELECT 'person-' || number % 20, uuidv7(), 'process_observation',
           jsonb_build_object('observation_id', uuidv7(), 'zone', 'Europe/Berlin'), $2, $2, $2
    FROM generate_series(1, $1::int) AS number
"""
# What becomes of a task: each of these writes it anew.
LIFE = (
    "UPDATE ingest.outbox_tasks SET status = 'in_progress', attempts = 1",
    "UPDATE ingest.outbox_tasks SET status = 'done', completed_at = now()",
    "DELETE FROM ingest.outbox_tasks",
    "VACUUM ingest.outbox_tasks",
)
TABLE = "SELECT pg_relation_size('ingest.outbox_tasks')"
INDEXES = "SELECT pg_indexes_size('ingest.outbox_tasks')"
FILES = """
    SELECT array_agg(pg_relation_filenode(indexrelid) ORDER BY indexrelid) FROM pg_index
    WHERE indrelid = CAST('ingest.outbox_tasks' AS regclass)
"""


@pytest.fixture
async def upkeep(settings: Settings) -> AsyncIterator[PostgresQueueUpkeep]:
    database = Database(settings.database_url("ingest"), application="test")
    yield PostgresQueueUpkeep(database)
    await database.close()


async def pass_through(owner: "asyncpg.Connection[Any]", tasks: int, at_once: int) -> None:
    for _ in range(tasks // at_once):
        await owner.execute(PUT, at_once, NOW)
        for statement in LIFE:
            await owner.execute(statement)


async def cost_of_a_claim(owner: "asyncpg.Connection[Any]") -> int:
    """Returns the pages that it takes to find and claim all that waits."""
    values = {
        "people": PEOPLE,
        "token": uuid4(),
        "now": NOW,
        "until": NOW + timedelta(seconds=5),
        "limit": 512,
        "most": WAITING,
        "alone_from": ALONE_FROM,
    }
    return sum([await pages(owner, sql, values) for sql in (DUE, TAKE_LEASES, TAKE_TOGETHER)])


async def pages(owner: "asyncpg.Connection[Any]", sql: Sql, values: Mapping[str, object]) -> int:
    transaction = owner.transaction()
    await transaction.start()
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql.text}"
    plan = json.loads(await owner.fetchval(explain, *sql.arguments(values)))[0]["Plan"]
    await transaction.rollback()
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


async def test_a_claim_reads_no_more_after_many_tasks(owner: "asyncpg.Connection[Any]") -> None:
    read = []
    for passed in (0, PASSED):
        await pass_through(owner, passed, AT_ONCE)
        await owner.execute(PUT, WAITING, NOW)
        await owner.execute("VACUUM ANALYZE ingest.outbox_tasks")
        read.append(await cost_of_a_claim(owner))
        await owner.execute("DELETE FROM ingest.outbox_tasks")
    # Each of the tasks is found, and written with three entries in indexes.
    assert read[1] <= read[0] * 1.2, read


async def test_what_a_great_backlog_left_behind_goes_when_it_is_worked_off(
    owner: "asyncpg.Connection[Any]", upkeep: PostgresQueueUpkeep
) -> None:
    await pass_through(owner, 20_000, 20_000)
    assert await owner.fetchval(INDEXES) > 2_000_000
    await upkeep.shrink()
    assert await owner.fetchval(INDEXES) < 100_000


async def test_a_few_dead_tasks_do_not_keep_the_room_of_a_backlog(
    owner: "asyncpg.Connection[Any]", upkeep: PostgresQueueUpkeep
) -> None:
    await owner.execute(PUT, 20_000, NOW)
    await owner.execute("DELETE FROM ingest.outbox_tasks")
    assert await owner.fetchval(TABLE) > 2_000_000
    await upkeep.shrink()
    assert await owner.fetchval(TABLE) == 0


async def test_a_queue_that_is_full_is_left_alone(
    owner: "asyncpg.Connection[Any]", upkeep: PostgresQueueUpkeep
) -> None:
    await owner.execute(PUT, 20_000, NOW)
    before = await owner.fetchval(FILES)
    await upkeep.shrink()
    assert await owner.fetchval(FILES) == before


async def test_whoever_writes_is_not_waited_for(
    owner: "asyncpg.Connection[Any]", upkeep: PostgresQueueUpkeep
) -> None:
    await pass_through(owner, 20_000, 20_000)
    async with owner.transaction():
        await owner.execute(PUT, 1, NOW)
        await asyncio.wait_for(upkeep.shrink(), 5)
    assert await owner.fetchval(INDEXES) > 2_000_000
