"""Taking verdicts: once each, ten a day, each moving one weight."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.feedback.model import Feedback, PersonId, Refusal
from services.feedback.usecases import Verdict, analyse, submit, weigh
from services.kit.errors import AlreadyExists, Invalid, NotFound, ResourceExhausted
from tests.unit.feedback.fakes import (
    KnownSuggestions,
    MemoryFeedbacks,
    StoppedClock,
    suggestion,
)

ANA = PersonId("ana")
# 10:40 in Tokyo.
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)


class Desk:
    """One person, their suggestions 0 to 99, and a clock."""

    def __init__(self) -> None:
        self.feedbacks = MemoryFeedbacks()
        self.suggestions = KnownSuggestions()
        self.clock = StoppedClock(NOW)
        for number in range(100):
            self.suggestions.add(ANA, suggestion(number))

    async def judge(
        self,
        number: int,
        helpful: bool = True,
        *,
        person_id: PersonId = ANA,
        persona_id: str = "",
        suggestion_type: str = "",
        request_id: str = "",
    ) -> Feedback:
        verdict = Verdict(
            person_id, f"suggestion-{number}", helpful, persona_id, suggestion_type, request_id
        )
        return await submit(self.feedbacks, self.suggestions, self.clock, verdict)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_verdict_is_kept_with_its_context(desk: Desk) -> None:
    feedback = await desk.judge(1)
    assert (feedback.suggestion_type, feedback.trait) == ("break", "work.focus_duration")
    assert feedback.persona_id == UUID(int=1)
    assert feedback.part_of_day == "morning"
    assert f"{feedback.local_at:%Y-%m-%dT%H:%M}" == "2026-11-17T10:40"
    assert feedback.weight == 1.1


async def test_a_suggestion_made_to_somebody_else_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        await desk.judge(1, person_id=PersonId("ben"))
    assert refused.value.reason == "SUGGESTION_NOT_FOUND"


@pytest.mark.parametrize(
    ("field", "persona_id", "suggestion_type"),
    [("persona_id", str(UUID(int=2)), ""), ("suggestion_type", "", "wrap_up")],
)
async def test_another_persona_or_type_than_the_suggestions_is_a_mismatch(
    desk: Desk, field: str, persona_id: str, suggestion_type: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.judge(1, persona_id=persona_id, suggestion_type=suggestion_type)
    assert refused.value.reason == "SUGGESTION_MISMATCH"
    assert refused.value.field == field


async def test_the_suggestions_own_persona_and_type_may_be_named(desk: Desk) -> None:
    persona_id = str(UUID(int=1)).upper()
    feedback = await desk.judge(1, persona_id=persona_id, suggestion_type="break")
    assert feedback.helpful


async def test_the_same_verdict_again_returns_the_first(desk: Desk) -> None:
    first = await desk.judge(1)
    desk.clock.moment += timedelta(hours=1)
    assert await desk.judge(1) == first
    assert len(await desk.feedbacks.page(ANA, None, None, 10)) == 1
    assert [one.weight for one in await desk.feedbacks.weights(ANA)] == [1.1]


async def test_the_other_verdict_on_the_same_suggestion_is_refused(desk: Desk) -> None:
    await desk.judge(1, True)
    with pytest.raises(AlreadyExists) as refused:
        await desk.judge(1, False)
    assert refused.value.reason == "ALREADY_JUDGED"


async def test_the_same_request_returns_the_first_result_whatever_it_says_now(desk: Desk) -> None:
    first = await desk.judge(1, True, request_id="r1")
    assert await desk.judge(1, False, request_id="r1") == first
    assert await desk.judge(2, True, request_id="r1") == first
    assert len(await desk.feedbacks.page(ANA, None, None, 10)) == 1


async def test_the_eleventh_verdict_of_a_local_day_waits_for_midnight(desk: Desk) -> None:
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


async def test_a_repeated_verdict_is_answered_after_the_limit_too(desk: Desk) -> None:
    first = await desk.judge(0)
    for number in range(1, 10):
        await desk.judge(number)
    assert await desk.judge(0) == first


async def test_one_persons_limit_is_nobody_elses(desk: Desk) -> None:
    ben = PersonId("ben")
    desk.suggestions.add(ben, suggestion(50))
    for number in range(10):
        await desk.judge(number)
    assert await desk.judge(50, person_id=ben)


async def test_fifty_at_once_make_ten(desk: Desk) -> None:
    answers = await asyncio.gather(
        *(desk.judge(number) for number in range(50)), return_exceptions=True
    )
    assert sum(isinstance(answer, Feedback) for answer in answers) == 10
    assert sum(isinstance(answer, ResourceExhausted) for answer in answers) == 40


async def test_five_refusals_lower_the_weight_to_four_fifths(desk: Desk) -> None:
    weights = [(await desk.judge(number, False)).weight for number in range(5)]
    assert weights == [1.0, 1.0, 1.0, 1.0, 0.8]


async def test_weights_come_with_the_refusals_that_count(desk: Desk) -> None:
    await desk.judge(1, False)
    (standing,), refusals = await weigh(desk.feedbacks, desk.clock, ANA)
    assert (standing.weight.weight, standing.refusals) == (1.0, 1)
    assert refusals == [Refusal("break", NOW)]


async def test_refusals_are_told_for_two_days(desk: Desk) -> None:
    await desk.judge(1, False)
    desk.clock.moment += timedelta(days=2, seconds=1)
    (standing,), refusals = await weigh(desk.feedbacks, desk.clock, ANA)
    assert (standing.refusals, refusals) == (1, [])


async def test_analytics_sum_up_what_was_said(desk: Desk) -> None:
    await desk.judge(1, True)
    await desk.judge(2, False)
    analytics = await analyse(desk.feedbacks, desk.clock, ANA)
    assert analytics.totals.helpful_rate == 0.5
    assert list(analytics.by_week) == ["2026-W47"]
    assert [one.weight.weight for one in analytics.weights] == [1.1]
