"""Puts feedback together."""

from functools import partial

from personakit.feedback.v1.feedback_pb2_grpc import add_FeedbackServiceServicer_to_server
from services.feedback.api import FeedbackApi, SignedSuggestions
from services.feedback.store import PostgresFeedbacks
from services.kit.database import Database
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
    api = FeedbackApi(PostgresFeedbacks(database), suggestions, settings.clock())
    return Service(
        name="feedback",
        database=database,
        servicers=[partial(add_FeedbackServiceServicer_to_server, api)],
    )
