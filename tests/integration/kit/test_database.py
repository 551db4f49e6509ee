"""The way to the database: values, rows, turns, and whom it makes wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import pytest
import uvloop

from services.kit.database import Database
from services.kit.errors import Unavailable
from services.kit.settings import Settings
from services.kit.sql import Sql

SLEEP = Sql("SELECT pg_sleep(:seconds)")
TERMINATE = Sql("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'test harmed'
""")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    made = Database(settings.database_url("ingest"), application="test", pool_size=1)
    yield made
    await made.close()


async def test_documents_are_read_as_what_they_say(database: Database) -> None:
    row = await database.row(Sql("SELECT :body::jsonb AS body, :n::int AS n"), body="[1]", n=2)
    assert row is not None
    assert (row.body, row.n) == ([1], 2)
    with pytest.raises(AttributeError):
        _ = row.nothing


async def test_what_raises_in_a_transaction_is_undone(database: Database) -> None:
    with suppress(KeyError):
        async with database.transaction() as connection:
            await connection.run(Sql("CREATE TEMP TABLE noted (n int)"))
            raise KeyError
    assert await database.value(Sql("SELECT to_regclass('noted') IS NULL"))


async def test_a_frozen_crowd_is_refused_and_not_kept_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kit.database.QUEUE_SECONDS", 0.05)
    busy = asyncio.create_task(database.value(SLEEP, seconds=0.5))
    await asyncio.sleep(0.2)
    with pytest.raises(Unavailable):
        await database.value(SLEEP, seconds=0.0)
    await busy


async def test_a_pool_tells_whether_somebody_uses_it_or_just_did(database: Database) -> None:
    assert not database.used_within(timedelta(hours=1))
    busy = asyncio.create_task(database.value(SLEEP, seconds=0.1))
    await asyncio.sleep(0.05)
    assert database.used_within(timedelta(0))
    await busy
    assert database.used_within(timedelta(seconds=5))
    assert not database.used_within(timedelta(0))


async def test_work_that_can_be_done_again_does_not_wait_for_the_disk(settings: Settings) -> None:
    url = settings.database_url("profiler")
    hasty = Database(url, application="test", durable=False)
    assert await hasty.value(Sql("SHOW synchronous_commit")) == "off"
    await hasty.close()


def test_connections_lost_while_calls_are_given_up_refuse_and_are_replaced(
    settings: Settings,
) -> None:
    # The driver loses its way only under the loop that the services run on.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(storm(settings.database_url("ingest")))


async def storm(url: str) -> None:
    """Gives calls up while their connections are ended; then every connection is asked again."""
    async with AsyncExitStack() as opened:
        harmed = Database(url, application="test harmed", pool_size=4)
        harming = Database(url, application="test harming", pool_size=1)
        opened.push_async_callback(harmed.close)
        opened.push_async_callback(harming.close)
        over = asyncio.get_running_loop().time() + 1.5
        async with asyncio.TaskGroup() as group:
            group.create_task(end_connections(harming, over))
            for number in range(24):
                group.create_task(give_up_calls(harmed, 0.002 + 0.01 * (number % 7), over))
        with suppress(Unavailable):
            await harmed.ping()
        await asyncio.gather(*(harmed.value(SLEEP, seconds=0.01) for _ in range(8)))


async def give_up_calls(database: Database, patience: float, over: float) -> None:
    while asyncio.get_running_loop().time() < over:
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(patience), database.transaction() as connection:
                await connection.rows(SLEEP, seconds=0.002)
                await connection.rows(SLEEP, seconds=0.002)


async def end_connections(database: Database, over: float) -> None:
    while asyncio.get_running_loop().time() < over:
        await database.rows(TERMINATE)
        await asyncio.sleep(0.03)
