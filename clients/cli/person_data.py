"""`export`, `erase`, `retract` and `import export`: what is kept of a person is theirs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from clients.cli.imports import File
from clients.cli.options import Address, Json, Person, PersonIfGiven, Wait
from clients.cli.people import wait_processed
from clients.cli.reconciling import record_all, waiting
from clients.cli.remembered import ShownSuggestions
from clients.cli.session import MISUSED, call, note, show, show_json, stop
from clients.cli.show import observation as observation_shown
from clients.cli.show import person_data as shown
from clients.cli.show.words import many
from clients.connect import PersonaKit
from clients.importers.export import Document, read_document
from clients.importers.plan import ImportRefused
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.profiler.v1 import profiler_pb2

PATIENCE = timedelta(minutes=10)
SHORT_PATIENCE = timedelta(seconds=10)
ERASURE = timedelta(seconds=60)
"""Longer than the slowest service may take."""

To = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]", dir_okay=False, help="Written anew; left out, standard output."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether it is meant.")]
Observation = Annotated[
    str, typer.Argument(metavar="OBSERVATION", help="Its id, as it was recorded.")
]

Write = Callable[[bytes], object]
Status = profiler_pb2.ProcessingStatus | None


def export(file: To = None, person: Person = "", address: Address = "") -> None:
    """Write all that is kept of you into one JSON document."""

    async def read(api: PersonaKit, write: Write) -> None:
        request = pb.ExportPersonRequest(person_id=person)
        async for piece in api.ingest.ExportPerson(request, timeout=PATIENCE.total_seconds()):
            write(piece.data)

    if file is None:
        call(address, lambda api: read(api, sys.stdout.buffer.write))
        return
    try:
        with _replacing(file) as written:
            call(address, lambda api: read(api, written.write))
    except OSError as error:
        stop(f"{file} cannot be written: {error.strerror or error}.", exit_code=MISUSED)
    note(f"All that is kept of {person} is in {file}.")


@contextmanager
def _replacing(file: Path) -> Iterator[BinaryIO]:
    """Opens what takes the file's place at the end, as a whole or not at all."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(beside, "xb", opener=_private) as written:
            yield written
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def erase(
    yes: Yes = False, person: Person = "", as_json: Json = False, address: Address = ""
) -> None:
    """Remove all that is kept of you, everywhere, for good."""
    if not yes:
        typer.confirm(f"Remove all that is kept of {person}, for good?", abort=True, err=True)

    async def ask(api: PersonaKit) -> pb.ErasureReceipt:
        request = pb.ErasePersonRequest(person_id=person)
        return await api.ingest.ErasePerson(request, timeout=ERASURE.total_seconds())

    receipt = call(address, ask)
    ShownSuggestions.from_environment().forget(person)
    if as_json:
        show_json(receipt)
    else:
        show(shown.receipt(person, receipt))


def retract(
    observation: Observation, person: Person = "", wait: Wait = True, address: Address = ""
) -> None:
    """Take an observation back, as if it had never been seen."""

    async def ask(api: PersonaKit) -> Status:
        await api.ingest.RetractObservation(
            pb.RetractObservationRequest(person_id=person, observation_id=observation)
        )
        return await wait_processed(api, person, SHORT_PATIENCE) if wait else None

    status = call(address, ask)
    typer.echo(observation_shown.retracted(observation))
    if status:
        note(observation_shown.reflected(status))


def import_export(
    file: File, person: PersonIfGiven = "", wait: Wait = True, address: Address = ""
) -> None:
    """Bring a person back from what `persona-kit export` wrote, or make another one of it."""
    try:
        document = read_document(file.read_bytes(), person)
    except ImportRefused as refusal:
        stop(f"The file cannot be imported: {refusal}.")
    (recorded, already), status = call(address, lambda api: _bring_in(api, document, wait=wait))
    typer.echo(f"Imported for {document.person_id}: {many(recorded, 'observation')} recorded,")
    typer.echo(f"{already} already there, {document.without_length} left out (took no time).")
    if status:
        note(observation_shown.reflected(status))


async def _bring_in(
    api: PersonaKit, document: Document, *, wait: bool
) -> tuple[tuple[int, int], Status]:
    counts = await record_all(api, document.observations)
    if document.time_zone:
        # Afterwards, since answers that name a zone have moved the person meanwhile.
        home = pb.Person(person_id=document.person_id, time_zone=document.time_zone)
        await api.ingest.UpdatePerson(pb.UpdatePersonRequest(person=home))
    if not wait or not document.observations:
        return counts, None
    with waiting():
        return counts, await wait_processed(api, document.person_id, PATIENCE)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
