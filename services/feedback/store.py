"""Feedback in Postgres: schema `feedback`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import cache
from uuid import UUID

from services.feedback.model import Feedback, PersonId, Refusal, Tally, TraitWeight
from services.feedback.usecases import Turn
from services.kit.database import Connection, Database
from services.kit.paging import Position
from services.kit.person_data import Holding, being_erased
from services.kit.sql import Row, Sql

# Writes a row so that it is locked: whoever comes next waits until this transaction is over.
TAKE_TURN = Sql("""
    INSERT INTO feedback.people (person_id) VALUES (:person_id)
    ON CONFLICT (person_id) DO UPDATE SET turns = people.turns + 1 WHERE people.erasure_id IS NULL
    RETURNING person_id
""")

HOLDING = Holding(
    fence="feedback.people",
    tables=("feedback.feedback", "feedback.trait_weights", "feedback.daily_counters"),
)

COLUMNS = """feedback_id, persona_id, suggestion_id, suggestion_type, helpful, trait, weight,
    created_at, zone, part_of_day, coalesce(request_id, '') AS request_id"""

FIND = Sql(f"""
    SELECT {COLUMNS} FROM feedback.feedback
    WHERE person_id = :person_id
      AND (feedback_id = :feedback_id OR request_id = nullif(:request_id, ''))
    ORDER BY (request_id = :request_id) DESC NULLS LAST
    LIMIT 1
""")

COUNT_ON = Sql("""
    SELECT given FROM feedback.daily_counters WHERE person_id = :person_id AND day = :day
""")

COUNT_ONE = Sql("""
    INSERT INTO feedback.daily_counters (person_id, day, given) VALUES (:person_id, :day, 1)
    ON CONFLICT (person_id, day) DO UPDATE SET given = daily_counters.given + 1
""")

KEEP = Sql("""
    INSERT INTO feedback.feedback
        (person_id, feedback_id, persona_id, suggestion_id, suggestion_type, helpful, trait,
         weight, created_at, zone, local_day, part_of_day, request_id)
    VALUES
        (:person_id, :feedback_id, :persona_id, :suggestion_id, :suggestion_type, :helpful, :trait,
         :weight, :created_at, :zone, :local_day, :part_of_day, nullif(:request_id, ''))
""")

KEEP_WEIGHT = Sql("""
    INSERT INTO feedback.trait_weights
        (person_id, suggestion_type, trait, weight, original, refused_at, updated_at)
    VALUES (:person_id, :suggestion_type, :trait, :weight, :original, :refused_at, :updated_at)
    ON CONFLICT (person_id, suggestion_type, trait) DO UPDATE
    SET weight = excluded.weight, refused_at = excluded.refused_at,
        updated_at = excluded.updated_at
""")

_WEIGHTS = """
    SELECT suggestion_type, trait, weight, original, refused_at, updated_at
    FROM feedback.trait_weights WHERE person_id = :person_id
"""
WEIGHTS = Sql(_WEIGHTS)
WEIGHTS_OF = Sql(f"{_WEIGHTS} AND suggestion_type = :suggestion_type")

# Without a persona, or without a position, the condition falls away before the plan is made.
PAGE = """
    SELECT {columns} FROM feedback.feedback
    WHERE person_id = :person_id {of_persona} {after}
    ORDER BY created_at DESC, feedback_id DESC
    LIMIT :size
"""
OF_PERSONA = "AND persona_id = :persona_id"
AFTER = "AND (created_at, feedback_id) < (:created_at, :feedback_id)"

TALLIES = Sql("""
    SELECT suggestion_type, part_of_day,
           CASE WHEN local_day >= :first_week THEN date_trunc('week', local_day)::date END AS week,
           count(*) FILTER (WHERE helpful) AS helpful,
           count(*) FILTER (WHERE NOT helpful) AS not_helpful
    FROM feedback.feedback
    WHERE person_id = :person_id
    GROUP BY 1, 2, 3
""")

REFUSALS = Sql("""
    SELECT suggestion_type, created_at FROM feedback.feedback
    WHERE person_id = :person_id AND created_at >= :since AND NOT helpful
    ORDER BY created_at DESC
