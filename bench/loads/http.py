"""Posts JSON over HTTP/1.1 on connections that stay open, with as little of a client as can be."""

import asyncio
import json
import socket
from collections.abc import Mapping, Sequence
from itertools import cycle
from time import monotonic, perf_counter, sleep

from bench.loads.loop import Load

OK = b"HTTP/1.1 200"
_LENGTH = b"content-length: "


class _Caller(asyncio.Protocol):
    """One connection with one request at a time: sends the next when one is answered.

    It looks for the length and the end of an answer and at nothing else, since the client shares
    the machine with what it measures.
    """

    def __init__(self, requests: "cycle[bytes]", since: float, until: float) -> None:
        self.seconds: list[float] = []
        self.over = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._since, self._until = since, until
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not _is_whole(self._got):
            return
        now = perf_counter()
        if not self._got.startswith(OK):
            self.over.set_exception(ValueError(self._got.decode()))
            return
        if self._sent >= self._since:
            self.seconds.append(now - self._sent)
        if now < self._until:
            self._send()
        else:
            self.over.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("the server hung up"))

    def close(self) -> None:
        self._transport.close()

    def _send(self) -> None:
        self._got = b""
        self._sent = perf_counter()
        self._transport.write(next(self._requests))


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    start = answer.index(_LENGTH) + len(_LENGTH)
    return len(answer) >= end + 4 + int(answer[start : answer.index(b"\r", start)])


def post(
    port: int,
    path: str,
    documents: Sequence[Mapping[str, object]],
    seconds: float,
    in_flight: int,
) -> Load:
    """Posts the documents in turn, again and again, on a connection for each call in flight; the
    first tenth of the time warms up and does not count."""
    requests = cycle([_request(port, path, json.dumps(one).encode()) for one in documents])

    async def run() -> Load:
        loop = asyncio.get_running_loop()
        began = perf_counter()
        callers: list[_Caller] = []
        for _ in range(in_flight):
            connected = await loop.create_connection(
                lambda: _Caller(requests, began + seconds / 10, began + seconds), "127.0.0.1", port
            )
            callers.append(connected[1])
        try:
            await asyncio.gather(*(caller.over for caller in callers))
        finally:
            for caller in callers:
                caller.close()
        took = perf_counter() - began - seconds / 10
        return Load.of([one for caller in callers for one in caller.seconds], took)

    return asyncio.run(run())


def _request(port: int, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def wait_for_port(port: int) -> None:
    """Waits, for half a minute at most, until somebody listens."""
    deadline = monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if monotonic() > deadline:
                raise
            sleep(0.05)
        else:
            return
