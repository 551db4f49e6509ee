"""The OpenTelemetry SDK, set up to export over OTLP/gRPC."""

from collections.abc import Callable

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def export_to(service: str, endpoint: str) -> Callable[[], None]:
    """Exports this process's traces and metrics to `endpoint`; returns what flushes them."""
    resource = Resource.create({SERVICE_NAME: f"personakit-{service}"})
    insecure = not endpoint.startswith("https:")
    traces = TracerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint, insecure=insecure)))
    meters = MeterProvider(
        [PeriodicExportingMetricReader(OTLPMetricExporter(endpoint, insecure=insecure))], resource
    )
    trace.set_tracer_provider(traces)
    metrics.set_meter_provider(meters)

    def flush() -> None:
        traces.shutdown()
        meters.shutdown()

    return flush
