"""The queue in Postgres: `ingest.outbox_tasks`, and the leases in `profiler.leases`."""

import json
import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.kit.database import Connection, Database, Executor
from services.kit.sql import Row, Sql
from services.profiler.model import (
    Backlog,
    Claim,
    Due,
    FailedTask,
    Failure,
    PersonId,
    ProcessingStatus,
    Task,
    Token,
)
from services.profiler.usecases import MOST_ATTEMPTS, MOST_TASKS

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=5)
"""From the claim to the moment when its holder has read the books and locks the lease until it has
written them: half a second for the largest claim, so that a worker that lives keeps what it holds,
also on a busy machine. The people of a dead or frozen one wait until it is over."""
ALONE_FROM = MOST_ATTEMPTS - 1
"""Attempts after which a task is taken by itself: it was there when two workers died."""

# A task in progress whose person nobody holds is one whose worker died.
DUE = Sql("""
    SELECT task.person_id, count(*) FILTER (WHERE task.attempts < :alone_from) AS together,
           bool_or(task.attempts >= :alone_from) AS alone
    FROM ingest.outbox_tasks AS task
    WHERE task.status IN ('pending', 'in_progress') AND task.run_after <= :now
      AND NOT EXISTS (
          SELECT FROM profiler.leases AS lease
          WHERE lease.person_id = task.person_id AND lease.lease_until > :now
      )
    GROUP BY task.person_id ORDER BY min(task.created_at), task.person_id LIMIT :limit
""")

# `status <> 'done'`, here and below, says no more than the rest; it names the index of open tasks.

# Those that ran out are taken over, unless their holder is just settling; of people without one,
# in the order of the key, so that two workers who want the same people do not deadlock.
TAKE_LEASES = Sql("""
    WITH expired AS (
        SELECT person_id FROM profiler.leases
        WHERE person_id = ANY(CAST(:people AS text[])) AND lease_until <= :now
        FOR UPDATE SKIP LOCKED
    ),
    taken_over AS (
        UPDATE profiler.leases AS lease SET token = :token, lease_until = :until
        FROM expired WHERE lease.person_id = expired.person_id
        RETURNING lease.person_id
    ),
    made AS (
        INSERT INTO profiler.leases (person_id, token, lease_until)
        SELECT person_id, :token, :until FROM unnest(CAST(:people AS text[])) AS person (person_id)
        WHERE NOT EXISTS (
            SELECT FROM profiler.leases WHERE leases.person_id = person.person_id
        )
        ORDER BY person_id
        ON CONFLICT (person_id) DO NOTHING
        RETURNING person_id
    )
    SELECT person_id FROM taken_over UNION ALL SELECT person_id FROM made
""")

_TAKE = """
    UPDATE ingest.outbox_tasks AS task
    SET status = 'in_progress', attempts = task.attempts + 1, updated_at = :now
    FROM unnest(CAST(:people AS text[])) AS person (id)
    CROSS JOIN LATERAL (
        SELECT person_id, task_id FROM ingest.outbox_tasks
        WHERE person_id = person.id AND status IN ('pending', 'in_progress') AND status <> 'done'
          AND run_after <= :now AND {which}
        ORDER BY position LIMIT :most
        FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE task.person_id = due.person_id AND task.task_id = due.task_id
    RETURNING task.person_id, task.task_id, task.position, task.task_type,
              CAST(task.payload AS text), task.attempts
"""
TAKE_TOGETHER = Sql(_TAKE.format(which="attempts < :alone_from"))
TAKE_ALONE = Sql(_TAKE.format(which="attempts >= :alone_from"))

POSITION, PAYLOAD = 2, 4

GIVE_UP = Sql("""
    UPDATE ingest.outbox_tasks
    SET status = 'failed', last_error = 'its worker died', updated_at = :now
    WHERE person_id = :person_id AND status = 'in_progress' AND attempts >= :most_attempts
    RETURNING task_id
""")

END_LEASES = Sql("""
    DELETE FROM profiler.leases
    WHERE person_id = ANY(CAST(:people AS text[])) AND token = :token
""")

HAND_BACK = Sql("""
    UPDATE ingest.outbox_tasks AS task
    SET status = 'pending', attempts = task.attempts - 1, updated_at = :now
    FROM unnest(CAST(:people AS text[]), CAST(:task_ids AS uuid[])) AS taken (person_id, task_id)
    JOIN profiler.leases AS lease ON lease.person_id = taken.person_id AND lease.token = :token
    WHERE task.person_id = taken.person_id AND task.task_id = taken.task_id
      AND task.status = 'in_progress'
""")

