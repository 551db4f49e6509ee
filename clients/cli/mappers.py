"""`mapper`: documents that say what to suggest when; checked, tried, uploaded, shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.advice import Time, Verbose, set_moment
from clients.cli.options import Address, Json, Person
from clients.cli.session import MISUSED, call, show, show_json, stop
from clients.cli.show import mapper as shown
from clients.cli.show import persona as persona_shown
from clients.connect import PersonaKit
from personakit.persona.v1 import mapper_pb2 as pb
from personakit.persona.v1 import persona_pb2

app = typer.Typer(help="Mappers: what to suggest when, as documents.", no_args_is_help=True)

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", exists=True, dir_okay=False, readable=True, help="A YAML document."
    ),
]
MapperId = Annotated[str, typer.Argument(metavar="MAPPER", help="Its id, such as sql_coach.")]
Version = Annotated[
    int | None,
    typer.Option("--version", min=1, metavar="N", show_default=False, help="Else the newest."),
]


@app.command()
def validate(file: File, address: Address = "") -> None:
    """Say everything that is wrong with a document: FILE:line:column: rule: what."""
    _sound(file, address)
    typer.echo(f"{file} could be uploaded.")


@app.command()
def upload(file: File, as_json: Json = False, address: Address = "") -> None:
    """Keep a document as the next version of its mapper, for everybody, from now on."""
    request = pb.UploadMapperRequest(source=_sound(file, address))
    mapper = call(address, lambda api: api.mapper.UploadMapper(request))
    if as_json:
        show_json(mapper)
    else:
        typer.echo(shown.kept(mapper))


@app.command("try")
def try_out(
    file: File,
    person: Person = "",
    time: Time = "",
    verbose: Verbose = False,
    as_json: Json = False,
    address: Address = "",
) -> None:
    """Show what a document would suggest to a person. Nothing is kept."""
    request = pb.TryMapperRequest(person_id=person, source=_sound(file, address))

    async def ask(api: PersonaKit) -> persona_pb2.Persona:
        await set_moment(request.at, api, person, time)
        return await api.mapper.TryMapper(request)

    persona = call(address, ask)
    if as_json:
        show_json(persona)
    else:
        show(persona_shown.persona(persona, verbose=verbose, why=verbose))


@app.command("list")
def list_all(as_json: Json = False, address: Address = "") -> None:
    """List the mappers, each at its newest version."""
    found = call(address, _all)
    if as_json:
        show_json(found)
    else:
        show(shown.listing(found.mappers))


@app.command("show")
def show_one(
    mapper_id: MapperId, version: Version = None, as_json: Json = False, address: Address = ""
) -> None:
    """Print a mapper's document, to read it or to begin one of your own."""
    request = pb.GetMapperRequest(mapper_id=mapper_id, version=version or 0)
    mapper = call(address, lambda api: api.mapper.GetMapper(request))
    if as_json:
        show_json(mapper)
    elif mapper.source:
        typer.echo(mapper.source, nl=not mapper.source.endswith("\n"))
    else:
        show(shown.one(mapper))


async def _all(api: PersonaKit) -> pb.ListMappersResponse:
    """Every page in one."""
    found = await api.mapper.ListMappers(pb.ListMappersRequest())
    while found.next_page_token:
        request = pb.ListMappersRequest(page_token=found.next_page_token)
        page = await api.mapper.ListMappers(request)
        found.next_page_token = page.next_page_token
        found.mappers.extend(page.mappers)
    return found


def _sound(file: Path, address: str) -> str:
    """The file's text; ends the command with its problems if it has any."""
    try:
        source = file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        stop(f"{file} cannot be read: {error}.", exit_code=MISUSED)
    request = pb.ValidateMapperRequest(source=source)
    problems = call(address, lambda api: api.mapper.ValidateMapper(request)).problems
    for problem in problems:
        typer.echo(shown.problem(str(file), problem))
    if problems:
        raise typer.Exit(1)
    return source
