"""Streams while the database is slow: what is read and not stored yet is bounded."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from services.ingest.main import assemble
from services.kit.calls import MOST_BYTES_UNDER_WAY
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from tests.conftest import Serve
from tests.refusals import refusal_of

STREAMS = 12
# Writers wait for whoever has it, readers do not.
HOLD = Sql("LOCK TABLE ingest.observations IN EXCLUSIVE MODE")


@pytest.fixture
async def ingest(serve: Serve) -> IngestServiceStub:
    return IngestServiceStub(await serve(assemble))


def a_large_message(stream: int) -> pb.StreamObservationsRequest:
    """Returns one of some 700 KB."""
    message = pb.StreamObservationsRequest()
    for number in range(1000):
        one = message.observations.add(person_id=f"person-{stream}", source="toggl")
        one.source_id = f"{number}".zfill(256)
        one.request_id = "r" * 128
        one.work_session.label = "l" * 200
        one.work_session.start_time.seconds = 1_763_337_600 + number
        one.work_session.duration_minutes = 30
    return message


async def send(ingest: IngestServiceStub, stream: int) -> int | str:
    """Returns how many were recorded, or why none were."""

    async def messages() -> AsyncIterator[pb.StreamObservationsRequest]:
        yield a_large_message(stream)

    try:
        return (await ingest.StreamObservations(messages())).recorded
    except grpc.aio.AioRpcError as error:
        return refusal_of(error).reason


async def test_streams_of_large_messages_are_refused_rather_than_kept_in_memory(
    ingest: IngestServiceStub, settings: Settings
) -> None:
    database = Database(settings.database_url("ingest"), application="test")
    async with database.transaction() as connection:
        await connection.run(HOLD)
        streams = [asyncio.create_task(send(ingest, stream)) for stream in range(STREAMS)]
        room = MOST_BYTES_UNDER_WAY // a_large_message(0).ByteSize()
        async with asyncio.timeout(4):
            while sum(stream.done() for stream in streams) < STREAMS - room:
                await asyncio.sleep(0.02)
    answers = await asyncio.gather(*streams)
    await database.close()
    assert sorted(map(str, answers)) == ["1000"] * room + ["TOO_MANY_REQUESTS"] * (STREAMS - room)
    assert await send(ingest, STREAMS) == 1000
