"""`load`: a file of made-up days, into PersonaKit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from clients.cli.imports import Errand, bring_in
from clients.cli.options import Address, PersonOfEnvironment, Wait, Zone
from clients.importers.plan import Import
from clients.workbench.mock_file import read_mock

_File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
_Source = Annotated[
    str, typer.Option("--source", help="What to know the file by. Default: its name.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count; send nothing.")]


def load(
    file: _File,
    person: PersonOfEnvironment,
    zone: Zone = "",
    source: _Source = "",
    dry_run: _DryRun = False,
    wait: Wait = True,
    address: Address = "",
) -> None:
    """Record a JSON file with mock_calendar_events and mock_work_sessions.

    Safe to repeat: what has gone from the file since is retracted.
    """

    def read(there: ZoneInfo, now: datetime) -> Import:
        name = source or file.name
        return read_mock(file.read_bytes(), person_id=person, zone=there, name=name)

    bring_in(address, Errand(person, zone, dry_run, wait), read)
