"""Hears of new mindscapes from the profiler."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import uniform

import grpc

from personakit.profiler.v1 import profiler_pb2 as profiler
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.kit.bells import Bell
from services.persona.model import PersonId

log = logging.getLogger(__name__)

# Thousands of streams that ended together do not come back together.
BETWEEN_TRIES = (0.5, 1.5)


class ProfilerNews:
    """Implements `News` by a stream of its own for each follower; when one ends, for whatever
    reason, it is opened again and goes on after the last version."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = ProfilerServiceStub(channel)

    @asynccontextmanager
    async def follow(self, person_id: PersonId, version: int, bell: Bell) -> AsyncIterator[None]:
        request = profiler.WatchMindscapeRequest(person_id=person_id, after_version=version)
        following = asyncio.create_task(self._follow(request, bell))
        try:
            yield
        finally:
            following.cancel()
            await asyncio.wait({following})

    async def _follow(self, request: profiler.WatchMindscapeRequest, bell: Bell) -> None:
        while True:
            try:
                async for news in self._stub.WatchMindscape(request, wait_for_ready=True):
                    request.after_version = news.version
                    bell.ring()
            except grpc.aio.AioRpcError as error:
                log.info("the profiler is not heard now", extra={"code": error.code().name})
                if error.code() is grpc.StatusCode.UNAUTHENTICATED:
                    # A token of minutes ago is looked at again when there is something to tell.
                    bell.ring()
            await asyncio.sleep(uniform(*BETWEEN_TRIES))  # noqa: S311
