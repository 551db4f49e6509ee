"""`suggest`, `feedback` and `analytics`: advice, and what the person thought of it."""

from __future__ import annotations

from typing import Annotated

import typer
from google.protobuf.timestamp_pb2 import Timestamp

from clients.cli.options import Address, Json, Person
from clients.cli.people import zone_of
from clients.cli.remembered import ShownSuggestions
from clients.cli.session import MISUSED, call, present, show, show_json, stop
from clients.cli.show import feedback as feedback_shown
from clients.cli.show import persona as persona_shown
from clients.cli.show import plan as plan_shown
from clients.cli.times import moment_of
from clients.connect import PersonaKit
from personakit.feedback.v1 import feedback_pb2 as feedback_pb
from personakit.persona.v1 import persona_pb2 as persona_pb

Now = Annotated[bool, typer.Option("--now", help="For this moment; that is the default.")]
Time = Annotated[
    str,
    typer.Option(
        "--time",
        metavar="TIME",
        show_default=False,
        help="For another moment, in the person's local time: 2026-01-15T13:30, or 13:30 today.",
    ),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show actions, reasons, ids and preferences too.")
]
Why = Annotated[
    bool,
    typer.Option("--why", help="Show what each follows from: rule, traits, weights, versions."),
]
Day = Annotated[bool, typer.Option("--day", help="Lay out the rest of the day instead.")]
Mapper = Annotated[
    str,
    typer.Option(
        "--mapper",
        metavar="MAPPER",
        show_default=False,
        help="Who suggests: an id of `mapper list`. Else the daily work optimizer.",
    ),
]
Suggestion = Annotated[
    str, typer.Argument(metavar="SUGGESTION", help="Its number in the last `suggest`, or its id.")
]
Helpful = Annotated[
    bool | None,
    typer.Option("--helpful/--not-helpful", show_default=False, help="What you thought of it."),
]


def suggest(
    person: Person = "",
    now: Now = False,
    time: Time = "",
    verbose: Verbose = False,
    why: Why = False,
    day: Day = False,
    mapper: Mapper = "",
    as_json: Json = False,
    address: Address = "",
) -> None:
    """What to do now, and how the person is."""
    if now and time:
        stop("Give --now or --time, not both.", exit_code=MISUSED)
    if day and (verbose or why or mapper):
        stop(
            "Give --day without --mapper, --why and --verbose: a plan says why by itself.",
            exit_code=MISUSED,
        )
    if day:
        _show_plan(call(address, lambda api: _plan(api, person, time)), as_json)
        return
    persona = call(address, lambda api: _persona(api, person, time, mapper))
    shown = persona.overlay.suggestions
    ShownSuggestions.from_environment().keep(person, [one.suggestion_id for one in shown])
    if as_json:
        show_json(persona)
    else:
        show(persona_shown.persona(persona, verbose=verbose, why=why or verbose))


async def _persona(
    api: PersonaKit, person_id: str, time: str, mapper_id: str
) -> persona_pb.Persona:
    request = persona_pb.GeneratePersonaRequest(
        person_id=person_id, mapper_id=mapper_id, request_id=api.new_request_id()
    )
    await set_moment(request.at, api, person_id, time)
    return await api.persona.GeneratePersona(request)


async def _plan(api: PersonaKit, person_id: str, time: str) -> persona_pb.DayPlan:
    request = persona_pb.PlanDayRequest(person_id=person_id)
    await set_moment(request.at, api, person_id, time)
    return await api.persona.PlanDay(request)


async def set_moment(at: Timestamp, api: PersonaKit, person_id: str, time: str) -> None:
    """Sets the moment that a local time of the person names, if there is one."""
    if time:
        at.FromDatetime(moment_of(time, await zone_of(api, person_id), present()))


def _show_plan(plan: persona_pb.DayPlan, as_json: bool) -> None:
    if as_json:
        show_json(plan)
    else:
        show(plan_shown.plan(plan))


def feedback(
    suggestion: Suggestion,
    helpful: Helpful = None,
    person: Person = "",
    as_json: Json = False,
    address: Address = "",
) -> None:
    """Judge a suggestion; the next ones take it into account."""
    if helpful is None:
        stop("Was it? Give --helpful or --not-helpful.", exit_code=MISUSED)
    request = feedback_pb.SubmitFeedbackRequest(
        person_id=person, suggestion_id=_suggestion_id(person, suggestion), helpful=helpful
    )
    given = call(address, lambda api: _submit(api, request))
    if as_json:
        show_json(given)
    else:
        typer.echo(feedback_shown.verdict(given))


async def _submit(
    api: PersonaKit, request: feedback_pb.SubmitFeedbackRequest
) -> feedback_pb.Feedback:
    request.request_id = api.new_request_id()
    return await api.feedback.SubmitFeedback(request)


def _suggestion_id(person_id: str, suggestion: str) -> str:
    if not (suggestion.isascii() and suggestion.isdigit() and len(suggestion) < 4):
        return suggestion
    shown = ShownSuggestions.from_environment().numbered(person_id, int(suggestion))
    if shown is None:
        stop(
            f"No suggestion {suggestion} was shown to {person_id} last.",
            "Run `persona-kit suggest` first; the numbers are those of its answer.",
        )
    return shown


def analytics(person: Person = "", as_json: Json = False, address: Address = "") -> None:
    """Verdicts so far: totals, by type, part of the day and week, and the weights."""
    request = feedback_pb.GetAnalyticsRequest(person_id=person)
    found = call(address, lambda api: api.feedback.GetAnalytics(request))
    if as_json:
        show_json(found)
    else:
        show(feedback_shown.analytics(found))
