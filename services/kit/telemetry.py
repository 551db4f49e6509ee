"""OpenTelemetry traces and metrics: sent where an OTLP endpoint is set, silent otherwise."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import metrics, propagate, trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.trace import Span, SpanKind, StatusCode

TRACER = "personakit"


def set_up_telemetry(service: str, endpoint: str | None) -> Callable[[], None]:
    """Sends traces and metrics to `endpoint`, if there is one; returns what flushes them."""
    if endpoint is None:
        return lambda: None
    # Imported here: a process without an endpoint does not pay for the SDK.
    from services.kit.otlp import export_to

    return export_to(service, endpoint)


@contextmanager
def server_span(method: str, headers: Mapping[str, str]) -> Iterator[Span]:
    """Opens a span for an incoming call, a child of the caller's span if it names one."""
    tracer = trace.get_tracer(TRACER)
    with tracer.start_as_current_span(
        method, context=propagate.extract(headers), kind=SpanKind.SERVER
    ) as span:
        yield span


@contextmanager
def worker_span(name: str, traceparent: str | None) -> Iterator[Span]:
    """Opens a span for work that an earlier call asked for."""
    headers = {"traceparent": traceparent} if traceparent else {}
    tracer = trace.get_tracer(TRACER)
    with tracer.start_as_current_span(
        name, context=propagate.extract(headers), kind=SpanKind.CONSUMER
    ) as span:
        yield span


def traceparent() -> str | None:
    """Returns the present span as a W3C `traceparent`; None where nothing is traced."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers.get("traceparent")


def mark_failed(span: Span, reason: str) -> None:
    """Marks a span as failed; a reason, never a message, since messages can quote input."""
    span.set_status(StatusCode.ERROR, reason)


class CallMetrics:
    """Counts calls and their seconds by method and status code."""

    def __init__(self) -> None:
        meter = metrics.get_meter(TRACER)
        self._seconds = meter.create_histogram(
            "rpc.server.duration", unit="s", description="Seconds from request to answer"
        )

    def add(self, method: str, code: str, seconds: float) -> None:
        """Adds one finished call."""
        self._seconds.record(seconds, {"rpc.method": method, "rpc.grpc.status_code": code})


def gauge(name: str, description: str, read: Callable[[], float]) -> None:
    """Reports what `read` returns whenever metrics are collected."""

    def observe(_: CallbackOptions) -> list[Observation]:
        return [Observation(read())]

    metrics.get_meter(TRACER).create_observable_gauge(
        name, callbacks=[observe], description=description
    )


def counter(name: str, description: str) -> Callable[[int], None]:
    """Returns what adds to a counter."""
    return metrics.get_meter(TRACER).create_counter(name, description=description).add
