"""Keeps many observations at once, each with its task and the person it is of."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from uuid_utils import uuid7

from services.ingest.model import KIND_NAMES, Key, ObservationId, statement
from services.ingest.store.bodies import to_body
from services.ingest.usecases import Arrival
from services.kit.database import Executor
from services.kit.person_data import being_erased
from services.kit.sql import Sql

# One statement is one transaction: an observation and its task are kept together or not at all.
# `known` locks the people, so that an erasure waits for this statement, or this one for it, and
# then sees what it did. With one of the people behind a fence nothing is kept.
# What has a source may have been recorded, removed in time, and now come again at another time: the
# profiler, which still knows it, is told to look for it.
# Rows are inserted and changed in the order of their keys, so that two writers wait and do not
# deadlock.
# The documents come as one, since one is written faster than many. Of an array the planner expects
# fewer rows than of what is in a document, and then looks people up by their key: hence ARRAY.
# Lines of a text are also written faster than an array, whose every element the driver looks at
# twice, and seconds faster than moments; only what can hold a line's end comes as an array.
# It answers with what had been kept before, and with who is refused: most often with nothing.
ADD = Sql("""
    WITH given AS (
        SELECT *, to_timestamp(start) AS started_at, to_timestamp(until) AS ended_at,
               CAST(:now AS timestamptz) AS recorded_at
        FROM ROWS FROM (
            unnest(string_to_array(:person_ids, E'\\n')),
            unnest(CAST(string_to_array(:observation_ids, E'\\n') AS uuid[])),
            unnest(CAST(:starts AS float8[])), unnest(CAST(:ends AS float8[])),
            unnest(string_to_array(:kinds, E'\\n')), unnest(string_to_array(:zones, E'\\n')),
            unnest(string_to_array(:homes, E'\\n', '')),
            unnest(CAST(:sources AS text[])), unnest(CAST(:source_ids AS text[])),
            unnest(CAST(string_to_array(:task_ids, E'\\n') AS uuid[])),
            unnest(ARRAY(SELECT jsonb_array_elements(CAST(:bodies AS jsonb)))),
            unnest(ARRAY(SELECT jsonb_array_elements(CAST(:payloads AS jsonb))))
        ) WITH ORDINALITY AS given (
            person_id, observation_id, start, until, kind, time_zone, home, source, source_id,
            task_id, body, payload, ordinal
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
    unsettled AS (
        SELECT person_id, people.home, people.seen_at
        FROM ingest.people AS person JOIN people USING (person_id)
        WHERE person.time_zone IS NULL AND people.home IS NOT NULL
          AND NOT EXISTS (SELECT FROM refused)
        ORDER BY person_id FOR NO KEY UPDATE OF person
    ),
    settled AS (
        UPDATE ingest.people AS person
        SET time_zone = unsettled.home, updated_at = unsettled.seen_at
        FROM unsettled WHERE person.person_id = unsettled.person_id
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
    told AS (SELECT pg_notify('personakit_tasks', '') FROM stored WHERE :tell LIMIT 1)
    SELECT person_id, observation_id FROM given LEFT JOIN stored USING (person_id, observation_id)
    WHERE stored.observation_id IS NULL
    UNION ALL SELECT person_id, NULL FROM refused
    UNION ALL SELECT NULL, NULL FROM told
""")


# The same for one alone, of somebody who is known: two thirds of what the statement for many costs
# Postgres. If anything else is to be done or said it keeps nothing, and leaves it to that one.
ADD_ONE = Sql("""
    WITH known AS (
        SELECT forgotten FROM ingest.people
        WHERE person_id = :person_id AND erasure_id IS NULL
          AND (time_zone IS NOT NULL OR CAST(:home AS text) IS NULL)
        FOR KEY SHARE
    ),
    stored AS (
        INSERT INTO ingest.observations (
            person_id, observation_id, started_at, ended_at, recorded_at, kind, time_zone,
            source, source_id, body
        )
        SELECT :person_id, CAST(:observation_id AS uuid), CAST(:start AS timestamptz),
               CAST(:until AS timestamptz), CAST(:now AS timestamptz), :kind, :time_zone,
               CAST(:source AS text), :source_id, CAST(:body AS jsonb)
        FROM known
        ON CONFLICT (person_id, observation_id) DO NOTHING
        RETURNING person_id
    ),
    queued AS (
        INSERT INTO ingest.outbox_tasks (
            person_id, task_id, task_type, payload, run_after, created_at, updated_at
        )
        SELECT person_id, CAST(:task_id AS uuid), 'process_observation',
               CASE WHEN forgotten AND :source IS NOT NULL
                    THEN CAST(:payload AS jsonb) || '{"again": true}'
                    ELSE CAST(:payload AS jsonb) END,
               :now, :now, :now
        FROM stored, known
    )
    SELECT CASE WHEN :tell THEN pg_notify('personakit_tasks', '') END FROM stored
""")


async def add(database: Executor, arrivals: Sequence[Arrival], *, tell: bool) -> Sequence[Key]:
    """Keeps what is not kept yet, and returns the keys of what was; tells the workers of the rest,
    if asked to. Refuses with PERSON_BEING_ERASED."""
    if len(arrivals) == 1 and await database.rows(ADD_ONE, **_values(arrivals[0]), tell=tell):
        return ()
    told = await database.rows(ADD, **_columns(arrivals), tell=tell)
    met_before: list[Key] = []
    for person_id, observation_id in told:
        if person_id and observation_id is None:
            raise being_erased(person_id)
        if person_id:
            met_before.append((person_id, ObservationId(str(observation_id))))
    return met_before


def _columns(arrivals: Sequence[Arrival]) -> dict[str, Any]:
    """Returns each column as `ADD` reads it."""
    observations = [arrival.observation for arrival in arrivals]
    contents = [one.content for one in observations]
    return {
        "now": observations[0].recorded_at,
        "person_ids": "\n".join([one.person_id for one in observations]),
        "observation_ids": "\n".join([one.observation_id for one in observations]),
        "starts": [content.start.timestamp() for content in contents],
        "ends": [content.end.timestamp() for content in contents],
        "kinds": "\n".join([KIND_NAMES[type(content)] for content in contents]),
        "zones": "\n".join([one.time_zone for one in observations]),
        "homes": "\n".join([arrival.home or "" for arrival in arrivals]),
        "sources": [one.source or None for one in observations],
        "source_ids": [one.source_id or None for one in observations],
        "task_ids": "\n".join([str(uuid7()) for _ in arrivals]),
        "bodies": json.dumps([to_body(content) for content in contents]),
        "payloads": json.dumps([_payload(arrival) for arrival in arrivals]),
    }


def _values(arrival: Arrival) -> dict[str, Any]:
    """Returns each value as `ADD_ONE` reads it."""
    observation = arrival.observation
    content = observation.content
    return {
        "now": observation.recorded_at,
        "person_id": observation.person_id,
        "observation_id": observation.observation_id,
        "start": content.start,
        "until": content.end,
        "kind": KIND_NAMES[type(content)],
        "time_zone": observation.time_zone,
        "home": arrival.home or None,
        "source": observation.source or None,
        "source_id": observation.source_id or None,
        "task_id": str(uuid7()),
        "body": json.dumps(to_body(content)),
        "payload": json.dumps(_payload(arrival)),
    }


def _payload(arrival: Arrival) -> Mapping[str, str | int | bool]:
    told = statement(arrival.observation)
    if arrival.correlation_id:
        told["correlation_id"] = arrival.correlation_id
    if arrival.traceparent:
        told["traceparent"] = arrival.traceparent
    return told
