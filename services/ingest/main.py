"""Puts ingest together."""

from datetime import timedelta
from functools import partial

from personakit.ingest.v1.ingest_pb2_grpc import add_IngestServiceServicer_to_server
from services.ingest import usecases
from services.ingest.api import IngestApi
from services.ingest.store import PostgresObservations, PostgresPeople
from services.ingest.usecases import Recorder
from services.kit.batching import Batch
from services.kit.database import Database
from services.kit.loops import every
from services.kit.process import Service
from services.kit.settings import Settings

BETWEEN_PURGES = timedelta(minutes=10)


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    clock = settings.clock()
    database = Database(
        settings.database_url("ingest"), application="ingest", pool_size=settings.pool_size
    )
    observations, people = PostgresObservations(database), PostgresPeople(database)
    recorder = Recorder(observations, people, clock, settings.time_zone)
    api = IngestApi(Batch(recorder.record), observations, people, clock)
    purge = partial(usecases.purge, observations, clock, settings.observation_retention)
    return Service(
        name="ingest",
        database=database,
        servicers=[partial(add_IngestServiceServicer_to_server, api)],
        loops=[every(BETWEEN_PURGES, "purge", purge)],
    )
