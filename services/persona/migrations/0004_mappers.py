"""Mappers that are documents: nobody's, so a reference table, the same on every node."""

from alembic import op

revision = "persona_0004"
down_revision = "persona_0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE persona.mappers (
        mapper_id        text NOT NULL,
        version          integer NOT NULL,
        description      text NOT NULL,
        required_traits  text[] NOT NULL,
        suggestion_types text[] NOT NULL,
        source           text NOT NULL,
        created_at       timestamptz NOT NULL,
        PRIMARY KEY (mapper_id, version)
    )
    """,
    "GRANT SELECT, INSERT, UPDATE, DELETE ON persona.mappers TO personakit_persona",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE persona.mappers")
