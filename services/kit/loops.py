"""Work that a service repeats by itself while it runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import TypeAlias

from services.kit.errors import Refusal

log = logging.getLogger(__name__)

Loop: TypeAlias = Callable[[asyncio.Event], Coroutine[None, None, None]]


def every(interval: timedelta, name: str, action: Callable[[], Awaitable[object]]) -> Loop:
    """Returns a loop that runs `action` now and then again after each interval, until stopped.

    A failure is logged, and the next interval tries again.
    """

    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await action()
            except Refusal as refusal:
                log.warning("postponed", extra={"loop": name, "reason": refusal.reason})
            except Exception:
                log.exception("failed; it goes on", extra={"loop": name})
            await stopped_within(stop, interval)

    return loop


async def stopped_within(stop: asyncio.Event, interval: timedelta) -> bool:
    """Waits for the stop, at most for the interval; tells whether it came."""
    with suppress(TimeoutError):
        async with asyncio.timeout(interval.total_seconds()):
            await stop.wait()
    return stop.is_set()
