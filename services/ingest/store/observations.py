"""Observations and people in Postgres."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from math import inf
from time import monotonic
from typing import Any

from uuid_utils import uuid7

from services.ingest.model import (
    KIND_NAMES,
    Key,
    Observation,
    ObservationId,
    Person,
    PersonId,
)
from services.ingest.store.adding import add
from services.ingest.store.bodies import from_body
from services.ingest.usecases import Arrival, Filter
from services.kit.database import Database, Executor
from services.kit.paging import Position
from services.kit.person_data import being_erased
from services.kit.sql import Row, Sql

MOVE = Sql("""
    INSERT INTO ingest.people (person_id, time_zone, created_at, updated_at)
    VALUES (:person_id, :time_zone, :now, :now)
    ON CONFLICT (person_id) DO UPDATE SET
        time_zone = coalesce(EXCLUDED.time_zone, people.time_zone),
        updated_at = CASE
            WHEN coalesce(EXCLUDED.time_zone, people.time_zone) IS DISTINCT FROM people.time_zone
            THEN EXCLUDED.updated_at ELSE people.updated_at
        END
    WHERE people.erasure_id IS NULL
    RETURNING person_id, time_zone, created_at, updated_at
""")

COLUMNS = """person_id, observation_id, started_at, ended_at, time_zone, kind, body, recorded_at,
    source, source_id"""
KEPT = Sql(f"""
    SELECT {COLUMNS} FROM ingest.observations
    JOIN unnest(CAST(:person_ids AS text[]), CAST(:observation_ids AS uuid[]))
         AS asked (person_id, observation_id) USING (person_id, observation_id)
""")

RETRACT = Sql("""
    WITH gone AS (
        DELETE FROM ingest.observations
        WHERE person_id = :person_id AND observation_id = :observation_id
        RETURNING started_at, ended_at, time_zone
    ),
    queued AS (
        INSERT INTO ingest.outbox_tasks (
            person_id, task_id, task_type, payload, run_after, created_at, updated_at
        )
        SELECT person_id, :task_id, 'retract_observation',
               CAST(:payload AS jsonb) || coalesce(
                   (SELECT jsonb_build_object(
                        'start', CAST(extract(epoch FROM started_at) AS bigint),
                        'end', CAST(extract(epoch FROM ended_at) AS bigint),
                        'zone', time_zone) FROM gone),
                   '{}'),
               :now, :now, :now
        FROM ingest.people WHERE person_id = :person_id AND erasure_id IS NULL FOR KEY SHARE
        RETURNING person_id
    )
    SELECT pg_notify('personakit_tasks', '') FROM queued
""")

FENCED = Sql("""
    SELECT person_id FROM ingest.people WHERE person_id = :person_id AND erasure_id IS NOT NULL
""")

PERSON = Sql("""
    SELECT person_id, time_zone, created_at, updated_at FROM ingest.people
    WHERE person_id = :person_id AND erasure_id IS NULL
""")

ZONES = Sql("""
    SELECT person_id, time_zone FROM ingest.people
    WHERE person_id = ANY(CAST(:people AS text[])) AND time_zone IS NOT NULL
""")


# Not a parameter, so that the calendar's own index is found.
OF_KIND = {kind: f"kind = '{kind}'" for kind in KIND_NAMES.values()}

# Notes of whom something is forgotten that can come again, in the order in which writers lock.
PURGE = Sql("""
    WITH gone AS (
        DELETE FROM ingest.observations WHERE recorded_at < :before RETURNING person_id, source
    ),
    theirs AS (
        SELECT person_id FROM ingest.people
        WHERE NOT forgotten
          AND person_id IN (SELECT person_id FROM gone WHERE source IS NOT NULL)
        ORDER BY person_id FOR NO KEY UPDATE
    ),
    noted AS (
        UPDATE ingest.people AS person SET forgotten = true
        FROM theirs WHERE person.person_id = theirs.person_id
    )
    SELECT count(*) FROM gone
