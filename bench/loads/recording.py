"""Records observations over gRPC, one a call, many a call, or as a stream."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import cycle
from secrets import token_hex
from time import perf_counter
from typing import TypeAlias

import grpc
from google.protobuf.json_format import MessageToDict

from bench.loads.loop import Load, closed_loop
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub

BATCH, MESSAGE = 1000, 500
PEOPLE, SESSIONS = 100, 400
Send: TypeAlias = Callable[[float], Coroutine[None, None, int]]
"""Sends until then, and returns how many were recorded."""


def observation(person_id: str = "ana") -> pb.Observation:
    """Returns the observation of the README's example."""
    session = pb.WorkSession(duration_minutes=90, productivity_score=4, interruptions=1)
    session.start_time.FromJsonString("2026-11-17T00:00:00Z")
    return pb.Observation(person_id=person_id, time_zone="Asia/Tokyo", work_session=session)


def tracked() -> list[pb.Observation]:
    """Returns the sessions of 100 people in turn, four a day, 100 days of each.

    The people are new ones each time: nobody has two sessions at once, however many loads run.
    """
    crowd = token_hex(4)
    several = [observation_number(number) for number in range(PEOPLE * SESSIONS)]
    for one in several:
        one.person_id = f"{one.person_id}-{crowd}"
        # Without a name of its own each is a new one, however often it is sent.
        one.ClearField("source")
        one.ClearField("source_id")
    return several


def requests() -> list[pb.RecordObservationRequest]:
    """Returns requests to record them."""
    return [pb.RecordObservationRequest(observation=one) for one in tracked()]


def documents() -> list[dict[str, object]]:
    """Returns them as REST takes them."""
    return [MessageToDict(one, preserving_proto_field_name=True) for one in tracked()]


def observation_number(number: int) -> pb.Observation:
    """Returns one of many: of 100 people, four sessions a day, going back, as a tracker sends."""
    one = observation(f"person-{number % 100}")
    session = number // 100
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    day = now - timedelta(days=session // 4 + 1)
    one.work_session.start_time.FromDatetime(day.replace(hour=9 + session % 4 * 2))
    one.work_session.duration_minutes = 30 + session % 7 * 10
    one.work_session.interruptions = session % 4
    one.source, one.source_id = "tracker", str(number)
    return one


def record_all(address: str, count: int, in_flight: int) -> None:
    """Records so many different observations, one a call."""

    async def run() -> None:
        async with grpc.aio.insecure_channel(address) as channel:
            stub = IngestServiceStub(channel)
            numbers = iter(range(count))

            async def caller() -> None:
                for number in numbers:
                    request = pb.RecordObservationRequest(observation=observation_number(number))
                    await stub.RecordObservation(request, wait_for_ready=True)

            await asyncio.gather(*(caller() for _ in range(in_flight)))

    asyncio.run(run())


def record_one(address: str, seconds: float, in_flight: int) -> Load:
    """Records the observations of `tracked`, one a call."""

    async def run() -> Load:
        async with grpc.aio.insecure_channel(address) as channel:
            stub = IngestServiceStub(channel)
            turns = cycle(requests())
            await stub.RecordObservation(next(turns), wait_for_ready=True)
            return await closed_loop(
                lambda: stub.RecordObservation(next(turns)), seconds, in_flight
            )

    return asyncio.run(run())


def record_many(address: str, seconds: float, *, stream: bool) -> float:
    """Returns observations a second: in batches of 1,000, or as a client stream of messages of 500.

    Two calls are in flight, so that one can be read while the other is stored.
    """

    async def run() -> float:
        async with grpc.aio.insecure_channel(address) as channel:
            stub = IngestServiceStub(channel)
            await stub.RecordObservation(
                pb.RecordObservationRequest(observation=observation()), wait_for_ready=True
            )
            send = _stream(stub, tracked()) if stream else _batches(stub, tracked())
            began = perf_counter()
            counts = await asyncio.gather(*(send(began + seconds) for _ in range(2)))
            return sum(counts) / (perf_counter() - began)

    return asyncio.run(run())


def _batches(stub: IngestServiceStub, several: list[pb.Observation]) -> Send:
    parts = _parts(several, BATCH)
    ready = cycle([pb.RecordObservationsRequest(observations=part) for part in parts])

    async def send(until: float) -> int:
        recorded = 0
        while perf_counter() < until:
            recorded += (await stub.RecordObservations(next(ready))).recorded
        return recorded

    return send


def _stream(stub: IngestServiceStub, several: list[pb.Observation]) -> Send:
    parts = _parts(several, MESSAGE)
    ready = cycle([pb.StreamObservationsRequest(observations=part) for part in parts])

    async def send(until: float) -> int:
        async def requests() -> AsyncIterator[pb.StreamObservationsRequest]:
            while perf_counter() < until:
                yield next(ready)

        return (await stub.StreamObservations(requests())).recorded

    return send


def _parts(several: list[pb.Observation], size: int) -> list[list[pb.Observation]]:
    return [several[first : first + size] for first in range(0, len(several), size)]
