"""What rows do straight in the database: fill it, wait for the queue, and look at sizes."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter, sleep
from typing import TypeVar

import asyncpg

Answer = TypeVar("Answer")

# A session of half an hour every two hours from 9:00 on, four a day, going back from today.
FILL = """
    WITH numbered AS (
        SELECT person, number,
               'person-' || person AS person_id,
               date_trunc('day', now()) - make_interval(days => number / 4 + 1)
                   + make_interval(hours => 9 + number % 4 * 2) AS started_at,
               5 - number % 4 - (person * 7 + number * 3) % 2 AS score,
               (person + number) % 4 AS interruptions
        FROM generate_series($1::int, $2::int - 1) AS person,
             generate_series(0, $3::int - 1) AS number
    ),
    made AS MATERIALIZED (
        SELECT *, uuidv7() AS observation_id, uuidv7() AS task_id,
               started_at + interval '30 minutes' AS ended_at
        FROM numbered
    ),
    met AS (
        INSERT INTO ingest.people (person_id, time_zone, created_at, updated_at)
        SELECT DISTINCT person_id, 'Europe/Berlin', now(), now() FROM made
        ON CONFLICT DO NOTHING
    ),
    stored AS (
        INSERT INTO ingest.observations (person_id, observation_id, started_at, ended_at,
                                         recorded_at, kind, time_zone, body)
        SELECT person_id, observation_id, started_at, ended_at, now(), 'work_session',
               'Europe/Berlin',
               jsonb_build_object('score', score, 'interruptions', interruptions)
        FROM made
    ),
    queued AS (
        INSERT INTO ingest.outbox_tasks (person_id, task_id, task_type, payload, run_after,
                                         created_at, updated_at)
        SELECT person_id, task_id, 'process_observation',
               jsonb_build_object(
                   'observation_id', observation_id, 'kind', 'work_session',
                   'zone', 'Europe/Berlin', 'start', extract(epoch FROM started_at)::bigint,
                   'end', extract(epoch FROM ended_at)::bigint, 'score', score,
                   'interruptions', interruptions),
               now(), now(), now()
        FROM made ORDER BY number, person
    )
    SELECT pg_notify('personakit_tasks', '')
"""
ANY_OPEN = """
    SELECT EXISTS (SELECT FROM ingest.outbox_tasks WHERE status IN ('pending', 'in_progress'))
"""
QUEUE_SIZE = "SELECT pg_total_relation_size('ingest.outbox_tasks')"
SMALL_QUEUE = 1_000_000
BETWEEN_LOOKS = 0.02


def fill(database: str, people: range, each: int) -> None:
    """Queues `each` observations of these people as if they had been recorded, all at once."""

    async def run(connection: asyncpg.Connection) -> None:
        await connection.execute(FILL, people.start, people.stop, each)

    ask(database, run)


def wait_drained(database: str) -> float:
    """Waits until nothing is open; returns the seconds."""

    async def run(connection: asyncpg.Connection) -> float:
        began = perf_counter()
        while await connection.fetchval(ANY_OPEN):
            await asyncio.sleep(BETWEEN_LOOKS)
        return perf_counter() - began

    return ask(database, run)


def wait_swept(database: str) -> None:
    """Waits until finished tasks are gone, and their room with them, for three minutes at most.

    Postgres locks everybody out while it gives back the room of 200,000 tasks: 30 to 75 ms, up to
    four times.
    """
    for _ in range(180):
        if ask(database, lambda connection: connection.fetchval(QUEUE_SIZE)) < SMALL_QUEUE:
            return
        sleep(1)
    raise TimeoutError("finished tasks, or their room, are still there")


def is_drained(database: str) -> bool:
    """Tells whether nothing is open."""
    return not ask(database, lambda connection: connection.fetchval(ANY_OPEN))


def ask(database: str, question: Callable[[asyncpg.Connection], Awaitable[Answer]]) -> Answer:
    """Puts a question on a connection of its own."""

    async def run() -> Answer:
        connection = await asyncpg.connect(database, command_timeout=600)
        try:
            return await question(connection)
        finally:
            await connection.close()

    return asyncio.run(run())
