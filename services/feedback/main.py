"""Puts feedback together."""

from functools import partial

from personakit.feedback.v1.feedback_pb2_grpc import add_FeedbackServiceServicer_to_server
from personakit.ingest.v1.person_data_pb2_grpc import add_PersonDataServiceServicer_to_server
from services.feedback.api import FeedbackApi, SignedSuggestions, sections
from services.feedback.store import HOLDING, PostgresFeedbacks
from services.kit.database import Database
from services.kit.person_data import PersonDataApi, PersonEraser
from services.kit.process import Service
from services.kit.settings import Settings


def assemble(settings: Settings) -> Service:
    """Returns the service; nothing runs and nothing is connected yet."""
    database = Database(
        settings.database_url("feedback"),
        application="feedback",
        pool_size=settings.pool_size,
    )
    suggestions = SignedSuggestions(settings.secret("signing-key").encode())
    feedbacks, clock = PostgresFeedbacks(database), settings.clock()
    api = FeedbackApi(feedbacks, suggestions, clock)
    kept = sections(feedbacks, clock)
    person_data = PersonDataApi(kept, PersonEraser(database, HOLDING))
    return Service(
        name="feedback",
        database=database,
        servicers=[
            partial(add_FeedbackServiceServicer_to_server, api),
            partial(add_PersonDataServiceServicer_to_server, person_data),
        ],
    )
