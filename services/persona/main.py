"""Puts persona together."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import grpc

from personakit.persona.v1.mapper_pb2_grpc import add_MapperServiceServicer_to_server
from personakit.persona.v1.persona_pb2_grpc import add_PersonaServiceServicer_to_server
from services.kit.channels import connect
from services.kit.loops import every
from services.kit.person_data import person_data
from services.kit.process import MOST_STREAMS_WITH_WATCHES, Service, own_database
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
ASKED = ("profiler", "feedback", "ingest")


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    database, clock = own_database("persona", settings), settings.clock()
    key, identity = settings.secret("signing-key").encode(), settings.identity("persona")
    channels = {name: connect(settings.address(name), identity) for name in ASKED}
    compiler, versions = Compiler(), PostgresMapperVersions(database)
    mappers = Catalog([DailyWorkOptimizer(), *shipped(compiler)], versions, compiler)
    workshop = Workshop(compiler, mappers, versions, clock)
    personas, ids, alarms = PostgresPersonas(database), SuggestionIds(key), Alarms(clock)
    studio = Studio(_neighbours(channels), mappers, personas, clock)
    watch = SuggestionWatch(studio, ProfilerNews(channels["profiler"]), alarms)
    api = PersonaApi(studio, ids, SuggestionStreams(watch, ResumeTokens(key)))
    mapper_api = MapperApi(workshop, studio, partial(to_proto, ids=ids))
    purge = partial(usecases.forget_expired, personas, clock, settings.persona_retention)
    return Service(
        name="persona",
        database=database,
        most_streams=MOST_STREAMS_WITH_WATCHES,
        servicers=[
            partial(add_PersonaServiceServicer_to_server, api),
            partial(add_MapperServiceServicer_to_server, mapper_api),
            person_data(database, HOLDING, sections(personas, ids)),
        ],
        loops=[
            every(BETWEEN_PURGES, "purge", purge),
            every(BETWEEN_LOOKS, "look at the clock", alarms.look),
            alarms.end,
        ],
        channels=list(channels.values()),
    )


def _neighbours(channels: Mapping[str, grpc.aio.Channel]) -> Neighbours:
    return Neighbours(
        ProfilerBeliefs(channels["profiler"]),
        FeedbackJudgements(channels["feedback"]),
        IngestDiary(channels["ingest"]),
    )
