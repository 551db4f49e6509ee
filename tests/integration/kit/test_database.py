"""The way to the database: values, rows, turns, and whom it makes wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from services.kit.database import Database
from services.kit.errors import Unavailable
from services.kit.settings import Settings
from services.kit.sql import Sql

SLEEP = Sql("SELECT pg_sleep(:seconds)")


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


async def test_rest_waits_for_those_who_read_and_no_longer_than_told(database: Database) -> None:
    await database.ping()
    busy = asyncio.create_task(database.value(SLEEP, seconds=0.3))
    await asyncio.sleep(0.05)
    await database.rest(timedelta(milliseconds=10))
    assert not busy.done()
    await database.rest(timedelta(seconds=5))
    # All that is left of it is to give the connection back.
    await asyncio.wait_for(busy, 0.2)


async def test_work_that_can_be_done_again_does_not_wait_for_the_disk(settings: Settings) -> None:
    url = settings.database_url("profiler")
    hasty = Database(url, application="test", durable=False)
    assert await hasty.value(Sql("SHOW synchronous_commit")) == "off"
    await hasty.close()
