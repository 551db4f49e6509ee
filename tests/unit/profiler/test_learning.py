"""Learning from the people who are there: once a week, bounded, and given up when too few stay."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.profiler.model import PersonId
from services.profiler.population import FEWEST_SESSIONS
from services.profiler.traits.prior import SHIPPED, Prior
from services.profiler.usecases import Lesson, adopt, learn, prior_named
from services.profiler.usecases.priors import LEARNED_ANEW, MOST_PEOPLE, MOST_WEEKS, PEOPLE_AT_ONCE
from services.profiler.weeks import Week
from tests.unit.profiler.build import TUESDAY, entered, work, workdays
from tests.unit.profiler.fakes import StoppedClock
from tests.unit.profiler.people import MemoryPriors

NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
WORKED = [
    list(
        entered(
            *(
                work(f"{hour:02d}:00", 50, day=day)
                for day in workdays(TUESDAY - timedelta(weeks=8), 36)
            )
        ).weeks.values()
    )
    for hour in range(7, 17)
]


@dataclass
class People:
    """Implements `usecases.Population`: so many people, who begin at one of ten hours."""

    count: int
    pages: list[int] = field(default_factory=list)

    async def sample(self, effective_n: float, most: int) -> Sequence[PersonId]:
        assert (effective_n, most) == (FEWEST_SESSIONS, MOST_PEOPLE)
        return [PersonId(str(number)) for number in range(self.count)]

    async def weeks(
        self, people: Collection[PersonId], most: int
    ) -> Mapping[PersonId, Sequence[Week]]:
        self.pages.append(len(people))
        assert most == MOST_WEEKS
        return {one: WORKED[int(one) % len(WORKED)] for one in people}


async def test_a_prior_is_learned_page_by_page_and_used_from_then_on() -> None:
    priors, clock, people = MemoryPriors(), StoppedClock(NOW), People(120)
    assert await learn(people, priors, clock)
    assert people.pages == [PEOPLE_AT_ONCE, PEOPLE_AT_ONCE, 20]
    lesson = priors.lessons[1]
    assert (lesson.people, lesson.learned_at, lesson.base) == (120, NOW, SHIPPED.version)
    used: list[Prior] = []
    await adopt(priors, used.append)
    assert [one.version for one in used] == [f"{SHIPPED.version}+1"]
    assert await prior_named(priors, used[0].version) is used[0]


async def test_the_shipped_prior_holds_until_enough_people_are_known() -> None:
    priors, used = MemoryPriors(), list[Prior]()
    assert not await learn(People(49), priors, StoppedClock(NOW))
    await adopt(priors, used.append)
    assert (priors.lessons, used) == ({}, [SHIPPED])


async def test_a_prior_is_learned_anew_after_a_week() -> None:
    priors, clock = MemoryPriors(), StoppedClock(NOW)
    assert await learn(People(50), priors, clock)
    clock.pass_by(LEARNED_ANEW - timedelta(seconds=1))
    assert not await learn(People(60), priors, clock)
    clock.pass_by(timedelta(seconds=1))
    assert await learn(People(60), priors, clock)
    assert [one.people for one in priors.lessons.values()] == [50, 60]


async def test_when_too_few_people_stay_the_shipped_prior_holds_again() -> None:
    priors, clock, used = MemoryPriors(), StoppedClock(NOW), list[Prior]()
    await learn(People(50), priors, clock)
    clock.pass_by(LEARNED_ANEW)
    assert await learn(People(49), priors, clock)
    await adopt(priors, used.append)
    assert used == [SHIPPED]
    assert (priors.lessons[2].people, priors.lessons[2].prior) == (0, None)
    # What leans on the one before can still be computed.
    assert (await prior_named(priors, f"{SHIPPED.version}+1")).version != SHIPPED.version
    clock.pass_by(LEARNED_ANEW)
    assert not await learn(People(49), priors, clock)


async def test_what_was_learned_on_another_releases_prior_is_learned_again_at_once() -> None:
    priors, clock, used = MemoryPriors(), StoppedClock(NOW), list[Prior]()
    await priors.keep(Lesson(1, "shipped-0", 50, SHIPPED, NOW))
    await adopt(priors, used.append)
    assert used == [SHIPPED]
    assert await prior_named(priors, "shipped-0+1") is SHIPPED
    assert await learn(People(50), priors, clock)
    assert priors.lessons[2].base == SHIPPED.version


async def test_of_two_that_learn_at_once_one_is_kept() -> None:
    priors, clock = MemoryPriors(), StoppedClock(NOW)

    class Slow(People):
        async def sample(self, effective_n: float, most: int) -> Sequence[PersonId]:
            await learn(People(60), priors, clock)
            return await super().sample(effective_n, most)

    assert not await learn(Slow(50), priors, clock)
    assert [one.people for one in priors.lessons.values()] == [60]
