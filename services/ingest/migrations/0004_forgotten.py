"""Of whom observations that can come again have been forgotten."""

from alembic import op

revision = "ingest_0004"
down_revision = "ingest_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE ingest.people ADD COLUMN forgotten boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE ingest.people DROP COLUMN forgotten")
