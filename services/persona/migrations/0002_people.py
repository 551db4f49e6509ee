"""A row a person: the fence that an erasure closes, and the life that a persona belongs to."""

from alembic import op

revision = "persona_0002"
down_revision = "persona_0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE persona.people (
        person_id  text PRIMARY KEY,
        life       uuid NOT NULL,
        erasure_id uuid,
        removed    jsonb
    )
    """,
    "GRANT SELECT, INSERT, UPDATE, DELETE ON persona.people TO personakit_persona",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE persona.people")
