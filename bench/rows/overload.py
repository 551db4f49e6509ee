"""More than can be taken: what is accepted stays quick, the rest is refused, nothing piles up."""

from collections.abc import Iterable, Sequence

import grpc

from bench.database import wait_drained
from bench.loads.loop import percentile
from bench.loads.overload import overload
from bench.loads.recording import record_one
from bench.loads.wire import Told
from bench.memory import watched
from bench.running import Bench
from bench.table import Row, below, stated

TIMES, SECONDS = 3, 60.0
CONNECTIONS = 16
"""As of many clients: on few the service allows no more calls under way than it takes."""
MOST_GROWTH, MOST_ACCEPTED, MOST_REFUSED = 20, 1000, 500
ACCEPTED, REFUSED, CANCELLED = (
    str(code.value[0])
    for code in (
        grpc.StatusCode.OK,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.CANCELLED,
    )
)


def overloaded(bench: Bench) -> Iterable[Row]:
    """Three times what ingest takes with 64 in flight, for a minute."""
    with bench.stack() as world:
        address, seconds = world.address("ingest"), bench.seconds(SECONDS)
        rate = TIMES * bench.load(record_one, address, bench.seconds(4), 64).rate
        socket = address.removeprefix("unix:")
        bench.load(overload, socket, bench.seconds(8), rate, CONNECTIONS)
        with watched(world) as memory:
            told = bench.load(overload, socket, seconds, rate, CONNECTIONS)
        wait_drained(world.database)
    ends = {how: len(took) for how, took in told.seconds.items()}
    bench.say(f"{rate:,.0f}/s due, {told.sent / seconds:,.0f}/s sent; {ends}")
    first, last = _largest(memory)
    bench.say(f"{first:.0f} MB at most at first, {last:.0f} MB at the end")
    yield from _rows(told, seconds, last - first)


def _largest(memory: Sequence[float]) -> tuple[float, float]:
    """Returns the largest of the first and of the last third: from one moment to the next it is
    fifteen megabytes more or less, as calls wait or do not."""
    third = -(-len(memory) // 3)
    return max(memory[:third]), max(memory[-third:])


def _rows(told: Told, seconds: float, growth: float) -> Iterable[Row]:
    accepted = told.seconds[ACCEPTED]
    refused = told.seconds.get(REFUSED, [0.0])
    else_ended = told.sent - len(accepted) - told.count(REFUSED)
    yield below("overload-memory-growth", "MB", growth, MOST_GROWTH)
    yield below("overload-accepted-p99", "ms", percentile(accepted, 99), MOST_ACCEPTED)
    yield below("overload-refused-p99", "ms", percentile(refused, 99), MOST_REFUSED)
    yield below("overload-unexplained", "calls", else_ended, 1)
    yield stated("overload-sent", "calls/s", told.sent / seconds)
    yield stated("overload-kept-back", "calls/s", told.kept_back / seconds)
    yield stated("overload-accepted", "calls/s", told.count(ACCEPTED) / seconds)
    yield stated("overload-refused", "calls/s", told.count(REFUSED) / seconds)
    yield stated("overload-cancelled", "calls/s", told.count(CANCELLED) / seconds)
