"""What commands need to know of a person: the zone, and whether all of it is processed."""

from __future__ import annotations

import os
from datetime import timedelta
from zoneinfo import ZoneInfo

from google.protobuf.duration_pb2 import Duration
from grpc import StatusCode
from grpc.aio import AioRpcError

from clients.cli.times import zone_named, zone_of_machine
from clients.connect import PersonaKit
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.profiler.v1 import profiler_pb2 as profiler

LONGEST_WAIT = timedelta(seconds=30)
"""The most that WaitProcessed takes."""


async def zone_of(api: PersonaKit, person_id: str) -> ZoneInfo:
    """The person's own zone; raises the error of the call when there is no such person."""
    person = await api.ingest.GetPerson(ingest.GetPersonRequest(person_id=person_id))
    return zone_named(person.time_zone or "UTC")


async def zone_to_record_in(api: PersonaKit, person_id: str, named: str) -> tuple[ZoneInfo, str]:
    """The zone to read times in, and the name to record with them.

    The name is empty for a person who has a zone. Somebody new gets this machine's, since the zone
    of the first observation becomes the person's.
    """
    if named:
        return zone_named(named), named
    try:
        return await zone_of(api, person_id), ""
    except AioRpcError as error:
        if error.code() is not StatusCode.NOT_FOUND:
            raise
    name = zone_of_machine(os.environ)
    return zone_named(name), name


async def wait_processed(
    api: PersonaKit, person_id: str, patience: timedelta
) -> profiler.ProcessingStatus:
    """Waits until all that was recorded is in the mindscape, or the patience is over."""
    left = patience
    while True:
        turn = min(left, LONGEST_WAIT)
        timeout = Duration()
        timeout.FromTimedelta(turn)
        request = profiler.WaitProcessedRequest(person_id=person_id, timeout=timeout)
        status = await api.profiler.WaitProcessed(request, timeout=turn.total_seconds() + 10)
        left -= turn
        if status.pending == 0 or left <= timedelta():
            return status
