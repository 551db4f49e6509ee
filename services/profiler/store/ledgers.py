"""The books in Postgres: `profiler.days` and `profiler.weeks`."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, TypeAlias

from services.kit.database import Connection, Database
from services.kit.sql import Row, Sql
from services.profiler.days import NOWHERE, Days, Entries
from services.profiler.documents import (
    marks_to_json,
    pack_entries,
    to_text,
    traits_to_text,
    unpack_entries,
    week_from_json,
)
from services.profiler.ledger import Books
from services.profiler.memory import MOST_WEEKS
from services.profiler.model import Claim, ObservationId, PersonId
from services.profiler.store.queue import held, note_failures
from services.profiler.usecases import NEWEST_KEPT, Outcome, Wanted
from services.profiler.weeks import FORMAT, Week, week_of

DAYS = Sql("""
    SELECT person_id, day, facts FROM profiler.days
    JOIN unnest(CAST(:people AS text[]), CAST(:dates AS date[])) AS wanted (person_id, day)
         USING (person_id, day)
""")

# The weeks that a fold looks at, as many more as the opened days can empty, and those days' own.
WEEKS = Sql("""
    SELECT week.* FROM unnest(CAST(:people AS text[])) AS person (id)
    CROSS JOIN LATERAL (
        SELECT person_id, week, format, counts, marks FROM profiler.weeks
        WHERE person_id = person.id ORDER BY week DESC LIMIT :recent
    ) AS week
    UNION ALL
    SELECT person_id, week, format, counts, marks FROM profiler.weeks
    JOIN unnest(CAST(:owners AS text[]), CAST(:weeks AS date[])) AS opened (person_id, week)
         USING (person_id, week)
""")

ALL_DAYS = Sql("SELECT day, facts FROM profiler.days WHERE person_id = :person_id")

DAYS_AMONG = Sql("""
    SELECT day, facts FROM profiler.days
    WHERE person_id = :person_id AND day = ANY(CAST(:dates AS date[]))
""")

# The counts of one trait are a quarter of all, and all would be read and made again each time.
NEWEST_WEEKS = Sql("""
    SELECT week, format,
           CASE WHEN counts ? :group THEN jsonb_build_object(CAST(:group AS text), counts -> :group)
                ELSE '{}'::jsonb END,
           marks
    FROM profiler.weeks
    WHERE person_id = :person_id ORDER BY week DESC LIMIT :limit
""")

KEEP_DAYS = Sql("""
    INSERT INTO profiler.days (person_id, day, facts)
    SELECT * FROM unnest(CAST(:people AS text[]), CAST(:dates AS date[]), CAST(:facts AS bytea[]))
    ON CONFLICT (person_id, day) DO UPDATE SET facts = EXCLUDED.facts
""")

KEEP_WEEKS = Sql("""
    INSERT INTO profiler.weeks (person_id, week, format, counts, marks)
    SELECT person_id, week, :format, CAST(counts AS jsonb), CAST(marks AS jsonb)
    FROM unnest(
        CAST(:people AS text[]), CAST(:dates AS date[]), CAST(:counts AS text[]),
        CAST(:marks AS text[])
    ) AS kept (person_id, week, counts, marks)
    ON CONFLICT (person_id, week) DO UPDATE
    SET format = EXCLUDED.format, counts = EXCLUDED.counts, marks = EXCLUDED.marks
""")

DROP_WEEKS = Sql("""
    DELETE FROM profiler.weeks AS week
    USING unnest(CAST(:people AS text[]), CAST(:dates AS date[])) AS gone (person_id, week)
    WHERE week.person_id = gone.person_id AND week.week = gone.week
