"""OpenTelemetry traces and metrics: sent where an OTLP endpoint is set, silent otherwise.

No span records an exception: its words can quote content.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry import metrics, propagate, trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.trace import Span, SpanKind, StatusCode

TRACER = "personakit"
TRACEPARENT = "traceparent"
_NO_SPAN: AbstractContextManager[Span] = nullcontext(trace.INVALID_SPAN)


def set_up_telemetry(service: str, endpoint: str | None) -> Callable[[], None]:
    """Sends traces and metrics to `endpoint`, if there is one; returns what flushes them."""
    if endpoint is None:
        return lambda: None
    # Imported here: a process without an endpoint does not pay for the SDK.
    from services.kit.otlp import export_to

    return export_to(service, endpoint)


class CallSpans:
    """Makes a span for each incoming call; make it after `set_up_telemetry`."""

    def __init__(self) -> None:
        self._off = isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)

    def of_call(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
        """Returns a call's span, to be opened: a child of the caller's span if it names one.

        A trace that only passes through is still handed on; without one, nothing is done.
        """
        if self._off and TRACEPARENT not in headers:
            return _NO_SPAN
        context = propagate.extract(headers)
        tracer = trace.get_tracer(TRACER)
        return tracer.start_as_current_span(
            method, context, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        )


@contextmanager
def worker_span(name: str, traceparent: str | None) -> Iterator[Span]:
    """Opens a span for work that an earlier call asked for."""
    headers = {TRACEPARENT: traceparent} if traceparent else {}
    tracer = trace.get_tracer(TRACER)
    context = propagate.extract(headers)
    with tracer.start_as_current_span(
        name, context, SpanKind.CONSUMER, record_exception=False, set_status_on_exception=False
    ) as span:
        yield span


def traceparent() -> str | None:
    """Returns the present span as a W3C `traceparent`; None where nothing is traced."""
    if trace.get_current_span() is trace.INVALID_SPAN:
        return None
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers.get(TRACEPARENT)


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
