"""Personas, each until it expires and a while longer."""

from alembic import op

revision = "persona_0001"
down_revision = None
branch_labels = ("persona",)
depends_on = None

STATEMENTS = (
    "CREATE SCHEMA persona",
    """
    CREATE TABLE persona.personas (
        person_id         text NOT NULL,
        persona_id        uuid NOT NULL,
        mapper_id         text NOT NULL,
        mapper_version    integer NOT NULL,
        mindscape_version bigint NOT NULL,
        at                timestamptz NOT NULL,
        time_zone         text NOT NULL,
        core              jsonb NOT NULL,
        overlay           jsonb NOT NULL,
        missing           text[] NOT NULL,
        created_at        timestamptz NOT NULL,
        expires_at        timestamptz NOT NULL,
        PRIMARY KEY (person_id, persona_id)
    )
    """,
    """
    CREATE INDEX personas_by_time
    ON persona.personas (person_id, created_at DESC, persona_id DESC)
    """,
    "CREATE INDEX personas_by_expiry ON persona.personas (expires_at)",
    "GRANT USAGE ON SCHEMA persona TO personakit_persona",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA persona TO personakit_persona",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA persona CASCADE")
