"""Envoy ended and started again under load, and a service killed behind it."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator

import pytest

from tests.chaos.audit import audit
from tests.chaos.clients import Client, Feed
from tests.chaos.form import times
from tests.chaos.report import Report
from tests.chaos.system import System

# With the start of a process.
RECOVERED_SECONDS = 15.0
FAULTS = {
    "Envoy restarted (SIGTERM)": ("gateway", signal.SIGTERM),
    "Envoy killed (SIGKILL)": ("gateway", signal.SIGKILL),
    "ingest killed behind Envoy": ("ingest", signal.SIGKILL),
}


@pytest.fixture
async def gateway(system: System) -> AsyncIterator[System]:
    system.start("gateway")
    await system.healthy(["gateway"])
    yield system
    system.stop("gateway")


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_ends_on_the_way_loses_and_doubles_nothing(
    gateway: System, report: Report, fault: str
) -> None:
    name, order = FAULTS[fault]
    people = [f"gateway-{list(FAULTS).index(fault)}-{number}" for number in range(10)]
    recoveries: list[float] = []
    async with gateway.channel("gateway") as channel:
        feed = Feed(people, Client(channel))
        async with feed.flowing():
            for _ in range(times(1, 10)):
                await asyncio.sleep(random.uniform(0.2, 0.6))
                await asyncio.to_thread(gateway.stop, name, order=order)
                gateway.start(name)
                recovery = await asyncio.gather(gateway.healthy([name]), feed.next_answer())
                recoveries.append(max(recovery))
    found = await audit(gateway, feed)
    report.add(fault, recoveries, len(recoveries), found)
    found.check()
    assert max(recoveries) < RECOVERED_SECONDS
