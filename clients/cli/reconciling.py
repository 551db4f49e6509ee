"""Brings what is recorded of a source in line with what a file says now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from clients.connect import PersonaKit
from clients.importers.plan import Import, Plan
from personakit.ingest.v1 import ingest_pb2 as pb

BATCH: Final = 1000
"""The most that RecordObservations takes, and the largest page."""
AT_ONCE: Final = 16
"""Retractions under way at one time."""
BATCH_DEADLINE: Final = timedelta(seconds=60)

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do; the import itself says what it left out."""

    imported: Import
    recorded: int
    already_recorded: int
    retracted: int

    @classmethod
    def expected(cls, imported: Import, plan: Plan) -> Outcome:
        """What carrying out the plan would do."""
        return cls(imported, len(plan.to_record), len(plan.unchanged), len(plan.to_retract))

    @property
    def changed(self) -> bool:
        """Whether there is anything to wait for."""
        return self.recorded + self.retracted > 0


async def list_recorded(api: PersonaKit, person_id: str, source: str) -> list[pb.Observation]:
    """All that is recorded of the person under the source."""
    request = pb.ListObservationsRequest(person_id=person_id, source=source, page_size=BATCH)
    found: list[pb.Observation] = []
    while True:
        page = await api.ingest.ListObservations(request)
        found.extend(page.observations)
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def carry_out(api: PersonaKit, imported: Import, plan: Plan) -> Outcome:
    """Retracts, then records, with a progress bar on a terminal. Doing it again is safe."""
    with _progress() as progress:
        bar = progress.add_task("Retracting", total=len(plan.to_retract))
        for some in _batches(plan.to_retract, AT_ONCE):
            await asyncio.gather(*(_retract(api, each) for each in some))
            progress.advance(bar, len(some))
    recorded, already = await record_all(api, plan.to_record)
    return Outcome(imported, recorded, already + len(plan.unchanged), len(plan.to_retract))


async def record_all(api: PersonaKit, observations: Sequence[pb.Observation]) -> tuple[int, int]:
    """Records them with a progress bar on a terminal; counts the new, and those that were there."""
    recorded = already = 0
    with _progress() as progress:
        bar = progress.add_task("Recording", total=len(observations))
        for some in _batches(observations, BATCH):
            answer = await _record(api, some)
            recorded += answer.recorded
            already += answer.already_recorded
            progress.advance(bar, len(some))
    return recorded, already


@contextmanager
def waiting() -> Iterator[None]:
    """Shows on a terminal that something is under way."""
    with _messages().status("Waiting until the mindscape reflects it"):
        yield


async def _retract(api: PersonaKit, observation: pb.Observation) -> None:
    request = pb.RetractObservationRequest(
        person_id=observation.person_id, observation_id=observation.observation_id
    )
    await api.ingest.RetractObservation(request)


async def _record(
    api: PersonaKit, observations: Sequence[pb.Observation]
) -> pb.RecordObservationsResponse:
    request = pb.RecordObservationsRequest(observations=observations)
    return await api.ingest.RecordObservations(request, timeout=BATCH_DEADLINE.total_seconds())


def _batches(items: Sequence[_Item], size: int) -> Iterator[list[_Item]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _progress() -> Progress:
    console = _messages()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _messages() -> Console:
    return Console(stderr=True, highlight=False)
