"""`observe` and `answer`: telling what was done, and what the person says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from clients.cli.options import Address, Json, Person, Wait, Zone
from clients.cli.people import wait_processed, zone_to_record_in
from clients.cli.session import MISUSED, call, note, present, show_json, stop
from clients.cli.show import observation as shown
from clients.cli.times import moment_of, span_of
from clients.connect import PersonaKit
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.profiler.v1 import profiler_pb2

PATIENCE = timedelta(seconds=10)
QUESTIONS = tuple(pb.UserInput.Question.keys())[1:]


class Kind(StrEnum):
    """What can be observed by hand."""

    SESSION = "session"
    MEETING = "meeting"
    FOCUS_BLOCK = "focus-block"
    OTHER = "other"


What = Annotated[Kind, typer.Argument(help="Work of yours, or an entry of the calendar.")]
Start = Annotated[
    str,
    typer.Option(
        "--start",
        metavar="TIME",
        show_default=False,
        help="In local time: 2026-01-15T13:30, or 13:30 today.",
    ),
]
End = Annotated[
    str,
    typer.Option("--end", metavar="TIME", show_default=False, help="Likewise; left out, now."),
]
Minutes = Annotated[
    int | None,
    typer.Option("--minutes", min=1, max=1440, show_default=False, help="How long it took."),
]
Score = Annotated[
    int | None,
    typer.Option("--score", min=1, max=5, show_default=False, help="How productive it felt, 1-5."),
]
Interruptions = Annotated[
    int | None,
    typer.Option(
        "--interruptions", min=0, max=1000, show_default=False, help="How many; leave out unknown."
    ),
]
Title = Annotated[
    str, typer.Option("--title", show_default=False, help="For your own eyes only; never needed.")
]
Question = Annotated[
    str, typer.Argument(metavar="QUESTION", help=f"{', '.join(q.lower() for q in QUESTIONS)}.")
]
Answer = Annotated[
    str,
    typer.Argument(
        metavar="ANSWER",
        help="09:00 | morning, afternoon, evening, varies | 30min, 1hr, 2hr+ | meetings, slack, "
        "context-switches | low, medium, high | a time zone; each in turn.",
    ),
]


def observe(
    what: What = Kind.SESSION,
    start: Start = "",
    end: End = "",
    minutes: Minutes = None,
    score: Score = None,
    interruptions: Interruptions = None,
    title: Title = "",
    zone: Zone = "",
    person: Person = "",
    wait: Wait = True,
    as_json: Json = False,
    address: Address = "",
) -> None:
    """Record a work session, or a meeting: `observe --minutes 50 --score 4`."""
    if what is not Kind.SESSION and (score is not None or interruptions is not None):
        stop("Only a session has a score and interruptions.", exit_code=MISUSED)
    length = timedelta(minutes=minutes) if minutes else None

    def fill(observation: pb.Observation, there: ZoneInfo) -> None:
        span = _span(start, end, length, there)
        if what is Kind.SESSION:
            _fill_session(observation.work_session, span, title)
            _fill_counts(observation.work_session, score, interruptions)
        else:
            _fill_event(observation.calendar_event, what, span, title)

    recorded = call(address, lambda api: _record(api, person, zone, fill, wait=wait))
    _tell(recorded, as_json=as_json)


def answer(
    question: Question,
    answer: Answer,
    zone: Zone = "",
    person: Person = "",
    wait: Wait = True,
    as_json: Json = False,
    address: Address = "",
) -> None:
    """Answer a question, such as `answer most_productive morning`."""
    asked = _question(question)

    def fill(observation: pb.Observation, there: ZoneInfo) -> None:
        observation.user_input.CopyFrom(pb.UserInput(question=asked, answer=answer))
        if asked == pb.UserInput.TIME_ZONE:
            observation.time_zone = answer

    recorded = call(address, lambda api: _record(api, person, zone, fill, wait=wait))
    _tell(recorded, as_json=as_json)


def _question(text: str) -> pb.UserInput.Question.ValueType:
    name = text.strip().upper().replace("-", "_")
    if name not in QUESTIONS:
        names = ", ".join(one.lower() for one in QUESTIONS)
        stop(f"There is no question {text!r}.", f"The questions are: {names}.", MISUSED)
    return pb.UserInput.Question.Value(name)


def _span(
    start: str, end: str, length: timedelta | None, there: ZoneInfo
) -> tuple[datetime, datetime]:
    now = present()
    begun = moment_of(start, there, now) if start else None
    ended = moment_of(end, there, now) if end else None
    return span_of(begun, ended, length, now)


def _fill_session(session: pb.WorkSession, span: tuple[datetime, datetime], label: str) -> None:
    session.start_time.FromDatetime(span[0])
    session.end_time.FromDatetime(span[1])
    session.label = label


def _fill_counts(session: pb.WorkSession, score: int | None, interruptions: int | None) -> None:
    # Absent is not zero.
    if score is not None:
        session.productivity_score = score
    if interruptions is not None:
        session.interruptions = interruptions


def _fill_event(
    event: pb.CalendarEvent, what: Kind, span: tuple[datetime, datetime], title: str
) -> None:
    event.start_time.FromDatetime(span[0])
    event.end_time.FromDatetime(span[1])
    event.kind = pb.CalendarEvent.Kind.Value(what.name)
    event.title = title


Recorded = tuple[pb.Observation, profiler_pb2.ProcessingStatus | None]


def _tell(recorded: Recorded, *, as_json: bool) -> None:
    observation, status = recorded
    if as_json:
        show_json(observation)
    else:
        typer.echo(shown.recorded(observation))
        note(shown.how_to_retract(observation))
    if status:
        note(shown.reflected(status))


async def _record(
    api: PersonaKit,
    person_id: str,
    zone: str,
    fill: Callable[[pb.Observation, ZoneInfo], None],
    *,
    wait: bool,
) -> Recorded:
    """Records what `fill` puts into an observation."""
    there, zone_name = await zone_to_record_in(api, person_id, zone)
    observation = pb.Observation(
        person_id=person_id, time_zone=zone_name, request_id=api.new_request_id()
    )
    fill(observation, there)
    request = pb.RecordObservationRequest(observation=observation)
    recorded = await api.ingest.RecordObservation(request)
    return recorded, await wait_processed(api, person_id, PATIENCE) if wait else None
