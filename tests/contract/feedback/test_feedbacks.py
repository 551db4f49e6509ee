"""What every keeper of feedback promises: the one in memory and the one in Postgres."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.feedback.model import (
    Cause,
    Feedback,
    Helpfulness,
    PersonId,
    Population,
    Refusal,
    Start,
    Tally,
    TraitWeight,
    WeightChange,
)
from services.feedback.store import PostgresFeedbacks, PostgresPopulations
from services.feedback.usecases import Feedbacks, Populations, Stand, Turn
from services.kit.database import Database
from services.kit.paging import Position
from services.kit.settings import Settings
from tests.unit.feedback.fakes import MemoryFeedbacks, MemoryPopulations

ANA, BEN = PersonId("ana"), PersonId("ben")
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
WEIGHT = TraitWeight("break", "t", 0.8, 1.0, (NOW, NOW), NOW, raised=1, lowered=2)
SUMS = Helpfulness("break", "morning", 1.5, 0.25, NOW)
ALWAYS = (NOW - timedelta(days=999), NOW + timedelta(days=999))


@pytest.fixture(params=["in_memory", "in_postgres"])
def both(request: pytest.FixtureRequest) -> tuple[Feedbacks, Populations]:
    kept: tuple[Feedbacks, Populations] = request.getfixturevalue(request.param)
    return kept


@pytest.fixture
def feedbacks(both: tuple[Feedbacks, Populations]) -> Feedbacks:
    return both[0]


@pytest.fixture
def populations(both: tuple[Feedbacks, Populations]) -> Populations:
    return both[1]


@pytest.fixture
def in_memory() -> tuple[Feedbacks, Populations]:
    feedbacks = MemoryFeedbacks()
    return feedbacks, MemoryPopulations(feedbacks)


@pytest.fixture
async def in_postgres(settings: Settings) -> AsyncIterator[tuple[Feedbacks, Populations]]:
    database = Database(settings.database_url("feedback"), application="test")
    yield PostgresFeedbacks(database), PostgresPopulations(database)
    await database.close()


def feedback(number: int, *, person_id: PersonId = ANA) -> Feedback:
    """Returns one of a different minute and persona for each number."""
    return Feedback(
        feedback_id=UUID(int=number),
        person_id=person_id,
        persona_id=UUID(int=1000 + number),
        suggestion_id=f"suggestion-{number}",
        suggestion_type="break",
        helpful=True,
        trait="t",
        weight=1.1,
        bias=1,
        suggested_at=NOW,
        created_at=NOW + timedelta(minutes=number),
        zone="Asia/Tokyo",
        part_of_day="morning",
        request_id=f"request-{number}",
    )


def change(number: int) -> WeightChange:
    """Returns one of a different minute for each number."""
    return WeightChange(
        change_id=UUID(int=number),
        suggestion_type="break",
        trait="t",
        before=1.0,
        after=1.1,
        cause=Cause.HELPFUL,
        feedback_id=UUID(int=number),
        changed_at=NOW + timedelta(minutes=number),
    )


async def keep(feedbacks: Feedbacks, *all_of_them: Feedback) -> None:
    for one in all_of_them:
        async with feedbacks.turn(one.person_id) as turn:
            await save(turn, one)


async def save(turn: Turn, one: Feedback) -> None:
    await turn.keep(one, SUMS)
    await turn.move([WEIGHT], [])


async def test_what_was_saved_is_found_by_id_and_by_request(feedbacks: Feedbacks) -> None:
    await keep(feedbacks, feedback(1))
    async with feedbacks.turn(ANA) as turn:
        assert await turn.find(UUID(int=1), "") == feedback(1)
        assert await turn.find(UUID(int=99), "request-1") == feedback(1)
        assert await turn.find(UUID(int=99), "request-99") is None


async def test_the_request_counts_before_the_id(feedbacks: Feedbacks) -> None:
    await keep(feedbacks, feedback(1), feedback(2))
    async with feedbacks.turn(ANA) as turn:
        assert await turn.find(UUID(int=2), "request-1") == feedback(1)


async def test_requests_without_an_id_are_not_the_same_request(feedbacks: Feedbacks) -> None:
    nameless = [replace(feedback(number), request_id="") for number in (1, 2)]
    await keep(feedbacks, *nameless)
    async with feedbacks.turn(ANA) as turn:
        assert await turn.find(UUID(int=3), "") is None
        assert await turn.find(UUID(int=2), "") == nameless[1]


async def test_verdicts_are_counted_from_a_moment_up_to_another(feedbacks: Feedbacks) -> None:
    await keep(feedbacks, *(feedback(number) for number in (1, 2, 3)))
    first, _, last = (feedback(number).created_at for number in (1, 2, 3))
    async with feedbacks.turn(ANA) as turn:
        assert await turn.given_between(first, last) == 2
        assert await turn.given_between(*ALWAYS) == 3
        assert await turn.given_between(last + timedelta(seconds=1), ALWAYS[1]) == 0


async def test_weights_are_kept_as_they_are_saved_last(feedbacks: Feedbacks) -> None:
    async with feedbacks.turn(ANA) as turn:
        await turn.move([replace(WEIGHT, weight=1.0, refused_at=(), raised=0)], [])
    others = [replace(WEIGHT, trait="u"), replace(WEIGHT, suggestion_type="wrap_up")]
    async with feedbacks.turn(ANA) as turn:
        await turn.move([WEIGHT, *others], [])
    async with feedbacks.turn(ANA) as turn:
        of_type, of_all = await turn.weights("break"), await turn.weights("")
    assert sorted(of_type, key=lambda weight: weight.trait) == [WEIGHT, others[0]]
    assert len(of_all) == len(await feedbacks.weights(ANA)) == 3


async def test_sums_are_kept_by_type_and_part_of_the_day(feedbacks: Feedbacks) -> None:
    evening = replace(SUMS, part_of_day="evening", helpful=0.0)
    later = replace(SUMS, helpful=2.5, as_of=NOW + timedelta(days=1))
    async with feedbacks.turn(ANA) as turn:
        assert await turn.helpfulness("break", "morning") is None
        for number, sums in enumerate((SUMS, evening, later)):
            await turn.keep(feedback(number), sums)
    async with feedbacks.turn(ANA) as turn:
        assert await turn.helpfulness("break", "morning") == later
    assert (await feedbacks.stand(ANA, NOW)).helpfulness == [evening, later]


async def test_moves_are_listed_newest_first_and_go_on_where_they_ended(
    feedbacks: Feedbacks,
) -> None:
    back = replace(change(9), cause=Cause.RESET, feedback_id=None)
    async with feedbacks.turn(ANA) as turn:
        await turn.move([], [change(2), change(1), change(3), back])
    page = await feedbacks.changes(ANA, None, 3)
    assert page == [back, change(3), change(2)]
    after = Position(page[-1].changed_at, page[-1].change_id)
    assert await feedbacks.changes(ANA, after, 3) == [change(1)]


async def test_the_oldest_moves_are_forgotten_a_few_at_a_time(feedbacks: Feedbacks) -> None:
    async with feedbacks.turn(ANA) as turn:
        await turn.move([], [change(number) for number in range(1, 6)])
    assert await feedbacks.forget_changes(change(4).changed_at, 2) == 2
    assert await feedbacks.changes(ANA, None, 9) == [change(5), change(4), change(3)]
    assert await feedbacks.forget_changes(change(4).changed_at, 2) == 1


async def test_a_mean_counts_each_person_once_and_what_they_made_of_it(
    feedbacks: Feedbacks, populations: Populations
) -> None:
    kept = {ANA: replace(WEIGHT, weight=1.5), BEN: replace(WEIGHT, weight=1.4, original=2.0)}
    for person_id, weight in kept.items():
        async with feedbacks.turn(person_id) as turn:
            await turn.move([weight, replace(weight, trait="u")], [])
    assert await populations.means() == [Start("break", "t", 1.1, 2), Start("break", "u", 1.1, 2)]


async def test_the_newest_version_is_the_one_kept_first(populations: Populations) -> None:
    assert await populations.newest() is None
    versions = [Population(number, NOW, (Start("break", "t", 1.2, 20),)) for number in (1, 2)]
    for one in (*versions, Population(2, NOW)):
        await populations.add(one)
    assert await populations.newest() == versions[1]
    await populations.forget(2)
    assert await populations.newest() is None


async def test_a_turn_that_fails_leaves_nothing(feedbacks: Feedbacks) -> None:
    async def fail() -> None:
        async with feedbacks.turn(ANA) as turn:
            await save(turn, feedback(1))
            await turn.move([], [change(1)])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with feedbacks.turn(ANA) as turn:
        assert await turn.find(UUID(int=1), "") is None
        assert await turn.given_between(*ALWAYS) == 0
    assert await feedbacks.weights(ANA) == []
    assert await feedbacks.changes(ANA, None, 9) == []
    assert (await feedbacks.stand(ANA, NOW)).helpfulness == []


async def test_two_turns_of_one_person_never_overlap(feedbacks: Feedbacks) -> None:
    inside: list[int] = []

    async def take(number: int) -> None:
        async with feedbacks.turn(ANA) as turn:
            inside.append(await turn.given_between(*ALWAYS))
            await save(turn, feedback(number))

    await asyncio.gather(*(take(number) for number in range(8)))
    assert inside == list(range(8))


async def test_people_do_not_wait_for_each_other(feedbacks: Feedbacks) -> None:
    async with feedbacks.turn(ANA), asyncio.timeout(5), feedbacks.turn(BEN):
        pass


async def test_pages_are_newest_first_and_go_on_where_they_ended(feedbacks: Feedbacks) -> None:
    await keep(feedbacks, *(feedback(number) for number in (2, 1, 3)))
    page = await feedbacks.page(ANA, None, None, 2)
    assert page == [feedback(3), feedback(2)]
    after = Position(page[-1].created_at, page[-1].feedback_id)
    assert await feedbacks.page(ANA, None, after, 2) == [feedback(1)]


async def test_pages_go_on_within_one_moment(feedbacks: Feedbacks) -> None:
    await keep(feedbacks, *(replace(feedback(number), created_at=NOW) for number in range(5)))
    seen: list[UUID] = []
    after = None
    while page := await feedbacks.page(ANA, None, after, 2):
        seen += [one.feedback_id for one in page]
        after = Position(page[-1].created_at, page[-1].feedback_id)
    assert seen == [UUID(int=number) for number in (4, 3, 2, 1, 0)]


async def test_a_page_can_be_of_one_persona(feedbacks: Feedbacks) -> None:
    await keep(feedbacks, feedback(1), feedback(2))
    assert await feedbacks.page(ANA, UUID(int=1002), None, 9) == [feedback(2)]


async def test_tallies_count_by_type_part_of_day_and_recent_week(feedbacks: Feedbacks) -> None:
    long_ago = replace(feedback(4), created_at=NOW - timedelta(days=300))
    evening = replace(feedback(5), part_of_day="evening", helpful=False)
    await keep(feedbacks, feedback(1), feedback(2), long_ago, evening)
    tallies = await feedbacks.tallies(ANA, MONDAY)
    assert set(tallies) == {
        Tally("break", "t", "morning", MONDAY, 1, helpful=2, not_helpful=0),
        Tally("break", "t", "morning", None, 1, helpful=1, not_helpful=0),
        Tally("break", "t", "evening", MONDAY, 1, helpful=0, not_helpful=1),
    }


async def test_tallies_tell_apart_traits_and_how_the_weight_stood(feedbacks: Feedbacks) -> None:
    of_another = replace(feedback(2), trait="u")
    await keep(feedbacks, feedback(1), of_another, replace(feedback(3), bias=-1))
    tallies = await feedbacks.tallies(ANA, MONDAY)
    assert {(one.trait, one.bias, one.helpful) for one in tallies} == {
        ("t", 1, 1),
        ("u", 1, 1),
        ("t", -1, 1),
    }


async def test_tallies_take_the_week_of_the_local_day(feedbacks: Feedbacks) -> None:
    sunday_in_utc = replace(feedback(1), created_at=datetime(2026, 11, 15, 16, tzinfo=UTC))
    await keep(feedbacks, sunday_in_utc)
    assert [tally.week for tally in await feedbacks.tallies(ANA, MONDAY)] == [MONDAY]


async def test_refusals_are_those_since_then_newest_first(feedbacks: Feedbacks) -> None:
    refused = [replace(feedback(number), helpful=False) for number in (1, 2, 3)]
    await keep(feedbacks, *refused, feedback(4))
    stand = await feedbacks.stand(ANA, refused[1].created_at)
    assert stand.refusals == [
        Refusal("break", NOW, refused[2].created_at),
        Refusal("break", NOW, refused[1].created_at),
    ]
    assert stand.weights == [WEIGHT]


async def test_one_person_sees_nothing_of_another(feedbacks: Feedbacks) -> None:
    async with feedbacks.turn(ANA) as turn:
        await save(turn, replace(feedback(1), helpful=False))
        await turn.move([], [change(1)])
    assert await feedbacks.page(BEN, None, None, 9) == []
    assert await feedbacks.weights(BEN) == []
    assert await feedbacks.tallies(BEN, MONDAY) == []
    assert await feedbacks.changes(BEN, None, 9) == []
    assert await feedbacks.stand(BEN, ALWAYS[0]) == Stand([], [], [])
    async with feedbacks.turn(BEN) as turn:
        assert await turn.find(UUID(int=1), "request-1") is None
        assert await turn.given_between(*ALWAYS) == 0
        assert await turn.weights("break") == []
        assert await turn.helpfulness("break", "morning") is None
