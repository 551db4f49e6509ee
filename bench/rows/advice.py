"""Advice: what it costs whoever asks, whatever the history, the database and the queue."""

from collections.abc import Callable, Iterable
from statistics import median

from bench.database import ask, fill, is_drained, wait_drained
from bench.loads.asking import generate, suggest, until_believed
from bench.loads.loop import percentile
from bench.memory import of_services
from bench.running import Bench, World
from bench.table import Row, at_most, below

LONG, SHORT = 10_000, 100
CALLS, ROUNDS = 60, 8
RATE = 100
Ask = Callable[[str, list[str], int], list[float]]


def freshness(bench: Bench) -> Iterable[Row]:
    """From an observation's answer until the mindscape shows it, at 100 a second."""
    with bench.stack() as world:
        addresses = {name: world.address(name) for name in ("ingest", "profiler")}
        took = bench.load(until_believed, addresses, bench.seconds(30), RATE)
    yield below("freshness-p50", "ms", percentile(took, 50), 30, 500)
    yield below("freshness-p99", "ms", percentile(took, 99), 200, 500)


def history(bench: Bench) -> Iterable[Row]:
    """A person with 10,000 observations beside one with 100; then while a backlog drains."""
    with bench.stack() as world:
        fill(world.database, range(1), LONG)
        fill(world.database, range(1, 2), SHORT)
        wait_drained(world.database)
        for name, call in (("suggest", suggest), ("generate", generate)):
            pairs, took = _beside(bench, world, call, ["person-0"], ["person-1"])
            yield at_most(f"{name}-history-p50", "ms", pairs, 1.1)
            yield below(f"{name}-p99", "ms", percentile(took, 99), 20)
        for name, call in (("suggest", suggest), ("generate", generate)):
            busy = _while_draining(bench, world, call)
            yield below(f"{name}-backlog-p99", "ms", percentile(busy, 99), 60)


def database(bench: Bench) -> Iterable[Row]:
    """A database of 1,000,000 observations of 10,000 people beside one of 10,000."""
    with bench.stack() as world:
        small = [f"person-{number}" for number in range(100)]
        fill(world.database, range(100), SHORT)
        wait_drained(world.database)
        before = {call: _rounds(bench, world, call, small) for call in (suggest, generate)}
        ready = of_services(world)
        _fill_up(bench, world)
        for name, call in (("suggest", suggest), ("generate", generate)):
            after = _rounds(bench, world, call, small)
            yield at_most(
                f"{name}-database-p50", "ms", list(zip(after, before[call], strict=True)), 1.3
            )
        bench.say(f"the services took {ready:.0f} MB before, {of_services(world):.0f} MB after")
        yield below("memory-services-loaded", "MB", of_services(world), 150, 100)


def _fill_up(bench: Bench, world: World) -> None:
    people, chunk = bench.amount(10_000), bench.amount(1_000)
    for start in range(chunk // 10, people, chunk):
        fill(world.database, range(start, min(start + chunk, people)), SHORT)
        seconds = wait_drained(world.database)
        bench.say(
            f"{min(start + chunk, people) * SHORT:,} observations, drained in {seconds:.0f} s"
        )
    ask(world.database, lambda connection: connection.execute("VACUUM ANALYZE"))


def _rounds(bench: Bench, world: World, call: Ask, people: list[str]) -> list[float]:
    address = world.address("persona")
    return [median(bench.load(call, address, people, CALLS)) * 1000 for _ in range(ROUNDS)]


def _beside(
    bench: Bench, world: World, call: Ask, one: list[str], other: list[str]
) -> tuple[list[tuple[float, float]], list[float]]:
    """Asks for both in turn; returns pairs of p50 in ms, and all seconds of the first."""
    pairs, all_of_one = [], []
    for _ in range(ROUNDS):
        a = bench.load(call, world.address("persona"), one, CALLS)
        b = bench.load(call, world.address("persona"), other, CALLS)
        pairs.append((median(a) * 1000, median(b) * 1000))
        all_of_one += a
    bench.say(f"p50 {pairs[0][0]:.2f} ms beside {pairs[0][1]:.2f} ms")
    return pairs, all_of_one


def _while_draining(bench: Bench, world: World, call: Ask) -> list[float]:
    took: list[float] = []
    for turn in range(3):
        fill(world.database, range(100 + 100 * turn, 200 + 100 * turn), 400)
        while not is_drained(world.database):
            took += bench.load(call, world.address("persona"), ["person-0"], 20)
    bench.say(f"{len(took)} calls while a backlog drained, p50 {percentile(took, 50):.1f} ms")
    return took
