"""What was learned of people in general: a small table, the same for everybody."""

from alembic import op

revision = "profiler_0003"
down_revision = "profiler_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A row names nobody, and none is learned from fewer than fifty people. Without content there
    # were too few, and what is shipped holds.
    op.execute("""
        CREATE TABLE profiler.priors (
            number     integer PRIMARY KEY,
            base       text NOT NULL,
            people     integer NOT NULL,
            content    jsonb,
            learned_at timestamptz NOT NULL,
            CHECK (content IS NULL OR people >= 50)
        )
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON profiler.priors TO personakit_profiler")


def downgrade() -> None:
    op.execute("DROP TABLE profiler.priors")
