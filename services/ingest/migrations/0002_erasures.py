"""Erasures that are under way, and the fence that people are behind meanwhile."""

from alembic import op

revision = "ingest_0002"
down_revision = "ingest_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE ingest.people ADD COLUMN erasure_id uuid, ADD COLUMN removed jsonb")
    op.execute(
        """
        CREATE TABLE ingest.erasures (
            person_id  text PRIMARY KEY,
            erasure_id uuid NOT NULL,
            turn       uuid NOT NULL,
            turn_until timestamptz NOT NULL,
            removed    jsonb NOT NULL DEFAULT '{}'
        )
        """
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.erasures TO personakit_ingest")


def downgrade() -> None:
    op.execute("DROP TABLE ingest.erasures")
    op.execute("ALTER TABLE ingest.people DROP COLUMN erasure_id, DROP COLUMN removed")
