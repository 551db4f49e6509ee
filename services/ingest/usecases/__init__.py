"""What ingest does: record, read, retract, forget in time, know the person, export and erase."""

from services.ingest.usecases.person_data import (
    Eraser,
    Erasing,
    Erasures,
    Holder,
    Page,
    Tasks,
    export,
)
from services.ingest.usecases.recording import (
    Arrival,
    Filter,
    Observations,
    People,
    Recorded,
    Recorder,
    check,
    get,
    get_person,
    purge,
    purge_tasks,
    retract,
    update_person,
)

__all__ = [
    "Arrival",
    "Eraser",
    "Erasing",
    "Erasures",
    "Filter",
    "Holder",
    "Observations",
    "Page",
    "People",
    "Recorded",
    "Recorder",
    "Tasks",
    "check",
    "export",
    "get",
    "get_person",
    "purge",
    "purge_tasks",
    "retract",
    "update_person",
]
