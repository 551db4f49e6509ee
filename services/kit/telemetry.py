"""Traces and metrics: sent where an OTLP endpoint is set, silent otherwise.

OpenTelemetry is imported only where it has somewhere to send to: it takes 3 MB. A caller's trace is
handed on in any case, as W3C's `traceparent`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol

TRACEPARENT = "traceparent"
# https://www.w3.org/TR/trace-context/#traceparent-header; ids of zeros name nothing.
_TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class Span(Protocol):
    """Work that is under way, as a trace shows it."""

    def fail(self, reason: str) -> None:
        """Marks it as failed; a reason, never a message, since messages can quote input."""


class Telemetry(Protocol):
    """Where spans and measurements go. No span records an exception: it can quote content."""

    def call(self, method: str, trace: str | None) -> AbstractContextManager[Span]:
        """Opens the span of an incoming call: a child of the caller's, if it names one."""

    def work(self, name: str, trace: str | None) -> AbstractContextManager[Span]:
        """Opens the span of work that an earlier call asked for."""

    def traceparent(self) -> str | None:
        """Returns the present span as a W3C `traceparent`; None where nothing is traced."""

    def ended(self, method: str, code: str, seconds: float) -> None:
        """Counts a finished call and its seconds."""

    def gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        """Reports what `read` returns whenever metrics are collected."""


class _NoSpan:
    def fail(self, reason: str) -> None:
        pass


_NO_SPAN = _NoSpan()
_NOTHING: AbstractContextManager[Span] = nullcontext(_NO_SPAN)
_passing: ContextVar[str | None] = ContextVar("passing", default=None)


class _Silent:
    """Sends nothing, and hands on what passes through."""

    def call(self, method: str, trace: str | None) -> AbstractContextManager[Span]:
        return self.work(method, trace) if trace else _NOTHING

    @contextmanager
    def work(self, name: str, trace: str | None) -> Iterator[Span]:
        before = _passing.get()
        _passing.set(trace if trace and _TRACE.fullmatch(trace) else None)
        try:
            yield _NO_SPAN
        finally:
            _passing.set(before)

    def traceparent(self) -> str | None:
        return _passing.get()

    def ended(self, method: str, code: str, seconds: float) -> None:
        pass

    def gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        pass


class _Process:
    """What this process has, as OpenTelemetry's own providers are one for a process."""

    telemetry: Telemetry = _Silent()


def set_up_telemetry(service: str, endpoint: str | None) -> Callable[[], None]:
    """Sends traces and metrics to `endpoint`, if there is one; returns what flushes them."""
    if endpoint is None:
        return lambda: None
    from services.kit.otlp import OpenTelemetry

    exporting = OpenTelemetry(service, endpoint)
    _Process.telemetry = exporting
    return exporting.flush


def telemetry() -> Telemetry:
    """Returns where this process's spans and measurements go."""
    return _Process.telemetry


def traceparent() -> str | None:
    """Returns the present span as a W3C `traceparent`; None where nothing is traced."""
    return _Process.telemetry.traceparent()
