"""The options that many commands share."""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from clients.cli.session import MISUSED, stop

NAME: Final = re.compile(r"[A-Za-z0-9._@:-]{1,128}")
NAMES: Final = "letters, digits and . _ @ : - are allowed, 128 at most"
"""What a name of a person is made of, as the protos have it."""


def is_name(text: str) -> bool:
    """Whether a person can have this name."""
    return NAME.fullmatch(text) is not None


def checked_name(name: str) -> str:
    """The name of a person, if one is given; ends the command if nobody can have it."""
    if name and not is_name(name):
        stop(f"{name!r} cannot be a person's name.", f"{NAMES.capitalize()}.", MISUSED)
    return name


def _or_root(ctx: typer.Context, name: str, value: str) -> str:
    """The command's own value, else the one given before the command or in the environment."""
    return value or str(ctx.find_root().params.get(name) or "")


def _address(ctx: typer.Context, value: str) -> str:
    return _or_root(ctx, "address", value)


def _person(ctx: typer.Context, value: str) -> str:
    return checked_name(_or_root(ctx, "person", value))


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
PersonOfEnvironment = Annotated[
    str,
    typer.Option(
        "--person",
        "-p",
        metavar="NAME",
        envvar="PERSONAKIT_PERSON",
        callback=checked_name,
        help="Who it is about.",
    ),
]
"""For commands of a program without such an option of its own."""
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
