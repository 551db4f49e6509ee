"""When the workers are told that tasks wait."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.ingest.model import Observation, ObservationId, PersonId, WorkSession
from services.ingest.store import PostgresObservations
from services.ingest.store.observations import MANY
from services.ingest.usecases import Arrival
from services.kit.database import Database
from services.kit.settings import Settings

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
SESSION = WorkSession(NOON, NOON + timedelta(minutes=50))
TO_ARRIVE = 0.1


def an_arrival() -> Arrival:
    observation_id = ObservationId(str(uuid4()))
    observation = Observation(PersonId("ana"), observation_id, "Asia/Tokyo", SESSION, NOON)
    return Arrival(observation, "Asia/Tokyo", "", "")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url("ingest"), application="test")
    yield database
    await database.close()


async def test_workers_are_told_once_of_what_comes_right_after_each_other(
    database: Database,
) -> None:
    observations = PostgresObservations(database, between_notices=timedelta(hours=1))
    told: list[str] = []
    async with database.listening(("personakit_tasks",), lambda *heard: told.append(heard[0])):
        for arrivals in ([an_arrival()], [an_arrival()], [an_arrival(), an_arrival()]):
            await observations.add(arrivals, {})
        await asyncio.sleep(TO_ARRIVE)
    assert len(told) == 1


async def test_workers_are_told_of_many_however_soon_they_come(database: Database) -> None:
    observations = PostgresObservations(database, between_notices=timedelta(hours=1))
    told: list[str] = []
    async with database.listening(("personakit_tasks",), lambda *heard: told.append(heard[0])):
        for arrivals in ([an_arrival()], [an_arrival() for _ in range(MANY)]):
            await observations.add(arrivals, {})
        await asyncio.sleep(TO_ARRIVE)
    assert len(told) == 2


@pytest.mark.parametrize("several", [1, 2])
async def test_workers_are_told_again_after_a_while_and_not_of_what_was_there(
    database: Database, several: int
) -> None:
    observations = PostgresObservations(database, between_notices=timedelta(0))
    told: list[str] = []
    async with database.listening(("personakit_tasks",), lambda *heard: told.append(heard[0])):
        for arrivals in ([an_arrival()], [an_arrival() for _ in range(several)]):
            await observations.add(arrivals, {})
            await observations.add(arrivals, {})
        await asyncio.sleep(TO_ARRIVE)
    assert len(told) == 2


async def test_what_was_there_before_keeps_nobody_from_being_told(database: Database) -> None:
    there = [an_arrival()]
    await PostgresObservations(database).add(there, {})
    observations = PostgresObservations(database, between_notices=timedelta(hours=1))
    told: list[str] = []
    async with database.listening(("personakit_tasks",), lambda *heard: told.append(heard[0])):
        for arrivals in (there, [an_arrival()]):
            await observations.add(arrivals, {})
        await asyncio.sleep(TO_ARRIVE)
    assert len(told) == 1
