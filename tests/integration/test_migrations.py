"""Migrations that change the form of what is kept: it is all there afterwards."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
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

VERDICTS = (
    (3, "Asia/Tokyo", "night", "evening"),
    (4, "Asia/Tokyo", "night", "morning"),
    (5, "Asia/Tokyo", "morning", "morning"),
    (17, "Asia/Tokyo", "evening", "afternoon"),
    (22, "Nowhere/Known", "night", "evening"),
)
"""The hour in Tokyo, the person's zone, and what that part of the day was called and is now."""
VERDICT = """
    INSERT INTO feedback.feedback
        (person_id, feedback_id, persona_id, suggestion_id, suggestion_type, helpful, trait, weight,
         bias, suggested_at, created_at, zone, local_day, part_of_day)
    VALUES ('ana', $1, $1, '', 'break', $2, '', 1, 0, $3, now(), $4, '2026-11-17', $5)
"""
NAMES = "SELECT array_agg(part_of_day ORDER BY feedback_id) FROM feedback.feedback"
SUMS = """
    SELECT part_of_day, CAST(round(helpful) AS int), CAST(round(not_helpful) AS int)
    FROM feedback.helpfulness ORDER BY part_of_day
"""

MOVE = "UPDATE alembic_version SET version_num = 'persona_9999' WHERE version_num LIKE 'persona%'"


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


async def test_verdicts_have_the_parts_of_the_day_of_the_mindscape_and_are_summed_by_them(
    engine: AsyncEngine, owner: "asyncpg.Connection[Any]"
) -> None:
    await move(engine, command.downgrade, "feedback@feedback_0003")
    for number, (hour, zone, part, _) in enumerate(VERDICTS):
        suggested = datetime(2026, 11, 17, hour, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
        helpful = part != "night"
        await owner.execute(VERDICT, UUID(int=number), helpful, suggested, zone, part)
    await move(engine, command.upgrade, "heads")
    assert await owner.fetchval(NAMES) == [named for _, _, _, named in VERDICTS]
    assert [tuple(row) for row in await owner.fetch(SUMS)] == [
        ("afternoon", 1, 0),
        ("evening", 0, 2),
        ("morning", 1, 1),
    ]
    await move(engine, command.downgrade, "feedback@feedback_0003")
    assert await owner.fetchval(NAMES) == ["night", "night", "morning", "evening", "evening"]


async def test_a_database_of_a_newer_release_is_left_alone(
    settings: Settings, owner: "asyncpg.Connection[Any]"
) -> None:
    await owner.execute(MOVE)
    with pytest.raises(BadSetting, match="persona_9999"):
        await asyncio.to_thread(migrate, settings)


@pytest.mark.parametrize("name", ["no_such_database", "nobody@localhost:1/nowhere"])
def test_without_a_way_into_the_database_the_reason_is_said_in_a_sentence(
    server: Server, name: str
) -> None:
    url = urlsplit(server.postgres.url)
    there = f"postgresql://{name}" if "@" in name else url._replace(path=f"/{name}").geturl()
    settings = Settings.from_environment({"DATABASE_URL": there})
    with pytest.raises(BadSetting):
        migrate(settings)
