"""Recording, answered after the commit: one observation a call, and many."""

from collections.abc import Callable, Iterable

from bench.database import wait_drained
from bench.loads.http import post, wait_for_port
from bench.loads.loop import Load
from bench.loads.recording import documents, record_many, record_one
from bench.running import Bench, World, free_port
from bench.table import Row, at_least, at_most, beside
from bench.yardsticks import echo, fastapi_app, tables, unnest

PAIRS = 3
SECONDS = 4.0
IN_FLIGHT = 64
OURS, USUAL, LEAN = "/v1/observations", "/observations", "/lean"


def over_grpc(bench: Bench) -> Iterable[Row]:
    """Beside an empty echo with the same message: as it comes, or on ingest's loop, whichever is
    faster."""
    with bench.stack() as world:
        plain, tuned = (f"unix:{world.beside / name}.sock" for name in ("echo", "tuned"))
        seconds = bench.seconds(SECONDS)
        with bench.beside(echo.serve, plain), bench.beside(echo.serve_tuned, tuned):

            def load(address: str) -> Load:
                return bench.load(record_one, address, seconds, IN_FLIGHT)

            theirs = max((plain, tuned), key=lambda address: load(address).rate)
            ours = world.address("ingest")
            pairs = _in_turn(bench, world, lambda: load(ours), lambda: load(theirs))
    bench.say(f"the faster echo is {'on uvloop' if theirs == tuned else 'as it comes'}")
    yield at_least("record-grpc", "calls/s", [(a.rate, b.rate) for a, b in pairs], 0.5)


def over_rest(bench: Bench) -> Iterable[Row]:
    """Through Envoy, beside FastAPI with SQLAlchemy and asyncpg: as it is usually written, and
    without the ORM."""
    port = free_port()
    with bench.stack() as world:
        tables.make(world.database)
        with bench.beside(fastapi_app.serve, world.database, port):
            bench.load(wait_for_port, port)
            usual = _rest_pairs(bench, world, port, USUAL, IN_FLIGHT)
            lean = _rest_pairs(bench, world, port, LEAN, IN_FLIGHT)
            one = _rest_pairs(bench, world, port, USUAL, 1)
            one_lean = _rest_pairs(bench, world, port, LEAN, 1)
    yield at_least("record-rest", "requests/s", [(a.rate, b.rate) for a, b in usual], 4.0)
    yield beside("record-rest-lean", "requests/s", [(a.rate, b.rate) for a, b in lean])
    yield at_most("record-rest-p50", "ms", [(a.p50_ms, b.p50_ms) for a, b in one], 1.0)
    yield beside("record-rest-p50-lean", "ms", [(a.p50_ms, b.p50_ms) for a, b in one_lean])


def many(bench: Bench) -> Iterable[Row]:
    """In batches of 1,000 and as a stream, beside bare asyncpg."""
    with bench.stack() as world:
        tables.make(world.database)
        for row, stream in (("record-batches", False), ("record-stream", True)):
            pairs = []
            for _ in range(PAIRS):
                seconds, address = bench.seconds(SECONDS), world.address("ingest")
                ours = bench.load(record_many, address, seconds, stream=stream)
                wait_drained(world.database)
                theirs = bench.load(unnest.insert_many, world.database, seconds)
                bench.say(f"{ours:,.0f}/s, beside {theirs:,.0f}/s: {ours / theirs:.2f}")
                pairs.append((ours, theirs))
            yield at_least(row, "observations/s", pairs, 0.6)


def _rest_pairs(
    bench: Bench, world: World, port: int, other: str, in_flight: int
) -> list[tuple[Load, Load]]:
    seconds = bench.seconds(SECONDS)
    return _in_turn(
        bench,
        world,
        lambda: bench.load(post, world.port, OURS, documents(), seconds, in_flight),
        lambda: bench.load(post, port, other, documents(), seconds, in_flight),
    )


def _in_turn(
    bench: Bench, world: World, ours: Callable[[], Load], theirs: Callable[[], Load]
) -> list[tuple[Load, Load]]:
    """Measures both in turn: what else the machine does meets both alike.

    The yardstick has the machine for itself: it waits until the worker has caught up.
    """
    pairs = []
    for _ in range(PAIRS):
        a = ours()
        wait_drained(world.database)
        b = theirs()
        pairs.append((a, b))
        bench.say(
            f"{a.rate:,.0f}/s p50 {a.p50_ms:.2f} ms p99 {a.p99_ms:.2f} ms, beside "
            f"{b.rate:,.0f}/s p50 {b.p50_ms:.2f} ms p99 {b.p99_ms:.2f} ms: {a.rate / b.rate:.2f}"
        )
    return pairs
