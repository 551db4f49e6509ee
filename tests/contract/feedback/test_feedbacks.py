"""What every keeper of feedback promises: the one in memory and the one in Postgres."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.feedback.model import Feedback, PersonId, Refusal, Tally, TraitWeight
from services.feedback.store import PostgresFeedbacks
from services.feedback.usecases import Feedbacks
from services.kit.database import Database
from services.kit.paging import Position
from services.kit.settings import Settings
from tests.unit.feedback.fakes import MemoryFeedbacks

ANA, BEN = PersonId("ana"), PersonId("ben")
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
TODAY = date(2026, 11, 17)
MONDAY = date(2026, 11, 16)
WEIGHT = TraitWeight("break", "t", 0.8, 1.0, (NOW, NOW), NOW)


@pytest.fixture(params=["in_memory", "in_postgres"])
def feedbacks(request: pytest.FixtureRequest) -> Feedbacks:
    kept: Feedbacks = request.getfixturevalue(request.param)
    return kept


@pytest.fixture
def in_memory() -> Feedbacks:
    return MemoryFeedbacks()


@pytest.fixture
async def in_postgres(settings: Settings) -> AsyncIterator[Feedbacks]:
    database = Database(settings.database_url("feedback"), application="test")
    yield PostgresFeedbacks(database)
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
        created_at=NOW + timedelta(minutes=number),
        zone="Asia/Tokyo",
        part_of_day="morning",
        request_id=f"request-{number}",
    )


async def keep(feedbacks: Feedbacks, *all_of_them: Feedback) -> None:
    for one in all_of_them:
        async with feedbacks.turn(one.person_id) as turn:
            await turn.save(one, [WEIGHT], TODAY)


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


async def test_days_are_counted_apart(feedbacks: Feedbacks) -> None:
    await keep(feedbacks, feedback(1), feedback(2))
    async with feedbacks.turn(ANA) as turn:
        assert await turn.count_on(TODAY) == 2
        assert await turn.count_on(TODAY + timedelta(days=1)) == 0


async def test_weights_are_kept_as_they_are_saved_last(feedbacks: Feedbacks) -> None:
    async with feedbacks.turn(ANA) as turn:
        await turn.save(feedback(1), [replace(WEIGHT, weight=1.0, refused_at=())], TODAY)
    async with feedbacks.turn(ANA) as turn:
        others = [replace(WEIGHT, trait="u"), replace(WEIGHT, suggestion_type="wrap_up")]
        await turn.save(feedback(2), [WEIGHT, *others], TODAY)
    async with feedbacks.turn(ANA) as turn:
        of_type = await turn.weights_of("break")
    assert sorted(of_type, key=lambda weight: weight.trait) == [WEIGHT, others[0]]
    assert len(await feedbacks.weights(ANA)) == 3


async def test_a_turn_that_fails_leaves_nothing(feedbacks: Feedbacks) -> None:
    async def fail() -> None:
        async with feedbacks.turn(ANA) as turn:
            await turn.save(feedback(1), [WEIGHT], TODAY)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with feedbacks.turn(ANA) as turn:
        assert await turn.find(UUID(int=1), "") is None
        assert await turn.count_on(TODAY) == 0
    assert await feedbacks.weights(ANA) == []


async def test_two_turns_of_one_person_never_overlap(feedbacks: Feedbacks) -> None:
    inside: list[int] = []

    async def take(number: int) -> None:
        async with feedbacks.turn(ANA) as turn:
            inside.append(await turn.count_on(TODAY))
            await turn.save(feedback(number), [WEIGHT], TODAY)

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
        Tally("break", "morning", MONDAY, helpful=2, not_helpful=0),
        Tally("break", "morning", None, helpful=1, not_helpful=0),
        Tally("break", "evening", MONDAY, helpful=0, not_helpful=1),
    }


async def test_tallies_take_the_week_of_the_local_day(feedbacks: Feedbacks) -> None:
    sunday_in_utc = replace(feedback(1), created_at=datetime(2026, 11, 15, 16, tzinfo=UTC))
    await keep(feedbacks, sunday_in_utc)
    assert [tally.week for tally in await feedbacks.tallies(ANA, MONDAY)] == [MONDAY]


async def test_refusals_are_those_since_then_newest_first(feedbacks: Feedbacks) -> None:
    refused = [replace(feedback(number), helpful=False) for number in (1, 2, 3)]
    await keep(feedbacks, *refused, feedback(4))
    assert await feedbacks.refusals(ANA, refused[1].created_at) == [
        Refusal("break", refused[2].created_at),
        Refusal("break", refused[1].created_at),
    ]


async def test_one_person_sees_nothing_of_another(feedbacks: Feedbacks) -> None:
    async with feedbacks.turn(ANA) as turn:
        await turn.save(replace(feedback(1), helpful=False), [WEIGHT], TODAY)
    assert await feedbacks.page(BEN, None, None, 9) == []
    assert await feedbacks.weights(BEN) == []
    assert await feedbacks.tallies(BEN, MONDAY) == []
    assert await feedbacks.refusals(BEN, NOW - timedelta(days=1)) == []
    async with feedbacks.turn(BEN) as turn:
        assert await turn.find(UUID(int=1), "request-1") is None
        assert await turn.count_on(TODAY) == 0
        assert await turn.weights_of("break") == []
