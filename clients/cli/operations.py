"""`status`, `failed` and `retry`: how the services are, and the work on the queue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

import typer

from clients.cli.options import Address, Json, Person, PersonIfGiven, Wait
from clients.cli.people import wait_processed
from clients.cli.session import call, note, show, show_json
from clients.cli.show import observation as observation_shown
from clients.cli.show import processing as shown
from clients.cli.show.words import many
from clients.connect import PersonaKit, Target
from clients.trouble import UNREACHABLE
from personakit.gateway.v1 import health_pb2 as health
from personakit.profiler.v1 import profiler_pb2 as pb

PATIENCE = timedelta(seconds=10)

TaskIds = Annotated[
    list[str] | None, typer.Argument(metavar="[TASK]...", help="Left out, all of the person's.")
]


def status(person: PersonIfGiven = "", as_json: Json = False, address: Address = "") -> None:
    """How the services are and, with a person, how far their observations are processed.

    Exits with 3 when something does not serve.
    """
    found = call(address, lambda api: api.health.GetHealth(health.GetHealthRequest()))
    serves = found.status == health.Health.SERVING
    if not as_json:
        show(shown.services(found, Target.from_environment(address).address))
    elif not (serves and person):
        show_json(found)
    if not serves:
        raise typer.Exit(UNREACHABLE)
    if person:
        # Only now, since it takes a token where tokens are asked for.
        _show_progress(person, as_json, address)


def _show_progress(person: str, as_json: bool, address: str) -> None:
    request = pb.GetProcessingStatusRequest(person_id=person)
    found = call(address, lambda api: api.profiler.GetProcessingStatus(request))
    if as_json:
        show_json(found)
    else:
        show(shown.progress_of(found))


def failed(person: Person = "", as_json: Json = False, address: Address = "") -> None:
    """Observations whose processing was given up after three attempts."""

    async def ask(api: PersonaKit) -> pb.ListFailedTasksResponse:
        return pb.ListFailedTasksResponse(failed_tasks=[one async for one in _failed(api, person)])

    found = call(address, ask)
    if as_json:
        show_json(found)
    else:
        show(shown.failed_tasks(found.failed_tasks))


async def _failed(
    api: PersonaKit, person_id: str
) -> AsyncIterator[pb.ListFailedTasksResponse.FailedTask]:
    request = pb.ListFailedTasksRequest(person_id=person_id, page_size=1000)
    while True:
        page = await api.profiler.ListFailedTasks(request)
        for task in page.failed_tasks:
            yield task
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def retry(
    tasks: TaskIds = None, person: Person = "", wait: Wait = True, address: Address = ""
) -> None:
    """Try failed processing again."""

    async def ask(api: PersonaKit) -> tuple[int, pb.ProcessingStatus | None]:
        request = pb.RetryFailedTasksRequest(person_id=person, task_ids=tasks or ())
        retried = (await api.profiler.RetryFailedTasks(request)).retried
        if not (wait and retried):
            return retried, None
        return retried, await wait_processed(api, person, PATIENCE)

    retried, processing = call(address, ask)
    typer.echo(f"{many(retried, 'task')} put back into the queue.")
    if processing:
        note(observation_shown.reflected(processing))
        raise typer.Exit(1 if processing.failed else 0)
