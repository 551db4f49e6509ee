"""Verdicts, the weights they move, and how many a person gave on a day."""

from alembic import op

revision = "feedback_0001"
down_revision = None
branch_labels = ("feedback",)
depends_on = None

STATEMENTS = (
    "CREATE SCHEMA feedback",
    # One row a person: who writes for a person writes this row first.
    """
    CREATE TABLE feedback.people (
        person_id text PRIMARY KEY,
        turns     bigint NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE feedback.feedback (
        person_id       text NOT NULL,
        feedback_id     uuid NOT NULL,
        persona_id      uuid NOT NULL,
        suggestion_id   text NOT NULL,
        suggestion_type text NOT NULL,
        helpful         boolean NOT NULL,
        trait           text NOT NULL,
        weight          double precision NOT NULL,
        created_at      timestamptz NOT NULL,
        zone            text NOT NULL,
        local_day       date NOT NULL,
        part_of_day     text NOT NULL
            CHECK (part_of_day IN ('morning', 'afternoon', 'evening', 'night')),
        request_id      text,
        PRIMARY KEY (person_id, feedback_id),
        UNIQUE (person_id, request_id)
    )
    """,
    """
    CREATE INDEX feedback_by_time
    ON feedback.feedback (person_id, created_at DESC, feedback_id DESC)
    """,
    """
    CREATE INDEX feedback_by_persona
    ON feedback.feedback (person_id, persona_id, created_at DESC)
    """,
    """
    CREATE TABLE feedback.trait_weights (
        person_id       text NOT NULL,
        suggestion_type text NOT NULL,
        trait           text NOT NULL,
        weight          double precision NOT NULL,
        original        double precision NOT NULL,
        refused_at      timestamptz[] NOT NULL,
        updated_at      timestamptz NOT NULL,
        PRIMARY KEY (person_id, suggestion_type, trait)
    )
    """,
    """
    CREATE TABLE feedback.daily_counters (
        person_id text NOT NULL,
        day       date NOT NULL,
        given     integer NOT NULL,
        PRIMARY KEY (person_id, day)
    )
    """,
    "GRANT USAGE ON SCHEMA feedback TO personakit_feedback",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA feedback TO personakit_feedback",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA feedback CASCADE")
