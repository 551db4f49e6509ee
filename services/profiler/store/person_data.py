"""What is kept of a person in Postgres: to export it in order, and to erase it."""

from collections.abc import Sequence
from datetime import date
from itertools import islice

from services.kit.database import Database
from services.kit.person_data import Holding
from services.kit.sql import Sql
from services.profiler.days import NOWHERE
from services.profiler.documents import unpack_entries
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

# Each day knows an observation at least.
DAYS = Sql("""
    SELECT day, facts FROM profiler.days WHERE person_id = :person_id AND day >= :day
    ORDER BY day LIMIT :limit
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
        last = after or (NOWHERE, ObservationId(""))
        # One more: of the first, all may be before.
        rows = await self._database.rows(DAYS, person_id=person_id, day=last[0], limit=limit + 1)
        noted = (
            Noted(row.day, name, entry)
            for row in rows
            for name, entry in sorted(unpack_entries(row.facts).items())
            if (row.day, name) > last
        )
        return list(islice(noted, limit))

    async def history(self, person_id: PersonId, after: int, limit: int) -> Sequence[Mindscape]:
        rows = await self._database.rows(HISTORY, person_id=person_id, after=after, limit=limit)
        return [mindscape(row) for row in rows]
