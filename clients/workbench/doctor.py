"""`doctor`: what is wrong with this set-up, and how to mend it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from importlib.metadata import version

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from clients.cli.options import Address
from clients.cli.session import present, show
from clients.connect import Target, connect
from clients.trouble import readable
from clients.workbench.checks import machine, server
from clients.workbench.checks.finding import Finding, State

_INDENT = 13
_PATIENCE = timedelta(seconds=5)
_COLOURS = {State.FINE: "green", State.DOUBTFUL: "yellow", State.BROKEN: "red"}


def doctor(address: Address = "") -> None:
    """Find what is wrong with this set-up, and say how to mend it.

    Exits with 1 if something is broken.
    """
    target = Target.from_environment(address)
    found = [*_here(target), *asyncio.run(_there(target))]
    show(_report(found))
    if any(each.state is State.BROKEN for each in found):
        raise typer.Exit(1)


def _here(target: Target) -> Iterator[Finding]:
    yield machine.python(sys.version_info[:2])
    yield from machine.time_zone(os.environ, present())
    yield from machine.home(os.environ)
    if target.is_local:
        yield machine.port(os.environ)


async def _there(target: Target) -> list[Finding]:
    async with connect(target, _PATIENCE) as api:
        found = await server.gateway(api, present(), version("personakit"))
        answers = len(found) > 1
        return [*found, await server.token(api)] if answers else found


def _report(findings: Iterable[Finding]) -> Iterator[RenderableType]:
    for each in findings:
        line = Text(each.state.value, style=_COLOURS[each.state])
        yield line.append(f" {each.subject:<10} {readable(each.found)}", style="default")
        if each.remedy:
            remedy = Text(readable(each.remedy), style="bold")
            yield Padding(remedy, (0, 0, 0, _INDENT), expand=False)
