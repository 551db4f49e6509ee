"""Keeps the queue small on disk, whatever went through it."""

from services.kit.database import Database
from services.kit.sql import Sql

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
        """Makes the queue's indexes anew once most of them is air."""
        await self._database.run(SHRINK)