FAIL = Sql("""
    UPDATE ingest.outbox_tasks AS task
    SET status = CASE WHEN failure.retry_at IS NULL THEN 'failed' ELSE 'pending' END,
        last_error = failure.reason,
        run_after = coalesce(failure.retry_at, task.run_after),
        updated_at = :now
    FROM unnest(
        CAST(:people AS text[]), CAST(:task_ids AS uuid[]), CAST(:reasons AS text[]),
        CAST(:retries AS timestamptz[])
    ) AS failure (person_id, task_id, reason, retry_at)
    WHERE task.person_id = failure.person_id AND task.task_id = failure.task_id
      AND task.status = 'in_progress'
""")

HELD = Sql("""
    SELECT person_id FROM profiler.leases
    WHERE person_id = ANY(CAST(:people AS text[])) AND token = :token
    ORDER BY person_id FOR UPDATE
""")

STATUS = Sql("""
    SELECT count(*) FILTER (WHERE status <> 'failed') AS pending,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           min(created_at) FILTER (WHERE status <> 'failed') AS oldest,
           coalesce((SELECT version FROM profiler.mindscapes WHERE person_id = :person_id), 0)
               AS version
    FROM ingest.outbox_tasks WHERE person_id = :person_id AND status <> 'done'
""")

LAST_POSITION = Sql("""
    SELECT coalesce(max(position), 0) FROM ingest.outbox_tasks
    WHERE person_id = :person_id AND status IN ('pending', 'in_progress') AND status <> 'done'
""")

IS_OPEN = Sql("""
    SELECT EXISTS (
        SELECT FROM ingest.outbox_tasks
        WHERE person_id = :person_id AND position <= :position
          AND status IN ('pending', 'in_progress') AND status <> 'done'
    )
""")

FAILED = Sql("""
    SELECT position, task_id, task_type, payload ->> 'observation_id' AS observation_id, attempts,
           last_error, created_at, updated_at
    FROM ingest.outbox_tasks
    WHERE person_id = :person_id AND status = 'failed' AND position > :after
    ORDER BY position LIMIT :limit
""")

# Told in the same transaction: the workers hear of it when it is committed.
RETRY = Sql("""
    WITH retried AS (
        UPDATE ingest.outbox_tasks
        SET status = 'pending', attempts = 0, run_after = :now, updated_at = :now
        WHERE person_id = :person_id AND status = 'failed'
          AND (:all OR task_id = ANY(CAST(:task_ids AS uuid[])))
        RETURNING task_id
    ),
    told AS (SELECT pg_notify('personakit_tasks', '') FROM retried LIMIT 1)
    SELECT count(*), (SELECT count(*) FROM told) FROM retried
""")

BACKLOG = Sql("""
    SELECT count(*) FILTER (WHERE status <> 'failed') AS pending,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           min(created_at) FILTER (WHERE status <> 'failed') AS oldest
    FROM ingest.outbox_tasks WHERE status IN ('pending', 'in_progress', 'failed')
""")


