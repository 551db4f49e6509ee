"""Traces and metrics reach an OTLP collector where one is named."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_pb
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc as metrics_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces_pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as traces_grpc

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from services.kit.channels import connect
from services.kit.settings import Settings

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


class Collector:
    """Keeps the names and trace ids of spans, and the names of metrics."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str]] = []
        self.metrics: set[str] = set()
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
                self.metrics |= {metric.name for metric in scope.metrics}
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


async def test_a_call_is_a_span_of_the_callers_trace_and_carries_no_content(
    settings: Settings, collector: tuple[Collector, int]
) -> None:
    collected, port = collector
    environment = os.environ | {
        "DATABASE_URL": settings.database.render_as_string(hide_password=False),
        "PERSONAKIT_SECRETS": str(settings.secrets),
        "PERSONAKIT_INGEST_ADDRESS": settings.address("ingest"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    process = subprocess.Popen([sys.executable, "-m", "services", "ingest"], env=environment)
    try:
        channel = connect(settings.address("ingest"))
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
        await channel.close()
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 20)
    assert ("/personakit.ingest.v1.IngestService/RecordObservation", TRACE_ID) in collected.spans
    assert "rpc.server.duration" in collected.metrics
    assert "secret" not in collected.text
