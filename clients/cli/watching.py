"""`watch`: a line for each change of what would be suggested."""

from __future__ import annotations

import typer

from clients.cli.advice import Mapper
from clients.cli.options import Address, Json, Person
from clients.cli.people import zone_to_record_in
from clients.cli.session import call, note, show_json_line
from clients.cli.show import watching as shown
from clients.connect import PersonaKit
from clients.watch import changes


def watch(
    person: Person = "", mapper: Mapper = "", as_json: Json = False, address: Address = ""
) -> None:
    """Tell when the suggestions change, a line each, until Ctrl-C."""

    async def follow(api: PersonaKit) -> None:
        zone, _ = await zone_to_record_in(api, person, "")
        async for change in changes(api, person, mapper):
            if not change.mindscape_version:
                note(f"Nothing is known of {person} yet. What comes is told all the same.")
            if as_json:
                show_json_line(change)
            else:
                typer.echo(shown.line(change, zone))

    try:
        call(address, follow)
    except KeyboardInterrupt:
        typer.echo()
