"""Observations and people in Postgres."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from uuid_utils import uuid7

from services.ingest.model import (
    KIND_NAMES,
    CalendarEvent,
    Content,
    EventKind,
    Key,
    Observation,
    ObservationId,
    Person,
    PersonId,
    Question,
    UserInput,
    WorkSession,
    statement,
)
from services.ingest.usecases import Arrival, Filter
from services.kit.database import Database, Executor
from services.kit.paging import Position
from services.kit.person_data import being_erased
from services.kit.sql import Row, Sql

# One statement is one transaction: an observation and its task are kept together or not at all.
# `known` locks the people, so that an erasure waits for this statement, or this one for it, and
# then sees what it did. With one of the people behind a fence nothing is kept.
# What has a source may have been recorded, removed in time, and now come again at another time: the
# profiler, which still knows it, is told to look for it.
# Rows are inserted in the order of their keys, so that two writers wait and do not deadlock.
# The documents come as one, since one is written faster than many. Of an array the planner expects
# fewer rows than of what is in a document, and then looks people up by their key: hence ARRAY.
# It answers with what had been kept before, and with who is refused: most often with nothing.
ADD = Sql("""
    WITH given AS (
        SELECT *, CAST(:now AS timestamptz) AS recorded_at FROM ROWS FROM (
            unnest(CAST(:person_ids AS text[])), unnest(CAST(:observation_ids AS uuid[])),
            unnest(CAST(:starts AS timestamptz[])), unnest(CAST(:ends AS timestamptz[])),
            unnest(CAST(:kinds AS text[])), unnest(CAST(:zones AS text[])),
            unnest(CAST(:homes AS text[])), unnest(CAST(:sources AS text[])),
            unnest(CAST(:source_ids AS text[])), unnest(CAST(:task_ids AS uuid[])),
            unnest(ARRAY(SELECT jsonb_array_elements(CAST(:bodies AS jsonb)))),
            unnest(ARRAY(SELECT jsonb_array_elements(CAST(:payloads AS jsonb))))
        ) WITH ORDINALITY AS given (
            person_id, observation_id, started_at, ended_at, kind, time_zone, home, source,
            source_id, task_id, body, payload, ordinal
        )
    ),
    people AS (
        SELECT person_id, min(recorded_at) AS seen_at,
               (array_agg(home ORDER BY ordinal) FILTER (WHERE home IS NOT NULL))[1] AS home
        FROM given GROUP BY person_id
    ),
    known AS (
        SELECT person_id, person.erasure_id IS NULL AS open, person.forgotten
        FROM ingest.people AS person JOIN people USING (person_id)
        ORDER BY person_id FOR KEY SHARE OF person
    ),
    met AS (
        INSERT INTO ingest.people AS person (person_id, time_zone, created_at, updated_at)
        SELECT person_id, home, seen_at, seen_at FROM people
        WHERE NOT EXISTS (SELECT FROM known WHERE known.person_id = people.person_id)
          AND NOT EXISTS (SELECT FROM known WHERE NOT open)
        ORDER BY person_id
        ON CONFLICT (person_id) DO UPDATE
        SET time_zone = coalesce(person.time_zone, EXCLUDED.time_zone)
        WHERE person.erasure_id IS NULL
        RETURNING person_id
    ),
    refused AS (
        SELECT person_id FROM people
        EXCEPT (SELECT person_id FROM known WHERE open UNION ALL SELECT person_id FROM met)
    ),
    settled AS (
        UPDATE ingest.people AS person SET time_zone = people.home, updated_at = people.seen_at
        FROM people JOIN known USING (person_id)
        WHERE person.person_id = people.person_id
          AND person.time_zone IS NULL AND people.home IS NOT NULL
          AND NOT EXISTS (SELECT FROM refused)
    ),
    stored AS (
        INSERT INTO ingest.observations (
            person_id, observation_id, started_at, ended_at, recorded_at, kind, time_zone,
            source, source_id, body
        )
        SELECT person_id, observation_id, started_at, ended_at, recorded_at, kind, time_zone,
               source, source_id, body
        FROM given WHERE NOT EXISTS (SELECT FROM refused) ORDER BY person_id, observation_id
        ON CONFLICT (person_id, observation_id) DO NOTHING
        RETURNING person_id, observation_id
    ),
    queued AS (
        INSERT INTO ingest.outbox_tasks (
            person_id, task_id, task_type, payload, run_after, created_at, updated_at
        )
        SELECT person_id, task_id, 'process_observation',
               CASE WHEN forgotten AND source IS NOT NULL
                    THEN payload || '{"again": true}' ELSE payload END,
               recorded_at, recorded_at, recorded_at
        FROM given JOIN stored USING (person_id, observation_id) LEFT JOIN known USING (person_id)
        ORDER BY ordinal
    ),
    told AS (SELECT pg_notify('personakit_tasks', '') FROM stored LIMIT 1)
    SELECT person_id, observation_id FROM given LEFT JOIN stored USING (person_id, observation_id)
    WHERE stored.observation_id IS NULL
    UNION ALL SELECT person_id, NULL FROM refused
    UNION ALL SELECT NULL, NULL FROM told
