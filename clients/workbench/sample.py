"""The sample person, whom the first start shows: somebody who is at work right now.

That is in this machine's own time zone if it is working time there, else where it is morning.
"""

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from clients.cli.times import zone_of_machine
from clients.connect import Target, connect
from clients.workbench.families import draw_person
from clients.workbench.history import write_history
from clients.workbench.loading import Loaded, Progress, load, no_progress
from clients.workbench.people import Amount, Chronotype, Person
from personakit.ingest.v1 import ingest_pb2 as pb

SAMPLE_PERSON_ID = "sample"
SAMPLE_WEEKS = 6

_SEED = 7
# One for every few hours around the globe, so that it is always morning in one of them.
_ELSEWHERE = (
    "Europe/Berlin",
    "Atlantic/Azores",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Honolulu",
    "Pacific/Auckland",
    "Australia/Sydney",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Asia/Dubai",
)
_AT_WORK = range(9, 16)
_MORNING = range(9, 13)
_SATURDAY = 5


def sample_person(time_zone: str) -> Person:
    """Make the sample person: best before noon, some meetings, some interruptions."""
    return draw_person(_SEED, time_zone, Chronotype.MIDDLE, Amount.MEDIUM, Amount.MEDIUM)


def zone_at_work(now: datetime, own: str) -> str:
    """Return `own` if it is working time there, else a zone where it is morning."""
    if now.astimezone(ZoneInfo(own)).hour in _AT_WORK:
        return own
    mornings = (zone for zone in _ELSEWHERE if now.astimezone(ZoneInfo(zone)).hour in _MORNING)
    return next(mornings, own)


def sample_history(person_id: str, now: datetime, time_zone: str) -> list[pb.Observation]:
    """Return the sample person's last six weeks, and their meetings of the coming days."""
    person = sample_person(time_zone)
    if now.astimezone(ZoneInfo(time_zone)).weekday() >= _SATURDAY:
        person = replace(person, weekend_work=1.0)
    return write_history(person, person_id, now, SAMPLE_WEEKS)


async def load_sample(
    target: Target,
    now: datetime,
    person_id: str = SAMPLE_PERSON_ID,
    time_zone: str = "",
    progress: Progress = no_progress,
) -> Loaded:
    """Record the sample person's history and wait until it is in the mindscape.

    Safe to repeat. `now` must not be ahead of the server's clock. Without `time_zone` it is one
    where it is working time. Raises grpc.aio.AioRpcError.
    """
    zone = time_zone or zone_at_work(now, zone_of_machine(os.environ))
    history = sample_history(person_id, now, zone)
    async with connect(target) as personakit:
        return await load(personakit, history, progress)


def main(person_id: str = SAMPLE_PERSON_ID) -> str:
    """Record the sample person as of now; return what is wrong, or nothing."""
    done = asyncio.run(load_sample(Target.from_environment(), datetime.now(UTC), person_id))
    return f"{done.pending} not processed, {done.failed} failed" if done.unfinished else ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]) or 0)
