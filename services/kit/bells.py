"""Something that one task waits for and others may let happen at any time."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from math import inf
from time import perf_counter


class Bell:
    """Rings for the one who waits; a ring in between is heard at the next wait."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Lets the one who waits go on, now or at once when they come."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Returns when it rings, has rung since the last wait, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()


class DistantBell(Bell):
    """A bell that is rung in another thread than the one in which somebody waits."""

    def __init__(self) -> None:
        super().__init__()
        self._heard_in: asyncio.AbstractEventLoop | None = None
        self._rung_at = -inf

    def rung_within(self, time: timedelta) -> bool:
        """Tells whether it rang so recently; any thread may ask."""
        return perf_counter() - self._rung_at < time.total_seconds()

    def ring(self) -> None:
        self._rung_at = perf_counter()
        if self._heard_in is None:
            super().ring()
            return
        with suppress(RuntimeError):  # nobody waits there any more
            self._heard_in.call_soon_threadsafe(super().ring)

    async def wait(self, seconds: float) -> None:
        self._heard_in = asyncio.get_running_loop()
        await super().wait(seconds)
