"""Recording made-up history through the API, played here by a fake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import grpc
import pytest

from clients.connect import Target, connect
from clients.workbench.loading import load
from clients.workbench.sample import load_sample
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.profiler.v1 import profiler_pb2 as profiler

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)


class FakeIngest:
    """Keeps what it is sent, by source id."""

    def __init__(self) -> None:
        self.kept: dict[str, ingest.Observation] = {}

    async def record(
        self, request: ingest.RecordObservationsRequest, context: object
    ) -> ingest.RecordObservationsResponse:
        new = {each.source_id: each for each in request.observations} | self.kept
        recorded, self.kept = len(new) - len(self.kept), new
        return ingest.RecordObservationsResponse(
            recorded=recorded, already_recorded=len(request.observations) - recorded
        )


class FakeProfiler:
    """Is done at the second look."""

    def __init__(self) -> None:
        self.looks = 0

    async def wait(
        self, request: profiler.WaitProcessedRequest, context: object
    ) -> profiler.ProcessingStatus:
        self.looks += 1
        return profiler.ProcessingStatus(pending=int(self.looks == 1), mindscape_version=7)


@asynccontextmanager
async def serving(keeper: FakeIngest, worker: FakeProfiler) -> AsyncIterator[Target]:
    record = grpc.unary_unary_rpc_method_handler(
        keeper.record,
        ingest.RecordObservationsRequest.FromString,
        ingest.RecordObservationsResponse.SerializeToString,
    )
    wait = grpc.unary_unary_rpc_method_handler(
        worker.wait,
        profiler.WaitProcessedRequest.FromString,
        profiler.ProcessingStatus.SerializeToString,
    )
    server = grpc.aio.server()
    for service, method, handler in (
        ("personakit.ingest.v1.IngestService", "RecordObservations", record),
        ("personakit.profiler.v1.ProfilerService", "WaitProcessed", wait),
    ):
        handlers = grpc.method_handlers_generic_handler(service, {method: handler})
        server.add_generic_rpc_handlers((handlers,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield Target(f"127.0.0.1:{port}")
    finally:
        await server.stop(None)


async def test_the_sample_person_is_recorded_once_however_often_loaded() -> None:
    keeper = FakeIngest()
    seen: list[tuple[int, int]] = []
    async with serving(keeper, FakeProfiler()) as target:
        first = await load_sample(target, NOW, progress=lambda *step: seen.append(step))
        again = await load_sample(target, NOW)
    assert first.recorded == len(keeper.kept) > 200
    assert (again.recorded, again.already_recorded) == (0, first.recorded)
    assert seen[-1] == (first.recorded, first.recorded)


async def test_loading_waits_until_all_is_processed() -> None:
    worker = FakeProfiler()
    async with serving(FakeIngest(), worker) as target:
        loaded = await load_sample(target, NOW)
    assert worker.looks == 2
    assert not loaded.unfinished
    assert loaded.mindscape_version == 7


async def test_nothing_to_load_asks_nobody() -> None:
    async with connect(Target("127.0.0.1:1")) as personakit:
        assert (await load(personakit, [])).recorded == 0


async def test_a_server_that_is_not_there_is_an_error_of_the_call() -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await load_sample(Target("127.0.0.1:1"), NOW)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
