"""The worker: how fast a backlog is worked off, traits computed."""

from collections.abc import Iterable

from bench.database import fill, wait_drained
from bench.running import Bench
from bench.table import Row, at_least
from bench.yardsticks import pgqueuer_jobs

BACKLOG = 50_000
PAIRS = 3


def of_few(bench: Bench) -> Iterable[Row]:
    """50 people, beside pgqueuer running an empty job for each observation."""
    yield _drain(bench, "drain-50-people", 50, 1.0)


def of_many(bench: Bench) -> Iterable[Row]:
    """5,000 people, beside the same."""
    yield _drain(bench, "drain-5000-people", 5_000, 0.35)


def _drain(bench: Bench, row: str, people: int, least: float) -> Row:
    backlog = bench.amount(BACKLOG)
    people = bench.amount(people)
    pairs = []
    with bench.stack() as world:
        for turn in range(PAIRS):
            fill(world.database, range(turn * people, (turn + 1) * people), backlog // people)
            ours = backlog / wait_drained(world.database)
            theirs = bench.load(pgqueuer_jobs.drain, world.database, backlog)
            bench.say(f"{ours:,.0f}/s, beside {theirs:,.0f}/s: {ours / theirs:.2f}")
            pairs.append((ours, theirs))
    return at_least(row, "observations/s", pairs, least)
