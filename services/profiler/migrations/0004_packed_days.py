"""Days deflated: every observation has its place in one of them for good."""

import zlib
from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "profiler_0004"
down_revision = "profiler_0003"
branch_labels = None
depends_on = None

READ = """
    SELECT person_id, day, {facts} AS facts FROM profiler.days
    WHERE (person_id, day) > (:person_id, :day) ORDER BY person_id, day LIMIT 1000
"""
WRITE = """
    INSERT INTO profiler.days_written (person_id, day, facts)
    VALUES (:person_id, :day, CAST(:facts AS {kind}))
"""
FIRST = {"person_id": "", "day": date.min}
# As the profiler packs them. What it writes another day is another migration's.
WINDOW_BITS, MEMORY = -10, 2


def upgrade() -> None:
    _rewrite("bytea", "CAST(facts AS text)", _packed)


def downgrade() -> None:
    _rewrite("jsonb", "facts", lambda facts: zlib.decompress(facts, WINDOW_BITS).decode())


def _packed(facts: str) -> bytes:
    deflate = zlib.compressobj(wbits=WINDOW_BITS, memLevel=MEMORY)
    return deflate.compress(facts.encode()) + deflate.flush()


def _rewrite(kind: str, read: str, convert: Callable[[Any], Any]) -> None:
    """Writes every day into a table of its own with facts of that type, and puts it in place."""
    op.execute(f"""
        CREATE TABLE profiler.days_written (
            person_id text NOT NULL, day date NOT NULL, facts {kind} NOT NULL
        )
    """)
    # A profiler of before may still be at work: what it wrote meanwhile would be lost.
    op.execute("LOCK TABLE profiler.days IN ACCESS EXCLUSIVE MODE")
    connection, last = op.get_bind(), FIRST
    while rows := connection.execute(sa.text(READ.format(facts=read)), last).mappings().all():
        written = [{**row, "facts": convert(row["facts"])} for row in rows]
        connection.execute(sa.text(WRITE.format(kind=kind)), written)
        last = {name: rows[-1][name] for name in FIRST}
    op.execute("DROP TABLE profiler.days")
    op.execute("ALTER TABLE profiler.days_written RENAME TO days")
    op.execute("ALTER TABLE profiler.days ADD CONSTRAINT days_pkey PRIMARY KEY (person_id, day)")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON profiler.days TO personakit_profiler")
