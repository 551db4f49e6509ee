"""Checks of a PersonaKit that runs: does it answer, is it whole, does it agree with us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from grpc import StatusCode
from grpc.aio import AioRpcError

from clients.connect import PersonaKit, Target
from clients.trouble import UNREACHABLE, trouble_with
from clients.workbench.checks.finding import Finding, broken, doubtful, fine
from personakit.gateway.v1 import health_pb2 as health
from personakit.ingest.v1 import ingest_pb2 as ingest

ALLOWED_SKEW: Final = timedelta(seconds=5)
"""What is allowed for when tokens are checked. A server tells its time in whole seconds."""
_LOGS: Final = "It may be starting; else see the end of logs/services.log in its home."


async def gateway(api: PersonaKit, now: datetime, release: str) -> list[Finding]:
    """Look at what answers at the address: health, clock and release; only that, if nobody does.

    `release` is ours.
    """
    call = api.health.GetHealth(health.GetHealthRequest())
    try:
        found = await call
    except AioRpcError as error:
        return [_refused("gateway", error, api.target)]
    dates = [str(value) for key, value in await call.initial_metadata() or () if key == "date"]
    return [
        fine("gateway", f"answers at {api.target.address}"),
        *services(found),
        *(clock(parsedate_to_datetime(date), now) for date in dates),
        version(found.version, release),
    ]


def services(found: health.Health) -> Iterator[Finding]:
    """Look at each service and the database."""
    for name, status in sorted(found.services.items()):
        if status == health.Health.SERVING:
            yield fine(name, "serves")
        else:
            yield broken(name, "does not serve", _LOGS)
    if found.database == health.Health.SERVING:
        yield fine("database", "accepts connections")
    else:
        remedy = "See logs/postgres.log in the home, or whether DATABASE_URL is right."
        yield broken("database", "does not accept connections", remedy)


def clock(theirs: datetime, ours: datetime) -> Finding:
    """Compare the clocks: tokens and suggestions hold for a while only."""
    skew = abs(theirs.astimezone(UTC) - ours)
    if skew <= ALLOWED_SKEW:
        return fine("clock", "agrees with the server's")
    remedy = "Set both by NTP: timedatectl set-ntp true"
    return broken("clock", f"is {skew.total_seconds():.0f} s from the server's", remedy)


def version(theirs: str, ours: str) -> Finding:
    """Compare the releases."""
    if theirs == ours:
        return fine("version", ours)
    remedy = "Install the same release on both sides."
    return doubtful("version", f"{ours} here, {theirs} there", remedy)


async def token(api: PersonaKit) -> Finding:
    """Look at whether calls about somebody pass, with the token or without one."""
    given = "the token is accepted" if api.target.token else "none is given, and none is asked for"
    try:
        await api.ingest.GetPerson(ingest.GetPersonRequest(person_id="doctor"))
    except AioRpcError as error:
        return _about_token(error, api.target, given)
    return fine("token", given)


def _about_token(error: AioRpcError, target: Target, given: str) -> Finding:
    if error.code() is StatusCode.NOT_FOUND:
        return fine("token", given)
    trouble = trouble_with(error, target.address)
    if trouble.reason == "OTHER_PERSON":
        return fine("token", "it is accepted, for one person")
    if trouble.reason == "SCOPE_MISSING":
        remedy = "Get one that allows ingest.read if that is needed."
        return doubtful("token", "it does not allow everything", remedy)
    return _refused("token", error, target)


def _refused(subject: str, error: AioRpcError, target: Target) -> Finding:
    trouble = trouble_with(error, target.address, target.request_id)
    if trouble.exit_code == UNREACHABLE and not target.is_local:
        remedy = "Is the address right, and does a proxy or firewall stand between?"
        return broken(subject, trouble.sentence, remedy)
    return broken(subject, trouble.sentence, trouble.advice)
