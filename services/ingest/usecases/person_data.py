"""Exports and erases a person, wherever something is kept of them."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID, uuid4

from services.ingest.model import PersonId, Receipt, Removed, Task
from services.ingest.usecases.recording import People, get_person
from services.kit.clock import Clock
from services.kit.errors import Refusal, Unavailable
from services.kit.person_data import being_erased

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

FORMAT = "personakit.person/1"

TURN = timedelta(seconds=30)
"""How long one process may be at an erasure without a sign of progress before another goes on.

No call to a holder takes as long: a late one must not reach somebody who came back.
"""
RESUMED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one section, as JSON, in order."""

    section: str
    records: Sequence[str]


class Holder(Protocol):
    """A service that keeps something of people. Each raises `Unavailable` if it does not answer."""

    def export(self, person_id: PersonId) -> AsyncIterator[Page]:
        """Reads all that is kept; every section has a page, if only an empty one."""
        ...

    async def erase(self, person_id: PersonId, erasure_id: UUID) -> Mapping[str, int]:
        """Closes the person to writes and removes everything; returns the rows by table, also
        those that the same erasure had removed before."""
        ...

    async def readmit(self, person_id: PersonId, erasure_id: UUID) -> None:
        """Lifts what this erasure closed."""
        ...


@dataclass(frozen=True, slots=True)
class Erasing:
    """An erasure that is under way; `removed` has the holders that are done, with rows by table.

    `turn` is whose turn it is to go on with it.
    """

    person_id: PersonId
    erasure_id: UUID
    turn: UUID
    removed: Mapping[str, Mapping[str, int]]


class Erasures(Protocol):
    """Where the erasures are kept that are under way."""

    async def take(
        self, person_id: PersonId, fresh: UUID, now: datetime, until: datetime
    ) -> Erasing | None:
        """Takes the turn at the person's erasure, which is begun if there is none: `fresh` is then
        its id, and that of the turn. None while it is somebody else's turn."""
        ...

    async def note(
        self, erasing: Erasing, removed: Mapping[str, Mapping[str, int]], until: datetime
    ) -> Erasing | None:
        """Notes which holders are done, and keeps the turn; None if the turn was lost."""
        ...

    async def leave(self, erasing: Erasing, now: datetime) -> None:
        """Ends the turn, so that anybody may go on at once."""
        ...

    async def end(self, erasing: Erasing) -> None:
        """Forgets the erasure."""
        ...

    async def left(self, now: datetime, limit: int) -> Sequence[PersonId]:
        """Returns people whose erasure nobody goes on with."""
        ...


class Tasks(Protocol):
    """The tasks that observations led to."""

    async def page(self, person_id: PersonId, after: int, limit: int) -> Sequence[Task]:
        """Returns a person's tasks beyond a position, in order."""
        ...


