"""What every call passes: it is named, bounded, checked, measured, and refused alike."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractContextManager, aclosing
from datetime import timedelta
from time import perf_counter
from types import TracebackType
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError, Message
from grpc_status.rpc_status import to_status as to_grpc_status
from uuid_utils.compat import uuid7

from services.kit.auth.guard import Gate, Guard
from services.kit.errors import Invalid, Refusal, ResourceExhausted
from services.kit.logs import correlate
from services.kit.status import code_of, to_status
from services.kit.telemetry import TRACEPARENT, Span, telemetry
from services.kit.validation import check_rules

log = logging.getLogger(__name__)

REQUEST_ID = "x-request-id"
LONGEST_REQUEST_ID = 64
# Some fifteen batches of a thousand observations: a second or two of work.
MOST_BYTES_UNDER_WAY = 4 * 1024 * 1024
# Some 90 KB each, persona and profiler together, and no processor until there is something to tell.
MOST_WATCHES = 5000

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


class Unreadable:
    """Stands for a request that is no message of its type: gRPC has no other place to say so."""


class InternalFault(Refusal):
    """A fault of ours; the log has the details."""

    def __init__(self) -> None:
        super().__init__("INTERNAL_FAULT", "something went wrong here; it has been logged")


class Room:
    """What is under way of one sort: so many calls at most, and so many bytes of requests
    together, but for one that is larger alone."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._calls = self._bytes = 0

    def enter(self, size: int) -> None:
        """Counts a call with so many bytes."""
        self._calls += 1
        self._bytes += size

    def admit(self, size: int) -> None:
        """Refuses a call with so many bytes, itself counted, if too much is under way."""
        if self._calls > self._most or self._bytes > max(self._most_bytes, size):
            raise _too_many()

    def leave(self, size: int) -> None:
        """Counts it no more."""
        self._calls -= 1
        self._bytes -= size

    def hold(self, size: int) -> None:
        """Counts a message, of so many bytes, of a stream that is under way; refuses it, and counts
        it not, if too much is."""
        if self._bytes + size > max(self._most_bytes, size):
            raise _too_many()
        self._bytes += size

    def release(self, size: int) -> None:
        """Counts the message no more."""
        self._bytes -= size


