"""Calls by hand: a real server understands them, and what it answers is understood."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import grpc
import pytest

from bench.loads.wire import ACK, LOST, SETTINGS, Told, Wire, frame

Context: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"
METHOD = "/test.Test/Call"


async def answer(request: bytes, context: Context) -> bytes:
    if request == b"no":
        await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "no")
    await asyncio.sleep(0.01)
    return request


@pytest.fixture
async def socket() -> AsyncIterator[str]:
    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(answer)
    server = grpc.aio.server(options=[("grpc.max_concurrent_streams", 5)])
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("test.Test", {"Call": handler})]
    )
    with TemporaryDirectory(prefix="pk-") as folder:
        path = Path(folder) / "socket"
        server.add_insecure_port(f"unix:{path}")
        await server.start()
        yield str(path)
        await server.stop(None)


async def connected(socket: str, messages: list[bytes], told: Told) -> Wire:
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_unix_connection(lambda: Wire(METHOD, messages, told, 10), socket)
    await wire.agreed
    return wire


async def test_each_call_ends_with_its_status(socket: str) -> None:
    told = Told()
    wire = await connected(socket, [b"yes", b"no"], told)
    for _ in range(20):
        wire.send()
        wire.send()
        wire.flush()
        await asyncio.wait_for(wire.idle(), 5)
    wire.close()
    assert {how: len(seconds) for how, seconds in told.seconds.items()} == {"0": 20, "8": 20}
    assert min(told.seconds["0"]) >= 0.01


async def test_no_more_is_sent_than_the_server_allows_at_once(socket: str) -> None:
    told = Told()
    wire = await connected(socket, [b"yes"], told)
    for _ in range(8):
        wire.send()
    wire.flush()
    await asyncio.wait_for(wire.idle(), 5)
    wire.close()
    assert (told.sent, told.kept_back, told.count("0")) == (5, 3, 5)


async def test_a_lost_connection_ends_its_calls_and_takes_no_more() -> None:
    most = (3).to_bytes(2, "big") + (5).to_bytes(4, "big")

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(SETTINGS, 0, 0, most) + frame(SETTINGS, ACK, 0))
        await reader.readuntil(b"yes")
        writer.close()

    told = Told()
    with TemporaryDirectory(prefix="pk-") as folder:
        async with await asyncio.start_unix_server(hang_up, f"{folder}/socket"):
            wire = await connected(f"{folder}/socket", [b"yes"], told)
            wire.send()
            wire.flush()
            await asyncio.wait_for(wire.idle(), 5)
            wire.send()
    assert (told.sent, told.kept_back, told.count(LOST)) == (1, 1, 1)
