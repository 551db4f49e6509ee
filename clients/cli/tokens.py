"""`token` and `keys`: who may call, and whose signature is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from typing import Annotated, Final

import typer
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from clients.cli.options import checked_name
from clients.cli.session import MISUSED, note, present, stop
from clients.keys import TOKENS, BadKey, Grant, KeyRing
from personakit.gateway.v1 import access_pb2

ALL: Final = "all"
INTERNAL: Final = ".internal"
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST: Final = timedelta(days=366)

keys = typer.Typer(
    help="The keys that tokens are signed with; without a command, lists them.",
    invoke_without_command=True,
)

Subject = Annotated[
    str, typer.Option("--sub", metavar="NAME", help="Who will call: the name of an app.")
]
Scope = Annotated[
    str,
    typer.Option(
        "--scope",
        metavar="SCOPES",
        help="What it may do, such as 'ingest.write persona.read', or 'all'.",
    ),
]
Only = Annotated[
    str,
    typer.Option(
        "--person",
        metavar="NAME",
        callback=checked_name,
        help="The only person it is for. Else, everybody.",
    ),
]
Expires = Annotated[
    str, typer.Option("--expires", metavar="TIME", help="How long it is good for: 30m, 12h, 90d.")
]


def token(
    scope: Scope, sub: Subject = "persona-kit", person: Only = "", expires: Expires = "12h"
) -> None:
    """Make a token, with the key in PERSONAKIT_SECRETS, else in PERSONAKIT_HOME.

    Callers show it in PERSONAKIT_TOKEN, or in the header `authorization: Bearer TOKEN`.
    """
    now, lifetime = present(), _lifetime(expires)
    grant = Grant(sub, _scopes(scope), person)
    with _explained():
        typer.echo(KeyRing.from_environment().sign(grant, now, lifetime))
    whose = f"for {person} only" if person else "for every person"
    note(f"{sub} may use it {whose}, until {now + lifetime:%Y-%m-%d %H:%M} UTC: {grant.scope}")


@keys.callback()
def listed(ctx: typer.Context) -> None:
    """List the keys that are believed, oldest first, unless a command follows."""
    if not ctx.invoked_subcommand:
        _list()


def _list() -> None:
    with _explained():
        ring = KeyRing.from_environment()
        signing = ring.signing()
        for jwk in ring.believed():
            role = "signs" if jwk["kid"] in signing else "is believed"
            typer.echo(f"{jwk['kid']}  {role}  {jwk.get('scope', 'anything')}")
        if not ring.believed():
            note("There are no keys yet: `persona-kit keys make` makes them.")


@keys.command()
def make() -> None:
    """Make the keys that are not there yet: one for tokens, one for each service that calls."""
    with _explained():
        KeyRing.from_environment().make()
    _list()


@keys.command()
def rotate(
    signer: Annotated[str, typer.Argument(help="Whose key, such as a service's.")] = TOKENS,
) -> None:
    """Sign with a new key from now on; the old one is believed until it is retired."""
    with _explained():
        typer.echo(KeyRing.from_environment().rotate(signer))


@keys.command()
def retire(kid: Annotated[str, typer.Argument(metavar="KEY")]) -> None:
    """Stop believing a key: from now on, all tokens that it signed are worth nothing."""
    with _explained():
        KeyRing.from_environment().retire(kid)


def scopes() -> list[str]:
    """Every scope of the API that a caller from outside can have."""
    content = files("gateway").joinpath("personakit.binpb").read_bytes()
    methods = (
        method
        for file in FileDescriptorSet.FromString(content).file
        for service in file.service
        for method in service.method
    )
    found = {method.options.Extensions[access_pb2.scope] for method in methods}
    return sorted(scope for scope in found if scope and not scope.endswith(INTERNAL))


def _scopes(text: str) -> str:
    known = scopes()
    asked = known if text == ALL else text.split()
    unknown = [scope for scope in asked if scope not in known]
    if unknown or not asked:
        stop(
            f"There is no scope {' '.join(unknown)!r}.", f"Choose from: {' '.join(known)}", MISUSED
        )
    return " ".join(asked)


def _lifetime(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,5})([mhd])", text)
    lifetime = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not timedelta() < lifetime <= LONGEST:
        stop(f"{text!r} is not a time of at most a year.", "Write 30m, 12h or 90d.", MISUSED)
    return lifetime


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (BadKey, OSError) as error:
        stop(f"{error}.")
