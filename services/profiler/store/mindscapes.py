"""Mindscapes in Postgres: the current ones, and their history."""

from collections.abc import Sequence
from datetime import datetime

from services.kit.database import Database
from services.kit.sql import Row, Sql
from services.profiler.documents import traits_from_json
from services.profiler.model import Mindscape, PersonId, Version

CURRENT = Sql("""
    SELECT person_id, version, zone, traits, updated_at FROM profiler.mindscapes
    WHERE person_id = :person_id
""")

AT_VERSION = Sql("""
    SELECT person_id, version, zone, traits, updated_at FROM profiler.mindscape_versions
    WHERE person_id = :person_id AND version = :version
""")

AS_OF = Sql("""
    SELECT person_id, version, zone, traits, updated_at FROM profiler.mindscape_versions
    WHERE person_id = :person_id AND updated_at <= :moment
    ORDER BY updated_at DESC, version DESC LIMIT 1
""")

VERSIONS = Sql("""
    SELECT version, updated_at FROM profiler.mindscape_versions
    WHERE person_id = :person_id AND version < :before
    ORDER BY version DESC LIMIT :limit
""")
BEYOND_ALL = 2**63 - 1

NEWEST = Sql("""
    SELECT person_id, version, updated_at FROM profiler.mindscapes WHERE person_id = ANY(:people)
""")

AROUND = Sql("""
    SELECT max(version) AS version FROM profiler.mindscape_versions
    WHERE person_id = :person_id AND version < :version
    UNION ALL
    SELECT min(version) FROM profiler.mindscape_versions
    WHERE person_id = :person_id AND version > :version
""")

THIN = Sql("""
    DELETE FROM profiler.mindscape_versions AS old
    WHERE old.updated_at < :before AND EXISTS (
        SELECT FROM profiler.mindscape_versions AS newer
        WHERE newer.person_id = old.person_id AND newer.version > old.version
          AND newer.updated_at < date_trunc('day', old.updated_at, 'UTC') + interval '1 day'
    )
""")


class PostgresMindscapes:
    """Implements `usecases.Mindscapes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, person_id: PersonId) -> Mindscape | None:
        return await self._one(CURRENT, person_id=person_id)

    async def newest(self, people: Sequence[PersonId]) -> Sequence[Version | None]:
        rows = await self._database.rows(NEWEST, people=list(set(people)))
        found = {row.person_id: Version(row.version, row.updated_at) for row in rows}
        return [found.get(person_id) for person_id in people]

    async def at_version(self, person_id: PersonId, version: int) -> Mindscape | None:
        return await self._one(AT_VERSION, person_id=person_id, version=version)

    async def as_of(self, person_id: PersonId, moment: datetime) -> Mindscape | None:
        return await self._one(AS_OF, person_id=person_id, moment=moment)

    async def versions(
        self, person_id: PersonId, before: int | None, limit: int
    ) -> Sequence[Version]:
        rows = await self._database.rows(
            VERSIONS, person_id=person_id, before=before or BEYOND_ALL, limit=limit
        )
        return [Version(row.version, row.updated_at) for row in rows]

    async def around(self, person_id: PersonId, version: int) -> Sequence[int]:
        rows = await self._database.rows(AROUND, person_id=person_id, version=version)
        return sorted(row.version for row in rows if row.version is not None)

    async def thin(self, before: datetime) -> int:
        return await self._database.run(THIN, before=before)

    async def _one(self, query: Sql, **values: object) -> Mindscape | None:
        row = await self._database.row(query, **values)
        return mindscape(row) if row else None


def mindscape(row: Row) -> Mindscape:
    """Returns what was kept in a row."""
    return Mindscape(
        PersonId(row.person_id),
        row.version,
        row.updated_at,
        row.zone,
        traits_from_json(row.traits),
    )