class Calls:
    """What stands around every method of PersonaKit's services; `most` bounds those under way, and
    `most_bytes` their requests together. Watches, which wait for most of their time, have a room
    of their own.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        most: int = 512,
        most_bytes: int = MOST_BYTES_UNDER_WAY,
        most_watches: int = MOST_WATCHES,
    ) -> None:
        self._guard = guard
        self._work = Room(most, most_bytes)
        self._watches = Room(most_watches, most_bytes)
        self._telemetry = telemetry()

    def around(self, method: str, handler: Handler) -> Handler:
        """Returns the method as it is served."""
        gate = self._guard.gate(method)
        codec = (_tolerant(handler.request_deserializer or bytes), handler.response_serializer)
        if handler.unary_stream:
            answers = self._answers(method, gate, handler.unary_stream)
            return grpc.unary_stream_rpc_method_handler(answers, *codec)
        if handler.stream_unary:
            requests = self._requests(method, gate, handler.stream_unary)
            return grpc.stream_unary_rpc_method_handler(requests, *codec)
        call = self._unary(method, gate, handler.unary_unary)
        return grpc.unary_unary_rpc_method_handler(call, *codec)

    def _unary(self, method: str, gate: Gate, inner: Any) -> Any:
        async def call(request: Message | Unreadable, context: Context) -> Any:
            size = _size(request)
            async with _Call(self, self._work, method, context, size) as headers:
                self._work.admit(size)
                _check(gate, headers, request)
                return await inner(request, context)

        return call

    def _requests(self, method: str, gate: Gate, inner: Any) -> Any:
        async def call(requests: AsyncIterator[Message], context: Context) -> Any:
            async with _Call(self, self._work, method, context) as headers:
                self._work.admit(0)
                gate.caller(headers)
                async with aclosing(self._received(gate, headers, requests)) as received:
                    return await inner(received, context)

        return call

    async def _received(
        self, gate: Gate, headers: dict[str, str], requests: AsyncIterator[Message]
    ) -> AsyncGenerator[Message, None]:
        """Yields each message, checked; it is under way until the next is asked for."""
        async for request in requests:
            size = _size(request)
            self._work.hold(size)
            try:
                _check(gate, headers, request)
                yield request
            finally:
                self._work.release(size)

    def _answers(self, method: str, gate: Gate, inner: Any) -> Any:
        watch = is_watch(method)
        room = self._watches if watch else self._work

        async def call(request: Message | Unreadable, context: Context) -> AsyncIterator[Any]:
            size = _size(request)
            async with _Call(self, room, method, context, size) as headers:
                room.admit(size)
                _check(gate, headers, request)
                async with aclosing(inner(request, context)) as answers:
                    async for answer in answers:
                        if watch:
                            # It may be long ago that the token was looked at.
                            gate.caller(headers)
                        yield answer

        return call

    def span(self, method: str, headers: dict[str, str]) -> AbstractContextManager[Span]:
        """Returns the span of a call that begins."""
        return self._telemetry.call(method, headers.get(TRACEPARENT))

    def ended(self, method: str, refusal: Refusal | None, seconds: float) -> None:
        """Notes how a call ended."""
        code = code_of(refusal).name if refusal else "OK"
        self._telemetry.ended(method, code, seconds)
        if refusal:
            fields = {"method": method, "code": code, "reason": refusal.reason}
            log.info("refused", extra=fields)


class _Call:
    """The block in which a call is answered: named, traced, measured, and refused for a reason.

    A class, since every call passes here and a generator's block costs several times as much.
    """

    __slots__ = ("_calls", "_context", "_method", "_opened", "_room", "_size", "_span", "_started")

    def __init__(
        self, calls: Calls, room: Room, method: str, context: Context, size: int = 0
    ) -> None:
        self._calls = calls
        self._room = room
        self._method = method
        self._context = context
        self._size = size

    async def __aenter__(self) -> dict[str, str]:
        """Returns the call's headers."""
        metadata = self._context.invocation_metadata() or ()
        headers = {str(key): str(value) for key, value in metadata}
        # Each call is a task with a context of its own: what is set ends with it.
        correlate(_request_id(headers))
        self._room.enter(self._size)
        self._opened = self._calls.span(self._method, headers)
        self._span = self._opened.__enter__()
        self._started = perf_counter()
        return headers

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        refusal = _refusal(error, self._method)
        self._room.leave(self._size)
        self._calls.ended(self._method, refusal, perf_counter() - self._started)
        if refusal:
            self._span.fail(refusal.reason)
            kind = error = trace = None
        self._opened.__exit__(kind, error, trace)
        if refusal:
            await self._context.abort_with_status(to_grpc_status(to_status(refusal)))


def _refusal(error: BaseException | None, method: str) -> Refusal | None:
    """Returns what to tell the caller; None if there is nothing to tell, or nobody to tell it."""
    if error is None or isinstance(error, Refusal):
        return error
    ended = not isinstance(error, Exception)  # a cancelled call, a process that stops
    if ended or isinstance(error, grpc.aio.AbortError | grpc.aio.UsageError):
        return None
    log.error("a call failed", exc_info=error, extra={"method": method})
    return InternalFault()


def is_watch(method: str) -> bool:
    """Tells whether a method waits rather than works: that is how such a one is named."""
    return method.rpartition("/")[2].startswith("Watch")


def _tolerant(read: Callable[[bytes], Any]) -> Callable[[bytes], Message | Unreadable]:
    def deserialize(content: bytes) -> Message | Unreadable:
        try:
            message: Message = read(content)
            return message
        except DecodeError:
            return Unreadable()

    return deserialize


def _size(request: Message | Unreadable) -> int:
    return 0 if isinstance(request, Unreadable) else request.ByteSize()


def _check(gate: Gate, headers: dict[str, str], request: Message | Unreadable) -> None:
    if isinstance(request, Unreadable):
        gate.caller(headers)
        raise Invalid("MALFORMED_BODY", "the request is no message of the method's type")
    gate.check(headers, request)
    check_rules(request)


def _too_many() -> ResourceExhausted:
    return ResourceExhausted(
        "TOO_MANY_REQUESTS",
        "too many requests are under way",
        retry_after=timedelta(seconds=1),
    )


def _request_id(headers: dict[str, str]) -> str:
    given = headers.get(REQUEST_ID, "")
    sane = 0 < len(given) <= LONGEST_REQUEST_ID and given.isprintable()
    return given if sane else str(uuid7())