""")


@cache
def _page(of_persona: bool, after: bool) -> Sql:
    return Sql(
        PAGE.format(
            columns=COLUMNS,
            of_persona=OF_PERSONA if of_persona else "",
            after=AFTER if after else "",
        )
    )


class PostgresFeedbacks:
    """Keeps verdicts, weights and counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def turn(self, person_id: PersonId) -> AsyncIterator[Turn]:
        async with self._database.transaction() as connection:
            if await connection.row(TAKE_TURN, person_id=person_id) is None:
                raise being_erased(person_id)
            yield _PostgresTurn(connection, person_id)

    async def page(
        self, person_id: PersonId, persona_id: UUID | None, after: Position | None, size: int
    ) -> list[Feedback]:
        values: dict[str, object] = {"person_id": person_id, "size": size}
        if persona_id:
            values["persona_id"] = persona_id
        if after:
            values |= {"created_at": after.at, "feedback_id": after.id}
        rows = await self._database.rows(_page(persona_id is not None, after is not None), **values)
        return [_feedback(person_id, row) for row in rows]

    async def tallies(self, person_id: PersonId, first_week: date) -> list[Tally]:
        rows = await self._database.rows(TALLIES, person_id=person_id, first_week=first_week)
        return [Tally(*row) for row in rows]

    async def weights(self, person_id: PersonId) -> list[TraitWeight]:
        rows = await self._database.rows(WEIGHTS, person_id=person_id)
        return [_weight(row) for row in rows]

    async def refusals(self, person_id: PersonId, since: datetime) -> list[Refusal]:
        rows = await self._database.rows(REFUSALS, person_id=person_id, since=since)
        return [Refusal(*row) for row in rows]


class _PostgresTurn:
    def __init__(self, connection: Connection, person_id: PersonId) -> None:
        self._connection = connection
        self._person_id = person_id

    async def find(self, feedback_id: UUID, request_id: str) -> Feedback | None:
        row = await self._connection.row(
            FIND, person_id=self._person_id, feedback_id=feedback_id, request_id=request_id
        )
        return _feedback(self._person_id, row) if row else None

    async def count_on(self, day: date) -> int:
        given: int | None = await self._connection.value(
            COUNT_ON, person_id=self._person_id, day=day
        )
        return given or 0

    async def weights_of(self, suggestion_type: str) -> Sequence[TraitWeight]:
        rows = await self._connection.rows(
            WEIGHTS_OF, person_id=self._person_id, suggestion_type=suggestion_type
        )
        return [_weight(row) for row in rows]

    async def save(self, feedback: Feedback, weights: Sequence[TraitWeight], day: date) -> None:
        owner = {"person_id": self._person_id}
        await self._connection.run(KEEP, **owner, **_values(feedback))
        await self._connection.run_many(
            KEEP_WEIGHT, [owner | _weight_values(weight) for weight in weights]
        )
        await self._connection.run(COUNT_ONE, **owner, day=day)


def _values(feedback: Feedback) -> dict[str, object]:
    return {
        "feedback_id": feedback.feedback_id,
        "persona_id": feedback.persona_id,
        "suggestion_id": feedback.suggestion_id,
        "suggestion_type": feedback.suggestion_type,
        "helpful": feedback.helpful,
        "trait": feedback.trait,
        "weight": feedback.weight,
        "created_at": feedback.created_at,
        "zone": feedback.zone,
        "local_day": feedback.local_at.date(),
        "part_of_day": feedback.part_of_day,
        "request_id": feedback.request_id,
    }


def _weight_values(weight: TraitWeight) -> dict[str, object]:
    return {
        "suggestion_type": weight.suggestion_type,
        "trait": weight.trait,
        "weight": weight.weight,
        "original": weight.original,
        "refused_at": list(weight.refused_at),
        "updated_at": weight.updated_at,
    }


def _feedback(person_id: PersonId, row: Row) -> Feedback:
    return Feedback(person_id=person_id, **row)


def _weight(row: Row) -> TraitWeight:
    return TraitWeight(**{**row, "refused_at": tuple(row.refused_at)})
