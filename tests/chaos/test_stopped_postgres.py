"""Postgres gone without a farewell, again and again, while observations come in."""

import asyncio
import random

import pytest

from tests.chaos.audit import audit
from tests.chaos.clients import Client, Feed
from tests.chaos.form import times
from tests.chaos.report import Report
from tests.chaos.system import System

PROMISED_SECONDS = 5.0


@pytest.mark.parametrize(
    ("fault", "injected"),
    [
        ("Postgres stopped with -m immediate", times(2, 12)),
        ("Postgres killed (SIGKILL)", times(1, 6)),
    ],
    ids=["immediate", "killed"],
)
async def test_a_database_that_ends_loses_and_doubles_nothing(
    system: System, report: Report, fault: str, injected: int
) -> None:
    people = [f"postgres-{injected}-{number}" for number in range(20)]
    end = system.postgres.stop_at_once if "immediate" in fault else system.postgres.crash
    recoveries: list[float] = []
    async with system.channel("ingest") as channel:
        feed = Feed(people, Client(channel))
        async with feed.flowing():
            for _ in range(injected):
                await asyncio.sleep(random.uniform(0.3, 1.5))
                await asyncio.to_thread(end)
                await asyncio.sleep(random.uniform(0.0, 1.5))
                await asyncio.to_thread(system.postgres.start)
                recovery = await asyncio.gather(system.healthy(), feed.next_answer())
                recoveries.append(max(recovery))
    found = await audit(system, feed)
    report.add(fault, recoveries, injected, found)
    found.check()
    assert max(recoveries) < PROMISED_SECONDS
