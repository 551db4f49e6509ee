"""The day has the parts that the mindscape gives it: from 4 morning, 12 afternoon, 18 evening."""

from alembic import op

revision = "feedback_0004"
down_revision = "feedback_0003"
branch_labels = None
depends_on = None

HOUR = "extract(hour FROM suggested_at AT TIME ZONE zone)"
PARTS = f"""
    CASE WHEN {HOUR} >= 4 AND {HOUR} < 12 THEN 'morning'
         WHEN {HOUR} >= 12 AND {HOUR} < 18 THEN 'afternoon'
         ELSE 'evening' END
"""
PARTS_BEFORE = f"""
    CASE WHEN {HOUR} < 5 OR {HOUR} >= 22 THEN 'night'
         WHEN {HOUR} < 12 THEN 'morning'
         WHEN {HOUR} < 17 THEN 'afternoon'
         ELSE 'evening' END
"""
# A zone that this Postgres does not know was said to another: there the old name is near enough.
RENAME = """
    UPDATE feedback.feedback SET part_of_day =
        CASE WHEN zone IN (SELECT name FROM pg_timezone_names) THEN {parts}
             ELSE replace(part_of_day, 'night', 'evening') END
"""
ALLOW = """
    ALTER TABLE feedback.feedback ADD CONSTRAINT feedback_part_of_day_check
    CHECK (part_of_day IN ({names}))
"""
# From the verdicts, each of which is kept: for 1 when it was given, and for half after 90 days.
SUM = """
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
"""


def upgrade() -> None:
    _name(PARTS, "'morning', 'afternoon', 'evening'")


def downgrade() -> None:
    _name(PARTS_BEFORE, "'morning', 'afternoon', 'evening', 'night'")


def _name(parts: str, names: str) -> None:
    """Names the part of the day of every verdict, and sums the verdicts up anew."""
    # It locks the table too: a verdict that a feedback of before takes meanwhile would be lost.
    op.execute("ALTER TABLE feedback.feedback DROP CONSTRAINT feedback_part_of_day_check")
    op.execute(RENAME.format(parts=parts))
    op.execute(ALLOW.format(names=names))
    op.execute("DELETE FROM feedback.helpfulness")
    op.execute(SUM)
