"""What newcomers begin with: the mean of people, each counted once, and of enough of them."""

from datetime import timedelta

import pytest

from services.feedback.model import LEAST_PEOPLE, PersonId, Population, Start
from services.feedback.usecases import Newcomers
from tests.unit.feedback.fakes import suggestion
from tests.unit.feedback.office import ANA, Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW = PersonId("new")


async def peopled(people: int, helpful: int = 1) -> Office:
    """Everybody found some breaks helpful, but for the first, who found many more so."""
    office = Office()
    for number in range(people):
        for judged in range(10 if number == 0 else helpful):
            person_id = PersonId(f"p{number}")
            await office.judge_of(suggestion(judged), person_id=person_id)
    return office


async def starts(office: Office) -> dict[str, float]:
    return {
        one.weight.suggestion_type: one.weight.original
        for one in (await office.weigh(NEW)).standings
    }


async def test_without_people_everybody_begins_with_one() -> None:
    office = Office()
    await office.newcomers.renew()
    assert await starts(office) == {}


async def test_newcomers_begin_with_the_mean_of_people_not_of_verdicts() -> None:
    office = await peopled(LEAST_PEOPLE, helpful=3)
    await office.newcomers.renew()
    # 19 people at 1.331 and one at 2: 1.36. By verdicts it would be 1.44.
    assert await starts(office) == {"break": 1.4}
    assert (await office.populations.means())[0].people == LEAST_PEOPLE


async def test_fewer_people_than_that_say_nothing() -> None:
    office = await peopled(LEAST_PEOPLE - 1, helpful=3)
    await office.newcomers.renew()
    assert await starts(office) == {}


async def test_one_person_more_hardly_shows() -> None:
    few, more = await peopled(LEAST_PEOPLE, 3), await peopled(LEAST_PEOPLE + 1, 3)
    means = [await office.populations.means() for office in (few, more)]
    assert means[0][0].weight == means[1][0].weight


async def test_a_newcomers_first_verdict_moves_from_there_and_the_original_stays() -> None:
    office = await peopled(LEAST_PEOPLE, helpful=3)
    await office.newcomers.renew()
    feedback = await office.judge_of(suggestion(1), person_id=NEW)
    assert feedback.weight == pytest.approx(1.4 * 1.1)
    office.clock.moment += 2 * DAY
    for number in range(50):
        await office.judge_of(suggestion(1), helpful=False, person_id=PersonId(f"q{number}"))
    await office.newcomers.renew()
    office.clock.moment += HOUR
    (standing,) = (await office.weigh(NEW)).standings
    assert standing.weight.original == 1.4


async def test_who_has_judged_a_type_keeps_to_their_own_weights_of_it() -> None:
    office = await peopled(LEAST_PEOPLE, helpful=3)
    await office.newcomers.renew()
    await office.judge_of(suggestion(1, trait="current_state.energy_level"), person_id=NEW)
    standings = (await office.weigh(NEW)).standings
    assert [one.weight.trait for one in standings] == ["current_state.energy_level"]


async def test_generations_of_newcomers_do_not_push_each_other_up() -> None:
    office = await peopled(LEAST_PEOPLE, helpful=3)
    for generation in range(4):
        await office.newcomers.renew()
        for number in range(LEAST_PEOPLE):
            person_id = PersonId(f"g{generation}-{number}")
            for judged in range(3):
                await office.judge_of(suggestion(judged), person_id=person_id)
        office.clock.moment += DAY + HOUR
    assert (await starts(office))["break"] < 1.5


async def test_it_is_computed_once_a_day() -> None:
    office = await peopled(LEAST_PEOPLE)
    await office.newcomers.renew()
    first = await office.populations.newest()
    office.clock.moment += DAY - timedelta(seconds=1)
    await office.newcomers.renew()
    assert await office.populations.newest() == first
    office.clock.moment += timedelta(seconds=1)
    await office.newcomers.renew()
    second = await office.populations.newest()
    assert (first and first.version, second and second.version) == (1, 2)


async def test_a_version_that_somebody_else_kept_first_stays() -> None:
    office = await peopled(LEAST_PEOPLE)
    theirs = Population(1, office.clock.now(), (Start("break", "t", 1.7, 30),))
    await office.populations.add(theirs)
    await office.populations.add(Population(1, office.clock.now()))
    assert await office.populations.newest() == theirs


async def test_it_is_not_read_for_every_caller() -> None:
    office = Office()
    for _ in range(10):
        await office.weigh(ANA)
    assert office.populations.reads == 1
    office.clock.moment += timedelta(minutes=5)
    await office.weigh(ANA)
    assert office.populations.reads == 2


async def test_a_clock_that_goes_back_reads_again() -> None:
    office = Office()
    newcomers = Newcomers(office.populations, office.clock)
    await newcomers.population()
    office.clock.moment -= DAY
    await newcomers.population()
    assert office.populations.reads == 2
