"""Bare asyncpg: the rows of both tables from arrays that lie ready, a statement for each 1,000."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import asyncpg

from bench.yardsticks.tables import SCHEMA

INSERT = f"""
    WITH given AS (
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::timestamptz[],
            $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[])
        AS given (person_id, observation_id, started_at, ended_at, recorded_at, kind, time_zone,
                  body, task_id, payload)
    ),
    stored AS (
        INSERT INTO {SCHEMA}.observations (person_id, observation_id, started_at, ended_at,
                                           recorded_at, kind, time_zone, body)
        SELECT person_id, observation_id, started_at, ended_at, recorded_at, kind, time_zone,
               body::jsonb FROM given
    )
    INSERT INTO {SCHEMA}.outbox_tasks (person_id, task_id, task_type, payload, run_after,
                                       created_at, updated_at)
    SELECT person_id, task_id, 'process_observation', payload::jsonb, recorded_at, recorded_at,
           recorded_at FROM given
"""
ROWS = 1000


def insert_many(database: str, seconds: float) -> float:
    """Returns observations a second."""

    async def run() -> float:
        connection = await asyncpg.connect(database)
        statement = await connection.prepare(INSERT)
        began, count = perf_counter(), 0
        took = 0.0
        while perf_counter() - began < seconds:
            arrays = _arrays()
            sent = perf_counter()
            await statement.fetch(*arrays)
            took += perf_counter() - sent
            count += ROWS
        await connection.close()
        return count / took

    return asyncio.run(run())


def _arrays() -> list[list[object]]:
    now = datetime.now(UTC)
    start = datetime(2026, 11, 17, tzinfo=UTC)
    end = start + timedelta(minutes=90)
    body = {"score": 4, "interruptions": 1}
    observed = [uuid4() for _ in range(ROWS)]
    payload = {"kind": "work_session", "zone": "Asia/Tokyo", "score": 4, "interruptions": 1}
    spans = {"start": int(start.timestamp()), "end": int(end.timestamp())}
    return [
        [f"person-{number % 100}" for number in range(ROWS)],
        list(observed),
        [start] * ROWS,
        [end] * ROWS,
        [now] * ROWS,
        ["work_session"] * ROWS,
        ["Asia/Tokyo"] * ROWS,
        [json.dumps(body)] * ROWS,
        [uuid4() for _ in range(ROWS)],
        [json.dumps({"observation_id": str(one), **payload, **spans}) for one in observed],
    ]
