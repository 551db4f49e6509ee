"""Records observations over gRPC, one a call, many a call, or as a stream."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from time import perf_counter

import grpc
from google.protobuf.json_format import MessageToDict

from bench.loads.loop import Load, closed_loop
from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub

BATCH = 1000
PEOPLE, DAYS = 100, 28


def observation(person_id: str = "ana") -> pb.Observation:
    """Returns the observation of the README's example."""
    session = pb.WorkSession(duration_minutes=90, productivity_score=4, interruptions=1)
    session.start_time.FromJsonString("2026-11-17T00:00:00Z")
    return pb.Observation(person_id=person_id, time_zone="Asia/Tokyo", work_session=session)


def requests_of_people() -> "cycle[pb.RecordObservationRequest]":
    """Returns requests for observations of 100 people and four weeks, in turn and without end."""
    several = _of_people(PEOPLE * DAYS)
    return cycle([pb.RecordObservationRequest(observation=one) for one in several])


def serialized() -> list[bytes]:
    """Returns the same requests as they go over the wire."""
    several = _of_people(PEOPLE * DAYS)
    return [pb.RecordObservationRequest(observation=one).SerializeToString() for one in several]


def documents() -> list[dict[str, object]]:
    """Returns the observations that `record_one` records, as REST takes them."""
    return [
        MessageToDict(one, preserving_proto_field_name=True) for one in _of_people(PEOPLE * DAYS)
    ]


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
    """Records observations of 100 people and four weeks in turn, each time as new ones."""

    async def run() -> Load:
        async with grpc.aio.insecure_channel(address) as channel:
            stub = IngestServiceStub(channel)
            turns = requests_of_people()
            await stub.RecordObservation(next(turns), wait_for_ready=True)
            return await closed_loop(
                lambda: stub.RecordObservation(next(turns)), seconds, in_flight
            )

    return asyncio.run(run())


def record_many(address: str, seconds: float, *, stream: bool) -> float:
    """Returns observations a second: in batches of 1,000, or as a client stream.

    Two calls are in flight, so that one can be read while the other is stored.
    """

    async def run() -> float:
        async with grpc.aio.insecure_channel(address) as channel:
            stub = IngestServiceStub(channel)
            await stub.RecordObservation(
                pb.RecordObservationRequest(observation=observation()), wait_for_ready=True
            )
            send = _stream if stream else _batches
            began = perf_counter()
            counts = await asyncio.gather(*(send(stub, began + seconds) for _ in range(2)))
            return sum(counts) / (perf_counter() - began)

    return asyncio.run(run())


def _of_people(count: int) -> list[pb.Observation]:
    """Returns an observation of each person, then of each on the next day, and so on."""
    return [_of(f"person-{number % PEOPLE}", number // PEOPLE) for number in range(count)]


def _of(person_id: str, day: int) -> pb.Observation:
    one = observation(person_id)
    one.work_session.start_time.seconds -= day * 24 * 3600
    return one


async def _batches(stub: IngestServiceStub, until: float) -> int:
    request, recorded = pb.RecordObservationsRequest(observations=_of_people(BATCH)), 0
    while perf_counter() < until:
        recorded += (await stub.RecordObservations(request)).recorded
    return recorded


async def _stream(stub: IngestServiceStub, until: float) -> int:
    async def requests() -> AsyncIterator[pb.StreamObservationsRequest]:
        ready = [pb.StreamObservationsRequest(observation=one) for one in _of_people(BATCH)]
        while perf_counter() < until:
            for request in ready:
                yield request

    return (await stub.StreamObservations(requests())).recorded
