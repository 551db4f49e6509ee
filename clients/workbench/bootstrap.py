"""`bootstrap`: from a few answers to the first suggestions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import RenderableType
from rich.text import Text

from clients.cli.options import Address, PersonOfEnvironment
from clients.cli.people import wait_processed
from clients.cli.remembered import ShownSuggestions
from clients.cli.session import MISUSED, call, note, show, stop
from clients.cli.show import persona as persona_shown
from clients.cli.show.observation import reflected
from clients.cli.times import BadTime, zone_of_machine
from clients.connect import PersonaKit
from clients.workbench.answers import (
    Answers,
    BadAnswer,
    Disruptor,
    Focus,
    Part,
    given_before,
    tell,
)
from clients.workbench.following import because
from clients.workbench.wizard import Given, ask, ask_person
from personakit.persona.v1 import persona_pb2 as pb

PATIENCE: Final = timedelta(seconds=20)
_SATURDAY: Final = 5
_PART_BEGINS: Final = {Part.MORNING: 9, Part.AFTERNOON: 14, Part.EVENING: 17}

_Zone = Annotated[str, typer.Option("--time-zone", help="IANA name, such as Europe/Berlin.")]
_Start = Annotated[str, typer.Option("--start", help="Usual start of work, such as 09:00.")]
_Part = Annotated[Part | None, typer.Option("--most-productive", help="Part of the day.")]
_Focus = Annotated[Focus | None, typer.Option("--focus", help="Typical focus length.")]
_Disruptor = Annotated[Disruptor | None, typer.Option("--disruptor", help="The worst one.")]


def bootstrap(
    person: PersonOfEnvironment = "",
    time_zone: _Zone = "",
    start: _Start = "",
    most_productive: _Part = None,
    focus: _Focus = None,
    disruptor: _Disruptor = None,
    address: Address = "",
) -> None:
    """Answer a few questions and see the first suggestions. Safe to repeat.

    What is given as an option is not asked; with all of them nothing is, so that scripts can run
    it.
    """
    given = Given(time_zone, start, most_productive, focus, disruptor)
    name, answers = _answers(person, given, address)
    changed, found = call(address, lambda api: _begin(api, name, answers))
    if changed:
        note("Your new answers have taken the place of the old ones.")
    shown = found.overlay.suggestions
    ShownSuggestions.from_environment().keep(name, [one.suggestion_id for one in shown])
    if found.at.seconds > found.create_time.seconds:
        typer.echo("There is nothing to say right now. This is what you are told next:\n")
    show(persona_shown.persona(found))
    show(_explained(found, answers))


def _answers(person: str, given: Given, address: str) -> tuple[str, Answers]:
    try:
        complete = given.complete()
    except (BadAnswer, BadTime) as trouble:
        stop(f"{trouble}.", exit_code=MISUSED)
    if person and complete:
        return person, complete
    if not sys.stdin.isatty():
        advice = "Without a terminal, give --person and every answer: see --help."
        stop("There is nobody to ask.", advice, MISUSED)
    name = person or ask_person()
    before = call(address, lambda api: given_before(api, name))
    return name, complete or ask(given, before, zone_of_machine(os.environ))


async def _begin(api: PersonaKit, person_id: str, answers: Answers) -> tuple[int, pb.Persona]:
    """Tell the answers, wait until they are believed, and make the first persona."""
    changed = await tell(api, person_id, answers)
    status = await wait_processed(api, person_id, PATIENCE)
    if status.pending or status.failed:
        note(reflected(status))
    return changed, await _first_persona(api, person_id, answers)


async def _first_persona(api: PersonaKit, person_id: str, answers: Answers) -> pb.Persona:
    """Return the persona for now, or for the next moment at which something is to be said."""
    request = pb.GeneratePersonaRequest(person_id=person_id)
    found = await api.persona.GeneratePersona(request)
    for at in moments_ahead(found.at.ToDatetime(UTC), answers):
        if found.overlay.suggestions:
            break
        request.at.FromDatetime(at)
        found = await api.persona.GeneratePersona(request)
    return found


def moments_ahead(now: datetime, answers: Answers) -> list[datetime]:
    """Return when the next working day begins, and when its best part does, in UTC."""
    start = time.fromisoformat(answers.usual_start)
    best = time(_PART_BEGINS.get(answers.most_productive, start.hour))
    zone = ZoneInfo(answers.time_zone)
    return sorted({_next(now, clock, zone) for clock in (start, best)})


def _next(now: datetime, clock: time, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(8))
    working = (day for day in days if day.weekday() < _SATURDAY)
    moments = (datetime.combine(day, clock, zone).astimezone(UTC) for day in working)
    return next(each for each in moments if each > now)


def _explained(found: pb.Persona, answers: Answers) -> Iterator[RenderableType]:
    if found.overlay.suggestions:
        yield Text("\nWhy", style="bold")
    for number, suggestion in enumerate(found.overlay.suggestions, start=1):
        yield Text(f"{number}. {because(suggestion, answers)}")
    whose = f"--person {found.person_id}"
    yield Text(f"\nSay whether it helped:  persona-kit feedback 1 --helpful {whose}")
    yield Text(f"Tell it what you do:    persona-kit observe --minutes 50 --score 4 {whose}")
    yield Text(f"Bring in your calendar: persona-kit import ics FILE {whose}")