""")

KEEP_MINDSCAPES = Sql("""
    WITH believed AS (
        INSERT INTO profiler.mindscapes (person_id, version, zone, traits, updated_at)
        SELECT person_id, 1, zone, CAST(traits AS jsonb), :now
        FROM unnest(CAST(:people AS text[]), CAST(:zones AS text[]), CAST(:traits AS text[]))
             AS kept (person_id, zone, traits)
        ON CONFLICT (person_id) DO UPDATE
        SET version = mindscapes.version + 1, zone = EXCLUDED.zone, traits = EXCLUDED.traits,
            updated_at = EXCLUDED.updated_at
        RETURNING person_id, version, zone, traits, updated_at
    ),
    thinned AS (
        DELETE FROM profiler.mindscape_versions AS old
        USING believed, profiler.mindscape_versions AS newer
        WHERE old.person_id = believed.person_id AND old.version = believed.version - :newest
          AND newer.person_id = old.person_id AND newer.version = old.version + 1
          AND date_trunc('hour', newer.updated_at) = date_trunc('hour', old.updated_at)
    )
    INSERT INTO profiler.mindscape_versions (person_id, version, zone, traits, updated_at)
    SELECT person_id, version, zone, traits, updated_at FROM believed
""")

# Completes tasks, ends leases and, on commit, wakes those who wait for these people.
FINISH = Sql("""
    WITH done AS (
        UPDATE ingest.outbox_tasks AS task
        SET status = 'done', last_error = NULL, completed_at = :now, updated_at = :now
        FROM unnest(CAST(:done_people AS text[]), CAST(:done_ids AS uuid[]))
             AS worked (person_id, task_id)
        WHERE task.person_id = worked.person_id AND task.task_id = worked.task_id
          AND task.status = 'in_progress'
    ),
    ended AS (
        DELETE FROM profiler.leases
        WHERE person_id = ANY(CAST(:people AS text[])) AND token = :token
    )
    SELECT pg_notify('personakit_mindscapes', person_id)
    FROM unnest(CAST(:people AS text[])) AS person_id
