"""`generate`, `sample` and `seed`: plausible people, printed or recorded."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from google.protobuf.json_format import MessageToDict
from grpc.aio import AioRpcError
from rich.console import Console
from rich.progress import Progress

from clients.cli.options import Address, checked_name
from clients.cli.session import call, show, stop_for
from clients.cli.times import BadTime, moment_of, zone_named, zone_of_machine
from clients.connect import PersonaKit, Target, connect
from clients.trouble import trouble_with
from clients.workbench import loading, seeds
from clients.workbench.families import Family, draw_person
from clients.workbench.history import write_history
from clients.workbench.people import Amount, Chronotype
from clients.workbench.sample import SAMPLE_PERSON_ID, load_sample, zone_at_work
from clients.workbench.told import table_of
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.persona.v1 import persona_pb2 as persona

_Zone = Annotated[str, typer.Option("--time-zone", help="IANA name. Default: this machine's.")]
_Person = Annotated[
    str,
    typer.Option(
        "--person", "-p", metavar="NAME", callback=checked_name, help="Whom to make it up for."
    ),
]
_Now = Annotated[str, typer.Option("--now", help="The last moment, such as 2026-11-17T12:00.")]
_Load = Annotated[bool, typer.Option("--load", help="Record it instead of printing it.")]


def generate(
    person: _Person,
    weeks: Annotated[int, typer.Option(min=0, max=260, help="How many, up to now.")] = 6,
    seed: Annotated[int, typer.Option(help="Another number, another person.")] = 1,
    chronotype: Annotated[Chronotype | None, typer.Option(help="Default: drawn.")] = None,
    meetings: Annotated[Amount | None, typer.Option(help="Default: drawn.")] = None,
    interruptions: Annotated[Amount | None, typer.Option(help="Default: drawn.")] = None,
    family: Annotated[Family, typer.Option(help="Whose shapes of days are drawn.")] = Family.OFFICE,
    time_zone: _Zone = "",
    now: _Now = "",
    into_api: _Load = False,
    address: Address = "",
) -> None:
    """Make up a person's history, as JSON or, with --load, straight into PersonaKit."""
    zone, at = _zone_and_moment(time_zone, now)
    made_up = draw_person(seed, zone, chronotype, meetings, interruptions, family)
    history = write_history(made_up, person, at, weeks)
    if not into_api:
        typer.echo(_as_json(history))
        return
    target = Target.from_environment(address)
    _run(target, person, partial(_record, target, history))


def sample(
    person: _Person = SAMPLE_PERSON_ID,
    time_zone: _Zone = "",
    now: _Now = "",
    address: Address = "",
) -> None:
    """Record the sample person, six weeks up to now. Safe to repeat."""
    target, (zone, at) = Target.from_environment(address), _zone_and_moment(time_zone, now)
    _run(target, person, lambda progress: load_sample(target, at, person, zone, progress))


def seed(time_zone: _Zone = "", now: _Now = "", address: Address = "") -> None:
    """Record ten sample people, six weeks up to now, and show what each is told. Safe to repeat."""
    zone, at = _zone_and_moment(time_zone or zone_at_work(datetime.now(UTC), _own_zone()), now)
    target = Target.from_environment(address)
    for sample, history in seeds.histories(zone, at):
        _run(target, sample.person_id, partial(_record, target, history))
    moment = seeds.at_work(at, ZoneInfo(zone))
    told = call(address, lambda api: _told(api, moment))
    show(table_of(told, moment, ZoneInfo(zone)))


async def _told(
    api: PersonaKit, at: datetime
) -> list[tuple[seeds.Sample, persona.SuggestResponse]]:
    """Ask what each of the ten is told at one moment."""
    answers = []
    for sample in seeds.SAMPLES:
        request = persona.SuggestRequest(person_id=sample.person_id)
        request.at.FromDatetime(at)
        answers.append((sample, await api.persona.Suggest(request)))
    return answers


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
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Recording", total=None)
            return await work(lambda done, total: bar.update(task, completed=done, total=total))

    try:
        loaded = asyncio.run(with_bar())
    except AioRpcError as error:
        stop_for(trouble_with(error, target.address, target.request_id))
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
        there = zone_named(zone or _own_zone())
        return there.key, moment_of(moment, there, present) if moment else present
    except BadTime as trouble:
        raise typer.BadParameter(str(trouble)) from None


def _own_zone() -> str:
    return zone_of_machine(os.environ)
