"""Follows a person's suggestions for as long as one likes: streams that end are continued."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from grpc import StatusCode
from grpc.aio import AioRpcError

from clients.connect import PersonaKit
from personakit.persona.v1 import persona_pb2 as pb

PAUSE: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=61)
"""The server ends a stream after an hour."""

# A server or a gateway that stops, is not there for a moment, or has too many streams.
_PASSING: Final = {
    StatusCode.UNAVAILABLE,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.RESOURCE_EXHAUSTED,
}


async def changes(
    api: PersonaKit, person_id: str, mapper_id: str = "", pause: timedelta = PAUSE
) -> AsyncIterator[pb.WatchSuggestionsResponse]:
    """Yields how things stand, then each change, and misses none of them.

    Raises the error of the first call, and later ones that do not pass by themselves.
    """
    request = pb.WatchSuggestionsRequest(person_id=person_id, mapper_id=mapper_id)
    while True:
        try:
            stream = api.persona.WatchSuggestions(request, timeout=LONGEST.total_seconds())
            async for change in stream:
                request.resume_token = change.resume_token
                yield change
        except AioRpcError as error:
            if not request.resume_token or error.code() not in _PASSING:
                raise
        await asyncio.sleep(pause.total_seconds())
