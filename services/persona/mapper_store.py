"""Mappers that are documents, in Postgres: every version of each."""

from collections.abc import Sequence
from typing import Final

from services.kit.database import Database
from services.kit.errors import Aborted
from services.kit.sql import Row, Sql
from services.persona.model import MapperVersion

COLUMNS: Final = (
    "mapper_id, version, description, required_traits, suggestion_types, source, created_at"
)

NEWEST: Final = Sql("SELECT max(version) FROM persona.mappers WHERE mapper_id = :mapper_id")

FIND: Final = Sql(f"""
    SELECT {COLUMNS} FROM persona.mappers WHERE mapper_id = :mapper_id AND version = :version
""")

# The next number is taken unless somebody has taken it meanwhile, or it would be the same again.
ADD: Final = Sql(f"""
    INSERT INTO persona.mappers ({COLUMNS})
    SELECT :mapper_id, COALESCE(newest.version, 0) + 1, :description, :required_traits::text[],
           :suggestion_types::text[], :source, :created_at::timestamptz
    FROM (SELECT) AS one
    LEFT JOIN (
        SELECT version, source FROM persona.mappers
        WHERE mapper_id = :mapper_id ORDER BY version DESC LIMIT 1
    ) AS newest ON true
    WHERE newest.source IS DISTINCT FROM :source
    ON CONFLICT (mapper_id, version) DO NOTHING
    RETURNING {COLUMNS}
""")

# Versions are numbered without a gap: the newest is the one that has no next.
PAGE: Final = Sql(f"""
    SELECT {COLUMNS} FROM persona.mappers AS mapper
    WHERE mapper_id > :after AND NOT EXISTS (
        SELECT FROM persona.mappers AS next
        WHERE next.mapper_id = mapper.mapper_id AND next.version = mapper.version + 1
    )
    ORDER BY mapper_id LIMIT :size
""")

# As many may upload another version of one mapper at the same moment.
TRIES: Final = 20


class PostgresMapperVersions:
    """Implements `usecases.MapperVersions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, mapper_id: str) -> int | None:
        version: int | None = await self._database.value(NEWEST, mapper_id=mapper_id)
        return version

    async def get(self, mapper_id: str, version: int) -> MapperVersion | None:
        row = await self._database.row(FIND, mapper_id=mapper_id, version=version)
        return _mapper(row) if row else None

    async def add(self, mapper: MapperVersion) -> MapperVersion:
        for _ in range(TRIES):
            if row := await self._database.row(ADD, **_values(mapper)):
                return _mapper(row)
            newest = await self.get(mapper.mapper_id, await self.newest(mapper.mapper_id) or 0)
            if newest and newest.source == mapper.source:
                return newest
        raise Aborted("CONFLICT", "others upload this mapper at the same time; send it again")

    async def page(self, after: str, size: int) -> Sequence[MapperVersion]:
        return [_mapper(row) for row in await self._database.rows(PAGE, after=after, size=size)]


def _values(mapper: MapperVersion) -> dict[str, object]:
    return {
        "mapper_id": mapper.mapper_id,
        "description": mapper.description,
        "required_traits": list(mapper.required_traits),
        "suggestion_types": list(mapper.suggestion_types),
        "source": mapper.source,
        "created_at": mapper.created_at,
    }


def _mapper(row: Row) -> MapperVersion:
    return MapperVersion(
        mapper_id=row.mapper_id,
        version=row.version,
        description=row.description,
        required_traits=tuple(row.required_traits),
        suggestion_types=tuple(row.suggestion_types),
        source=row.source,
        created_at=row.created_at,
    )
