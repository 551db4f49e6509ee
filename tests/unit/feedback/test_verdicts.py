"""Taking verdicts: once each, ten a day, each moving one weight."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.feedback.model import Feedback, PersonId, Refusal
from services.feedback.usecases import analyse
from services.kit.errors import (
    AlreadyExists,
    FailedPrecondition,
    Invalid,
    NotFound,
    ResourceExhausted,
)
from tests.unit.feedback.fakes import suggestion
from tests.unit.feedback.office import ANA, NOW, Office


@pytest.fixture
def desk() -> Office:
    return Office()


async def test_a_verdict_is_kept_with_its_context(desk: Office) -> None:
    feedback = await desk.judge(1)
    assert (feedback.suggestion_type, feedback.trait) == ("break", "work.focus_duration")
    assert feedback.persona_id == UUID(int=1)
    assert feedback.part_of_day == "morning"
    assert f"{feedback.local_at:%Y-%m-%dT%H:%M}" == "2026-11-17T10:40"
    assert feedback.weight == 1.1


async def test_a_suggestion_made_to_somebody_else_is_not_found(desk: Office) -> None:
    with pytest.raises(NotFound) as refused:
        await desk.judge(1, person_id=PersonId("ben"))
    assert refused.value.reason == "SUGGESTION_NOT_FOUND"


@pytest.mark.parametrize(
    ("field", "persona_id", "suggestion_type"),
    [("persona_id", str(UUID(int=2)), ""), ("suggestion_type", "", "wrap_up")],
)
async def test_another_persona_or_type_than_the_suggestions_is_a_mismatch(
    desk: Office, field: str, persona_id: str, suggestion_type: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.judge(1, persona_id=persona_id, suggestion_type=suggestion_type)
    assert refused.value.reason == "SUGGESTION_MISMATCH"
    assert refused.value.field == field


async def test_the_suggestions_own_persona_and_type_may_be_named(desk: Office) -> None:
    persona_id = str(UUID(int=1)).upper()
    feedback = await desk.judge(1, persona_id=persona_id, suggestion_type="break")
    assert feedback.helpful


async def test_the_same_verdict_again_returns_the_first(desk: Office) -> None:
    first = await desk.judge(1)
    desk.clock.moment += timedelta(hours=1)
    assert await desk.judge(1) == first
    assert len(await desk.feedbacks.page(ANA, None, None, 10)) == 1
    assert [one.weight for one in await desk.feedbacks.weights(ANA)] == [1.1]


async def test_the_other_verdict_on_the_same_suggestion_is_refused(desk: Office) -> None:
    await desk.judge(1, True)
    with pytest.raises(AlreadyExists) as refused:
        await desk.judge(1, False)
    assert refused.value.reason == "ALREADY_JUDGED"


async def test_the_same_request_returns_the_first_result_whatever_it_says_now(desk: Office) -> None:
    first = await desk.judge(1, True, request_id="r1")
    assert await desk.judge(1, False, request_id="r1") == first
    assert await desk.judge(2, True, request_id="r1") == first
    assert len(await desk.feedbacks.page(ANA, None, None, 10)) == 1


async def test_the_eleventh_verdict_of_a_local_day_waits_for_midnight(desk: Office) -> None:
    for number in range(10):
        await desk.judge(number)
    with pytest.raises(ResourceExhausted) as refused:
        await desk.judge(10)
    assert refused.value.reason == "DAILY_LIMIT_REACHED"
    assert refused.value.retry_after == timedelta(hours=13, minutes=20)
    desk.clock.moment += refused.value.retry_after - timedelta(seconds=1)
    with pytest.raises(ResourceExhausted):
        await desk.judge(10)
    desk.clock.moment += timedelta(seconds=1)
    assert await desk.judge(10)


async def test_a_repeated_verdict_is_answered_after_the_limit_too(desk: Office) -> None:
    first = await desk.judge(0)
    for number in range(1, 10):
        await desk.judge(number)
    assert await desk.judge(0) == first


async def test_one_persons_limit_is_nobody_elses(desk: Office) -> None:
    ben = PersonId("ben")
    desk.suggestions.add(ben, suggestion(50))
    for number in range(10):
        await desk.judge(number)
    assert await desk.judge(50, person_id=ben)


async def test_fifty_at_once_make_ten(desk: Office) -> None:
    answers = await asyncio.gather(
        *(desk.judge(number) for number in range(50)), return_exceptions=True
    )
    assert sum(isinstance(answer, Feedback) for answer in answers) == 10
    assert sum(isinstance(answer, ResourceExhausted) for answer in answers) == 40


async def test_five_refusals_lower_the_weight_to_four_fifths(desk: Office) -> None:
    weights = [(await desk.judge(number, False)).weight for number in range(5)]
    assert weights == [1.0, 1.0, 1.0, 1.0, 0.8]


async def test_weights_come_with_the_refusals_that_count(desk: Office) -> None:
    await desk.judge(1, False)
    weights = await desk.weigh()
    (standing,) = weights.standings
    assert (standing.weight.weight, standing.refusals) == (1.0, 1)
    assert weights.refusals == [Refusal("break", NOW, NOW)]


async def test_refusals_are_told_for_two_days(desk: Office) -> None:
    await desk.judge(1, False)
    desk.clock.moment += timedelta(days=2, seconds=1)
    weights = await desk.weigh()
    assert ([one.refusals for one in weights.standings], weights.refusals) == ([1], [])


async def test_analytics_sum_up_what_was_said(desk: Office) -> None:
    await desk.judge(1, True)
    await desk.judge(2, False)
    analytics = await analyse(desk.feedbacks, desk.clock, ANA)
    assert analytics.totals.helpful_rate == 0.5
    assert list(analytics.by_week) == ["2026-W47"]
    assert [one.standing.weight.weight for one in analytics.effects] == [1.1]


async def test_an_expired_suggestion_is_not_judged_any_more(desk: Office) -> None:
    desk.suggestions.add(ANA, suggestion(1, expires_at=NOW + timedelta(hours=1)))
    desk.clock.moment += timedelta(hours=1)
    with pytest.raises(FailedPrecondition) as refused:
        await desk.judge(1)
    assert refused.value.reason == "SUGGESTION_EXPIRED"
    assert await desk.feedbacks.weights(ANA) == []


async def test_until_the_last_moment_it_is(desk: Office) -> None:
    desk.suggestions.add(ANA, suggestion(1, expires_at=NOW + timedelta(hours=1)))
    desk.clock.moment += timedelta(minutes=59, seconds=59)
    assert await desk.judge(1)


async def test_a_verdict_that_was_taken_is_answered_again_after_it_expired(desk: Office) -> None:
    desk.suggestions.add(ANA, suggestion(1, expires_at=NOW + timedelta(hours=1)))
    first = await desk.judge(1)
    desk.clock.moment += timedelta(hours=2)
    assert await desk.judge(1) == first
    with pytest.raises(AlreadyExists):
        await desk.judge(1, helpful=False)


async def test_a_late_verdict_belongs_to_the_part_of_day_of_the_suggestion(desk: Office) -> None:
    desk.clock.moment = datetime(2026, 11, 17, 13, 30, tzinfo=UTC)
    late = await desk.judge(1, helpful=False)
    assert (late.part_of_day, f"{late.local_at:%H:%M}") == ("morning", "22:30")
    (sums,) = (await desk.weigh()).helpfulness
    assert sums.part_of_day == "morning"


async def test_a_verdict_after_midnight_refuses_for_the_day_of_the_suggestion(
    desk: Office,
) -> None:
    made_at = datetime(2026, 11, 17, 14, 50, tzinfo=UTC)
    desk.clock.moment = made_at + timedelta(minutes=20)
    late = await desk.judge_of(suggestion(1, at=made_at), helpful=False)
    assert late.local_at.day == 18
    assert (await desk.weigh()).refusals == [Refusal("break", made_at, desk.clock.moment)]


async def test_a_verdict_after_midnight_counts_for_the_new_day(desk: Office) -> None:
    desk.clock.moment = datetime(2026, 11, 17, 14, 59, tzinfo=UTC)
    for number in range(10):
        await desk.judge(number)
    desk.clock.moment += timedelta(minutes=1)
    for number in range(10, 20):
        await desk.judge(number)
    with pytest.raises(ResourceExhausted):
        await desk.judge(20)


async def test_another_zone_does_not_make_room_in_the_day(desk: Office) -> None:
    for number in range(10):
        await desk.judge(number)
    # There it is still the 16th, and all ten were given on it.
    for zone in ("America/New_York", "UTC", "Pacific/Kiritimati"):
        with pytest.raises(ResourceExhausted):
            await desk.judge_of(suggestion(50, zone=zone))


async def test_a_day_of_25_hours_takes_ten(desk: Office) -> None:
    # In Berlin the clocks go back on 25 October: the day ends at 23:00 UTC.
    desk.clock.moment = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    for number in range(10):
        await desk.judge_of(suggestion(number, zone="Europe/Berlin"))
    desk.clock.moment = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)
    with pytest.raises(ResourceExhausted) as refused:
        await desk.judge_of(suggestion(10, zone="Europe/Berlin"))
    assert refused.value.retry_after == timedelta(minutes=1)
    desk.clock.moment += timedelta(minutes=1)
    assert await desk.judge_of(suggestion(10, zone="Europe/Berlin"))


async def test_a_day_of_23_hours_takes_ten(desk: Office) -> None:
    # They go forward on 29 March: the day has 23 hours, from 23:00 to 22:00 UTC.
    desk.clock.moment = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    for number in range(10):
        await desk.judge_of(suggestion(number, zone="Europe/Berlin"))
    desk.clock.moment = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    with pytest.raises(ResourceExhausted):
        await desk.judge_of(suggestion(10, zone="Europe/Berlin"))
    desk.clock.moment += timedelta(minutes=1)
    assert await desk.judge_of(suggestion(10, zone="Europe/Berlin"))
