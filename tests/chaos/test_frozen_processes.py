"""SIGSTOP: alive to the kernel and the database, and silent."""

import asyncio
import random
import time
from itertools import cycle, islice

from tests.chaos.audit import audit
from tests.chaos.clients import Client, Feed
from tests.chaos.form import times
from tests.chaos.report import Report
from tests.chaos.system import WORKERS, System
from tests.chaos.test_killed_workers import CLAIMS, TAKEOVER_SECONDS, taken_over

PEOPLE = [f"frozen-{number}" for number in range(20)]
FROZEN_SECONDS = 2.0
THAWED_SECONDS = 5.0


async def test_a_frozen_process_holds_nobody_up_and_goes_on_when_it_can(
    system: System, report: Report
) -> None:
    victims = list(islice(cycle(["profiler", "ingest", "profiler2"]), times(2, 12)))
    recoveries: list[float] = []
    takeovers = [0.0]
    async with system.channel("ingest") as channel:
        feed = Feed(PEOPLE, Client(channel, deadline=1.0))
        async with feed.flowing():
            for victim in victims:
                await asyncio.sleep(random.uniform(0.2, 0.8))
                with system.frozen(victim):
                    if victim in WORKERS:
                        takeovers.append(await work_goes_on(system))
                    else:
                        await asyncio.sleep(FROZEN_SECONDS)
                recovery = await asyncio.gather(system.healthy(), feed.next_answer())
                recoveries.append(max(recovery))
        found = await audit(system, feed)
    report.add("process frozen (SIGSTOP) and resumed", recoveries, len(victims), found)
    report.note("frozen worker's people taken over", worst_seconds=round(max(takeovers), 1))
    found.check()
    assert max(recoveries) < THAWED_SECONDS
    assert max(takeovers) < TAKEOVER_SECONDS


async def work_goes_on(system: System) -> float:
    """Waits until no claim that stands now does; returns how many seconds that took."""
    began = time.monotonic()
    async with system.database() as eye:
        tokens = [row["token"] for row in await eye.fetch(CLAIMS)]
    await taken_over(system, tokens)
    return time.monotonic() - began
