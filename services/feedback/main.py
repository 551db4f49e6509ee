"""Puts feedback together."""

from datetime import timedelta
from functools import partial

from personakit.feedback.v1.feedback_pb2_grpc import add_FeedbackServiceServicer_to_server
from services.feedback import usecases
from services.feedback.api import FeedbackApi, SignedSuggestions, sections
from services.feedback.store import HOLDING, PostgresFeedbacks, PostgresPopulations
from services.feedback.usecases import Desk, Newcomers
from services.kit.loops import every
from services.kit.person_data import person_data
from services.kit.process import Service, own_database
from services.kit.settings import Settings

# Renewed once a day by whoever looks first, so that a process that was down misses no day.
BETWEEN_LOOKS_AT_POPULATION = timedelta(minutes=10)
BETWEEN_FORGETTING = timedelta(days=1)


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    database, clock = own_database("feedback", settings), settings.clock()
    suggestions = SignedSuggestions(settings.secret("signing-key").encode())
    feedbacks = PostgresFeedbacks(database)
    newcomers = Newcomers(PostgresPopulations(database), clock)
    api = FeedbackApi(Desk(feedbacks, suggestions, newcomers, clock))
    forget = partial(usecases.forget_changes, feedbacks, clock)
    return Service(
        name="feedback",
        database=database,
        servicers=[
            partial(add_FeedbackServiceServicer_to_server, api),
            person_data(database, HOLDING, sections(feedbacks, clock)),
        ],
        loops=[
            every(BETWEEN_LOOKS_AT_POPULATION, "renew the population", newcomers.renew),
            every(BETWEEN_FORGETTING, "forget weight changes", forget),
        ],
    )
