"""OpenTelemetry, set up to export over OTLP/gRPC."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import metrics, propagate, trace
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from services.kit.telemetry import TRACEPARENT

NAME = "personakit"


class _Span:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def fail(self, reason: str) -> None:
        self._span.set_status(StatusCode.ERROR, reason)


class OpenTelemetry:
    """Implements `Telemetry`: this process's traces and metrics go to `endpoint`."""

    def __init__(self, service: str, endpoint: str) -> None:
        resource = Resource.create({SERVICE_NAME: f"personakit-{service}"})
        insecure = not endpoint.startswith("https:")
        self._traces = TracerProvider(resource=resource)
        self._traces.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(endpoint, insecure=insecure))
        )
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint, insecure=insecure))
        self._meters = MeterProvider([reader], resource)
        trace.set_tracer_provider(self._traces)
        metrics.set_meter_provider(self._meters)
        self._tracer = trace.get_tracer(NAME)
        self._meter = metrics.get_meter(NAME)
        self._seconds = self._meter.create_histogram(
            "rpc.server.duration", unit="s", description="Seconds from request to answer"
        )

    def flush(self) -> None:
        """Sends what is left, and nothing more."""
        self._traces.shutdown()
        self._meters.shutdown()

    def call(self, method: str, trace: str | None) -> AbstractContextManager[_Span]:
        return self._span(method, trace, SpanKind.SERVER)

    def work(self, name: str, trace: str | None) -> AbstractContextManager[_Span]:
        return self._span(name, trace, SpanKind.CONSUMER)

    @contextmanager
    def _span(self, name: str, parent: str | None, kind: SpanKind) -> Iterator[_Span]:
        context = propagate.extract({TRACEPARENT: parent} if parent else {})
        with self._tracer.start_as_current_span(
            name, context, kind, record_exception=False, set_status_on_exception=False
        ) as span:
            yield _Span(span)

    def traceparent(self) -> str | None:
        if trace.get_current_span() is trace.INVALID_SPAN:
            return None
        headers: dict[str, str] = {}
        propagate.inject(headers)
        return headers.get(TRACEPARENT)

    def ended(self, method: str, code: str, seconds: float) -> None:
        self._seconds.record(seconds, {"rpc.method": method, "rpc.grpc.status_code": code})

    def gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        def observe(_: CallbackOptions) -> list[Observation]:
            return [Observation(read())]

        self._meter.create_observable_gauge(name, callbacks=[observe], description=description)
