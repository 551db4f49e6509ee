"""The row of a person is the fence that an erasure closes."""

from alembic import op

revision = "feedback_0002"
down_revision = "feedback_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE feedback.people ADD COLUMN erasure_id uuid, ADD COLUMN removed jsonb")


def downgrade() -> None:
    op.execute("ALTER TABLE feedback.people DROP COLUMN erasure_id, DROP COLUMN removed")
