"""Records observations through the public API and waits until they are in the mindscape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from clients.connect import PersonaKit
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.profiler.v1 import profiler_pb2 as profiler

BATCH = 500
WAIT = timedelta(seconds=5)
WAITS = 24
"""How often to wait for the profiler before giving up: two minutes in all."""

Progress = Callable[[int, int], None]
"""Is told how many of how many observations are recorded."""


@dataclass(frozen=True)
class Loaded:
    """What loading came to. `pending` is 0 when all of it is in the mindscape or has failed."""

    recorded: int
    already_recorded: int
    pending: int
    failed: int
    mindscape_version: int

    @property
    def unfinished(self) -> bool:
        """Tell whether something is not in the mindscape."""
        return self.pending + self.failed > 0


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


async def load(
    personakit: PersonaKit,
    observations: Sequence[ingest.Observation],
    progress: Progress = no_progress,
) -> Loaded:
    """Record observations of one person, in batches that are each stored as a whole or not at all.

    Observations need a source, so that loading again stores nothing twice. Waits for two minutes
    at most. Raises grpc.aio.AioRpcError.
    """
    recorded = already = 0
    for first in range(0, len(observations), BATCH):
        batch = observations[first : first + BATCH]
        request = ingest.RecordObservationsRequest(observations=batch)
        answer = await personakit.ingest.RecordObservations(request)
        recorded, already = recorded + answer.recorded, already + answer.already_recorded
        progress(first + len(batch), len(observations))
    status = await _wait(personakit, observations[0].person_id if observations else "")
    return Loaded(recorded, already, status.pending, status.failed, status.mindscape_version)


async def _wait(personakit: PersonaKit, person_id: str) -> profiler.ProcessingStatus:
    status = profiler.ProcessingStatus()
    request = profiler.WaitProcessedRequest(person_id=person_id)
    request.timeout.FromTimedelta(WAIT)
    for _ in range(WAITS if person_id else 0):
        status = await personakit.profiler.WaitProcessed(request)
        if not status.pending:
            break
    return status
