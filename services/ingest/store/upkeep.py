"""Keeps the queue small on disk, whatever went through it."""

from services.kit.database import Database
from services.kit.sql import Sql

# Autovacuum waits for some thousand dead rows: a few that are left at the end of the table keep the
# room of a whole backlog. Fewer rows than pages are mostly air.
IS_AIR = Sql("""
    SELECT pages > 125 AND pages > (
        SELECT count(*) FROM (SELECT FROM ingest.outbox_tasks LIMIT pages) AS tasks
    )
    FROM (
        SELECT pg_relation_size('ingest.outbox_tasks') / current_setting('block_size')::int AS pages
    ) AS queue
""")
# Its owner, and since 17 who may maintain it; nobody else is told more than a warning.
SWEEP = Sql("VACUUM (SKIP_LOCKED) ingest.outbox_tasks")

# Sweeping gives back the table's empty end, but never an index's empty pages: those keep the size
# of the largest backlog there ever was. Made anew they are as small as the queue. Writers wait for
# it, so it is done only when little is left to read, and not at all if somebody is in the way: it
# comes again. A server before 17 lets the owner alone do it.
SHRINK = Sql("""
    DO $$
    BEGIN
        IF pg_indexes_size('ingest.outbox_tasks')
           > greatest(1000000, 2 * pg_relation_size('ingest.outbox_tasks')) THEN
            PERFORM set_config('lock_timeout', '50ms', true);
            REINDEX TABLE ingest.outbox_tasks;
        END IF;
    EXCEPTION WHEN lock_not_available OR insufficient_privilege THEN
        NULL;
    END
    $$
""")


class PostgresQueueUpkeep:
    """Looks after the table and the indexes of the tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def shrink(self) -> None:
        """Gives back the queue's end, and makes its indexes anew, once most of them is air."""
        if await self._database.value(IS_AIR):
            await self._database.run(SWEEP)
        await self._database.run(SHRINK)
