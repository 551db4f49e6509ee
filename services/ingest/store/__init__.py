"""Observations, people, their tasks and their erasures in Postgres."""

from services.ingest.store.observations import PostgresObservations, PostgresPeople
from services.ingest.store.person_data import HOLDING, PostgresErasures, PostgresTasks
from services.ingest.store.upkeep import PostgresQueueUpkeep

__all__ = [
    "HOLDING",
    "PostgresErasures",
    "PostgresObservations",
    "PostgresPeople",
    "PostgresQueueUpkeep",
    "PostgresTasks",
]
