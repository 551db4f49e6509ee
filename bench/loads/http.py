"""Posts JSON over HTTP/1.1 on connections that stay open, with as little of a client as can be."""

import asyncio
import json
import socket
from collections.abc import Mapping
from time import monotonic, sleep

from bench.loads.loop import Load, closed_loop

OK = b"HTTP/1.1 200"
_LENGTH = b"content-length: "


class _Connection:
    """One connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, request: bytes) -> None:
        """Sends a request and reads its answer; raises `ValueError` for any but a good one."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        start = lower.index(_LENGTH) + len(_LENGTH)
        body = await self._reader.readexactly(int(lower[start : lower.index(b"\r", start)]))
        if not head.startswith(OK):
            raise ValueError(f"{head!r} {body!r}")


def post(
    port: int, path: str, document: Mapping[str, object], seconds: float, in_flight: int
) -> Load:
    """Posts the same document again and again, on a connection for each call in flight."""
    request = _request("POST", port, path, json.dumps(document).encode())

    async def run() -> Load:
        streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(in_flight)]
        free = [_Connection(reader, writer) for reader, writer in streams]

        async def call() -> None:
            connection = free.pop()
            await connection.send(request)
            free.append(connection)

        try:
            return await closed_loop(call, seconds, in_flight)
        finally:
            for _, writer in streams:
                writer.close()

    return asyncio.run(run())


def _request(method: str, port: int, path: str, body: bytes) -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def wait_for_port(port: int) -> None:
    """Waits, for ten seconds at most, until somebody listens."""
    deadline = monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if monotonic() > deadline:
                raise
            sleep(0.05)
        else:
            return
