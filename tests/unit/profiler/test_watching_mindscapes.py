"""Watching: each new version is told once, silence costs nothing, and nothing stays behind."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from services.profiler.model import Mindscape, PersonId, Version
from services.profiler.usecases import Watch
from tests.unit.profiler.fakes import Memory, MemoryMindscapes, MemoryNotices

ANA, BEN = PersonId("ana"), PersonId("ben")
NOW = datetime(2026, 11, 17, tzinfo=UTC)


class CountedMindscapes(MemoryMindscapes):
    """Counts how often it is asked for current versions, and for how many people."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory)
        self.looks: list[int] = []

    async def newest(self, people: Sequence[PersonId]) -> Sequence[Version | None]:
        self.looks.append(len(people))
        await asyncio.sleep(0)
        return await super().newest(people)


class Tower:
    """Mindscapes that get new versions, and who watches them."""

    def __init__(self, longest: timedelta = timedelta(hours=1)) -> None:
        self.memory = Memory()
        self.mindscapes = CountedMindscapes(self.memory)
        self.notices = MemoryNotices()
        self.watch = Watch(self.mindscapes, self.notices, longest)

    def make(self, version: int, person_id: PersonId = ANA) -> None:
        self.memory.history[person_id].append(Mindscape(person_id, version, NOW, "UTC", {}))
        self.notices.changed(person_id)

    def versions(self, after: int = 0, person_id: PersonId = ANA) -> AsyncGenerator[Version, None]:
        return self.watch.versions(person_id, after)


@pytest.fixture
def tower() -> Tower:
    return Tower()


async def told(versions: AsyncGenerator[Version, None]) -> int:
    async with asyncio.timeout(2):
        return (await anext(versions)).version


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_current_version_is_told_at_once_and_then_each_that_is_made(
    tower: Tower,
) -> None:
    tower.make(3)
    async with aclosing(tower.versions()) as versions:
        assert await told(versions) == 3
        tower.make(4)
        assert await told(versions) == 4


async def test_versions_up_to_the_one_known_are_not_told(tower: Tower) -> None:
    tower.make(3)
    async with aclosing(tower.versions(after=3)) as versions:
        waiting = asyncio.create_task(told(versions))
        await settled()
        assert not waiting.done()
        tower.make(4)
        assert await waiting == 4


async def test_who_knows_a_later_version_hears_of_those_beyond_it(tower: Tower) -> None:
    tower.make(3)
    async with aclosing(tower.versions(after=4)) as versions:
        waiting = asyncio.create_task(told(versions))
        for version in (4, 5):
            await settled()
            tower.make(version)
        assert await waiting == 5


async def test_versions_between_two_tellings_are_left_out(tower: Tower) -> None:
    tower.make(1)
    async with aclosing(tower.versions()) as versions:
        assert await told(versions) == 1
        for version in range(2, 50):
            tower.make(version)
        assert await told(versions) == 49
        assert len(tower.mindscapes.looks) == 2


async def test_somebody_who_is_not_known_yet_is_waited_for(tower: Tower) -> None:
    async with aclosing(tower.versions()) as versions:
        waiting = asyncio.create_task(told(versions))
        await settled()
        tower.make(1)
        assert await waiting == 1


async def test_a_new_life_after_an_erasure_is_told_though_versions_begin_at_one(
    tower: Tower,
) -> None:
    tower.make(7)
    async with aclosing(tower.versions(after=7)) as versions:
        waiting = asyncio.create_task(told(versions))
        await settled()
        tower.memory.history[ANA].clear()
        tower.make(1)
        assert await waiting == 1


async def test_a_notice_for_nothing_new_is_not_told(tower: Tower) -> None:
    tower.make(1)
    async with aclosing(tower.versions()) as versions:
        assert await told(versions) == 1
        waiting = asyncio.create_task(told(versions))
        for _ in range(3):
            tower.notices.changed(ANA)
            await settled()
        assert not waiting.done()
        tower.make(2)
        assert await waiting == 2


async def test_a_thousand_who_are_woken_together_cost_few_looks_and_none_in_silence(
    tower: Tower,
) -> None:
    people = [PersonId(f"p{number}") for number in range(1000)]
    watching = [tower.versions(person_id=person_id) for person_id in people]
    waiting = [asyncio.create_task(told(versions)) for versions in watching]
    await settled()
    silent = len(tower.mindscapes.looks)
    assert silent <= 3
    for person_id in people:
        tower.make(1, person_id)
    assert set(await asyncio.gather(*waiting)) == {1}
    assert len(tower.mindscapes.looks) <= silent + 3
    for versions in watching:
        await versions.aclose()
    assert tower.notices.waiting == {}
    assert tower.watch.open == 0


async def test_one_who_goes_leaves_nothing_behind(tower: Tower) -> None:
    versions = tower.versions()
    waiting = asyncio.create_task(told(versions))
    await settled()
    assert tower.watch.open == 1
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (tower.watch.open, tower.notices.waiting) == (0, {})


async def test_it_ends_after_its_time(tower: Tower) -> None:
    short = Tower(longest=timedelta(milliseconds=20))
    assert [one async for one in short.versions()] == []


async def test_all_end_when_the_service_stops(tower: Tower) -> None:
    tower.make(1)
    stop = asyncio.Event()
    running = asyncio.create_task(tower.watch.run(stop))

    async def follow() -> list[int]:
        return [one.version async for one in tower.versions()]

    following = [asyncio.create_task(follow()) for _ in range(3)]
    await settled()
    stop.set()
    async with asyncio.timeout(2):
        assert await asyncio.gather(*following) == [[1]] * 3
    await running
    assert [one async for one in tower.versions()] == []
