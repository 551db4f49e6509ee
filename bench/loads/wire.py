"""Calls by hand over HTTP/2, for a tenth of what a gRPC client costs.

One that sends three times what a service takes would need more of the machine than the service.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import cast

# https://www.rfc-editor.org/rfc/rfc9113#name-frame-definitions
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
ACK = END_STREAM = 1
END_HEADERS = 4
TABLE_SIZE, MOST_STREAMS = 1, 3
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WHOLE_WINDOW = 2**31 - 1 - 65535
STATUS = b"\x0bgrpc-status"
"""How the status stands in a block of headers that uses no table: a length, and the name."""
REFUSED_BY_TRANSPORT = "REFUSED_STREAM"
LOST = "connection lost"
FRAME_HEAD = 9


def frame(kind: int, flags: int, stream: int, content: bytes = b"") -> bytes:
    """Returns a frame."""
    return (
        len(content).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + content
    )


def headers(path: str, timeout_seconds: int) -> bytes:
    """Returns the block that begins a call: each header as it is, in no table."""
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": path,
        ":authority": "localhost",
        "te": "trailers",
        "content-type": "application/grpc",
        "grpc-timeout": f"{timeout_seconds}S",
    }
    return b"".join(
        bytes((0, len(name))) + name.encode() + bytes((len(value),)) + value.encode()
        for name, value in fields.items()
    )


@dataclass
class Told:
    """What became of calls: seconds by the number of their status, or by what else ended them."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    sent: int = 0
    kept_back: int = 0
    """Calls that were due while the service allowed no more under way."""

    def ended(self, how: str, seconds: float) -> None:
        """Notes how a call ended."""
        self.seconds.setdefault(how, []).append(seconds)

    def count(self, how: str) -> int:
        """Returns how many calls ended like that."""
        return len(self.seconds.get(how, ()))


class Wire(asyncio.Protocol):
    """One connection, on which calls with these messages are sent in turn."""

    def __init__(self, path: str, messages: list[bytes], told: Told, timeout_seconds: int) -> None:
        self._block = headers(path, timeout_seconds)
        self._bodies: Iterator[bytes] = cycle(
            [b"\0" + len(message).to_bytes(4, "big") + message for message in messages]
        )
        self._told = told
        self._under_way: dict[int, float] = {}
        self._begun = bytearray()
        self._next = 1
        self._room, self._window = 0, 65535
        self._unread = b""
        self.agreed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the service has read how we send."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        no_table = TABLE_SIZE.to_bytes(2, "big") + (0).to_bytes(4, "big")
        window = frame(WINDOW_UPDATE, 0, 0, WHOLE_WINDOW.to_bytes(4, "big"))
        self._transport.write(PREFACE + frame(SETTINGS, 0, 0, no_table) + window)

    def connection_lost(self, exc: Exception | None) -> None:
        self._room = 0
        for stream in list(self._under_way):
            self._ended(stream, LOST)
        if not self.agreed.done():
            self.agreed.set_exception(exc or ConnectionResetError())

    def send(self) -> None:
        """Begins a call with the next flush, if the service allows one more."""
        body = next(self._bodies)
        if len(self._under_way) >= self._room or self._window < len(body):
            self._told.kept_back += 1
            return
        self._window -= len(body)
        self._begun += frame(HEADERS, END_HEADERS, self._next, self._block)
        self._begun += frame(DATA, END_STREAM, self._next, body)
        self._under_way[self._next] = perf_counter()
        self._next += 2
        self._told.sent += 1

    def flush(self) -> None:
        """Sends what was begun."""
        self._transport.write(bytes(self._begun))
        self._begun.clear()

    async def idle(self) -> None:
        """Returns when every call has ended."""
        while self._under_way:
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Ends the connection."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        content, at = self._unread + data, 0
        while len(content) - at >= FRAME_HEAD:
            end = at + FRAME_HEAD + int.from_bytes(content[at : at + 3], "big")
            if end > len(content):
                break
            stream = int.from_bytes(content[at + 5 : at + 9], "big")
            self._read(content[at + 3], content[at + 4], stream, content[at + FRAME_HEAD : end])
            at = end
        self._unread = content[at:]

    def _read(self, kind: int, flags: int, stream: int, content: bytes) -> None:
        if kind == HEADERS and flags & END_STREAM:
            self._ended(stream, _status(content))
        elif kind == RST_STREAM:
            self._ended(stream, REFUSED_BY_TRANSPORT)
        elif kind == WINDOW_UPDATE and stream == 0:
            self._window += int.from_bytes(content, "big")
        elif kind == PING and not flags & ACK:
            self._transport.write(frame(PING, ACK, 0, content))
        elif kind == SETTINGS:
            self._agree(flags, content)
        elif kind == GOAWAY:
            raise ConnectionError(content)

    def _agree(self, flags: int, content: bytes) -> None:
        if flags & ACK:
            self.agreed.set_result(None)
            return
        for at in range(0, len(content), 6):
            if int.from_bytes(content[at : at + 2], "big") == MOST_STREAMS:
                self._room = int.from_bytes(content[at + 2 : at + 6], "big")
        self._transport.write(frame(SETTINGS, ACK, 0))

    def _ended(self, stream: int, how: str) -> None:
        began = self._under_way.pop(stream, None)
        if began is not None:
            self._told.ended(how, perf_counter() - began)


def _status(block: bytes) -> str:
    at = block.index(STATUS) + len(STATUS)
    return block[at + 1 : at + 1 + block[at]].decode()
