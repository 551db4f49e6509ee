"""Personas in Postgres: schema `persona`."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from services.kit.database import Database
from services.kit.paging import Position
from services.kit.person_data import Holding, being_erased
from services.kit.sql import Row, Sql
from services.persona.documents import read, written
from services.persona.model import Core, Material, Overlay, Persona, PersonId, Told
from services.persona.usecases import LONGEST_TIME_TO_LIVE, Life, Said

HOLDING = Holding(
    fence="persona.people", tables=("persona.personas",), closing={"life": ":erasure_id"}
)

COLUMNS = """person_id, persona_id, mapper_id, mapper_version, mindscape_version, at, time_zone,
    core, overlay, missing, created_at, expires_at, made_from"""

# What was said is looked for among the newest few: whoever looks ahead more often than that is told
# some things once more.
LIFE = Sql("""
    SELECT life, erasure_id, said.at, said.told
    FROM persona.people LEFT JOIN LATERAL (
        SELECT at, told FROM (
            SELECT at, created_at, told FROM persona.personas
            WHERE person_id = :person_id
            ORDER BY created_at DESC, persona_id DESC
            LIMIT 20
        ) newest
        WHERE at = created_at AND at <= :at
        ORDER BY created_at DESC
        LIMIT 1
    ) said ON true
    WHERE person_id = :person_id
""")

BEGIN_LIFE = Sql("""
    INSERT INTO persona.people (person_id, life) VALUES (:person_id, :life)
    ON CONFLICT (person_id) DO NOTHING
""")

# Locks the person's life: an erasure waits for this statement, or ends the life before it.
ADD = Sql(f"""
    WITH alive AS (
        SELECT FROM persona.people
        WHERE person_id = :person_id AND life = :life AND erasure_id IS NULL FOR KEY SHARE
    )
    INSERT INTO persona.personas ({COLUMNS}, told)
    SELECT CAST(:person_id AS text), CAST(:persona_id AS uuid), CAST(:mapper_id AS text),
           CAST(:mapper_version AS integer), CAST(:mindscape_version AS bigint),
           CAST(:at AS timestamptz), CAST(:time_zone AS text), CAST(:core AS jsonb),
           CAST(:overlay AS jsonb), CAST(:missing AS text[]), CAST(:created_at AS timestamptz),
           CAST(:expires_at AS timestamptz), CAST(:made_from AS jsonb), CAST(:told AS jsonb)
    FROM alive
    ON CONFLICT (person_id, persona_id) DO NOTHING
    RETURNING persona_id
""")

FIND = Sql(f"""
    SELECT {COLUMNS} FROM persona.personas
    WHERE person_id = :person_id AND persona_id = :persona_id
""")

# None that is older than the longest time to live can hold: the index is read no further back.
_LIST = f"""
    SELECT {COLUMNS} FROM persona.personas
    WHERE person_id = :person_id AND expires_at > :now AND created_at >= :oldest {{after}}
    ORDER BY created_at DESC, persona_id DESC
    LIMIT :size
"""
LIST = Sql(_LIST.format(after=""))
LIST_AFTER = Sql(
    _LIST.format(after="AND (created_at, persona_id) < (:after_created_at, :after_persona_id)")
)

KEPT = Sql(f"""
    SELECT {COLUMNS} FROM persona.personas
    WHERE person_id = :person_id
      AND (CAST(:at AS timestamptz) IS NULL
           OR (created_at, persona_id) < (CAST(:at AS timestamptz), CAST(:id AS uuid)))
    ORDER BY created_at DESC, persona_id DESC
    LIMIT :size
""")

REMOVE = Sql("""
    DELETE FROM persona.personas WHERE (person_id, persona_id) IN (
        SELECT person_id, persona_id FROM persona.personas
        WHERE expires_at < :before ORDER BY expires_at LIMIT :size
    )
""")


class PostgresPersonas:
    """Implements `usecases.Personas`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def life(self, person_id: PersonId, at: datetime) -> Life | None:
        row = await self._database.row(LIFE, person_id=person_id, at=at)
        if row is None:
            return None
        if row.erasure_id is not None:
            raise being_erased(person_id)
        said = Said(row.at, read(tuple[Told, ...], row.told)) if row.at else None
        return Life(UUID(str(row.life)), said)

    async def begin_life(self, person_id: PersonId) -> None:
        await self._database.run(BEGIN_LIFE, person_id=person_id, life=uuid4())

    async def add(self, persona: Persona, life: UUID) -> Persona:
        if await self._database.row(ADD, **_values(persona), life=life):
            return persona
        kept = await self.get(persona.person_id, persona.persona_id)
        if kept is None:
            raise being_erased(persona.person_id)
        return kept

    async def get(self, person_id: PersonId, persona_id: UUID) -> Persona | None:
        row = await self._database.row(FIND, person_id=person_id, persona_id=persona_id)
        return _persona(row) if row else None

    async def page(
        self, person_id: PersonId, now: datetime, after: Position | None, size: int
    ) -> list[Persona]:
        oldest = now - LONGEST_TIME_TO_LIVE
        place = {"after_created_at": after.at, "after_persona_id": after.id} if after else {}
        rows = await self._database.rows(
            LIST_AFTER if after else LIST,
            person_id=person_id,
            now=now,
            oldest=oldest,
            size=size,
            **place,
        )
        return [_persona(row) for row in rows]

    async def kept(
        self, person_id: PersonId, after: Position | None, size: int
    ) -> Sequence[Persona]:
        place = {"at": after.at, "id": after.id} if after else {"at": None, "id": None}
        rows = await self._database.rows(KEPT, person_id=person_id, size=size, **place)
        return [_persona(row) for row in rows]

    async def remove_expired(self, before: datetime, size: int) -> int:
        return await self._database.run(REMOVE, before=before, size=size)


def _values(persona: Persona) -> dict[str, object]:
    return {
        "person_id": persona.person_id,
        "persona_id": persona.persona_id,
        "mapper_id": persona.mapper_id,
        "mapper_version": persona.mapper_version,
        "mindscape_version": persona.mindscape_version,
        "at": persona.at,
        "time_zone": persona.zone,
        "core": json.dumps(written(persona.core)),
        "overlay": json.dumps(written(persona.overlay)),
        "missing": list(persona.missing),
        "created_at": persona.created_at,
        "expires_at": persona.expires_at,
        "made_from": json.dumps(written(persona.made_from)) if persona.made_from else None,
        "told": json.dumps(written(persona.told)),
    }


def _persona(row: Row) -> Persona:
    return Persona(
        persona_id=row.persona_id,
        person_id=PersonId(row.person_id),
        mapper_id=row.mapper_id,
        mapper_version=row.mapper_version,
        mindscape_version=row.mindscape_version,
        at=row.at,
        zone=row.time_zone,
        core=read(Core, row.core),
        overlay=read(Overlay, row.overlay),
        created_at=row.created_at,
        expires_at=row.expires_at,
        missing=tuple(row.missing),
        made_from=read(Material, row.made_from) if row.made_from else None,
    )
