"""Wakes those who wait for a moment of the clock, with one look at it for all of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from services.kit.bells import Bell
from services.kit.clock import Clock

# A clock may be set, and a machine may sleep: a timer would notice neither.
BETWEEN_LOOKS = timedelta(seconds=1)


class Alarms:
    """Rings bells when their moment has come, when the clock was set back, and at the stop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[Bell, datetime | None] = {}
        self._looked_at: datetime | None = None
        self.stopped = False

    @contextmanager
    def bell(self) -> Iterator[Bell]:
        """Gives a bell that rings, within the block, at what it is set to."""
        bell = Bell()
        self._due[bell] = None
        try:
            yield bell
        finally:
            del self._due[bell]

    def set(self, bell: Bell, at: datetime | None) -> None:
        """Lets it ring at a moment, in place of the one it was set to."""
        self._due[bell] = at

    @property
    def waiting(self) -> int:
        """How many bells there are."""
        return len(self._due)

    async def look(self) -> None:
        """Rings what is due."""
        if not self._due:
            return
        now = self._clock.now()
        set_back = self._looked_at is not None and now < self._looked_at - BETWEEN_LOOKS
        self._looked_at = now
        for bell, at in self._due.items():
            if set_back or (at is not None and at <= now):
                self._due[bell] = None
                bell.ring()

    async def end(self, stop: asyncio.Event) -> None:
        """Rings all of them at the stop."""
        await stop.wait()
        self.stopped = True
        for bell in self._due:
            bell.ring()
