"""`weights`: what the person's verdicts have led to, how it came so, and back to the start."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from clients.cli.options import Address, Json, Person
from clients.cli.people import zone_of
from clients.cli.session import MISUSED, call, show, show_json, stop
from clients.cli.show import feedback as shown
from clients.connect import PersonaKit
from personakit.feedback.v1 import feedback_pb2 as pb

ALL: Final = "all"
MOST_SHOWN: Final = 50

History = Annotated[bool, typer.Option("--history", help="When and why they moved, newest first.")]
Reset = Annotated[
    str,
    typer.Option(
        "--reset",
        metavar="TYPE",
        show_default=False,
        help=f'Put the weights of a type, or of "{ALL}", back to where they started.',
    ),
]


def weights(
    person: Person = "",
    history: History = False,
    reset: Reset = "",
    as_json: Json = False,
    address: Address = "",
) -> None:
    """How much each type of suggestion counts, and when it helps."""
    if history and reset:
        stop("Give --history or --reset, not both.", exit_code=MISUSED)
    if history:
        _history(person, as_json, address)
        return
    found = call(address, lambda api: _weights(api, person, reset))
    if as_json:
        show_json(found)
        return
    if reset:
        typer.echo(shown.put_back(found, "" if reset == ALL else reset))
    show(shown.weights(found))


async def _weights(api: PersonaKit, person_id: str, reset: str) -> pb.GetWeightsResponse:
    if not reset:
        return await api.feedback.GetWeights(pb.GetWeightsRequest(person_id=person_id))
    of_type = "" if reset == ALL else reset
    request = pb.ResetWeightsRequest(person_id=person_id, suggestion_type=of_type)
    return await api.feedback.ResetWeights(request)


def _history(person_id: str, as_json: bool, address: str) -> None:
    async def ask(api: PersonaKit) -> tuple[pb.ListWeightChangesResponse, str]:
        request = pb.ListWeightChangesRequest(person_id=person_id, page_size=MOST_SHOWN)
        found = await api.feedback.ListWeightChanges(request)
        return found, (await zone_of(api, person_id)).key

    found, zone = call(address, ask)
    if as_json:
        show_json(found)
    else:
        show(shown.history(found, zone))
