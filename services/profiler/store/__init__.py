"""The queue, the books, the mindscapes and what was learned from all, in Postgres."""

from services.profiler.store.ledgers import PostgresLedgers
from services.profiler.store.mindscapes import PostgresMindscapes
from services.profiler.store.notices import PostgresNotices
from services.profiler.store.person_data import HOLDING, PostgresBeliefs
from services.profiler.store.priors import PostgresPopulation, PostgresPriors
from services.profiler.store.queue import PostgresQueue

__all__ = [
    "HOLDING",
    "PostgresBeliefs",
    "PostgresLedgers",
    "PostgresMindscapes",
    "PostgresNotices",
    "PostgresPopulation",
    "PostgresPriors",
    "PostgresQueue",
]
