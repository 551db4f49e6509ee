"""What a persona was made from, and what the person was told that day, with the persona."""

from alembic import op

revision = "persona_0003"
down_revision = "persona_0002"
branch_labels = None
depends_on = None

# Personas from before have none: they cannot be made again.
UPGRADE = """
    ALTER TABLE persona.personas
    ADD COLUMN made_from jsonb,
    ADD COLUMN told jsonb NOT NULL DEFAULT '[]'
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("ALTER TABLE persona.personas DROP COLUMN made_from, DROP COLUMN told")
