"""What every service does with all that it keeps of a person: export it, and erase it.

A context says what it has: sections to read, and a `Holding` to remove.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from personakit.ingest.v1 import person_data_pb2 as pb
from personakit.ingest.v1 import person_data_pb2_grpc as pb_grpc
from services.kit.database import Connection, Database
from services.kit.errors import Aborted
from services.kit.paging import decode_cursor, encode_cursor
from services.kit.sql import Sql

log = logging.getLogger(__name__)

CURSOR: Final = "person_data"
MOST_RECORDS: Final = 200
PAGE_CHARACTERS: Final = 1_000_000
"""A message holds four times as many."""
MOST_CONFLICTS: Final = 3
"""How often the locks of other work may lie across those of an erasure."""

Counts: TypeAlias = Mapping[str, int]


def being_erased(person_id: str) -> Aborted:
    """Returns why a write is refused while the person is being erased."""
    return Aborted(
        "PERSON_BEING_ERASED",
        "the person is being erased; nothing is taken until that is done",
        metadata={"person_id": person_id},
    )


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that is kept, ready for JSON; its section goes on after `place`."""

    place: str
    content: Mapping[str, object]

    @classmethod
    def of(cls, message: Message, place: str = "") -> "Record":
        """Makes the record look as the message does over REST."""
        content = MessageToDict(
            message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        return cls(place, content)


Section: TypeAlias = Callable[[str, str, int], Awaitable[Sequence[Record]]]
"""Reads at most so many of a person's records after a place, in order; "" is the beginning."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The tables of one context that hold rows of people.

    `fence` has one row a person, with `erasure_id` and `removed`. Whoever writes for a person
    locks that row, at least `FOR KEY SHARE`, and writes nothing unless `erasure_id` is null.
    `closing` are further columns of it and what an erasure sets them to.
    """

    fence: str
    tables: Sequence[str]
    closing: Mapping[str, str] = field(default_factory=dict)


class PersonEraser:
    """Removes what one context keeps of a person, behind its fence."""

    def __init__(self, database: Database, holding: Holding) -> None:
        self._database = database
        self._deletes = {_bare(table): Sql(_delete(table)) for table in holding.tables}
        self._fence = holding.fence
        self._lock, self._make, self._close, self._open = map(Sql, _statements(holding))

    async def erase(self, person_id: str, erasure_id: UUID) -> Counts:
        """Closes the fence and removes the rest; returns the rows removed by table, together with
        those that the same erasure had removed before."""
        for _ in range(MOST_CONFLICTS):
            try:
                return await self._erase(person_id, erasure_id)
            except Aborted:
                log.info("an erasure met other work; once more", extra={"erasure_id": erasure_id})
        return await self._erase(person_id, erasure_id)

    async def _erase(self, person_id: str, erasure_id: UUID) -> Counts:
        values: dict[str, Any] = {"person_id": person_id, "erasure_id": erasure_id}
        async with self._database.transaction() as connection:
            removed = await self._shut(connection, values)
            for table, delete in self._deletes.items():
                gone = await connection.run(delete, person_id=person_id)
                removed[table] = removed.get(table, 0) + gone
            await connection.run(self._close, **values, removed=json.dumps(removed))
        return removed

    async def _shut(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, int]:
        """Locks the fence's row until the transaction ends, so that it meets no writer; returns
        what the erasure had removed before."""
        known = 1
        while (row := await connection.row(self._lock, **values)) is None:
            await connection.run(self._make, **values)
            known = 0
        if row.erasure_id == values["erasure_id"]:
            return dict(row.removed)
        return {_bare(self._fence): known}

    async def readmit(self, person_id: str, erasure_id: UUID) -> None:
        """Removes the fence's row if this erasure closed it."""
        await self._database.run(self._open, person_id=person_id, erasure_id=erasure_id)


class PersonDataApi(pb_grpc.PersonDataServiceServicer):
    """Answers `personakit.ingest.v1.PersonDataService` for one context."""

    def __init__(self, sections: Mapping[str, Section], eraser: PersonEraser) -> None:
        self._sections = sections
        self._names = list(sections)
        self._eraser = eraser

    async def ExportPersonData(
        self, request: pb.ExportPersonDataRequest, context: object
    ) -> pb.ExportPersonDataResponse:
        place = decode_cursor(CURSOR, request.page_token, self._place) or (self._names[0], "")
        name, after = place
        found = await self._sections[name](request.person_id, after, MOST_RECORDS)
        records = _fitting(found)
        ended = len(records) == len(found) < MOST_RECORDS
        following = self._following(name) if ended else (name, found[len(records) - 1].place)
        return pb.ExportPersonDataResponse(
            section=name,
            records=records,
            next_page_token=encode_cursor(CURSOR, *following) if following else "",
        )

    async def ErasePersonData(
        self, request: pb.ErasePersonDataRequest, context: object
    ) -> pb.ErasePersonDataResponse:
        removed = await self._eraser.erase(request.person_id, UUID(request.erasure_id))
        return pb.ErasePersonDataResponse(removed=removed)

    async def ReadmitPerson(self, request: pb.ReadmitPersonRequest, context: object) -> Empty:
        await self._eraser.readmit(request.person_id, UUID(request.erasure_id))
        return Empty()

    def _place(self, name: str, after: str) -> tuple[str, str]:
        if name not in self._sections:
            raise ValueError(name)
        return name, after

    def _following(self, name: str) -> tuple[str, str] | None:
        later = self._names[self._names.index(name) + 1 :]
        return (later[0], "") if later else None


def person_data(
    database: Database, holding: Holding, sections: Mapping[str, Section]
) -> Callable[[grpc.aio.Server], None]:
    """Returns what adds `PersonDataService` to a server, for what one context keeps."""
    api = PersonDataApi(sections, PersonEraser(database, holding))
    return partial(pb_grpc.add_PersonDataServiceServicer_to_server, api)


def _fitting(found: Sequence[Record]) -> list[str]:
    """Returns the first records as text, as many as fit into a page, and at least one."""
    page: list[str] = []
    room = PAGE_CHARACTERS
    for record in found:
        written = json.dumps(record.content, ensure_ascii=False, separators=(",", ":"))
        room -= len(written)
        if page and room < 0:
            break
        page.append(written)
    return page


def _statements(holding: Holding) -> tuple[str, str, str, str]:
    """Returns how to lock, make, close and remove the fence's row."""
    fence, closing = holding.fence, holding.closing
    one = "person_id = :person_id"
    columns = "".join(f", {name}" for name in closing)
    values = "".join(f", {value}" for value in closing.values())
    sets = "".join(f", {name} = {value}" for name, value in closing.items())
    return (
        f"SELECT erasure_id, removed FROM {fence} WHERE {one} FOR UPDATE",
        f"INSERT INTO {fence} (person_id{columns}) VALUES (:person_id{values})"
        " ON CONFLICT (person_id) DO NOTHING",
        f"UPDATE {fence} SET erasure_id = :erasure_id,"
        f" removed = CAST(:removed AS jsonb){sets} WHERE {one}",
        f"DELETE FROM {fence} WHERE {one} AND erasure_id = :erasure_id",
    )


def _delete(table: str) -> str:
    return f"DELETE FROM {table} WHERE person_id = :person_id"


def _bare(table: str) -> str:
    return table.rpartition(".")[2]
