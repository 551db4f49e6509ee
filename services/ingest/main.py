"""Puts ingest together."""

from datetime import timedelta
from functools import partial

from personakit.ingest.v1.ingest_pb2_grpc import add_IngestServiceServicer_to_server
from services.ingest import usecases
from services.ingest.api import IngestApi, sections
from services.ingest.neighbours import GrpcHolder
from services.ingest.store import (
    HOLDING,
    PostgresErasures,
    PostgresObservations,
    PostgresPeople,
    PostgresQueueUpkeep,
    PostgresTasks,
)
from services.ingest.usecases import Eraser, Recorder
from services.kit.batching import Batch
from services.kit.channels import connect
from services.kit.clock import Clock
from services.kit.database import Database
from services.kit.loops import Loop, every
from services.kit.person_data import person_data
from services.kit.process import Service, own_database
from services.kit.settings import Settings

BETWEEN_PURGES = timedelta(minutes=10)
BETWEEN_PURGES_OF_TASKS = timedelta(seconds=15)
BETWEEN_ERASURES = timedelta(seconds=5)
# One is made ready while the database works on the other and waits for the disk.
FLUSHES_AT_ONCE = 2


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    database, clock = own_database("ingest", settings), settings.clock()
    observations, people = PostgresObservations(database), PostgresPeople(database)
    recorder = Recorder(observations, people, clock, settings.time_zone)
    identity = settings.identity("ingest")
    channels = {name: connect(address, identity) for name, address in settings.addresses.items()}
    holders = {name: GrpcHolder(name, channel) for name, channel in channels.items()}
    eraser = Eraser(PostgresErasures(database), holders, clock)
    recorded = Batch(recorder.record, at_once=FLUSHES_AT_ONCE)
    api = IngestApi(recorded, observations, people, clock, eraser, holders)
    kept = sections(people, observations, PostgresTasks(database))
    return Service(
        name="ingest",
        database=database,
        servicers=[
            partial(add_IngestServiceServicer_to_server, api),
            person_data(database, HOLDING, kept),
        ],
        loops=[
            *_purges(database, observations, clock, settings.observation_retention),
            every(BETWEEN_ERASURES, "resume erasures", eraser.resume),
        ],
        channels=list(channels.values()),
    )


def _purges(
    database: Database, observations: PostgresObservations, clock: Clock, retention: timedelta
) -> list[Loop]:
    purge = partial(usecases.purge, observations, clock, retention)
    purge_tasks = partial(usecases.purge_tasks, observations, clock)
    return [
        every(BETWEEN_PURGES, "purge", purge),
        every(BETWEEN_PURGES_OF_TASKS, "purge tasks", purge_tasks),
        every(BETWEEN_PURGES_OF_TASKS, "shrink the queue", PostgresQueueUpkeep(database).shrink),
    ]
