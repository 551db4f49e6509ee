"""One person's turn to write: a transaction that holds their row."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.feedback.model import Feedback, Helpfulness, PersonId, TraitWeight, WeightChange
from services.feedback.store import rows
from services.kit.database import Connection
from services.kit.sql import Sql

FIND = Sql(f"""
    SELECT {rows.FEEDBACK} FROM feedback.feedback
    WHERE person_id = :person_id
      AND (feedback_id = :feedback_id OR request_id = nullif(:request_id, ''))
    ORDER BY (request_id = :request_id) DESC NULLS LAST
    LIMIT 1
""")

GIVEN_BETWEEN = Sql("""
    SELECT count(*) FROM feedback.feedback
    WHERE person_id = :person_id AND created_at >= :from AND created_at < :until
""")

WEIGHTS = Sql(f"""
    SELECT {rows.WEIGHT} FROM feedback.trait_weights
    WHERE person_id = :person_id AND :suggestion_type IN (suggestion_type, '')
""")

HELPFULNESS = Sql(f"""
    SELECT {rows.HELPFULNESS} FROM feedback.helpfulness
    WHERE person_id = :person_id AND suggestion_type = :suggestion_type
      AND part_of_day = :part_of_day
""")

KEEP = Sql("""
    INSERT INTO feedback.feedback
        (person_id, feedback_id, persona_id, suggestion_id, suggestion_type, helpful, trait,
         weight, bias, suggested_at, created_at, zone, local_day, part_of_day, request_id)
    VALUES
        (:person_id, :feedback_id, :persona_id, :suggestion_id, :suggestion_type, :helpful, :trait,
         :weight, :bias, :suggested_at, :created_at, :zone, :local_day, :part_of_day,
         nullif(:request_id, ''))
""")

KEEP_HELPFULNESS = Sql("""
    INSERT INTO feedback.helpfulness
        (person_id, suggestion_type, part_of_day, helpful, not_helpful, as_of)
    VALUES (:person_id, :suggestion_type, :part_of_day, :helpful, :not_helpful, :as_of)
    ON CONFLICT (person_id, suggestion_type, part_of_day) DO UPDATE
    SET helpful = excluded.helpful, not_helpful = excluded.not_helpful, as_of = excluded.as_of
""")

KEEP_WEIGHT = Sql("""
    INSERT INTO feedback.trait_weights
        (person_id, suggestion_type, trait, weight, original, refused_at, updated_at, raised,
         lowered)
    VALUES (:person_id, :suggestion_type, :trait, :weight, :original, :refused_at, :updated_at,
            :raised, :lowered)
    ON CONFLICT (person_id, suggestion_type, trait) DO UPDATE
    SET weight = excluded.weight, refused_at = excluded.refused_at,
        updated_at = excluded.updated_at, raised = excluded.raised, lowered = excluded.lowered
""")

KEEP_CHANGE = Sql("""
    INSERT INTO feedback.weight_changes
        (person_id, change_id, suggestion_type, trait, before, after, cause, feedback_id,
         changed_at)
    VALUES (:person_id, :change_id, :suggestion_type, :trait, :before, :after, :cause,
            :feedback_id, :changed_at)
""")


class PostgresTurn:
    """Implements `usecases.Turn` on a connection that holds the person's row."""

    def __init__(self, connection: Connection, person_id: PersonId) -> None:
        self._connection = connection
        self._person_id = person_id

    async def find(self, feedback_id: UUID, request_id: str) -> Feedback | None:
        row = await self._connection.row(
            FIND, person_id=self._person_id, feedback_id=feedback_id, request_id=request_id
        )
        return rows.feedback(self._person_id, row) if row else None

    async def given_between(self, from_: datetime, until: datetime) -> int:
        values = {"person_id": self._person_id, "from": from_, "until": until}
        given: int = await self._connection.value(GIVEN_BETWEEN, **values)
        return given

    async def weights(self, suggestion_type: str) -> Sequence[TraitWeight]:
        found = await self._connection.rows(
            WEIGHTS, person_id=self._person_id, suggestion_type=suggestion_type
        )
        return [rows.weight(row) for row in found]

    async def helpfulness(self, suggestion_type: str, part_of_day: str) -> Helpfulness | None:
        row = await self._connection.row(
            HELPFULNESS,
            person_id=self._person_id,
            suggestion_type=suggestion_type,
            part_of_day=part_of_day,
        )
        return rows.helpfulness(row) if row else None

    async def keep(self, feedback: Feedback, helpfulness: Helpfulness) -> None:
        owner = {"person_id": self._person_id}
        await self._connection.run(KEEP, **owner, **rows.values_of_feedback(feedback))
        await self._connection.run(
            KEEP_HELPFULNESS, **owner, **rows.values_of_helpfulness(helpfulness)
        )

    async def move(self, weights: Sequence[TraitWeight], changes: Sequence[WeightChange]) -> None:
        owner = {"person_id": self._person_id}
        await self._connection.run_many(
            KEEP_WEIGHT, [owner | rows.values_of_weight(one) for one in weights]
        )
        await self._connection.run_many(
            KEEP_CHANGE, [owner | rows.values_of_change(one) for one in changes]
        )
