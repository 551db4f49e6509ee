"""The options that many commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.session import MISUSED, stop


def _or_root(ctx: typer.Context, name: str, value: str) -> str:
    """The command's own value, else the one given before the command or in the environment."""
    return value or str(ctx.find_root().params.get(name) or "")


def _address(ctx: typer.Context, value: str) -> str:
    return _or_root(ctx, "address", value)


def _person(ctx: typer.Context, value: str) -> str:
    return _or_root(ctx, "person", value)


def _known_person(ctx: typer.Context, value: str) -> str:
    person_id = _person(ctx, value)
    if not person_id and not ctx.resilient_parsing:
        stop("Whose?", "Give --person NAME, or set PERSONAKIT_PERSON once.", MISUSED)
    return person_id


Address = Annotated[
    str,
    typer.Option(
        "--address",
        metavar="HOST:PORT",
        callback=_address,
        show_default=False,
        help="Where PersonaKit is. Else PERSONAKIT_ADDRESS, else this machine.",
    ),
]
Person = Annotated[
    str,
    typer.Option(
        "--person",
        "-p",
        metavar="NAME",
        callback=_known_person,
        show_default=False,
        help="Who it is about. Else PERSONAKIT_PERSON.",
    ),
]
PersonIfGiven = Annotated[
    str,
    typer.Option(
        "--person",
        "-p",
        metavar="NAME",
        callback=_person,
        show_default=False,
        help="Who it is about, if anybody. Else PERSONAKIT_PERSON.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Zone = Annotated[
    str,
    typer.Option(
        "--zone",
        "--time-zone",
        metavar="IANA",
        show_default=False,
        help="Where the person was, such as Europe/Berlin. Else the person's own zone.",
    ),
]
Wait = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait until it is reflected in the mindscape.")
]
