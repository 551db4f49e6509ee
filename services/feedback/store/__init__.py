"""Feedback in Postgres: schema `feedback`."""

from services.feedback.store.feedbacks import HOLDING, PostgresFeedbacks
from services.feedback.store.populations import PostgresPopulations

__all__ = ["HOLDING", "PostgresFeedbacks", "PostgresPopulations"]
