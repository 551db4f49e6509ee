"""`import ics` and `import activitywatch`: what other programs saw of the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from clients.cli.options import Address, Person, Wait, Zone
from clients.cli.people import wait_processed, zone_to_record_in
from clients.cli.reconciling import Outcome, carry_out, list_recorded, waiting
from clients.cli.session import call, note, present, show, stop
from clients.cli.show import imports as shown
from clients.cli.show import observation as observation_shown
from clients.cli.times import moment_of
from clients.connect import PersonaKit
from clients.importers.activitywatch import read_export
from clients.importers.ics import read_calendar
from clients.importers.plan import Import, ImportRefused, Window, reconcile
from personakit.profiler.v1 import profiler_pb2

PATIENCE = timedelta(minutes=10)

Reader = Callable[[ZoneInfo, datetime], Import]
"""Reads a file in the person's zone, at a moment."""

app = typer.Typer(help="Bring in what other programs know. Safe to repeat.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only count what would be recorded and retracted.")
]
KeepTitles = Annotated[
    bool, typer.Option("--keep-titles", help="Send titles too; else they stay on this machine.")
]
Calendar = Annotated[
    str,
    typer.Option(
        "--calendar",
        metavar="NAME",
        show_default=False,
        help="Which calendar it is, to know it again. Else by the names of calendar and file.",
    ),
]
From = Annotated[
    str,
    typer.Option(
        "--from", metavar="TIME", show_default=False, help="Leave out what is older; else 180 days."
    ),
]
Until = Annotated[
    str,
    typer.Option(
        "--until", metavar="TIME", show_default=False, help="And what is later; else 60 days ahead."
    ),
]


@dataclass(frozen=True)
class Errand:
    """Whose file it is, and how to go about it."""

    person_id: str
    zone_name: str
    dry_run: bool
    wait: bool


@app.command()
def ics(
    file: File,
    person: Person = "",
    zone: Zone = "",
    dry_run: DryRun = False,
    keep_titles: KeepTitles = False,
    calendar: Calendar = "",
    since: From = "",
    until: Until = "",
    wait: Wait = True,
    address: Address = "",
) -> None:
    """Import a calendar: meetings, focus blocks and other entries."""

    def read(there: ZoneInfo, now: datetime) -> Import:
        return read_calendar(
            file.read_bytes(),
            person_id=person,
            time_zone=there.key,
            now=now,
            file_name=file.name,
            calendar=calendar,
            window=_window(since, until, there, now),
            keep_titles=keep_titles,
        )

    bring_in(address, Errand(person, zone, dry_run, wait), read)


@app.command()
def activitywatch(
    file: File,
    person: Person = "",
    zone: Zone = "",
    dry_run: DryRun = False,
    keep_titles: KeepTitles = False,
    wait: Wait = True,
    address: Address = "",
) -> None:
    """Import an export of ActivityWatch: time at the keyboard becomes work sessions."""

    def read(there: ZoneInfo, now: datetime) -> Import:
        return read_export(
            file.read_bytes(),
            person_id=person,
            time_zone=there.key,
            now=now,
            keep_titles=keep_titles,
        )

    bring_in(address, Errand(person, zone, dry_run, wait), read)


def _window(since: str, until: str, there: ZoneInfo, now: datetime) -> Window | None:
    if not since and not until:
        return None
    usual = Window.around(now)
    return Window(
        moment_of(since, there, now) if since else usual.from_time,
        moment_of(until, there, now) if until else usual.until_time,
    )


def bring_in(address: str, errand: Errand, read: Reader) -> None:
    """Reads a file, brings what is recorded in line with it, and says what that came to."""
    try:
        outcome, status = call(address, lambda api: _import(api, errand, read))
    except ImportRefused as refusal:
        stop(f"The file cannot be imported: {refusal}.")
    show(shown.outcome(outcome, dry_run=errand.dry_run))
    if status:
        note(observation_shown.reflected(status))


async def _import(
    api: PersonaKit, errand: Errand, read: Reader
) -> tuple[Outcome, profiler_pb2.ProcessingStatus | None]:
    there, _ = await zone_to_record_in(api, errand.person_id, errand.zone_name)
    imported = read(there, present())
    recorded = await list_recorded(api, errand.person_id, imported.source)
    plan = reconcile(recorded, imported)
    if errand.dry_run:
        return Outcome.expected(imported, plan), None
    outcome = await carry_out(api, imported, plan)
    if not errand.wait or not outcome.changed:
        return outcome, None
    with waiting():
        return outcome, await wait_processed(api, errand.person_id, PATIENCE)
