"""Observations, the people they are of, and the tasks they lead to."""

from alembic import op

revision = "ingest_0001"
down_revision = None
branch_labels = ("ingest",)
depends_on = None

STATEMENTS = (
    "CREATE SCHEMA ingest",
    """
    CREATE TABLE ingest.people (
        person_id  text PRIMARY KEY,
        time_zone  text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE ingest.observations (
        person_id      text NOT NULL,
        observation_id uuid NOT NULL,
        started_at     timestamptz NOT NULL,
        ended_at       timestamptz NOT NULL,
        recorded_at    timestamptz NOT NULL,
        kind           text NOT NULL,
        time_zone      text NOT NULL,
        source         text,
        source_id      text,
        body           jsonb NOT NULL,
        PRIMARY KEY (person_id, observation_id)
    )
    """,
    "CREATE INDEX observations_by_time ON ingest.observations (person_id, started_at DESC)",
    # Retention looks for the oldest of all people: a block range index finds them for a few pages.
    "CREATE INDEX observations_by_age ON ingest.observations USING brin (recorded_at)",
    """
    CREATE TABLE ingest.outbox_tasks (
        person_id    text NOT NULL,
        task_id      uuid NOT NULL,
        position     bigint GENERATED ALWAYS AS IDENTITY,
        task_type    text NOT NULL,
        payload      jsonb NOT NULL,
        status       text NOT NULL DEFAULT 'pending'
                     CHECK (status IN ('pending', 'in_progress', 'done', 'failed')),
        attempts     integer NOT NULL DEFAULT 0,
        last_error   text,
        run_after    timestamptz NOT NULL,
        completed_at timestamptz,
        created_at   timestamptz NOT NULL,
        updated_at   timestamptz NOT NULL,
        PRIMARY KEY (person_id, task_id)
    )
    """,
    "CREATE INDEX outbox_tasks_by_status ON ingest.outbox_tasks (status, run_after)",
    """
    CREATE INDEX outbox_tasks_open ON ingest.outbox_tasks (person_id, position)
    WHERE status <> 'done'
    """,
    "GRANT USAGE ON SCHEMA ingest TO personakit_ingest, personakit_profiler",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ingest TO personakit_ingest",
    # The queue is the one table that another service works on.
    "GRANT SELECT, UPDATE ON ingest.outbox_tasks TO personakit_profiler",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA ingest CASCADE")
