"""The services that keep something of people, over gRPC; ingest itself is one of them."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import grpc

from personakit.ingest.v1 import person_data_pb2 as pb
from personakit.ingest.v1.person_data_pb2_grpc import PersonDataServiceStub
from services.ingest.model import PersonId
from services.ingest.usecases import Page
from services.kit.errors import Unavailable

PATIENCE = timedelta(seconds=20)
"""Shorter than a turn at an erasure, so that no call outlives the turn that it was made in."""


class GrpcHolder:
    """Implements `usecases.Holder`."""

    def __init__(self, name: str, channel: grpc.aio.Channel) -> None:
        self._name = name
        self._stub = PersonDataServiceStub(channel)

    async def export(self, person_id: PersonId) -> AsyncIterator[Page]:
        request = pb.ExportPersonDataRequest(person_id=person_id)
        while True:
            with self._understood():
                page = await self._stub.ExportPersonData(request, timeout=_seconds())
            yield Page(page.section, page.records)
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def erase(self, person_id: PersonId, erasure_id: UUID) -> Mapping[str, int]:
        request = pb.ErasePersonDataRequest(person_id=person_id, erasure_id=str(erasure_id))
        with self._understood():
            answer = await self._stub.ErasePersonData(request, timeout=_seconds())
        return dict(answer.removed)

    async def readmit(self, person_id: PersonId, erasure_id: UUID) -> None:
        request = pb.ReadmitPersonRequest(person_id=person_id, erasure_id=str(erasure_id))
        with self._understood():
            await self._stub.ReadmitPerson(request, timeout=_seconds())

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except grpc.aio.AioRpcError as error:
            raise Unavailable(
                "SERVICE_UNAVAILABLE", f"{self._name} does not answer: {error.code().name}"
            ) from error


def _seconds() -> float:
    return PATIENCE.total_seconds()
