"""What newcomers begin with: a reference table, small and about nobody."""

import json
from dataclasses import asdict

from services.feedback.model import Population, Start
from services.kit.database import Database
from services.kit.sql import Row, Sql

NEWEST = Sql("""
    SELECT version, computed_at, starts FROM feedback.populations ORDER BY version DESC LIMIT 1
""")

# A person has one row for each pair: each counts once.
MEANS = Sql("""
    SELECT suggestion_type, trait, avg(weight / original), count(*)
    FROM feedback.trait_weights
    GROUP BY suggestion_type, trait
    ORDER BY suggestion_type, trait
""")

ADD = Sql("""
    INSERT INTO feedback.populations (version, computed_at, starts)
    VALUES (:version, :computed_at, :starts)
    ON CONFLICT (version) DO NOTHING
""")

FORGET = Sql("DELETE FROM feedback.populations WHERE version <= :up_to")


class PostgresPopulations:
    """Implements `usecases.Populations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> Population | None:
        row = await self._database.row(NEWEST)
        return _population(row) if row else None

    async def means(self) -> list[Start]:
        return [Start.of_mean(*row) for row in await self._database.rows(MEANS)]

    async def add(self, population: Population) -> None:
        await self._database.run(
            ADD,
            version=population.version,
            computed_at=population.computed_at,
            starts=json.dumps([asdict(one) for one in population.starts]),
        )

    async def forget(self, up_to_version: int) -> None:
        await self._database.run(FORGET, up_to=up_to_version)


def _population(row: Row) -> Population:
    return Population(row.version, row.computed_at, tuple(Start(**one) for one in row.starts))
