"""A crowd that watches keeps nobody from asking."""

import asyncio
from typing import TypeAlias

import grpc
import pytest

from personakit.persona.v1 import persona_pb2 as pb
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from tests.e2e.stack import Run, wait_until
from tests.refusals import refusal_of

Stream: TypeAlias = (
    "grpc.aio.UnaryStreamCall[pb.WatchSuggestionsRequest, pb.WatchSuggestionsResponse]"
)
# More than gRPC's queues and a connection's calls, and fewer than the 5,000 that may watch.
WATCHERS = 1200
OPENED_AT_ONCE = 64


@pytest.mark.timeout(300)
async def test_who_asks_is_answered_while_more_watch_than_work(unharmed: Run) -> None:
    socket = f"unix:{unharmed.home / 'run' / 'persona.sock'}"
    room = asyncio.Semaphore(OPENED_AT_ONCE)
    async with grpc.aio.insecure_channel(socket) as channel:
        persona = PersonaServiceStub(channel)

        async def watch(number: int) -> Stream:
            async with room:
                request = pb.WatchSuggestionsRequest(person_id=f"watcher-{number}")
                stream = persona.WatchSuggestions(request)
                await asyncio.wait_for(stream.read(), 30)
                return stream

        streams = await asyncio.gather(*map(watch, range(WATCHERS)))
        # It is the profiler that knows nothing of them; whoever is known, others here may erase.
        with pytest.raises(grpc.aio.AioRpcError) as answered:
            await persona.Suggest(pb.SuggestRequest(person_id="nobody-yet"), timeout=10)
        for stream in streams:
            stream.cancel()
    # A thousand that leave at once are a second's work.
    wait_until(unharmed.healthy, 30)
    assert refusal_of(answered.value).reason == "MINDSCAPE_MISSING"
