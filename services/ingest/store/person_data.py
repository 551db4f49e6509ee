"""Erasures and tasks in Postgres, and which tables hold what is kept of people."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.ingest.model import PersonId, Task
from services.ingest.usecases import Erasing
from services.kit.database import Database
from services.kit.person_data import Holding
from services.kit.sql import Row, Sql

HOLDING = Holding(
    fence="ingest.people",
    tables=("ingest.observations", "ingest.outbox_tasks"),
    closing={"created_at": "now()", "updated_at": "now()"},
)

TAKE = Sql("""
    INSERT INTO ingest.erasures (person_id, erasure_id, turn, turn_until)
    VALUES (:person_id, :fresh, :fresh, :until)
    ON CONFLICT (person_id) DO UPDATE
    SET turn = EXCLUDED.turn, turn_until = EXCLUDED.turn_until
    WHERE erasures.turn_until <= :now
    RETURNING person_id, erasure_id, turn, removed
""")

_MINE = "person_id = :person_id AND erasure_id = :erasure_id AND turn = :turn"

NOTE = Sql(f"""
    UPDATE ingest.erasures
    SET removed = removed || CAST(:removed AS jsonb), turn_until = :until
    WHERE {_MINE}
    RETURNING person_id, erasure_id, turn, removed
""")

LEAVE = Sql(f"UPDATE ingest.erasures SET turn_until = :now WHERE {_MINE}")

END = Sql(f"DELETE FROM ingest.erasures WHERE {_MINE}")

LEFT = Sql("""
    SELECT person_id FROM ingest.erasures WHERE turn_until <= :now
    ORDER BY turn_until, person_id LIMIT :limit
""")

TASKS = Sql("""
    SELECT task_id, position, task_type, payload, status, attempts, last_error, created_at
    FROM ingest.outbox_tasks WHERE person_id = :person_id AND position > :after
    ORDER BY position LIMIT :limit
""")


class PostgresErasures:
    """Implements `usecases.Erasures`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self, person_id: PersonId, fresh: UUID, now: datetime, until: datetime
    ) -> Erasing | None:
        return _erasing(
            await self._database.row(TAKE, person_id=person_id, fresh=fresh, now=now, until=until)
        )

    async def note(
        self, erasing: Erasing, removed: Mapping[str, Mapping[str, int]], until: datetime
    ) -> Erasing | None:
        written = json.dumps({holder: dict(rows) for holder, rows in removed.items()})
        values = _mine(erasing) | {"removed": written, "until": until}
        return _erasing(await self._database.row(NOTE, **values))

    async def leave(self, erasing: Erasing, now: datetime) -> None:
        await self._database.run(LEAVE, **_mine(erasing), now=now)

    async def end(self, erasing: Erasing) -> None:
        await self._database.run(END, **_mine(erasing))

    async def left(self, now: datetime, limit: int) -> Sequence[PersonId]:
        rows = await self._database.rows(LEFT, now=now, limit=limit)
        return [PersonId(row.person_id) for row in rows]


class PostgresTasks:
    """Implements `usecases.Tasks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, person_id: PersonId, after: int, limit: int) -> Sequence[Task]:
        rows = await self._database.rows(TASKS, person_id=person_id, after=after, limit=limit)
        return [Task(**{**row, "last_error": row.last_error or ""}) for row in rows]


def _mine(erasing: Erasing) -> dict[str, Any]:
    return {
        "person_id": erasing.person_id,
        "erasure_id": erasing.erasure_id,
        "turn": erasing.turn,
    }


def _erasing(row: Row | None) -> Erasing | None:
    if row is None:
        return None
    erasure_id, turn = UUID(str(row.erasure_id)), UUID(str(row.turn))
    return Erasing(PersonId(row.person_id), erasure_id, turn, row.removed)
