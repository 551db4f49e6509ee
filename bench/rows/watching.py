"""Streams that wait: what thousands of them take while nothing happens, and how soon they tell."""

from collections.abc import Iterable

import psutil

from bench.database import fill, wait_drained
from bench.loads.loop import percentile
from bench.loads.watching import watch
from bench.memory import services_of
from bench.running import Bench
from bench.table import Row, stated

STREAMS = 2000
OBSERVATIONS_EACH = 8
SILENCE_SECONDS = 20
TELLINGS = 200


def idle(bench: Bench) -> Iterable[Row]:
    """So many open streams of `WatchSuggestions`, each of a person of its own."""
    streams = bench.amount(STREAMS)
    with bench.stack() as world:
        fill(world.database, range(streams), OBSERVATIONS_EACH)
        bench.say(f"{wait_drained(world.database):.0f} s until everybody is known")
        silence, tellings = bench.seconds(SILENCE_SECONDS), min(streams, TELLINGS)
        bench.say(f"{silence:.0f} s without streams, {streams:,} opened, {silence:.0f} s with them")
        bench.say(f"then {tellings} people are told, one after the other")
        services = services_of(psutil.Process(world.pid).children(recursive=True))
        found = bench.load(
            watch,
            world.address("persona"),
            world.address("ingest"),
            [process.pid for process in services],
            streams,
            silence,
            tellings,
        )
    bench.say(f"{streams:,} streams opened in {found.opened:.1f} s")
    yield stated("watch-memory-each", "KB", found.megabytes * 1000 / streams)
    yield stated("watch-processor", "% of a core", found.processor * 100)
    yield stated("watch-told-p50", "ms", percentile(found.told, 50))
    yield stated("watch-told-p99", "ms", percentile(found.told, 99))
