"""Three times as many callers as a service takes: some are answered, the rest told when to come."""

import asyncio
import time
from dataclasses import dataclass, field

import grpc
import pytest

from personakit.feedback.v1 import feedback_pb2
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from tests.e2e.stack import Run
from tests.hostile.test_limits import a_session
from tests.refusals import SeenRefusal, refusal_of

# A service takes 512 calls at once.
CALLERS = 3 * 512
SECONDS = 4.0
BUSY = SeenRefusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_REQUESTS", [], 1.0)


@dataclass
class Seen:
    """How long each call took that was taken, and that was not; and what the latter were told."""

    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    refusals: list[SeenRefusal] = field(default_factory=list)


async def keep_calling(ingest: IngestServiceStub, number: int, until: float, seen: Seen) -> None:
    """Calls again and again; waits for as long as it is told to when it is refused."""
    request = pb.RecordObservationRequest(observation=a_session(f"caller-{number}"))
    while (began := time.monotonic()) < until:
        try:
            await ingest.RecordObservation(request, timeout=30)
            seen.taken.append(time.monotonic() - began)
        except grpc.aio.AioRpcError as error:
            seen.refused.append(time.monotonic() - began)
            seen.refusals.append(refusal_of(error))
            await asyncio.sleep(1)


@pytest.mark.timeout(300)
async def test_at_three_times_the_load_some_are_taken_and_the_rest_told_when_to_come_back(
    unharmed: Run,
) -> None:
    seen, until = Seen(), time.monotonic() + SECONDS
    meanwhile: list[float] = []
    async with grpc.aio.insecure_channel(f"127.0.0.1:{unharmed.port}") as channel:
        ingest, feedback = IngestServiceStub(channel), FeedbackServiceStub(channel)
        async with asyncio.TaskGroup() as callers:
            for number in range(CALLERS):
                callers.create_task(keep_calling(ingest, number, until, seen))
            while (began := time.monotonic()) < until:
                await feedback.GetWeights(feedback_pb2.GetWeightsRequest(person_id="sample"))
                meanwhile.append(time.monotonic() - began)
                await asyncio.sleep(0.1)
        stored = await ingest.RecordObservation(
            pb.RecordObservationRequest(observation=a_session("after"))
        )
    assert stored.observation_id
    print(said("taken", seen.taken), said("refused", seen.refused), said("others", meanwhile))  # noqa: T201
    assert len(seen.taken) > CALLERS / 3
    assert seen.refusals
    assert set(map(repr, seen.refusals)) == {repr(BUSY)}
    # Far from the deadline of 15 seconds, even on a machine that does other things.
    assert max(*seen.taken, *seen.refused, *meanwhile) < 8


def said(name: str, times: list[float]) -> str:
    ordered = sorted(times)
    middle, last = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"{name}: {len(times)}, p50 {middle * 1000:.0f} ms, p99 {last * 1000:.0f} ms;"
