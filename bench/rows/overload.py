"""More than can be taken: what is accepted stays quick, the rest is refused, nothing piles up."""

from collections.abc import Iterable

from bench.database import wait_drained
from bench.loads.loop import percentile
from bench.loads.overload import Overload, overload
from bench.loads.recording import record_one
from bench.memory import of_services
from bench.running import Bench
from bench.table import Row, below, stated

TIMES, SECONDS = 3, 60.0
MOST_GROWTH, MOST_ACCEPTED, MOST_REFUSED = 20, 1000, 500


def overloaded(bench: Bench) -> Iterable[Row]:
    """Three times what ingest takes with 64 in flight, for a minute.

    The client has the same two cores: what it measures includes its own waiting.
    """
    with bench.stack() as world:
        address, seconds = world.address("ingest"), bench.seconds(SECONDS)
        capacity = bench.load(record_one, address, bench.seconds(4), 64).rate
        bench.load(overload, address, bench.seconds(8), TIMES * capacity)
        before = of_services(world)
        told = bench.load(overload, address, seconds, TIMES * capacity)
        after = of_services(world)
        wait_drained(world.database)
    bench.say(f"{capacity:,.0f}/s alone; {dict(told.codes)}; {before:.0f} MB, then {after:.0f} MB")
    yield from _rows(told, seconds, after - before)


def _rows(told: Overload, seconds: float, growth: float) -> Iterable[Row]:
    yield below("overload-memory-growth", "MB", growth, MOST_GROWTH)
    yield below("overload-accepted-p99", "ms", percentile(told.accepted, 99), MOST_ACCEPTED)
    yield below("overload-refused-p99", "ms", percentile(told.refused or [0.0], 99), MOST_REFUSED)
    yield stated("overload-accepted", "calls/s", len(told.accepted) / seconds)
    yield stated("overload-refused", "calls/s", len(told.refused) / seconds)
