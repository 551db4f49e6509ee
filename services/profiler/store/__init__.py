"""The queue, the books and the mindscapes in Postgres."""

from services.profiler.store.ledgers import PostgresLedgers
from services.profiler.store.mindscapes import PostgresMindscapes
from services.profiler.store.notices import PostgresNotices
from services.profiler.store.person_data import HOLDING, PostgresBeliefs
from services.profiler.store.queue import PostgresQueue

__all__ = [
    "HOLDING",
    "PostgresBeliefs",
    "PostgresLedgers",
    "PostgresMindscapes",
    "PostgresNotices",
    "PostgresQueue",
]