""")

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


class PostgresObservations:
    """Implements `usecases.Observations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, arrivals: Sequence[Arrival], moves: Mapping[PersonId, str]
    ) -> Mapping[Key, Observation]:
        if not moves:
            return await _add(self._database, arrivals)
        now = arrivals[0].observation.recorded_at
        async with self._database.transaction() as connection:
            for person_id, time_zone in sorted(moves.items()):
                await connection.run(MOVE, person_id=person_id, time_zone=time_zone, now=now)
            return await _add(connection, arrivals)

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


async def _add(database: Executor, arrivals: Sequence[Arrival]) -> Mapping[Key, Observation]:
    told = await database.rows(ADD, **_columns(arrivals))
    met_before = []
    for person_id, observation_id in told:
        if person_id and observation_id is None:
            raise being_erased(person_id)
        if person_id:
            met_before.append((person_id, ObservationId(str(observation_id))))
    return await _kept(database, met_before) if met_before else {}


def _columns(arrivals: Sequence[Arrival]) -> dict[str, Any]:
    """Returns a list for each column; the documents are one text, which is written faster."""
    observations = [arrival.observation for arrival in arrivals]
    contents = [one.content for one in observations]
    return {
        "now": observations[0].recorded_at,
        "person_ids": [one.person_id for one in observations],
        "observation_ids": [one.observation_id for one in observations],
        "starts": [content.start for content in contents],
        "ends": [content.end for content in contents],
        "kinds": [KIND_NAMES[type(content)] for content in contents],
        "zones": [one.time_zone for one in observations],
        "homes": [arrival.home for arrival in arrivals],
        "sources": [one.source or None for one in observations],
        "source_ids": [one.source_id or None for one in observations],
        "task_ids": [str(uuid7()) for _ in arrivals],
        "bodies": json.dumps([to_body(content) for content in contents]),
        "payloads": json.dumps([_payload(arrival) for arrival in arrivals]),
    }


def _payload(arrival: Arrival) -> Mapping[str, str | int | bool]:
    told = statement(arrival.observation)
    if arrival.correlation_id:
        told["correlation_id"] = arrival.correlation_id
    if arrival.traceparent:
        told["traceparent"] = arrival.traceparent
    return told


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


def to_body(content: Content) -> dict[str, Any]:
    """Returns what is kept of the content beside its span, without what was not given."""
    match content:
        case WorkSession():
            body: dict[str, Any] = {}
            if content.score is not None:
                body["score"] = content.score
            if content.interruptions is not None:
                body["interruptions"] = content.interruptions
            if content.label:
                body["label"] = content.label
            return body
        case CalendarEvent():
            title = {"title": content.title} if content.title else {}
            return {"event": content.kind.value, "all_day": content.all_day} | title
        case UserInput():
            return {"question": content.question.value, "answer": content.answer}


def from_body(kind: str, body: Mapping[str, Any], start: datetime, end: datetime) -> Content:
    """Returns the content that `to_body` kept, and its span."""
    if kind == "work_session":
        counted = body.get("score"), body.get("interruptions")
        return WorkSession(start, end, *counted, body.get("label", ""))
    if kind == "calendar_event":
        event = EventKind(body["event"])
        return CalendarEvent(start, end, event, body.get("title", ""), body["all_day"])
    return UserInput(Question(body["question"]), body["answer"], start)


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
