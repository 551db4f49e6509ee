"""Tells of new versions as they are made, to thousands who mostly wait."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from datetime import timedelta

from services.kit.batching import Batch
from services.profiler.model import PersonId, Version
from services.profiler.usecases.ports import Mindscapes, Notices, Wakeup

LONGEST_WATCH = timedelta(hours=1)


class Watch:
    """Waits for notices in memory, and asks the database once for all who were woken together.

    Who waits costs no processor and no connection. All watches end when the service stops.
    """

    def __init__(
        self, mindscapes: Mindscapes, notices: Notices, longest: timedelta = LONGEST_WATCH
    ) -> None:
        self._notices = notices
        self._longest = longest.total_seconds()
        self._newest: Batch[PersonId, Version | None] = Batch(mindscapes.newest)
        self._waiting: set[Wakeup] = set()
        self._stopped = False

    async def versions(self, person_id: PersonId, after: int) -> AsyncGenerator[Version, None]:
        """Yields the newest version above `after`, then each as it is made, for an hour.

        Those between two tellings are left out. A version below the last belongs to a new life of
        somebody who was erased, and is told.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._longest
        last = 0
        # Before the first look, so that nothing is missed between it and the first wait.
        with self._wakeup(person_id) as woken:
            while not self._stopped and (left := ends - loop.time()) > 0:
                (newest,) = await self._newest.add([person_id])
                if newest and newest.version != last:
                    if newest.version > after or newest.version < last:
                        yield newest
                        after = newest.version
                    last = newest.version
                await woken.wait(left)

    @contextmanager
    def _wakeup(self, person_id: PersonId) -> Iterator[Wakeup]:
        with self._notices.mindscape(person_id) as woken:
            self._waiting.add(woken)
            try:
                yield woken
            finally:
                self._waiting.discard(woken)

    @property
    def open(self) -> int:
        """How many watch now."""
        return len(self._waiting)

    async def run(self, stop: asyncio.Event) -> None:
        """Ends all watches at the stop."""
        await stop.wait()
        self._stopped = True
        for woken in self._waiting:
            woken.ring()
