"""Puts feedback together."""

from datetime import timedelta
from functools import partial

from personakit.feedback.v1.feedback_pb2_grpc import add_FeedbackServiceServicer_to_server
from personakit.ingest.v1.person_data_pb2_grpc import add_PersonDataServiceServicer_to_server
from services.feedback import usecases
from services.feedback.api import FeedbackApi, SignedSuggestions, sections
from services.feedback.store import HOLDING, PostgresFeedbacks, PostgresPopulations
from services.feedback.usecases import Desk, Newcomers
from services.kit.database import Database
from services.kit.loops import every
from services.kit.person_data import PersonDataApi, PersonEraser
from services.kit.process import Service
from services.kit.settings import Settings

# Renewed once a day by whoever looks first, so that a process that was down misses no day.
BETWEEN_LOOKS_AT_POPULATION = timedelta(minutes=10)
BETWEEN_FORGETTING = timedelta(days=1)


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    database = Database(
        settings.database_url("feedback"),
        application="feedback",
        pool_size=settings.pool_size,
    )
    suggestions = SignedSuggestions(settings.secret("signing-key").encode())
    feedbacks, clock = PostgresFeedbacks(database), settings.clock()
    newcomers = Newcomers(PostgresPopulations(database), clock)
    api = FeedbackApi(Desk(feedbacks, suggestions, newcomers, clock))
    kept = sections(feedbacks, clock)
    person_data = PersonDataApi(kept, PersonEraser(database, HOLDING))
    return Service(
        name="feedback",
        database=database,
        servicers=[
            partial(add_FeedbackServiceServicer_to_server, api),
            partial(add_PersonDataServiceServicer_to_server, person_data),
        ],
        loops=[
            every(BETWEEN_LOOKS_AT_POPULATION, "renew the population", newcomers.renew),
            every(
                BETWEEN_FORGETTING,
                "forget weight changes",
                partial(usecases.forget_changes, feedbacks, clock),
            ),
        ],
    )
