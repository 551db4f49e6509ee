"""`python -m tests.chaos.poisoned`: a profiler whose worker dies of one marked observation.

It is put together like the real one, but for the books: opening them with a claim on the marked
observation ends the process, as an exhausted memory or a fault in a library would.
"""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.kit.database import Database
from services.kit.process import Service, run_process
from services.kit.settings import Settings
from services.kit.supervisor import on_signal
from services.profiler.model import Claim
from services.profiler.store import PostgresLedgers, PostgresNotices, PostgresQueue
from services.profiler.store.ledgers import OpenPostgresLedgers
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Processor
from services.profiler.worker import Worker

POISON = 1_700_000_000
"""Where the marked observation starts, in seconds since 1970."""


class PoisonedLedgers(PostgresLedgers):
    @asynccontextmanager
    async def open(self, claims: Sequence[Claim]) -> AsyncIterator[OpenPostgresLedgers]:
        async with super().open(claims) as ledgers:
            if POISON in [task.payload.get("start") for claim in claims for task in claim.tasks]:
                os._exit(9)
            yield ledgers


def assemble(settings: Settings) -> Service:
    """Returns a profiler without its API."""
    url = settings.database_url("profiler")
    database = Database(url, application="profiler worker")
    notices = PostgresNotices(Database(url, application="profiler notices", pool_size=1))
    queue, ledgers = PostgresQueue(database), PoisonedLedgers(database)
    worker = Worker(Processor(queue, ledgers, settings.clock(), SHIPPED), notices.tasks)
    loops = [notices.listen, worker.run]
    return Service(name="profiler", database=database, servicers=[], loops=loops)


if __name__ == "__main__":
    run_process("profiler", Settings.from_environment(), assemble, on_signal)