class PostgresQueue:
    """Implements `usecases.Queue`."""

    def __init__(self, database: Database, lease: timedelta = LEASE) -> None:
        self._database = database
        self._lease = lease

    async def due(self, now: datetime, limit: int) -> Due:
        rows = await self._database.rows(DUE, now=now, limit=limit, alone_from=ALONE_FROM)
        return Due(
            together={PersonId(row.person_id): row.together for row in rows if row.together},
            alone=[PersonId(row.person_id) for row in rows if row.alone],
        )

    async def claim(self, people: Collection[PersonId], now: datetime) -> Sequence[Claim]:
        token = Token(uuid4())
        # Each statement is a transaction: nobody waits for one who is frozen between them.
        leased = await self._take_leases(people, token, now)
        return await self._take(TAKE_TOGETHER, leased, token, now, MOST_TASKS)

    async def claim_alone(self, person_id: PersonId, now: datetime) -> Claim | None:
        token = Token(uuid4())
        leased = await self._take_leases([person_id], token, now)
        if leased:
            await self._give_up(person_id, now)
        claims = await self._take(TAKE_ALONE, leased, token, now, 1)
        return claims[0] if claims else None

    async def _take_leases(
        self, people: Collection[PersonId], token: Token, now: datetime
    ) -> list[PersonId]:
        rows = await self._database.rows(
            TAKE_LEASES, people=list(people), token=token, now=now, until=now + self._lease
        )
        return [PersonId(row.person_id) for row in rows]

    async def _take(
        self, which: Sql, leased: Sequence[PersonId], token: Token, now: datetime, most: int
    ) -> list[Claim]:
        """Takes due tasks of leased people, and ends the leases of those who have none."""
        if not leased:
            return []
        rows = await self._database.rows(
            which, people=leased, now=now, most=most, alone_from=ALONE_FROM
        )
        claims = _claims(rows, token)
        idle = sorted(set(leased) - {claim.person_id for claim in claims})
        await _end_leases(self._database, idle, token)
        return claims

    async def _give_up(self, person_id: PersonId, now: datetime) -> None:
        for row in await self._database.rows(
            GIVE_UP, person_id=person_id, now=now, most_attempts=MOST_ATTEMPTS
        ):
            fields = {"person_id": person_id, "task_id": row.task_id, "given_up": True}
            log.warning("a task ended its workers", extra=fields)

    async def hand_back(self, claims: Sequence[Claim], now: datetime) -> None:
        async with self._database.transaction() as connection:
            for claim in claims:
                await connection.run(
                    HAND_BACK,
                    people=[claim.person_id] * len(claim.tasks),
                    task_ids=[task.task_id for task in claim.tasks],
                    token=claim.token,
                    now=now,
                )
                await _end_leases(connection, [claim.person_id], claim.token)

    async def fail(self, claim: Claim, failures: Sequence[Failure], now: datetime) -> None:
        async with self._database.transaction() as connection:
            if await held(connection, [claim]):
                pairs = [(claim.person_id, failure) for failure in failures]
                await note_failures(connection, pairs, now)
                await _end_leases(connection, [claim.person_id], claim.token)

    async def status(self, person_id: PersonId, now: datetime) -> ProcessingStatus:
        (row,) = await self._database.rows(STATUS, person_id=person_id)
        return ProcessingStatus(
            person_id=person_id,
            pending=row.pending,
            failed=row.failed,
            oldest_pending_at=row.oldest,
            lag=_lag(row.oldest, now),
            processed_up_to=row.oldest or now,
            mindscape_version=row.version,
        )

    async def last_position(self, person_id: PersonId) -> int:
        return int(await self._database.value(LAST_POSITION, person_id=person_id))

    async def is_open(self, person_id: PersonId, position: int) -> bool:
        return bool(await self._database.value(IS_OPEN, person_id=person_id, position=position))

    async def failed(
        self, person_id: PersonId, after: int, limit: int
    ) -> Sequence[tuple[int, FailedTask]]:
        rows = await self._database.rows(FAILED, person_id=person_id, after=after, limit=limit)
        return [(row.position, _failed(row)) for row in rows]

    async def retry(self, person_id: PersonId, task_ids: Collection[UUID], now: datetime) -> int:
        retried = await self._database.value(
            RETRY, person_id=person_id, task_ids=list(task_ids), all=not task_ids, now=now
        )
        return int(retried)

    async def backlog(self, now: datetime) -> Backlog:
        (row,) = await self._database.rows(BACKLOG)
        return Backlog(row.pending, row.failed, _lag(row.oldest, now))


async def held(connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
    """Returns the claims whose lease is still theirs, and keeps it so until the transaction ends.

    All were made together and share a token.
    """
    people = [claim.person_id for claim in claims]
    rows = await connection.rows(HELD, people=people, token=claims[0].token)
    still = {row.person_id for row in rows}
    return [claim for claim in claims if claim.person_id in still]


async def note_failures(
    connection: Connection, failures: Sequence[tuple[PersonId, Failure]], now: datetime
) -> None:
    """Puts tasks back for another attempt, or gives them up."""
    if failures:
        await connection.run(
            FAIL,
            people=[person_id for person_id, _ in failures],
            task_ids=[failure.task.task_id for _, failure in failures],
            reasons=[failure.reason for _, failure in failures],
            retries=[failure.retry_at for _, failure in failures],
            now=now,
        )


def _claims(rows: Sequence[Row], token: Token) -> list[Claim]:
    tasks: dict[PersonId, list[Task]] = {}
    # One document for all: to read each alone takes twice as long.
    payloads = json.loads(f"[{','.join(row[PAYLOAD] for row in rows)}]")
    together = zip(rows, payloads, strict=True)
    for row, payload in sorted(together, key=lambda one: one[0][POSITION]):
        person_id, task_id, position, task_type, _, attempts = row
        task = Task(task_id, position, task_type, payload, attempts)
        tasks.setdefault(person_id, []).append(task)
    return [Claim(person_id, token, taken) for person_id, taken in tasks.items()]


async def _end_leases(database: Executor, people: Sequence[PersonId], token: Token) -> None:
    if people:
        await database.run(END_LEASES, people=people, token=token)


def _lag(oldest: datetime | None, now: datetime) -> timedelta:
    return max(timedelta(0), now - oldest) if oldest else timedelta(0)


def _failed(row: Row) -> FailedTask:
    return FailedTask(
        task_id=row.task_id,
        task_type=row.task_type,
        observation_id=row.observation_id or "",
        attempts=row.attempts,
        last_error=row.last_error or "",
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
