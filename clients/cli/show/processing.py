"""Shows how the services are, and how far the work on a person's observations is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.show.words import many, short_time, zone_or_utc
from clients.trouble import in_words, readable
from personakit.gateway.v1 import health_pb2 as health
from personakit.profiler.v1 import profiler_pb2 as pb

_UTC = zone_or_utc("UTC")


def services(found: health.Health, address: str) -> Iterator[RenderableType]:
    """The state of each service and of the database."""
    name = readable(f"PersonaKit {found.version}")
    yield Text(f"{name} at {address}: {_state(found.status)}", style="bold")
    grid = Table.grid(padding=(0, 2))
    for name, status in [*sorted(found.services.items()), ("database", found.database)]:
        style = "green" if status == health.Health.SERVING else "red"
        grid.add_row(f"  {readable(name)}", Text(_state(status), style=style))
    yield grid


def progress_of(status: pb.ProcessingStatus) -> Iterator[RenderableType]:
    """What is done, what waits and what failed."""
    yield Text(f"\n{status.person_id}", style="bold")
    version = status.mindscape_version
    yield Text(f"  mindscape version {version}" if version else "  no mindscape yet")
    waits = f", the oldest for {in_words(status.lag.ToTimedelta())}" if status.pending else ""
    yield Text(f"  {many(status.pending, 'observation')} waiting{waits}")
    if status.processed_up_to_time.seconds:
        yield Text(f"  processed up to {short_time(status.processed_up_to_time, _UTC)} UTC")
    if status.failed:
        failed = f"  {status.failed} failed: see `persona-kit failed`, then `persona-kit retry`"
        yield Text(failed, style="red")


def failed_tasks(
    found: Sequence[pb.ListFailedTasksResponse.FailedTask],
) -> Iterator[RenderableType]:
    """Each task that was given up, with the last error."""
    for task in found:
        attempts = many(task.attempts, "attempt")
        yield Text(task.task_id, style="bold", no_wrap=True)
        yield Text(f"  recorded {short_time(task.create_time, _UTC)} UTC, {attempts}")
        yield Text(f"  {readable(task.last_error)}", style="red")
    if found:
        yield Text(f"\n{many(len(found), 'task')} failed. Try again: `persona-kit retry`")
    else:
        yield Text("No task has failed.")


def _state(status: int) -> str:
    return "serving" if status == health.Health.SERVING else "not serving"
