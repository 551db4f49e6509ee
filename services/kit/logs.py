"""Logs as one JSON object a line, each with the correlation id of the call it belongs to."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import TypeAlias

_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
_correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def correlation_id() -> str:
    """Returns the id that ties together all that one request led to; empty outside of one."""
    return _correlation_id.get()


def correlate(identifier: str) -> None:
    """Gives everything logged in this task from now on this correlation id."""
    _correlation_id.set(identifier)


@contextmanager
def correlated(identifier: str) -> Iterator[None]:
    """Gives everything logged within the block this correlation id."""
    token = _correlation_id.set(identifier)
    try:
        yield
    finally:
        _correlation_id.reset(token)


def set_up_logs(service: str, level: str = "INFO") -> None:
    """Sends every log of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON; what is passed as `extra` becomes fields of its own."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "process": record.process,
            "logger": record.name,
            "message": record.getMessage(),
            "correlation_id": correlation_id(),
        }
        entry |= {k: v for k, v in record.__dict__.items() if k not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps({k: v for k, v in entry.items() if v != ""}, default=str)

    def formatException(self, ei: _ExcInfo) -> str:
        """Returns where an exception and its causes come from, without their words."""
        return "\n".join(_where(ei[1])) if ei[1] else ""


def _where(error: BaseException) -> Iterator[str]:
    """Yields the frames and the kind of the first cause, then those of what it led to.

    The words are left out: a driver's quote rows, a parser's quote what it was given.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause:
        yield from _where(cause)
    for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _where(inner)
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    state = getattr(error, "sqlstate", None)
    yield type(error).__qualname__ + (f" ({state})" if state else "")
