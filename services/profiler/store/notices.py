"""Hears from Postgres that tasks wait and that mindscapes changed, whoever did it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from services.kit.bells import Bell, DistantBell
from services.kit.database import Database
from services.kit.errors import Refusal
from services.kit.loops import stopped_within
from services.profiler.model import PersonId

log = logging.getLogger(__name__)

TASKS, MINDSCAPES = "personakit_tasks", "personakit_mindscapes"
BETWEEN_TRIES = timedelta(seconds=1)


class PostgresNotices:
    """Implements `usecases.Notices`, as long as `listen` runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people: defaultdict[str, set[Bell]] = defaultdict(set)
        self.tasks = DistantBell()

    @contextmanager
    def mindscape(self, person_id: PersonId) -> Iterator[Bell]:
        bell = Bell()
        self._people[person_id].add(bell)
        try:
            yield bell
        finally:
            self._people[person_id].discard(bell)
            if not self._people[person_id]:
                del self._people[person_id]

    async def listen(self, stop: asyncio.Event) -> None:
        """Listens until stopped; after a lost connection it rings every bell and goes on."""
        while not stop.is_set():
            try:
                await self._listen(stop)
            except Refusal as refusal:
                log.warning("deaf for a moment", extra={"reason": refusal.reason})
            except Exception:
                log.exception("deaf for a moment")
            await stopped_within(stop, BETWEEN_TRIES)

    async def _listen(self, stop: asyncio.Event) -> None:
        async with self._database.listening((TASKS, MINDSCAPES), self._hear) as lost:
            self._ring_all()
            await _either(stop, lost)

    def _hear(self, channel: str, payload: str) -> None:
        if channel == TASKS:
            self.tasks.ring()
        for bell in self._people.get(payload, ()):
            bell.ring()

    def _ring_all(self) -> None:
        self.tasks.ring()
        for bells in self._people.values():
            for bell in bells:
                bell.ring()


async def _either(first: asyncio.Event, second: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(one.wait()) for one in (first, second)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
