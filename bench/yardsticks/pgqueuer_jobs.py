"""pgqueuer: an empty job for each observation, on the same database."""

import asyncio
import logging
from time import perf_counter

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

# The largest that made a difference when it was tried; the default is 10.
BATCH = 1000


def drain(database: str, jobs: int) -> float:
    """Queues the jobs, then works them off; returns jobs a second of the work alone."""

    async def run() -> float:
        logging.getLogger("pgqueuer").setLevel(logging.ERROR)
        pool = await asyncpg.create_pool(database, min_size=2, max_size=4)
        worker = PgQueuer.from_asyncpg_pool(pool)
        if not await Queries(worker.connection).schema_is_installed():
            await Queries(worker.connection).install()
        worked = 0

        @worker.entrypoint("empty")
        async def empty(job: Job) -> None:
            nonlocal worked
            worked += 1

        for _ in range(0, jobs, BATCH):
            payload: list[bytes | None] = [b"{}"] * BATCH
            await Queries(worker.connection).enqueue(["empty"] * BATCH, payload, [0] * BATCH)
        began = perf_counter()
        await worker.run(batch_size=BATCH, mode=QueueExecutionMode.drain)
        took = perf_counter() - began
        await pool.close()
        if worked != jobs:
            raise RuntimeError(f"{worked} of {jobs} jobs")
        return jobs / took

    return asyncio.run(run())
