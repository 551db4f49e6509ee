"""Ingest may make the queue's indexes anew."""

from alembic import op

revision = "ingest_0005"
down_revision = "ingest_0004"
branch_labels = None
depends_on = None

# A server before 17 knows no such right; there the indexes keep the size of the largest backlog.
UPGRADE = """
    DO $$
    BEGIN
        IF current_setting('server_version_num')::int >= 170000 THEN
            EXECUTE 'GRANT MAINTAIN ON ingest.outbox_tasks TO personakit_ingest';
        END IF;
    END
    $$
"""
DOWNGRADE = UPGRADE.replace("GRANT", "REVOKE").replace(" TO ", " FROM ")


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
