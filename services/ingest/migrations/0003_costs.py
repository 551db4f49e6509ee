"""An index that finds the calendar among all else, and a queue that is swept often."""

from alembic import op

revision = "ingest_0003"
down_revision = "ingest_0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Every suggestion reads the calendar around now, whatever else was observed in these weeks.
    """
    CREATE INDEX observations_of_calendar
    ON ingest.observations (person_id, started_at DESC, observation_id DESC)
    WHERE kind = 'calendar_event'
    """,
    # A task is written three times and gone after a minute: sweep by number, not by share.
    """
    ALTER TABLE ingest.outbox_tasks SET (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE ingest.outbox_tasks RESET (
            autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
            autovacuum_analyze_scale_factor, autovacuum_analyze_threshold
        )
    """)
    op.execute("DROP INDEX ingest.observations_of_calendar")
