"""What the profiler does: work on the queue, and answer what is believed and why."""

from services.profiler.usecases.comparing import compare
from services.profiler.usecases.explaining import Explainer
from services.profiler.usecases.ports import (
    NEWEST_KEPT,
    Beliefs,
    Ledgers,
    Lesson,
    Mindscapes,
    Noted,
    Notices,
    OpenLedgers,
    Outcome,
    Population,
    Priors,
    Queue,
    Wakeup,
    Wanted,
)
from services.profiler.usecases.priors import adopt, learn, prior_named
from services.profiler.usecases.processing import BACKOFF, MOST_ATTEMPTS, MOST_TASKS, Processor
from services.profiler.usecases.reading import (
    get_mindscape,
    get_status,
    list_failed,
    list_versions,
    retry_failed,
    thin_history,
    wait_processed,
)
from services.profiler.usecases.watching import Watch

__all__ = [
    "BACKOFF",
    "MOST_ATTEMPTS",
    "MOST_TASKS",
    "NEWEST_KEPT",
    "Beliefs",
    "Explainer",
    "Ledgers",
    "Lesson",
    "Mindscapes",
    "Noted",
    "Notices",
    "OpenLedgers",
    "Outcome",
    "Population",
    "Priors",
    "Processor",
    "Queue",
    "Wakeup",
    "Wanted",
    "Watch",
    "adopt",
    "compare",
    "get_mindscape",
    "get_status",
    "learn",
    "list_failed",
    "list_versions",
    "prior_named",
    "retry_failed",
    "thin_history",
    "wait_processed",
]