""")
PURGE_TASKS = Sql(
    "DELETE FROM ingest.outbox_tasks WHERE status = 'done' AND completed_at < :before"
)

BETWEEN_NOTICES = timedelta(milliseconds=5)
"""A worker that was told looks 5 ms later, and again after it found something: what is recorded so
soon after a notice needs none, which costs Postgres and all who listen a tenth of a short call."""
MANY = 100
"""So many take longer to be stored than the worker rests: of them it is told."""


class PostgresObservations:
    """Implements `usecases.Observations`."""

    def __init__(self, database: Database, between_notices: timedelta = BETWEEN_NOTICES) -> None:
        self._database = database
        self._between_notices = between_notices.total_seconds()
        self._told_at = -inf

    async def add(
        self, arrivals: Sequence[Arrival], moves: Mapping[PersonId, str]
    ) -> Mapping[Key, Observation]:
        began = monotonic()
        tell = began - self._told_at >= self._between_notices or len(arrivals) >= MANY
        if moves:
            met_before = await self._add_and_move(arrivals, moves, tell)
        else:
            met_before = await add(self._database, arrivals, tell=tell)
        if tell and len(met_before) < len(arrivals):
            self._told_at = began
        return await _kept(self._database, met_before) if met_before else {}

    async def get(self, key: Key) -> Observation | None:
        return (await _kept(self._database, [key])).get(key)

    async def find(
        self, wanted: Filter, after: Position | None, limit: int
    ) -> Sequence[Observation]:
        conditions, values = _conditions(wanted, after)
        rows = await self._database.rows(_find(*conditions), **values, limit=limit)
        return [_observation(row) for row in rows]

    async def retract(self, key: Key, correlation_id: str, now: datetime) -> bool:
        person_id, observation_id = key
        payload = {"observation_id": observation_id, "correlation_id": correlation_id}
        queued = await self._database.row(
            RETRACT,
            person_id=person_id,
            observation_id=observation_id,
            task_id=str(uuid7()),
            payload=json.dumps(payload),
            now=now,
        )
        if queued is None and await self._database.row(FENCED, person_id=person_id):
            raise being_erased(person_id)
        return queued is not None

    async def purge(self, recorded_before: datetime) -> int:
        return int(await self._database.value(PURGE, before=recorded_before))

    async def purge_tasks(self, done_before: datetime) -> int:
        return await self._database.run(PURGE_TASKS, before=done_before)

    async def _add_and_move(
        self, arrivals: Sequence[Arrival], moves: Mapping[PersonId, str], tell: bool
    ) -> Sequence[Key]:
        now = arrivals[0].observation.recorded_at
        async with self._database.transaction() as connection:
            # First, since it locks people in an order that is the same for every writer.
            met_before = await add(connection, arrivals, tell=tell)
            for person_id, time_zone in sorted(moves.items()):
                await connection.run(MOVE, person_id=person_id, time_zone=time_zone, now=now)
            return met_before


class PostgresPeople:
    """Implements `usecases.People`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, person_id: PersonId) -> Person | None:
        row = await self._database.row(PERSON, person_id=person_id)
        return _person(row) if row else None

    async def zones(self, people: Sequence[PersonId]) -> Mapping[PersonId, str]:
        rows = await self._database.rows(ZONES, people=list(people))
        return {PersonId(row.person_id): row.time_zone for row in rows}

    async def put(self, person_id: PersonId, time_zone: str | None, now: datetime) -> Person:
        row = await self._database.row(MOVE, person_id=person_id, time_zone=time_zone, now=now)
        if row is None:
            raise being_erased(person_id)
        return _person(row)


@cache
def _find(*conditions: str) -> Sql:
    return Sql(f"""
        SELECT {COLUMNS} FROM ingest.observations WHERE {" AND ".join(conditions)}
        ORDER BY started_at DESC, observation_id DESC LIMIT :limit
    """)


async def _kept(database: Executor, keys: Sequence[Key]) -> dict[Key, Observation]:
    rows = await database.rows(
        KEPT,
        person_ids=[person_id for person_id, _ in keys],
        observation_ids=[observation_id for _, observation_id in keys],
    )
    return {found.key: found for found in map(_observation, rows)}


def _conditions(wanted: Filter, after: Position | None) -> tuple[list[str], dict[str, Any]]:
    values: dict[str, Any] = {
        "person_id": wanted.person_id,
        "kind": wanted.kind,
        "source": wanted.source,
        "since": wanted.since,
        "until": wanted.until,
    }
    conditions = {
        "person_id": "person_id = :person_id",
        "kind": OF_KIND.get(wanted.kind or "", "false"),
        "source": "source = :source",
        # The second half bounds the scan: nothing observed lasts longer than 31 days.
        "since": "ended_at > :since"
        " AND started_at > CAST(:since AS timestamptz) - interval '31 days'",
        "until": "started_at < :until",
    }
    given = {name: value for name, value in values.items() if value is not None}
    chosen = [conditions[name] for name in given]
    if after:
        chosen.append("(started_at, observation_id) < (:after_start, :after_id)")
        given |= {"after_start": after.at, "after_id": after.id}
    return chosen, given


def _observation(row: Row) -> Observation:
    return Observation(
        PersonId(row.person_id),
        ObservationId(str(row.observation_id)),
        row.time_zone,
        from_body(row.kind, row.body, row.started_at, row.ended_at),
        row.recorded_at,
        row.source or "",
        row.source_id or "",
    )


def _person(row: Row) -> Person:
    return Person(PersonId(row.person_id), row.time_zone or "", row.created_at, row.updated_at)
