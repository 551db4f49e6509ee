"""A closed loop: so many calls in flight, the next one sent when one is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Load:
    """What a load came to: answers a second, and milliseconds from call to answer."""

    rate: float
    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, seconds: list[float], took: float) -> "Load":
        """Makes it of each call's seconds and the seconds of all of it."""
        return cls(len(seconds) / took, percentile(seconds, 50), percentile(seconds, 99))


def percentile(seconds: list[float], of: float) -> float:
    """Returns the percentile in milliseconds: the smallest that so many do not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * of / 100))] * 1000


async def closed_loop(
    call: Callable[[], Awaitable[object]], seconds: float, in_flight: int
) -> Load:
    """Calls for so long; the first tenth of the time warms up and does not count."""
    counted: list[float] = []
    began = perf_counter()
    since, until = began + seconds / 10, began + seconds

    async def caller() -> None:
        while (sent := perf_counter()) < until:
            await call()
            if sent >= since:
                counted.append(perf_counter() - sent)

    await asyncio.gather(*(caller() for _ in range(in_flight)))
    return Load.of(counted, perf_counter() - since)
