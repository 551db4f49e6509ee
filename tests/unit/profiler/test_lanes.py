"""How many groups of people are worked on at once, and when the worker rests."""

import asyncio
from collections.abc import Collection

import pytest

from services.kit.bells import Bell
from services.kit.errors import Unavailable
from services.profiler.model import Due, PersonId
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Processor
from services.profiler.worker import LANES, Worker
from tests.unit.profiler.fakes import Memory, MemoryLedgers, MemoryQueue, StoppedClock
from tests.unit.profiler.test_processing import NOW


class SlowProcessor(Processor):
    """Takes its time with everybody, and notes how many groups were under way at once."""

    def __init__(self) -> None:
        memory = Memory()
        super().__init__(MemoryQueue(memory), MemoryLedgers(memory), StoppedClock(NOW), SHIPPED)
        self.waiting = {PersonId(f"p{number}"): 1000 for number in range(20)}
        self.under_way = self.most = 0

    async def due(self, limit: int) -> Due:
        return Due(together=dict(self.waiting), alone=[])

    async def work_off(self, people: Collection[PersonId]) -> int:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0.001)
        self.under_way -= 1
        return sum(self.waiting.pop(person_id, 0) for person_id in people)


@pytest.mark.parametrize(("busy", "lanes"), [(False, LANES), (True, 1)])
async def test_a_backlog_leaves_room_for_those_who_ask_meanwhile(busy: bool, lanes: int) -> None:
    processor, stop = SlowProcessor(), asyncio.Event()
    worker = Worker(processor, Bell(), busy=lambda: busy)
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(10):
        while processor.waiting:
            await asyncio.sleep(0.01)
    stop.set()
    await running
    assert processor.most == lanes


async def test_the_rest_of_a_backlog_gets_all_lanes_once_nobody_asks_any_more() -> None:
    processor, stop = SlowProcessor(), asyncio.Event()
    worker = Worker(processor, Bell(), busy=lambda: len(processor.waiting) > 15)
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(10):
        while len(processor.waiting) > 15:
            assert processor.most <= 1
            await asyncio.sleep(0)
        while processor.waiting:
            await asyncio.sleep(0)
    stop.set()
    await running
    assert processor.most == LANES


class FailingProcessor(SlowProcessor):
    """Cannot work on the third group of people, once."""

    def __init__(self) -> None:
        super().__init__()
        self.groups = 0

    async def work_off(self, people: Collection[PersonId]) -> int:
        self.groups += 1
        if self.groups == 3:
            raise Unavailable("UNAVAILABLE", "no database")
        return await super().work_off(people)


async def test_a_group_that_fails_ends_the_round_and_not_what_others_have_begun() -> None:
    processor, stop = FailingProcessor(), asyncio.Event()
    running = asyncio.create_task(Worker(processor, Bell()).run(stop))
    await asyncio.sleep(0.05)
    stop.set()
    await running
    assert (processor.groups, processor.under_way, len(processor.waiting)) == (3, 0, 18)


class SteadyProcessor(SlowProcessor):
    """As many tasks have come whenever it looks; notes how often it does."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    async def due(self, limit: int) -> Due:
        self.looks += 1
        return Due(together={PersonId(f"p{number}"): 100 for number in range(15)}, alone=[])

    async def work_off(self, people: Collection[PersonId]) -> int:
        await asyncio.sleep(0.01)
        return 100 * len(people)


async def test_what_came_during_a_rest_is_no_backlog() -> None:
    processor, stop = SteadyProcessor(), asyncio.Event()
    running = asyncio.create_task(Worker(processor, Bell()).run(stop))
    await asyncio.sleep(0.5)
    stop.set()
    await running
    # Every round is followed by the longest rest, which is as long as this was looked at.
    assert processor.looks <= 3
