"""Migrations that change the form of what is kept: it is all there afterwards."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.kit.database import Database
from services.kit.errors import BadSetting
from services.kit.migrate import config_on, migrate
from services.kit.settings import Settings
from services.profiler.days import NOWHERE, Entry
from services.profiler.model import ObservationId, PersonId, WorkSession
from services.profiler.store import PostgresLedgers
from tests.conftest import Server

INSERT = text("INSERT INTO profiler.days VALUES (:person_id, :day, CAST(:facts AS jsonb))")
FIRST = date(2020, 1, 1)
DAYS = 1200
"""More than a migration carries over at once."""


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(make_url(settings.database).set(drivername="postgresql+asyncpg"))
    yield made
    await made.dispose()


async def move(engine: AsyncEngine, way: Callable[[Config, str], None], to: str) -> None:
    def run(connection: Connection) -> None:
        way(config_on(connection), to)

    async with engine.begin() as connection:
        await connection.run_sync(run)


def facts(number: int) -> dict[str, object]:
    return {f"o{number}": [number, "w", 1577836800, 1800, "Asia/Tokyo", 4, None], "gone": [7]}


def entries(number: int) -> dict[ObservationId, Entry]:
    worked = WorkSession(1577836800, 1577838600, "Asia/Tokyo", 4, None)
    return {
        ObservationId(f"o{number}"): Entry(number, worked),
        ObservationId("gone"): Entry(7, None),
    }


async def test_days_are_carried_over_when_they_are_packed_and_back(
    engine: AsyncEngine, settings: Settings
) -> None:
    days = [NOWHERE, *(FIRST + timedelta(days=number) for number in range(DAYS))]
    await move(engine, command.downgrade, "profiler@profiler_0003")
    async with engine.begin() as connection:
        kept = [
            {"person_id": person, "day": day, "facts": json.dumps(facts(number))}
            for person in ("ana", "ben")
            for number, day in enumerate(days)
        ]
        await connection.execute(INSERT, kept)
    for _ in range(2):
        await move(engine, command.upgrade, "heads")
        database = Database(settings.database_url("profiler"), application="test")
        ledgers = PostgresLedgers(database)
        expected = {day: entries(number) for number, day in enumerate(days)}
        for person in ("ana", "ben"):
            assert await ledgers.days(PersonId(person), days) == expected
        await database.close()
        await move(engine, command.downgrade, "profiler@profiler_0003")


@pytest.mark.parametrize("name", ["no_such_database", "nobody@localhost:1/nowhere"])
def test_without_a_way_into_the_database_the_reason_is_said_in_a_sentence(
    server: Server, name: str
) -> None:
    url = urlsplit(server.postgres.url)
    there = f"postgresql://{name}" if "@" in name else url._replace(path=f"/{name}").geturl()
    settings = Settings.from_environment({"DATABASE_URL": there})
    with pytest.raises(BadSetting):
        migrate(settings)
