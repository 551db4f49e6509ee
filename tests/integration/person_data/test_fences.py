"""A write and an erasure of the same person wait for each other, whoever comes first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

import grpc
import pytest

from services.ingest.model import Draft, PersonId, Question, UserInput
from services.kit.database import Database
from services.kit.sql import Sql
from tests.integration.person_data.system import System, a_session, traces
from tests.refusals import refusal_of

ANA = PersonId("ana-8d1f")
A_MOMENT = 0.3

TAKE_ID = """
    INSERT INTO ingest.observations (
        person_id, observation_id, started_at, ended_at, recorded_at, kind, time_zone, body
    )
    VALUES (:person_id, :observation_id, now(), now(), now(), 'user_input', 'UTC', '{}')
"""
LOCK_ROWS = "SELECT 1 FROM ingest.observations WHERE person_id = :person_id FOR UPDATE"


@asynccontextmanager
async def holding(system: System, statement: str, **values: object) -> AsyncIterator[None]:
    """Holds the locks that a statement takes, and then lets go without having done it."""
    owner = Database(system.settings.owner_url(), application="test")
    try:
        with suppress(_Undone):
            async with owner.transaction() as connection:
                await connection.run(Sql(statement), **values)
                yield
                raise _Undone
    finally:
        await owner.close()


class _Undone(Exception):
    """Ends a transaction."""


@pytest.mark.parametrize("known", [True, False])
async def test_an_erasure_waits_for_a_write_that_is_under_way(system: System, known: bool) -> None:
    if known:
        await system.record(a_session(ANA, "2026-11-18T08:00:00Z", 50))
        await system.settle(ANA)
    session = a_session(ANA, "2026-11-19T08:00:00Z", 50, source="app")
    answer = UserInput(Question.ENERGY_NOW, "low", datetime.now(UTC))
    named = Draft(ANA, answer, source="app", source_id=session.source_id)
    observation_id = named.identify(str(UUID(int=0)))
    async with holding(system, TAKE_ID, person_id=ANA, observation_id=observation_id):
        writing = asyncio.create_task(system.record(session))
        await asyncio.sleep(A_MOMENT)
        erasing = asyncio.create_task(system.erase(ANA))
        await asyncio.sleep(A_MOMENT)
        assert not writing.done()
        assert not erasing.done()
    assert list(await writing) == [observation_id]
    removed = {(one.holder, one.table): one.rows for one in (await erasing).removed}
    assert removed["ingest", "observations"] == 1 + known
    assert traces(await system.dump(), {ANA}) == []


async def test_a_write_waits_for_an_erasure_that_is_closing_the_fence(system: System) -> None:
    await system.record(a_session(ANA, "2026-11-18T08:00:00Z", 50))
    await system.settle(ANA)
    async with holding(system, LOCK_ROWS, person_id=ANA):
        closing = asyncio.create_task(system.close("ingest", ANA, str(uuid4())))
        await asyncio.sleep(A_MOMENT)
        writing = asyncio.create_task(system.record(a_session(ANA, "2026-11-19T08:00:00Z", 50)))
        await asyncio.sleep(A_MOMENT)
        assert not closing.done()
        assert not writing.done()
    assert (await closing)["observations"] == 1
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await writing
    assert refusal_of(caught.value).reason == "PERSON_BEING_ERASED"
    assert (await system.dump())["ingest.observations"] == []
