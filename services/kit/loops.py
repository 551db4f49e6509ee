"""Work that a service repeats by itself while it runs."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import TypeAlias

import uvloop

from services.kit.errors import Refusal

log = logging.getLogger(__name__)

Loop: TypeAlias = Callable[[asyncio.Event], Coroutine[None, None, None]]

# A thread that computes lets another go on after this long; Python's own 5 ms would be noticed by
# callers, who wait for it several times.
SWITCH_SECONDS = 0.0005


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


def in_thread(loop: Loop) -> Loop:
    """Returns a loop that runs in a thread of its own: what it computes holds nobody up for more
    than a moment, however long it takes, and it needs no memory of a process of its own.

    What belongs to an event loop, as a pool of connections does, must belong to that thread alone.
    """

    async def around(stop: asyncio.Event) -> None:
        there, stop_there = uvloop.new_event_loop(), asyncio.Event()

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: there) as runner:
                runner.run(loop(stop_there))

        sys.setswitchinterval(SWITCH_SECONDS)
        running = asyncio.ensure_future(asyncio.to_thread(run))
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            with suppress(RuntimeError):  # it has ended by itself
                there.call_soon_threadsafe(stop_there.set)
        await running

    return around
