"""Every method of the API, for a person with 10,000 observations."""

from collections.abc import Iterable

from bench.database import fill, wait_drained, wait_swept
from bench.loads.every_rpc import time_all
from bench.loads.loop import percentile
from bench.running import Bench
from bench.table import Row, below

HISTORY = 10_000
CALLS = 200
ERASED = 20


def every(bench: Bench) -> Iterable[Row]:
    """Calls each method, one call at a time; the slowest one's p99 is the row."""
    with bench.stack() as world:
        fill(world.database, range(1), HISTORY)
        for person in range(1, 2 + ERASED):
            fill(world.database, range(person, person + 1), bench.amount(HISTORY))
        wait_drained(world.database)
        # Whose observations came one after the other has no thousands of tasks of the last minute.
        wait_swept(world.database)
        took = bench.load(time_all, world.gateway, bench.amount(CALLS), ERASED)
    slowest = sorted(((percentile(seconds, 99), name) for name, seconds in took.items()))[::-1]
    for p99, name in slowest:
        bench.say(f"{name}: p50 {percentile(took[name], 50):.1f} ms, p99 {p99:.1f} ms")
    yield below("every-rpc-p99", "ms", slowest[0][0], 50, 200)
