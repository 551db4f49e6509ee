"""The sample person, whom the first start shows: somebody in this machine's own time zone."""

import asyncio
import os
import sys
from datetime import UTC, datetime

from clients.cli.times import zone_of_machine
from clients.connect import Target, connect
from clients.workbench.history import write_history
from clients.workbench.loading import Loaded, Progress, load, no_progress
from clients.workbench.people import Amount, Chronotype, Person, draw_person
from personakit.ingest.v1 import ingest_pb2 as pb

SAMPLE_PERSON_ID = "sample"
SAMPLE_WEEKS = 6

_SEED = 7


def sample_person(time_zone: str) -> Person:
    """Make the sample person: best before noon, some meetings, some interruptions."""
    return draw_person(_SEED, time_zone, Chronotype.MIDDLE, Amount.MEDIUM, Amount.MEDIUM)


def sample_history(person_id: str, now: datetime, time_zone: str) -> list[pb.Observation]:
    """Return the sample person's last six weeks, and their meetings of the coming days."""
    return write_history(sample_person(time_zone), person_id, now, SAMPLE_WEEKS)


async def load_sample(
    target: Target,
    now: datetime,
    person_id: str = SAMPLE_PERSON_ID,
    time_zone: str = "",
    progress: Progress = no_progress,
) -> Loaded:
    """Record the sample person's history and wait until it is in the mindscape.

    Safe to repeat. `now` must not be ahead of the server's clock. `time_zone` is this machine's
    unless given. Raises grpc.aio.AioRpcError.
    """
    history = sample_history(person_id, now, time_zone or zone_of_machine(os.environ))
    async with connect(target) as personakit:
        return await load(personakit, history, progress)


def main(person_id: str = SAMPLE_PERSON_ID) -> str:
    """Record the sample person as of now; return what is wrong, or nothing."""
    done = asyncio.run(load_sample(Target.from_environment(), datetime.now(UTC), person_id))
    return f"{done.pending} not processed, {done.failed} failed" if done.unfinished else ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]) or 0)
