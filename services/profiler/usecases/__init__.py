"""What the profiler does: work on the queue, and answer what is believed and why."""

from services.profiler.usecases.ports import (
    NEWEST_KEPT,
    Beliefs,
    Ledgers,
    Mindscapes,
    Noted,
    Notices,
    OpenLedgers,
    Outcome,
    Queue,
    Wakeup,
    Wanted,
)
from services.profiler.usecases.processing import BACKOFF, MOST_ATTEMPTS, Processor
from services.profiler.usecases.reading import (
    explain,
    get_mindscape,
    get_status,
    list_failed,
    list_versions,
    retry_failed,
    thin_history,
    wait_processed,
)

__all__ = [
    "BACKOFF",
    "MOST_ATTEMPTS",
    "NEWEST_KEPT",
    "Beliefs",
    "Ledgers",
    "Mindscapes",
    "Noted",
    "Notices",
    "OpenLedgers",
    "Outcome",
    "Processor",
    "Queue",
    "Wakeup",
    "Wanted",
    "explain",
    "get_mindscape",
    "get_status",
    "list_failed",
    "list_versions",
    "retry_failed",
    "thin_history",
    "wait_processed",
]
