"""What every command does: find the server, call it, show the answer or say what to do next."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Final, NoReturn, TypeVar

import typer
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from grpc.aio import AioRpcError
from rich.console import Console, RenderableType
from rich.text import Text

from clients.cli.times import BadTime
from clients.connect import PersonaKit, Target, connect
from clients.trouble import Trouble, readable, trouble_with

MISUSED: Final = 2
"""The exit code of a command that was not understood."""

_Answer = TypeVar("_Answer")


def call(address: str, action: Callable[[PersonaKit], Awaitable[_Answer]]) -> _Answer:
    """Runs the action against the server; a refusal is printed and ends the command."""
    target = Target.from_environment(address)

    async def within() -> _Answer:
        async with connect(target) as api:
            return await action(api)

    try:
        return asyncio.run(within())
    except BadTime as error:
        stop(f"{error}.", exit_code=MISUSED)
    except AioRpcError as error:
        stop_for(trouble_with(error, target.address, target.request_id))


def stop_for(trouble: Trouble) -> NoReturn:
    """Ends the command with the trouble's exit code."""
    stop(trouble.sentence, trouble.advice, trouble.exit_code)


def stop(sentence: str, advice: str = "", exit_code: int = 1) -> NoReturn:
    """Ends the command: what is wrong, and what to do next, on standard error."""
    typer.secho(readable(sentence), fg=typer.colors.RED, err=True)
    if advice:
        typer.echo(readable(advice), err=True)
    raise typer.Exit(exit_code)


def show(parts: Iterable[RenderableType]) -> None:
    """Prints them to standard output; without colours unless that is a terminal."""
    console = _console()
    with console.capture() as captured:
        for part in parts:
            _print(console, part)
    lines = captured.get().splitlines()
    typer.echo("\n".join(line.rstrip() for line in lines))


def _print(console: Console, part: RenderableType) -> None:
    if isinstance(part, Text) and part.no_wrap:
        # Ids and drawings stay whole, however narrow the terminal is.
        console.print(part, no_wrap=True, overflow="ignore", crop=False)
    else:
        console.print(part)


def draws_plainly() -> bool:
    """Whether standard output takes ASCII only."""
    return not _console().encoding.lower().startswith("utf")


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def show_json(message: Message) -> None:
    """Prints the message as JSON, with the names of the protos."""
    typer.echo(json.dumps(_content(message), indent=2, ensure_ascii=False))


def show_json_line(message: Message) -> None:
    """Prints one of several messages as JSON on one line."""
    typer.echo(json.dumps(_content(message), ensure_ascii=False))


def _content(message: Message) -> dict[str, object]:
    content: dict[str, object] = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return content


def note(sentence: str) -> None:
    """Says something beside the answer, on standard error."""
    typer.echo(readable(sentence), err=True)


def present() -> datetime:
    """The moment the command runs at."""
    return datetime.now(UTC)
