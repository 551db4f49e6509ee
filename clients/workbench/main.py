"""`persona-kit-workbench`: the commands."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToDict
from grpc.aio import AioRpcError
from rich.console import Console
from rich.progress import Progress

from clients.cli.times import BadTime, moment_of, zone_named, zone_of_machine
from clients.connect import Target, connect
from clients.trouble import trouble_with
from clients.workbench import loading
from clients.workbench.history import write_history
from clients.workbench.people import Amount, Chronotype, draw_person
from clients.workbench.sample import SAMPLE_PERSON_ID, load_sample
from personakit.ingest.v1 import ingest_pb2 as pb

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Makes plausible people and their history."
)

_Zone = Annotated[str, typer.Option("--time-zone", help="IANA name. Default: this machine's.")]
_Address = Annotated[str, typer.Option("--address", help="Default: PERSONAKIT_ADDRESS.")]
_Now = Annotated[str, typer.Option("--now", help="The last moment, such as 2026-11-17T12:00.")]
_Load = Annotated[bool, typer.Option("--load", help="Record it instead of printing it.")]


@app.command()
def generate(
    person: Annotated[str, typer.Option(help="The person id to write it for.")],
    weeks: Annotated[int, typer.Option(min=0, max=260)] = 6,
    seed: Annotated[int, typer.Option(help="Another number, another person.")] = 1,
    chronotype: Annotated[Chronotype | None, typer.Option(help="Default: drawn.")] = None,
    meetings: Annotated[Amount | None, typer.Option(help="Default: drawn.")] = None,
    interruptions: Annotated[Amount | None, typer.Option(help="Default: drawn.")] = None,
    time_zone: _Zone = "",
    now: _Now = "",
    into_api: _Load = False,
    address: _Address = "",
) -> None:
    """Make up a person's history, as JSON or, with --load, straight into PersonaKit."""
    zone, at = _zone_and_moment(time_zone, now)
    made_up = draw_person(seed, zone, chronotype, meetings, interruptions)
    history = write_history(made_up, person, at, weeks)
    if not into_api:
        typer.echo(_as_json(history))
        return
    target = Target.from_environment(address)
    _run(target, person, lambda progress: _record(target, history, progress))


@app.command()
def sample(
    person: Annotated[str, typer.Option(help="The person id to record it for.")] = SAMPLE_PERSON_ID,
    time_zone: _Zone = "",
    now: _Now = "",
    address: _Address = "",
) -> None:
    """Record the sample person, six weeks up to now. Safe to repeat."""
    target, (zone, at) = Target.from_environment(address), _zone_and_moment(time_zone, now)
    _run(target, person, lambda progress: load_sample(target, at, person, zone, progress))


async def _record(
    target: Target, history: Sequence[pb.Observation], progress: loading.Progress
) -> loading.Loaded:
    async with connect(target) as personakit:
        return await loading.load(personakit, history, progress)


def _run(
    target: Target,
    person_id: str,
    work: Callable[[loading.Progress], Awaitable[loading.Loaded]],
) -> None:
    """Load with a progress bar, and say what it came to or why it was refused."""
    console = Console(stderr=True)

    async def with_bar() -> loading.Loaded:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Recording", total=None)
            return await work(lambda done, total: bar.update(task, completed=done, total=total))

    try:
        loaded = asyncio.run(with_bar())
    except AioRpcError as error:
        trouble = trouble_with(error, target.address, target.request_id)
        console.print(f"{trouble.sentence} {trouble.advice}", markup=False)
        raise typer.Exit(trouble.exit_code) from None
    _tell(person_id, loaded)


def _tell(person_id: str, loaded: loading.Loaded) -> None:
    typer.echo(
        f"{person_id}: {loaded.recorded} recorded, {loaded.already_recorded} were there already; "
        f"mindscape version {loaded.mindscape_version}."
    )
    if loaded.unfinished:
        typer.echo(f"{loaded.pending} are not processed yet, {loaded.failed} failed.")
        raise typer.Exit(1)


def _as_json(history: Sequence[pb.Observation]) -> str:
    """Return a document that `POST /v1/observations:batch` takes, up to its limit of 1,000."""
    observations = [MessageToDict(each, preserving_proto_field_name=True) for each in history]
    return json.dumps({"observations": observations}, indent=2)


def _zone_and_moment(zone: str, moment: str) -> tuple[str, datetime]:
    """Read the options; a time without an offset is meant in the zone."""
    present = datetime.now(UTC)
    try:
        there = zone_named(zone or zone_of_machine(os.environ))
        return there.key, moment_of(moment, there, present) if moment else present
    except BadTime as trouble:
        raise typer.BadParameter(str(trouble)) from None


def main() -> None:
    """Run the console script."""
    app()
