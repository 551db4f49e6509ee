"""Watching over gRPC: from an observation to the telling, and what ends a stream."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from google.protobuf.json_format import ParseDict

from personakit.ingest.v1 import ingest_pb2 as ingest_pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.profiler.v1 import profiler_pb2 as pb
from personakit.profiler.v1.profiler_pb2_grpc import (
    ProfilerServiceStub,
    add_ProfilerServiceServicer_to_server,
)
from services.ingest.main import assemble as assemble_ingest
from services.kit.auth.guard import Guard
from services.kit.calls import Calls
from services.kit.channels import connect
from services.kit.clock import SystemClock
from services.kit.process import run
from services.kit.server import Server
from services.kit.settings import Settings
from services.profiler.api import ProfilerApi
from services.profiler.main import assemble
from services.profiler.model import Mindscape, PersonId
from services.profiler.usecases import Explainer, Watch
from tests.conftest import Serve
from tests.refusals import refusal_of
from tests.unit.profiler.fakes import (
    Memory,
    MemoryLedgers,
    MemoryMindscapes,
    MemoryNotices,
    MemoryQueue,
)
from tests.unit.profiler.people import MemoryPriors

ANA = PersonId("ana")
SESSION = {"work_session": {"start_time": "2026-11-17T00:00:00Z", "duration_minutes": 90}}
MEETING = {
    "calendar_event": {
        "start_time": "2026-11-18T01:00:00Z",
        "end_time": "2026-11-18T02:00:00Z",
        "kind": "MEETING",
    }
}


@pytest.fixture
async def ingest(serve: Serve, settings: Settings) -> IngestServiceStub:
    (settings.home / "clock").write_text("2026-11-17T01:40:00+00:00")
    return IngestServiceStub(await serve(assemble_ingest))


@pytest.fixture
async def profiler(serve: Serve, ingest: object) -> ProfilerServiceStub:
    return ProfilerServiceStub(await serve(assemble))


async def record(ingest: IngestServiceStub, source_id: str, fields: Mapping[str, object]) -> str:
    message = {"person_id": "ana", "source": "test", "source_id": source_id, **fields}
    observation = ParseDict(message | {"time_zone": "Asia/Tokyo"}, ingest_pb.Observation())
    request = ingest_pb.RecordObservationRequest(observation=observation)
    return (await ingest.RecordObservation(request)).observation_id


def watch(profiler: ProfilerServiceStub, **fields: int) -> AsyncIterator[pb.WatchMindscapeResponse]:
    request = pb.WatchMindscapeRequest(person_id="ana", **fields)
    return aiter(profiler.WatchMindscape(request))


async def version(stream: AsyncIterator[pb.WatchMindscapeResponse]) -> int:
    async with asyncio.timeout(5):
        return (await anext(stream)).version


async def test_what_is_recorded_is_told_when_it_is_believed(
    ingest: IngestServiceStub, profiler: ProfilerServiceStub
) -> None:
    stream = watch(profiler)
    waiting = asyncio.create_task(version(stream))
    await record(ingest, "1", SESSION)
    assert await waiting == 1
    await record(ingest, "2", SESSION)
    assert await version(stream) == 2


async def test_a_calendar_entry_moved_or_taken_back_makes_versions_too(
    ingest: IngestServiceStub, profiler: ProfilerServiceStub
) -> None:
    await record(ingest, "1", SESSION)
    stream = watch(profiler)
    assert await version(stream) == 1
    observation_id = await record(ingest, "2", MEETING)
    assert await version(stream) == 2
    await ingest.RetractObservation(
        ingest_pb.RetractObservationRequest(person_id="ana", observation_id=observation_id)
    )
    assert await version(stream) == 3


@dataclass
class Small:
    """The profiler on stores in memory, with room for two watches and for one other call."""

    watch: Watch
    stub: ProfilerServiceStub

    def stream(
        self,
    ) -> "grpc.aio.UnaryStreamCall[pb.WatchMindscapeRequest, pb.WatchMindscapeResponse]":
        return self.stub.WatchMindscape(pb.WatchMindscapeRequest(person_id="ana"))


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Small]:
    memory = Memory()
    memory.history[ANA].append(Mindscape(ANA, 1, datetime.now(UTC), "UTC", {}))
    queue, ledgers = MemoryQueue(memory), MemoryLedgers(memory)
    mindscapes, notices = MemoryMindscapes(memory), MemoryNotices()
    explainer = Explainer(mindscapes, ledgers, MemoryPriors(), SystemClock())
    watch = Watch(mindscapes, notices)
    api = ProfilerApi(queue, ledgers, mindscapes, explainer, notices, watch, SystemClock())
    server = Server(Calls(Guard(), most=1, most_watches=2))
    add_ProfilerServiceServicer_to_server(api, server)
    address = f"unix:{tmp_path / 's'}"
    server.add_insecure_port(address)
    await server.start()
    async with connect(address) as channel:
        yield Small(watch, ProfilerServiceStub(channel))
    await server.stop(None)


async def test_streams_that_are_cancelled_leave_nothing_behind(small: Small) -> None:
    for _ in range(5):
        calls = [small.stream() for _ in range(2)]
        for call in calls:
            await anext(aiter(call))
        assert small.watch.open == 2
        for call in calls:
            call.cancel()
        async with asyncio.timeout(5):
            while small.watch.open:
                await asyncio.sleep(0.01)


async def test_watches_have_a_room_of_their_own(small: Small) -> None:
    calls = [small.stream() for _ in range(2)]
    for call in calls:
        await anext(aiter(call))
    request = pb.GetProcessingStatusRequest(person_id="ana")
    assert (await small.stub.GetProcessingStatus(request)).pending == 0
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await anext(aiter(small.stream()))
    refusal = refusal_of(refused.value)
    assert (refusal.code, refusal.reason) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "TOO_MANY_REQUESTS",
    )
    for call in calls:
        call.cancel()


async def test_a_stop_of_the_service_ends_streams_at_once_and_without_an_error(
    ingest: IngestServiceStub, settings: Settings
) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(run(assemble(settings), settings, stop, ready))
    await ready.wait()
    async with connect(settings.address("profiler")) as channel:
        await record(ingest, "1", SESSION)
        stream = watch(ProfilerServiceStub(channel))
        assert await version(stream) == 1
        stop.set()
        async with asyncio.timeout(3):
            assert [one async for one in stream] == []
            await running
