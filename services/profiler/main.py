"""Puts the profiler together."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from personakit.profiler.v1.profiler_pb2_grpc import add_ProfilerServiceServicer_to_server
from services.kit.clock import Clock
from services.kit.database import Database
from services.kit.errors import Refusal
from services.kit.loops import Loop, every, in_thread
from services.kit.person_data import person_data
from services.kit.process import MOST_STREAMS_WITH_WATCHES, Service, own_database
from services.kit.settings import Settings
from services.profiler import usecases
from services.profiler.api import ProfilerApi, sections
from services.profiler.store import (
    HOLDING,
    PostgresBeliefs,
    PostgresLedgers,
    PostgresMindscapes,
    PostgresNotices,
    PostgresPopulation,
    PostgresPriors,
    PostgresQueue,
)
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Explainer, Processor, Wakeup, Watch
from services.profiler.worker import LANES, QueueMetrics, Worker

BETWEEN_ADOPTIONS = timedelta(minutes=1)
BETWEEN_LESSONS = timedelta(hours=1)
BETWEEN_THINNINGS = timedelta(days=1)
BETWEEN_MEASUREMENTS = timedelta(seconds=15)
JUST_NOW = timedelta(milliseconds=50)
"""Whoever asked or recorded so recently may do so again."""


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    database, clock = own_database("profiler", settings), settings.clock()
    queue, mindscapes = PostgresQueue(database), PostgresMindscapes(database)
    notices = PostgresNotices(database)
    priors, ledgers = PostgresPriors(database), PostgresLedgers(database)

    def busy() -> bool:
        """Whether others ask or record: part of the machine is theirs."""
        return database.used_within(JUST_NOW) or notices.tasks.rung_within(JUST_NOW)

    explainer = Explainer(mindscapes, ledgers, priors, clock)
    watch = Watch(mindscapes, notices)
    api = ProfilerApi(queue, ledgers, mindscapes, explainer, notices, watch, clock)
    return Service(
        name="profiler",
        database=database,
        most_streams=MOST_STREAMS_WITH_WATCHES,
        servicers=[
            partial(add_ProfilerServiceServicer_to_server, api),
            person_data(database, HOLDING, sections(PostgresBeliefs(database))),
        ],
        loops=[
            notices.listen,
            watch.run,
            in_thread(partial(_work, settings, notices.tasks, busy)),
            *_now_and_then(database, clock),
        ],
    )


def _now_and_then(database: Database, clock: Clock) -> list[Loop]:
    learn = partial(usecases.learn, PostgresPopulation(database), PostgresPriors(database), clock)
    thin = partial(usecases.thin_history, PostgresMindscapes(database), clock)
    metrics = QueueMetrics(PostgresQueue(database), clock)
    return [
        every(BETWEEN_LESSONS, "learn", learn),
        every(BETWEEN_MEASUREMENTS, "measure the queue", metrics.measure),
        every(BETWEEN_THINNINGS, "thin", thin),
    ]


async def _work(
    settings: Settings, tasks: Wakeup, busy: Callable[[], bool], stop: asyncio.Event
) -> None:
    """Works, in a thread with a pool of its own: calls that crowd theirs do not keep the worker
    from what it has claimed, and what it computes does not keep calls."""
    url, clock = settings.database_url("profiler"), settings.clock()
    workshop = Database(url, application="profiler worker", pool_size=LANES, durable=False)
    processor = Processor(PostgresQueue(workshop), PostgresLedgers(workshop), clock, SHIPPED)
    adopt = partial(usecases.adopt, PostgresPriors(workshop), processor.adopt)
    try:
        # From the first fold on with the newest prior; if the database does not tell it, it has no
        # work either.
        with suppress(Refusal):
            await adopt()
        async with asyncio.TaskGroup() as group:
            group.create_task(every(BETWEEN_ADOPTIONS, "adopt the newest prior", adopt)(stop))
            group.create_task(Worker(processor, tasks, busy=busy).run(stop))
    finally:
        await workshop.close()
