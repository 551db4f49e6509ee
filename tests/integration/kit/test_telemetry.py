"""Traces and metrics reach an OTLP collector where one is named."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_pb
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc as metrics_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces_pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as traces_grpc

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.profiler.v1.profiler_pb2 import GetProcessingStatusRequest
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.kit.channels import connect
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


class Collector:
    """Keeps the names and trace ids of spans, and the names of metrics with what gauges show."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str]] = []
        self.metrics: dict[str, list[float]] = {}
        self.text = ""

    async def take_traces(self, request: Any, context: object) -> Any:
        self.text += str(request)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans += [(span.name, span.trace_id.hex()) for span in scope.spans]
        return traces_pb.ExportTraceServiceResponse()

    async def take_metrics(self, request: Any, context: object) -> Any:
        self.text += str(request)
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    points = metric.gauge.data_points
                    self.metrics[metric.name] = [one.as_int or one.as_double for one in points]
        return metrics_pb.ExportMetricsServiceResponse()


@pytest.fixture
async def collector() -> AsyncIterator[tuple[Collector, int]]:
    collected = Collector()
    traces = traces_grpc.TraceServiceServicer()
    traces.Export = collected.take_traces  # type: ignore[method-assign]
    metrics = metrics_grpc.MetricsServiceServicer()
    metrics.Export = collected.take_metrics  # type: ignore[method-assign]
    server = grpc.aio.server()
    traces_grpc.add_TraceServiceServicer_to_server(traces, server)  # type: ignore[no-untyped-call]
    metrics_grpc.add_MetricsServiceServicer_to_server(metrics, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield collected, port
    await server.stop(None)


@asynccontextmanager
async def running(name: str, settings: Settings, port: int) -> AsyncIterator[grpc.aio.Channel]:
    """Runs a service that tells the collector what it measures."""
    environment = os.environ | {
        "DATABASE_URL": settings.database,
        "PERSONAKIT_SECRETS": str(settings.secrets),
        f"PERSONAKIT_{name.upper()}_ADDRESS": settings.address(name),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    process = subprocess.Popen([sys.executable, "-m", "services", name], env=environment)
    try:
        async with connect(settings.address(name)) as channel:
            yield channel
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 20)


async def test_a_call_is_a_span_of_the_callers_trace_and_carries_no_content(
    settings: Settings, collector: tuple[Collector, int]
) -> None:
    collected, port = collector
    async with running("ingest", settings, port) as channel:
        session = pb.WorkSession(duration_minutes=30, label="secret plan")
        session.start_time.FromJsonString("2026-11-17T09:00:00Z")
        await IngestServiceStub(channel).RecordObservation(
            pb.RecordObservationRequest(
                observation=pb.Observation(person_id="ana", work_session=session)
            ),
            metadata=[("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01")],
            wait_for_ready=True,
            timeout=20,
        )
    assert ("/personakit.ingest.v1.IngestService/RecordObservation", TRACE_ID) in collected.spans
    assert "rpc.server.duration" in collected.metrics
    assert "secret" not in collected.text


# Both have waited for 100 seconds; the one that is open has to rest a while longer.
TASKS = Sql("""
    INSERT INTO ingest.outbox_tasks
        (person_id, task_id, task_type, payload, status, run_after, created_at, updated_at)
    SELECT 'ana', gen_random_uuid(), 'process_observation', '{}', status,
           now() + interval '1 hour', now() - interval '100 seconds', now()
    FROM unnest(ARRAY['pending', 'failed']) AS status
""")


async def test_the_queue_tells_its_depth_its_lag_and_its_failures(
    settings: Settings, collector: tuple[Collector, int]
) -> None:
    collected, port = collector
    database = Database(settings.database_url("ingest"), application="test")
    await database.run(TASKS)
    await database.close()
    async with running("profiler", settings, port) as channel:
        await ProfilerServiceStub(channel).GetProcessingStatus(
            GetProcessingStatusRequest(person_id="ana"), wait_for_ready=True, timeout=20
        )
    assert collected.metrics["personakit.queue.depth"] == [1]
    assert collected.metrics["personakit.queue.failed"] == [1]
    (lag,) = collected.metrics["personakit.queue.lag"]
    assert 100 <= lag < 130
