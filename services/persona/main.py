"""Puts persona together."""

from datetime import timedelta
from functools import partial

from personakit.ingest.v1.person_data_pb2_grpc import add_PersonDataServiceServicer_to_server
from personakit.persona.v1.mapper_pb2_grpc import add_MapperServiceServicer_to_server
from personakit.persona.v1.persona_pb2_grpc import add_PersonaServiceServicer_to_server
from services.kit.channels import connect
from services.kit.database import Database
from services.kit.loops import every
from services.kit.person_data import PersonDataApi, PersonEraser
from services.kit.process import MOST_STREAMS_WITH_WATCHES, Service
from services.kit.settings import Settings
from services.persona import usecases
from services.persona.api import PersonaApi, SuggestionIds, sections, to_proto
from services.persona.mapper_api import MapperApi
from services.persona.mapper_store import PostgresMapperVersions
from services.persona.mappers import Compiler, DailyWorkOptimizer, shipped
from services.persona.neighbours import FeedbackJudgements, IngestDiary, ProfilerBeliefs
from services.persona.news import ProfilerNews
from services.persona.store import HOLDING, PostgresPersonas
from services.persona.usecases import Catalog, Neighbours, Studio, Workshop
from services.persona.usecases.watching import BETWEEN_LOOKS, Alarms, SuggestionWatch
from services.persona.watching import ResumeTokens, SuggestionStreams

BETWEEN_PURGES = timedelta(minutes=10)


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    clock = settings.clock()
    database = Database(
        settings.database_url("persona"), application="persona", pool_size=settings.pool_size
    )
    personas = PostgresPersonas(database)
    identity = settings.identity("persona")
    channels = {
        name: connect(settings.address(name), identity)
        for name in ("profiler", "feedback", "ingest")
    }
    neighbours = Neighbours(
        ProfilerBeliefs(channels["profiler"]),
        FeedbackJudgements(channels["feedback"]),
        IngestDiary(channels["ingest"]),
    )
    compiler, versions = Compiler(), PostgresMapperVersions(database)
    mappers = Catalog([DailyWorkOptimizer(), *shipped(compiler)], versions, compiler)
    workshop = Workshop(compiler, mappers, versions, clock)
    studio = Studio(neighbours, mappers, personas, clock)
    key = settings.secret("signing-key").encode()
    ids = SuggestionIds(key)
    alarms = Alarms(clock)
    watch = SuggestionWatch(studio, ProfilerNews(channels["profiler"]), alarms)
    api = PersonaApi(studio, ids, SuggestionStreams(watch, ResumeTokens(key)))
    person_data = PersonDataApi(sections(personas, ids), PersonEraser(database, HOLDING))
    purge = partial(usecases.forget_expired, personas, clock, settings.persona_retention)
    return Service(
        name="persona",
        database=database,
        most_streams=MOST_STREAMS_WITH_WATCHES,
        servicers=[
            partial(add_PersonaServiceServicer_to_server, api),
            partial(
                add_MapperServiceServicer_to_server,
                MapperApi(workshop, studio, partial(to_proto, ids=ids)),
            ),
            partial(add_PersonDataServiceServicer_to_server, person_data),
        ],
        loops=[
            every(BETWEEN_PURGES, "purge", purge),
            every(BETWEEN_LOOKS, "look at the clock", alarms.look),
            alarms.end,
        ],
        channels=list(channels.values()),
    )