class Eraser:
    """Erases people, and goes on where it, or another one, was stopped."""

    def __init__(self, erasures: Erasures, holders: Mapping[str, Holder], clock: Clock) -> None:
        self._erasures = erasures
        self._holders = holders
        self._clock = clock
        self._under_way: dict[PersonId, asyncio.Task[Receipt]] = {}

    async def erase(self, person_id: PersonId) -> Receipt:
        """Erases a person; calls that come meanwhile wait for the same end.

        Once begun it goes on, whatever becomes of the call. Refuses with ERASURE_UNFINISHED if a
        holder does not answer, and with PERSON_BEING_ERASED if another process is at it.
        """
        if person_id not in self._under_way:
            begun = asyncio.create_task(self._erase(person_id))
            self._under_way[person_id] = begun
            begun.add_done_callback(lambda done: self._over(person_id, done))
        return await asyncio.shield(self._under_way[person_id])

    async def resume(self) -> None:
        """Goes on with every erasure that was left unfinished."""
        for person_id in await self._erasures.left(self._clock.now(), RESUMED_AT_ONCE):
            try:
                await self.erase(person_id)
            except Refusal as refusal:
                log.warning("an erasure waits", extra={"reason": refusal.reason})

    def _over(self, person_id: PersonId, done: asyncio.Task[Receipt]) -> None:
        del self._under_way[person_id]
        if not done.cancelled():
            # Looked at here too, since every call that waited for it may be gone.
            done.exception()

    async def _erase(self, person_id: PersonId) -> Receipt:
        now = self._clock.now()
        erasing = await self._erasures.take(person_id, uuid4(), now, now + TURN)
        if erasing is None:
            raise being_erased(person_id)
        try:
            done = await self._ask_all(erasing)
        except Unavailable as error:
            await self._erasures.leave(erasing, self._clock.now())
            raise _unfinished() from error
        await self._erasures.end(done)
        receipt = _receipt(done, self._clock.now())
        log.info("erased", extra={"erasure_id": done.erasure_id, "rows": receipt.rows})
        return receipt

    async def _ask_all(self, erasing: Erasing) -> Erasing:
        # The source is the first to close and the last to open: nothing flows on before everybody
        # takes it again. The others are asked at the same time.
        source, *others = self._holders
        for names in ([source], others):
            erasing = await self._ask(erasing, names)
        for names in (others, [source]):
            await _all(
                self._holders[name].readmit(erasing.person_id, erasing.erasure_id) for name in names
            )
        return erasing

    async def _ask(self, erasing: Erasing, names: Sequence[str]) -> Erasing:
        """Asks holders at the same time, and notes them together: a commit for each would wait for
        the others. Who is asked again, since nobody noted it, answers the same."""
        asked = [name for name in names if name not in erasing.removed]
        removed = await _all(
            self._holders[name].erase(erasing.person_id, erasing.erasure_id) for name in asked
        )
        done = dict(zip(asked, removed, strict=True))
        if not await self._erasures.note(erasing, done, self._clock.now() + TURN):
            raise being_erased(erasing.person_id)
        return replace(erasing, removed={**erasing.removed, **done})


async def _all(calls: Iterable[Coroutine[None, None, Answer]]) -> Sequence[Answer]:
    """Returns all answers. If a call fails that is raised, but when none is under way any more: a
    late one must not reach somebody who came back."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    given: list[Answer] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        given.append(answer)
    return given


async def export(
    people: People, holders: Mapping[str, Holder], clock: Clock, person_id: PersonId
) -> AsyncIterator[str]:
    """Yields one JSON document in pieces: an object by holder, in it a list by section.

    Refuses with NOT_FOUND for a person whom nobody knows. If a holder does not answer the
    document stays unfinished, so that no reader takes it for whole.
    """
    await get_person(people, person_id)
    head = {
        "format": FORMAT,
        "person_id": person_id,
        "export_time": clock.now().isoformat().replace("+00:00", "Z"),
    }
    yield json.dumps(head)[:-1]
    for name, holder in holders.items():
        yield f",\n{json.dumps(name)}: {{"
        async for piece in _sections(holder.export(person_id)):
            yield piece
        yield "}"
    yield "}\n"


async def _sections(pages: AsyncIterator[Page]) -> AsyncIterator[str]:
    section, between = "", ""
    async for page in pages:
        if page.section != section:
            yield f"{'],' if section else ''}\n{json.dumps(page.section)}: ["
            section, between = page.section, "\n"
        if page.records:
            yield between + ",\n".join(page.records)
            between = ",\n"
    if section:
        yield "]"


def _receipt(done: Erasing, now: datetime) -> Receipt:
    removed = [
        Removed(holder, table, rows)
        for holder, tables in done.removed.items()
        for table, rows in sorted(tables.items())
    ]
    return Receipt(removed, now)


def _unfinished() -> Unavailable:
    return Unavailable(
        "ERASURE_UNFINISHED", "a service that keeps something does not answer; it goes on by itself"
    )
