"""What is learned of people is kept once, and those to learn from are found."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from services.profiler.model import ObservationId, Statement
from services.profiler.traits.prior import SHIPPED
from services.profiler.usecases import Lesson
from tests.contract.profiler.stores import ANA, BEN, NOW, Stores
from tests.unit.profiler.build import TUESDAY, work

LEARNED = replace(SHIPPED, version=f"{SHIPPED.version}+1", score_lost_per_interruption=0.4)
FIRST = Lesson(1, SHIPPED.version, 50, LEARNED, NOW)


async def test_a_lesson_is_kept_as_it_was_learned(stores: Stores) -> None:
    assert await stores.priors.newest() is None
    assert await stores.priors.keep(FIRST)
    for found in (await stores.priors.newest(), await stores.priors.numbered(1)):
        assert found is not None
        assert found.prior is not None
        assert replace(found, prior=None) == replace(FIRST, prior=None)
        assert (found.prior.version, found.prior.habits) == (LEARNED.version, LEARNED.habits)
        assert found.prior.score_lost_per_interruption == 0.4
    assert await stores.priors.numbered(2) is None


async def test_the_newest_lesson_can_be_that_there_were_too_few_people(stores: Stores) -> None:
    await stores.priors.keep(FIRST)
    given_up = Lesson(2, SHIPPED.version, 0, None, NOW + timedelta(days=7))
    assert await stores.priors.keep(given_up)
    assert await stores.priors.newest() == given_up


async def test_of_lessons_with_one_number_the_first_is_kept(stores: Stores) -> None:
    lessons = [replace(FIRST, people=people) for people in (50, 60, 70)]
    kept = await asyncio.gather(*(stores.priors.keep(lesson) for lesson in lessons))
    assert sum(kept) == 1
    newest = await stores.priors.newest()
    assert newest is not None
    assert newest.people == lessons[kept.index(True)].people


async def test_people_are_found_with_their_newest_weeks(stores: Stores) -> None:
    for person_id, count in ((ANA, 12), (BEN, 2)):
        await stores.task(person_id)
        (claim,) = await stores.claim(person_id)
        said = [
            Statement(
                number,
                ObservationId(f"o{number}"),
                work("09:00", 50, day=TUESDAY - timedelta(days=number)),
            )
            for number in range(count)
        ]
        await stores.close(claim, said)
    assert await stores.population.sample(5.0, 10) == [ANA]
    assert set(await stores.population.sample(1.0, 10)) == {ANA, BEN}
    assert len(await stores.population.sample(1.0, 1)) == 1
    weeks = await stores.population.weeks([ANA, BEN], 1)
    assert {one: len(found) for one, found in weeks.items()} == {ANA: 1, BEN: 1}
    newest = (await stores.ledgers.weeks(ANA, 1, "energy"))[0]
    assert [week.start for week in weeks[ANA]] == [newest.start]
    assert len((await stores.population.weeks([ANA], 9))[ANA]) == 3
