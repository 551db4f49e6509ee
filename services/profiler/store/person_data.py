"""What is kept of a person in Postgres: to export it in order, and to erase it."""

from collections.abc import Sequence
from datetime import date

from services.kit.database import Database
from services.kit.person_data import Holding
from services.kit.sql import Sql
from services.profiler.days import NOWHERE
from services.profiler.documents import entries_from_json
from services.profiler.model import Mindscape, ObservationId, PersonId
from services.profiler.store.mindscapes import mindscape
from services.profiler.usecases import Noted

# An erasure takes the lease of the person and keeps it: no worker gets or holds it meanwhile.
HOLDING = Holding(
    fence="profiler.leases",
    tables=(
        "profiler.days",
        "profiler.weeks",
        "profiler.mindscapes",
        "profiler.mindscape_versions",
    ),
    closing={"token": ":erasure_id", "lease_until": "'infinity'"},
)

FACTS = Sql("""
    SELECT day, fact.key AS observation_id, fact.value AS entry
    FROM profiler.days CROSS JOIN LATERAL jsonb_each(facts) AS fact
    WHERE person_id = :person_id AND day >= :day
      AND (day, fact.key COLLATE "C") > (:day, :observation_id)
    ORDER BY day, fact.key COLLATE "C" LIMIT :limit
""")

HISTORY = Sql("""
    SELECT person_id, version, zone, traits, updated_at FROM profiler.mindscape_versions
    WHERE person_id = :person_id AND version > :after ORDER BY version LIMIT :limit
""")


class PostgresBeliefs:
    """Implements `usecases.Beliefs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts(
        self, person_id: PersonId, after: tuple[date, ObservationId] | None, limit: int
    ) -> Sequence[Noted]:
        day, observation_id = after or (NOWHERE, ObservationId(""))
        rows = await self._database.rows(
            FACTS, person_id=person_id, day=day, observation_id=observation_id, limit=limit
        )
        return [
            Noted(row.day, name, entry)
            for row in rows
            for name, entry in entries_from_json({row.observation_id: row.entry}).items()
        ]

    async def history(self, person_id: PersonId, after: int, limit: int) -> Sequence[Mindscape]:
        rows = await self._database.rows(HISTORY, person_id=person_id, after=after, limit=limit)
        return [mindscape(row) for row in rows]