""")

Dated: TypeAlias = Iterable[tuple[PersonId, date]]


class PostgresLedgers:
    """Implements `usecases.Ledgers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def open(self, claims: Sequence[Claim]) -> AsyncIterator["OpenPostgresLedgers"]:
        async with self._database.transaction() as connection:
            yield OpenPostgresLedgers(connection, claims)

    async def days(self, person_id: PersonId, days: Collection[date]) -> Days:
        return _days(await self._database.rows(DAYS_AMONG, person_id=person_id, dates=list(days)))

    async def weeks(self, person_id: PersonId, limit: int, group: str) -> Sequence[Week]:
        rows = await self._database.rows(
            NEWEST_WEEKS, person_id=person_id, limit=limit, group=group
        )
        return [week_from_json(*row) for row in rows]


class OpenPostgresLedgers:
    """Implements `usecases.OpenLedgers`; every statement is for all people at once."""

    def __init__(self, connection: Connection, claims: Sequence[Claim]) -> None:
        self._connection = connection
        self._claims = claims

    async def books(self, wanted: Mapping[PersonId, Wanted]) -> Mapping[PersonId, Books]:
        if not wanted:
            return {}
        days = await self._wanted_days(wanted)
        opened = {
            (person_id, week_of(day))
            for person_id, one in wanted.items()
            for day in {*one.days, *days[person_id]} - {NOWHERE}
        }
        rows = await self._connection.rows(
            WEEKS,
            people=list(wanted),
            owners=[person_id for person_id, _ in opened],
            weeks=[week for _, week in opened],
            recent=MOST_WEEKS + len(opened),
        )
        weeks: dict[PersonId, dict[date, Week]] = {person_id: {} for person_id in wanted}
        for person_id, week, *kept in rows:
            weeks[person_id][week] = week_from_json(week, *kept)
        return {person_id: Books(days[person_id], weeks[person_id]) for person_id in wanted}

    async def _wanted_days(
        self, wanted: Mapping[PersonId, Wanted]
    ) -> dict[PersonId, dict[date, Entries]]:
        pairs = [
            (person_id, day) for person_id, one in wanted.items() for day in {*one.days, NOWHERE}
        ]
        days: dict[PersonId, dict[date, Entries]] = {person_id: {} for person_id in wanted}
        for person_id, day, facts in await self._connection.rows(DAYS, **_columns(pairs)):
            days[person_id][day] = unpack_entries(facts)
        for person_id, one in wanted.items():
            if one.knowing:
                days[person_id] |= await self._days_knowing(person_id, one.knowing)
        return days

    async def _days_knowing(
        self, person_id: PersonId, names: Collection[ObservationId]
    ) -> dict[date, Entries]:
        """Rare, for what is retracted or comes again: reads all days of a person."""
        days = await self.all_days(person_id)
        return {
            day: entries for day, entries in days.items() if not entries.keys().isdisjoint(names)
        }

    async def all_days(self, person_id: PersonId) -> Days:
        return _days(await self._connection.rows(ALL_DAYS, person_id=person_id))

    async def hold(self) -> Sequence[Claim]:
        return await held(self._connection, self._claims)

    async def close(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        if not outcomes:
            return
        await self._keep_days(outcomes)
        await self._keep_weeks(outcomes)
        await self._keep_mindscapes(outcomes, now)
        failures = [(one.claim.person_id, failure) for one in outcomes for failure in one.failures]
        await note_failures(self._connection, failures, now)
        await self._finish(outcomes, now)

    async def _keep_days(self, outcomes: Sequence[Outcome]) -> None:
        kept = [
            (one.claim.person_id, day, entries)
            for one in outcomes
            if one.entered
            for day, entries in one.entered.days.items()
        ]
        if kept:
            values = _columns((person_id, day) for person_id, day, _ in kept)
            facts = [pack_entries(entries) for _, _, entries in kept]
            await self._connection.run(KEEP_DAYS, **values, facts=facts)

    async def _keep_weeks(self, outcomes: Sequence[Outcome]) -> None:
        weeks = [
            (one.claim.person_id, week)
            for one in outcomes
            if one.entered
            for week in one.entered.weeks.values()
        ]
        if kept := [(person_id, week) for person_id, week in weeks if week]:
            await self._connection.run(
                KEEP_WEEKS,
                **_columns((person_id, week.start) for person_id, week in kept),
                counts=[to_text(week.counts) for _, week in kept],
                marks=[to_text(marks_to_json(week)) for _, week in kept],
                format=FORMAT,
            )
        if gone := [(person_id, week.start) for person_id, week in weeks if not week]:
            await self._connection.run(DROP_WEEKS, **_columns(gone))

    async def _keep_mindscapes(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        believed = [(one.claim.person_id, one.entered.belief) for one in outcomes if one.entered]
        if believed:
            await self._connection.run(
                KEEP_MINDSCAPES,
                people=[person_id for person_id, _ in believed],
                zones=[belief.zone for _, belief in believed],
                traits=[traits_to_text(belief.traits) for _, belief in believed],
                now=now,
                newest=NEWEST_KEPT,
            )

    async def _finish(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        failed = {failure.task.task_id for one in outcomes for failure in one.failures}
        done = [
            (one.claim.person_id, task.task_id)
            for one in outcomes
            for task in one.claim.tasks
            if task.task_id not in failed
        ]
        await self._connection.rows(
            FINISH,
            done_people=[person_id for person_id, _ in done],
            done_ids=[task_id for _, task_id in done],
            people=[one.claim.person_id for one in outcomes],
            token=outcomes[0].claim.token,
            now=now,
        )


def _days(rows: Iterable[Row]) -> dict[date, Entries]:
    return {day: unpack_entries(facts) for day, facts in rows}


def _columns(pairs: Dated) -> dict[str, Any]:
    dated = list(pairs)
    return {
        "people": [person_id for person_id, _ in dated],
        "dates": [day for _, day in dated],
    }
