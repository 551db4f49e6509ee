"""The stores of the profiler, in memory and in Postgres."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from services.profiler.model import PersonId
from services.profiler.store import (
    PostgresLedgers,
    PostgresMindscapes,
    PostgresPopulation,
    PostgresPriors,
    PostgresQueue,
)
from tests.contract.profiler.stores import Stores
from tests.unit.profiler.fakes import Memory, MemoryLedgers, MemoryMindscapes, MemoryQueue
from tests.unit.profiler.people import MemoryPopulation, MemoryPriors


@pytest.fixture(params=["in_memory", "in_postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    made: Stores = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def in_memory() -> Stores:
    memory = Memory()

    async def put(
        person_id: PersonId, task_type: str, payload: Mapping[str, object], at: datetime
    ) -> UUID:
        return memory.put(person_id, task_type, payload, at)

    return Stores(
        MemoryQueue(memory),
        MemoryLedgers(memory),
        MemoryMindscapes(memory),
        MemoryPriors(),
        MemoryPopulation(memory),
        put,
    )


@pytest.fixture
async def in_postgres(settings: Settings) -> AsyncIterator[Stores]:
    database = Database(settings.database_url("profiler"), application="test")
    ingest = Database(settings.database_url("ingest"), application="test")

    async def put(
        person_id: PersonId, task_type: str, payload: Mapping[str, object], at: datetime
    ) -> UUID:
        task_id = uuid4()
        values = {"p": person_id, "t": task_id, "y": task_type, "b": json.dumps(payload), "at": at}
        await ingest.run(PUT, **values)
        return task_id

    yield Stores(
        PostgresQueue(database),
        PostgresLedgers(database),
        PostgresMindscapes(database),
        PostgresPriors(database),
        PostgresPopulation(database),
        put,
    )
    await database.close()
    await ingest.close()


PUT = Sql("""
    INSERT INTO ingest.outbox_tasks
        (person_id, task_id, task_type, payload, run_after, created_at, updated_at)
    VALUES (:p, :t, :y, CAST(:b AS jsonb), :at, :at, :at)
""")
