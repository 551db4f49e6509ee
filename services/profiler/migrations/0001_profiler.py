"""The day ledger, its weeks, what is believed and was, and who works on whom."""

from alembic import op

revision = "profiler_0001"
down_revision = None
branch_labels = ("profiler",)
depends_on = None

STATEMENTS = (
    "CREATE SCHEMA profiler",
    "GRANT USAGE ON SCHEMA profiler TO personakit_profiler",
    """
    CREATE TABLE profiler.days (
        person_id text NOT NULL,
        day       date NOT NULL,
        facts     jsonb NOT NULL,
        PRIMARY KEY (person_id, day)
    )
    """,
    """
    CREATE TABLE profiler.weeks (
        person_id text NOT NULL,
        week      date NOT NULL,
        format    integer NOT NULL,
        counts    jsonb NOT NULL,
        marks     jsonb NOT NULL,
        PRIMARY KEY (person_id, week)
    )
    """,
    # Short-lived rows, changed with every claim: room on each page keeps that cheap.
    """
    CREATE TABLE profiler.leases (
        person_id   text PRIMARY KEY,
        token       uuid NOT NULL,
        lease_until timestamptz NOT NULL
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE TABLE profiler.mindscapes (
        person_id  text PRIMARY KEY,
        version    bigint NOT NULL,
        zone       text NOT NULL,
        traits     jsonb NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE profiler.mindscape_versions (
        person_id  text NOT NULL,
        version    bigint NOT NULL,
        zone       text NOT NULL,
        traits     jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (person_id, version)
    )
    """,
    """
    CREATE INDEX mindscape_versions_by_time
    ON profiler.mindscape_versions (person_id, updated_at DESC)
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA profiler TO personakit_profiler
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA profiler CASCADE")
