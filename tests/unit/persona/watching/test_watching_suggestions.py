"""The stream: what is told, what it survives, and that it leaves nothing behind."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from services.kit.bells import Bell
from services.kit.errors import NotFound, Unavailable
from services.persona.model import PersonId
from services.persona.usecases import DEFAULT_MAPPER
from services.persona.usecases.watching import Alarms, Cause, Change, Seen, SuggestionWatch
from tests.unit.persona.builders import ada, meeting, on_tuesday
from tests.unit.persona.fakes import FakeClock, FakeNeighbours, FakePersonas, studio

ADA = PersonId("ada")


class FakeNews:
    """Rings when it is told that there is something new."""

    def __init__(self) -> None:
        self.followed: dict[Bell, int] = {}

    @asynccontextmanager
    async def follow(self, person_id: PersonId, version: int, bell: Bell) -> AsyncIterator[None]:
        self.followed[bell] = version
        try:
            yield
        finally:
            del self.followed[bell]

    def spread(self) -> None:
        for bell in self.followed:
            bell.ring()


class Scene:
    """Ada on that Tuesday, a clock to move, and who watches."""

    def __init__(self, clock: str, longest: timedelta = timedelta(hours=1)) -> None:
        self.clock = FakeClock(on_tuesday(clock))
        self.neighbours = FakeNeighbours(believed=ada(), home="Europe/Berlin")
        self.news = FakeNews()
        self.alarms = Alarms(self.clock)
        self.personas = FakePersonas()
        self.watch = SuggestionWatch(
            studio(self.neighbours, self.personas, self.clock),
            self.news,
            self.alarms,
            longest=longest,
            pause=timedelta(0),
            after_trouble=timedelta(milliseconds=10),
        )

    def changes(
        self, told: Seen | None = None, mapper_id: str = DEFAULT_MAPPER
    ) -> AsyncGenerator[Change, None]:
        return self.watch.changes(ADA, mapper_id, told)

    async def set_clock(self, clock: str) -> None:
        self.clock.at = on_tuesday(clock)
        await settled()
        await self.alarms.look()

    def learn(self) -> None:
        believed = self.neighbours.believed
        assert believed is not None
        self.neighbours.believed = replace(believed, version=believed.version + 1)
        self.news.spread()


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def told(changes: AsyncIterator[Change]) -> Change:
    async with asyncio.timeout(2):
        return await anext(changes)


async def test_it_begins_with_how_things_stand() -> None:
    scene = Scene("09:30")
    async with aclosing(scene.changes()) as changes:
        first = await told(changes)
        assert first.causes == (Cause.STARTED,)
        assert first.types[0] == "deep_work_window"
        assert first.seen.version == 7
    assert scene.personas.all == {}


async def test_a_meeting_that_comes_near_is_told_by_the_clock_alone() -> None:
    scene = Scene("10:00")
    scene.neighbours.booked = (meeting("11:00", 30),)
    async with aclosing(scene.changes()) as changes:
        await told(changes)
        waiting = asyncio.create_task(told(changes))
        await scene.set_clock("10:29")
        assert not waiting.done()
        await scene.set_clock("10:30")
        near = await waiting
        assert Cause.MEETING in near.causes
        assert near.types[0] == "meeting_preparation"
        for clock in ("11:00", "11:30"):
            waiting = asyncio.create_task(told(changes))
            await scene.set_clock(clock)
            assert Cause.MEETING in (await waiting).causes


async def test_each_new_version_is_told_and_the_calendar_that_came_with_it() -> None:
    scene = Scene("10:00")
    async with aclosing(scene.changes()) as changes:
        await told(changes)
        scene.neighbours.booked = (meeting("10:20", 30),)
        waiting = asyncio.create_task(told(changes))
        await settled()
        scene.learn()
        found = await waiting
        assert found.causes == (Cause.TRAITS_CHANGED, Cause.MEETING)
        assert found.seen.version == 8


async def test_versions_that_come_fast_are_told_together() -> None:
    scene = Scene("10:00")
    async with aclosing(scene.changes()) as changes:
        await told(changes)
        for _ in range(9):
            scene.learn()
        assert (await told(changes)).seen.version == 16


async def test_time_that_changes_nothing_is_not_told() -> None:
    scene = Scene("10:00")
    async with aclosing(scene.changes()) as changes:
        await told(changes)
        waiting = asyncio.create_task(told(changes))
        for clock in ("10:05", "10:15", "10:30"):
            await scene.set_clock(clock)
            await settled()
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_a_clock_that_is_set_back_is_noticed() -> None:
    scene = Scene("14:00")
    async with aclosing(scene.changes()) as changes:
        await told(changes)
        await scene.alarms.look()
        waiting = asyncio.create_task(told(changes))
        await settled()
        await scene.set_clock("10:00")
        assert Cause.ENERGY_WINDOW in (await waiting).causes


async def test_a_clock_that_jumps_over_a_turn_is_noticed() -> None:
    scene = Scene("10:00")
    async with aclosing(scene.changes()) as changes:
        await told(changes)
        waiting = asyncio.create_task(told(changes))
        await settled()
        await scene.set_clock("21:00")
        found = await waiting
        assert {Cause.ENERGY_WINDOW, Cause.WORKING_DAY} <= set(found.causes)


async def test_what_was_told_is_not_told_again_when_the_stream_goes_on() -> None:
    scene = Scene("10:00")
    async with aclosing(scene.changes()) as changes:
        last = (await told(changes)).seen
    async with aclosing(scene.changes(last)) as changes:
        waiting = asyncio.create_task(told(changes))
        await settled()
        assert not waiting.done()
        scene.learn()
        assert (await waiting).causes == (Cause.TRAITS_CHANGED,)


async def test_what_was_missed_is_told_at_once_when_the_stream_goes_on() -> None:
    scene = Scene("10:00")
    scene.neighbours.booked = (meeting("11:00", 30),)
    async with aclosing(scene.changes()) as changes:
        last = (await told(changes)).seen
    scene.clock.at = on_tuesday("10:45")
    async with aclosing(scene.changes(last)) as changes:
        missed = await told(changes)
    assert Cause.MEETING in missed.causes
    assert Cause.STARTED not in missed.causes
    assert missed.changed_at == on_tuesday("10:30")


async def test_somebody_unknown_is_watched_until_something_is_known() -> None:
    scene = Scene("10:00")
    scene.neighbours.believed = None
    async with aclosing(scene.changes()) as changes:
        first = await told(changes)
        assert (first.causes, first.types, first.seen.version) == ((Cause.STARTED,), (), 0)
        waiting = asyncio.create_task(told(changes))
        await settled()
        assert list(scene.news.followed.values()) == [0]
        scene.neighbours.believed = ada()
        scene.news.spread()
        found = await waiting
        assert found.causes == (Cause.TRAITS_CHANGED,)
        assert found.types


async def test_an_unknown_mapper_is_refused() -> None:
    with pytest.raises(NotFound) as refused:
        await told(Scene("10:00").changes(mapper_id="nobody"))
    assert refused.value.reason == "MAPPER_NOT_FOUND"


async def test_without_the_profiler_it_does_not_begin() -> None:
    scene = Scene("10:00")
    scene.neighbours.down = {"profiler"}
    with pytest.raises(Unavailable) as refused:
        await told(scene.changes())
    assert refused.value.reason == "SERVICE_UNAVAILABLE"


@pytest.mark.parametrize("down", ["profiler", "feedback", "ingest"])
async def test_what_could_not_be_seen_whole_is_looked_at_again_and_nothing_false_is_told(
    down: str,
) -> None:
    scene = Scene("10:00")
    scene.neighbours.booked = (meeting("10:10", 30),)
    async with aclosing(scene.changes()) as changes:
        await told(changes)
        waiting = asyncio.create_task(told(changes))
        await settled()
        scene.neighbours.down = {down}
        scene.learn()
        await asyncio.sleep(0.05)
        assert not waiting.done()
        scene.neighbours.down = set()
        assert (await waiting).causes == (Cause.TRAITS_CHANGED,)


async def test_one_who_goes_leaves_nothing_behind() -> None:
    scene = Scene("10:00")
    changes = scene.changes()
    await told(changes)
    waiting = asyncio.create_task(told(changes))
    await settled()
    assert (scene.alarms.waiting, len(scene.news.followed)) == (1, 1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (scene.alarms.waiting, len(scene.news.followed)) == (0, 0)


async def test_it_ends_after_its_time_and_at_the_stop() -> None:
    short = Scene("10:00", longest=timedelta(milliseconds=20))
    assert len([one async for one in short.changes()]) == 1
    scene = Scene("10:00")
    stop = asyncio.Event()
    ending = asyncio.create_task(scene.alarms.end(stop))

    async def follow() -> int:
        return len([one async for one in scene.changes()])

    following = [asyncio.create_task(follow()) for _ in range(3)]
    await settled()
    stop.set()
    async with asyncio.timeout(2):
        assert await asyncio.gather(*following) == [1, 1, 1]
    await ending


async def test_thousands_look_a_few_at_a_time() -> None:
    scene = Scene("10:00")
    under_way = most = 0
    answer = scene.neighbours.mindscape

    async def counted(*asked: object) -> object:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return await answer(*asked)  # type: ignore[arg-type]

    scene.neighbours.mindscape = counted  # type: ignore[method-assign, assignment]
    watching = [scene.changes() for _ in range(200)]
    await asyncio.gather(*(told(changes) for changes in watching))
    assert most <= 8
    for changes in watching:
        await changes.aclose()
