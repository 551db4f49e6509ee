"""Something that one task waits for and others may let happen at any time."""

import asyncio
from contextlib import suppress


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
