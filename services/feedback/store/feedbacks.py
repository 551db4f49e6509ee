"""Verdicts, weights and their history: tables whose keys begin with the person."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import cache
from uuid import UUID

from services.feedback.model import Feedback, PersonId, Refusal, Tally, TraitWeight, WeightChange
from services.feedback.store import rows
from services.feedback.store.turns import PostgresTurn
from services.feedback.usecases import Stand, Turn
from services.kit.database import Database
from services.kit.paging import Position
from services.kit.person_data import Holding, being_erased
from services.kit.sql import Sql

HOLDING = Holding(
    fence="feedback.people",
    tables=(
        "feedback.feedback",
        "feedback.trait_weights",
        "feedback.helpfulness",
        "feedback.weight_changes",
    ),
)

# Writes a row so that it is locked: whoever comes next waits until this transaction is over.
TAKE_TURN = Sql("""
    INSERT INTO feedback.people (person_id) VALUES (:person_id)
    ON CONFLICT (person_id) DO UPDATE SET turns = people.turns + 1 WHERE people.erasure_id IS NULL
    RETURNING person_id
""")

WEIGHTS = Sql(f"SELECT {rows.WEIGHT} FROM feedback.trait_weights WHERE person_id = :person_id")

REFUSALS = Sql("""
    SELECT suggestion_type, suggested_at, created_at FROM feedback.feedback
    WHERE person_id = :person_id AND created_at >= :since AND NOT helpful
    ORDER BY created_at DESC
""")

HELPFULNESS = Sql(f"""
    SELECT {rows.HELPFULNESS} FROM feedback.helpfulness
    WHERE person_id = :person_id
    ORDER BY suggestion_type, part_of_day
""")

TALLIES = Sql("""
    SELECT suggestion_type, trait, part_of_day,
           CASE WHEN local_day >= :first_week THEN date_trunc('week', local_day)::date END AS week,
           bias,
           count(*) FILTER (WHERE helpful) AS helpful,
           count(*) FILTER (WHERE NOT helpful) AS not_helpful
    FROM feedback.feedback
    WHERE person_id = :person_id
    GROUP BY 1, 2, 3, 4, 5
""")

# Without a persona, or without a position, the condition falls away before the plan is made.
PAGE = """
    SELECT {columns} FROM feedback.feedback
    WHERE person_id = :person_id {of_persona} {after}
    ORDER BY created_at DESC, feedback_id DESC
    LIMIT :size
"""
OF_PERSONA = "AND persona_id = :persona_id"
AFTER = "AND (created_at, feedback_id) < (:at, :id)"

CHANGES = """
    SELECT {columns} FROM feedback.weight_changes
    WHERE person_id = :person_id {after}
    ORDER BY changed_at DESC, change_id DESC
    LIMIT :size
"""
AFTER_CHANGE = "AND (changed_at, change_id) < (:at, :id)"

FORGET_CHANGES = Sql("""
    DELETE FROM feedback.weight_changes WHERE (person_id, change_id) IN (
        SELECT person_id, change_id FROM feedback.weight_changes
        WHERE changed_at < :before ORDER BY changed_at LIMIT :limit
    )
""")


@cache
def _page(of_persona: bool, after: bool) -> Sql:
    conditions = {
        "of_persona": OF_PERSONA if of_persona else "",
        "after": AFTER if after else "",
    }
    return Sql(PAGE.format(columns=rows.FEEDBACK, **conditions))


@cache
def _changes(after: bool) -> Sql:
    return Sql(CHANGES.format(columns=rows.CHANGE, after=AFTER_CHANGE if after else ""))


class PostgresFeedbacks:
    """Implements `usecases.Feedbacks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def turn(self, person_id: PersonId) -> AsyncIterator[Turn]:
        async with self._database.transaction() as connection:
            if await connection.row(TAKE_TURN, person_id=person_id) is None:
                raise being_erased(person_id)
            yield PostgresTurn(connection, person_id)

    async def page(
        self, person_id: PersonId, persona_id: UUID | None, after: Position | None, size: int
    ) -> list[Feedback]:
        values = {"person_id": person_id, "size": size, **_place(after)}
        if persona_id:
            values["persona_id"] = persona_id
        found = await self._database.rows(_page(bool(persona_id), bool(after)), **values)
        return [rows.feedback(person_id, row) for row in found]

    async def tallies(self, person_id: PersonId, first_week: date) -> list[Tally]:
        found = await self._database.rows(TALLIES, person_id=person_id, first_week=first_week)
        return [Tally(*row) for row in found]

    async def weights(self, person_id: PersonId) -> list[TraitWeight]:
        return [rows.weight(row) for row in await self._database.rows(WEIGHTS, person_id=person_id)]

    async def stand(self, person_id: PersonId, refused_since: datetime) -> Stand:
        weights = await self.weights(person_id)
        refusals = await self._database.rows(REFUSALS, person_id=person_id, since=refused_since)
        sums = await self._database.rows(HELPFULNESS, person_id=person_id)
        return Stand(
            weights,
            [Refusal(*row) for row in refusals],
            [rows.helpfulness(row) for row in sums],
        )

    async def changes(
        self, person_id: PersonId, after: Position | None, size: int
    ) -> list[WeightChange]:
        found = await self._database.rows(
            _changes(bool(after)), person_id=person_id, size=size, **_place(after)
        )
        return [rows.change(row) for row in found]

    async def forget_changes(self, before: datetime, limit: int) -> int:
        return await self._database.run(FORGET_CHANGES, before=before, limit=limit)


def _place(after: Position | None) -> dict[str, object]:
    return {"at": after.at, "id": after.id} if after else {}
