"""`mindscape` and `explain`: what is believed of the person, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address, Json, Person
from clients.cli.people import zone_of
from clients.cli.session import MISUSED, call, draws_plainly, present, show, show_json, stop
from clients.cli.show import mindscape as shown
from clients.cli.times import moment_of
from clients.connect import PersonaKit
from personakit.profiler.v1 import profiler_pb2 as pb

Version = Annotated[
    int | None,
    typer.Option("--version", min=1, metavar="N", show_default=False, help="As of that version."),
]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="TIME",
        show_default=False,
        help="As it was then, in the person's local time: 2026-01-15T13:30 or 2026-01-15.",
    ),
]
Since = Annotated[
    int | None,
    typer.Option(
        "--since",
        min=1,
        metavar="N",
        show_default=False,
        help="Tell what changed from that version to the current one.",
    ),
]
Compared = Annotated[
    tuple[int, int] | None,
    typer.Option(
        "--compare",
        min=1,
        metavar="N N",
        show_default=False,
        help="Tell what changed from one version to another.",
    ),
]
TraitName = Annotated[
    str, typer.Argument(metavar="TRAIT", help="Such as work.peak_hours, or peak_hours for short.")
]


def mindscape(
    person: Person = "",
    version: Version = None,
    as_of: AsOf = "",
    since: Since = None,
    compare: Compared = None,
    as_json: Json = False,
    address: Address = "",
) -> None:
    """What is believed of the person: the energy curve, and every trait with how sure it is."""
    if sum(map(bool, (version, as_of, since, compare))) > 1:
        stop(
            "Give one of --version, --as-of, --since and --compare, not several.", exit_code=MISUSED
        )
    if since or compare:
        _compare(person, compare or (since or 0, 0), as_json, address)
    else:
        _show(person, version or 0, as_of, as_json, address)


def _show(person: str, version: int, as_of: str, as_json: bool, address: str) -> None:
    async def get(api: PersonaKit) -> pb.Mindscape:
        request = pb.GetMindscapeRequest(person_id=person, version=version)
        if as_of:
            moment = moment_of(as_of, await zone_of(api, person), present())
            request.as_of_time.FromDatetime(moment)
        return await api.profiler.GetMindscape(request)

    found = call(address, get)
    if as_json:
        show_json(found)
    else:
        show(shown.mindscape(found, plain=draws_plainly()))


def _compare(person: str, versions: tuple[int, int], as_json: bool, address: str) -> None:
    async def ask(api: PersonaKit) -> tuple[pb.CompareMindscapesResponse, str]:
        since, until = versions
        request = pb.CompareMindscapesRequest(
            person_id=person, from_version=since, to_version=until
        )
        found = await api.profiler.CompareMindscapes(request)
        return found, (await zone_of(api, person)).key

    found, zone = call(address, ask)
    if as_json:
        show_json(found)
    else:
        show(shown.comparison(found, zone))


def explain(
    trait: TraitName, person: Person = "", as_json: Json = False, address: Address = ""
) -> None:
    """Why a trait is what it is, the observations it rests on, and what would change it."""

    async def ask(api: PersonaKit) -> tuple[pb.ExplainTraitResponse, str]:
        request = pb.ExplainTraitRequest(person_id=person, trait=_full_name(trait))
        found = await api.profiler.ExplainTrait(request)
        return found, (await zone_of(api, person)).key

    found, zone = call(address, ask)
    if as_json:
        show_json(found)
    else:
        show(shown.explanation(found, zone))


def _full_name(trait: str) -> str:
    """Completes a name without a dot; only the energy level is not about work in general."""
    if "." in trait:
        return trait
    name = trait.replace("-", "_")
    return f"current_state.{name}" if name == "energy_level" else f"work.{name}"
