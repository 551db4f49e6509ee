"""How weights moved, when a type helps, and what newcomers begin with."""

from alembic import op

revision = "feedback_0003"
down_revision = "feedback_0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE feedback.feedback
        ADD COLUMN suggested_at timestamptz,
        ADD COLUMN bias smallint NOT NULL DEFAULT 0 CHECK (bias IN (-1, 0, 1))
    """,
    # What earlier verdicts did follows from the weight that each left: all began at 1.
    """
    CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
    SELECT person_id, feedback_id, suggestion_type, trait, helpful, weight, created_at,
           coalesce(lag(weight) OVER (PARTITION BY person_id, suggestion_type, trait
                                      ORDER BY created_at, feedback_id), 1) AS before
    FROM feedback.feedback
    """,
    """
    UPDATE feedback.feedback AS kept SET suggested_at = kept.created_at, bias = sign(before - 1)
    FROM moved
    WHERE moved.person_id = kept.person_id AND moved.feedback_id = kept.feedback_id
    """,
    """
    ALTER TABLE feedback.feedback
        ALTER COLUMN suggested_at SET NOT NULL, ALTER COLUMN bias DROP DEFAULT
    """,
    """
    CREATE TABLE feedback.weight_changes (
        person_id       text NOT NULL,
        change_id       uuid NOT NULL,
        suggestion_type text NOT NULL,
        trait           text NOT NULL,
        before          double precision NOT NULL,
        after           double precision NOT NULL,
        cause           text NOT NULL CHECK (cause IN ('HELPFUL', 'NOT_HELPFUL', 'RESET')),
        feedback_id     uuid,
        changed_at      timestamptz NOT NULL,
        PRIMARY KEY (person_id, change_id)
    )
    """,
    """
    CREATE INDEX weight_changes_by_time
    ON feedback.weight_changes (person_id, changed_at DESC, change_id DESC)
    """,
    "CREATE INDEX weight_changes_by_age ON feedback.weight_changes (changed_at)",
    """
    INSERT INTO feedback.weight_changes
    SELECT person_id, gen_random_uuid(), suggestion_type, trait, before, weight,
           CASE WHEN helpful THEN 'HELPFUL' ELSE 'NOT_HELPFUL' END, feedback_id, created_at
    FROM moved WHERE weight <> before
    """,
    """
    ALTER TABLE feedback.trait_weights
        ADD COLUMN raised  integer NOT NULL DEFAULT 0,
        ADD COLUMN lowered integer NOT NULL DEFAULT 0
    """,
    """
    UPDATE feedback.trait_weights AS kept SET raised = moved.raised, lowered = moved.lowered
    FROM (
        SELECT person_id, suggestion_type, trait,
               count(*) FILTER (WHERE after > before) AS raised,
               count(*) FILTER (WHERE after < before) AS lowered
        FROM feedback.weight_changes GROUP BY 1, 2, 3
    ) AS moved
    WHERE (moved.person_id, moved.suggestion_type, moved.trait)
        = (kept.person_id, kept.suggestion_type, kept.trait)
    """,
    """
    CREATE TABLE feedback.helpfulness (
        person_id       text NOT NULL,
        suggestion_type text NOT NULL,
        part_of_day     text NOT NULL,
        helpful         double precision NOT NULL,
        not_helpful     double precision NOT NULL,
        as_of           timestamptz NOT NULL,
        PRIMARY KEY (person_id, suggestion_type, part_of_day)
    )
    """,
    """
    INSERT INTO feedback.helpfulness
    SELECT person_id, suggestion_type, part_of_day,
           coalesce(sum(left_) FILTER (WHERE helpful), 0),
           coalesce(sum(left_) FILTER (WHERE NOT helpful), 0), max(as_of)
    FROM (
        SELECT *, 0.5 ^ (extract(epoch FROM as_of - created_at)
                         / extract(epoch FROM interval '90 days')) AS left_
        FROM (SELECT *, max(created_at) OVER (PARTITION BY person_id, suggestion_type, part_of_day)
                        AS as_of FROM feedback.feedback) AS dated
    ) AS faded
    GROUP BY 1, 2, 3
    """,
    """
    CREATE TABLE feedback.populations (
        version     integer PRIMARY KEY,
        computed_at timestamptz NOT NULL,
        starts      jsonb NOT NULL
    )
    """,
    "DROP TABLE feedback.daily_counters",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA feedback TO personakit_feedback",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("weight_changes", "helpfulness", "populations"):
        op.execute(f"DROP TABLE feedback.{table}")
    op.execute("ALTER TABLE feedback.feedback DROP COLUMN suggested_at, DROP COLUMN bias")
    op.execute("ALTER TABLE feedback.trait_weights DROP COLUMN raised, DROP COLUMN lowered")
    op.execute("""
        CREATE TABLE feedback.daily_counters (
            person_id text NOT NULL,
            day       date NOT NULL,
            given     integer NOT NULL,
            PRIMARY KEY (person_id, day)
        )
    """)
    op.execute("GRANT ALL ON feedback.daily_counters TO personakit_feedback")
