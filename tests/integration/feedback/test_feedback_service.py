"""Feedback as a client meets it: gRPC in front, Postgres behind."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import grpc
import pytest
from google.rpc import error_details_pb2 as details
from google.rpc.status_pb2 import Status

from personakit.feedback.v1 import feedback_pb2 as pb
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.persona.v1.persona_pb2 import SuggestionTicket
from services.feedback.main import assemble
from services.feedback.model import TraitWeight, judged
from services.kit.settings import Settings
from services.kit.signing import sign
from tests.conftest import Serve

# 10:40 in Tokyo.
NOW = datetime(2026, 11, 17, 1, 40, tzinfo=UTC)
UNTIL_MIDNIGHT = timedelta(hours=13, minutes=20)

Suggest = Callable[..., str]


@pytest.fixture
def clock(settings: Settings) -> Callable[[datetime], None]:
    """Sets the services' clock."""
    path: Path = settings.home / "clock"

    def set_to(moment: datetime) -> None:
        path.write_text(moment.isoformat())

    set_to(NOW)
    return set_to


@pytest.fixture
def suggest(settings: Settings) -> Suggest:
    """Makes the signed id of one more suggestion, as persona does."""
    key = settings.secret("signing-key").encode()
    numbers: Iterator[int] = count(1)

    def make(
        person_id: str = "ana",
        suggestion_type: str = "break",
        lasting: timedelta = timedelta(days=30),
    ) -> str:
        ticket = SuggestionTicket(
            persona_id=UUID(int=next(numbers)).bytes,
            type=suggestion_type,
            trait="work.focus_duration",
            at=int(NOW.timestamp()),
            time_zone="Asia/Tokyo",
            expire_at=int((NOW + lasting).timestamp()),
        )
        return sign(key, ticket.SerializeToString(), person_id)

    return make


@pytest.fixture
async def stub(serve: Serve, clock: object) -> FeedbackServiceStub:
    return FeedbackServiceStub(await serve(assemble))


def verdict(
    suggestion_id: str, helpful: bool = True, person_id: str = "ana", request_id: str = ""
) -> pb.SubmitFeedbackRequest:
    return pb.SubmitFeedbackRequest(
        person_id=person_id, suggestion_id=suggestion_id, helpful=helpful, request_id=request_id
    )


def reason(error: grpc.aio.AioRpcError) -> tuple[grpc.StatusCode, str]:
    found = details.ErrorInfo()
    assert _detail(error, found)
    return error.code(), found.reason


def _detail(error: grpc.aio.AioRpcError, found: details.ErrorInfo | details.RetryInfo) -> bool:
    content = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    assert isinstance(content, bytes)
    return any(detail.Unpack(found) for detail in Status.FromString(content).details)


async def test_a_verdict_is_answered_with_its_context(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    feedback = await stub.SubmitFeedback(verdict(suggest()))
    assert feedback.person_id == "ana"
    assert feedback.persona_id == str(UUID(int=1))
    assert (feedback.suggestion_type, feedback.related_trait) == ("break", "work.focus_duration")
    assert (feedback.local_time, feedback.part_of_day) == ("2026-11-17T10:40", "morning")
    assert feedback.create_time.ToDatetime(UTC) == NOW
    assert feedback.weight == 1.1


async def test_five_refusals_lower_the_weight_and_are_told(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    for _ in range(5):
        await stub.SubmitFeedback(verdict(suggest(), helpful=False))
    weights = await stub.GetWeights(pb.GetWeightsRequest(person_id="ana"))
    (weight,) = weights.weights
    assert (weight.suggestion_type, weight.trait) == ("break", "work.focus_duration")
    assert (weight.weight, weight.original, weight.negative_count) == (0.8, 1.0, 0)
    assert [refusal.suggestion_type for refusal in weights.refusals] == ["break"] * 5


async def test_the_same_verdict_twice_at_once_is_taken_once(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    suggestion_id = suggest()
    answers = await asyncio.gather(
        *(stub.SubmitFeedback(verdict(suggestion_id)) for _ in range(20))
    )
    assert {answer.SerializeToString() for answer in answers} == {answers[0].SerializeToString()}
    analytics = await stub.GetAnalytics(pb.GetAnalyticsRequest(person_id="ana"))
    assert analytics.totals.total == 1


async def test_the_same_request_twice_returns_the_first_result(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    first = await stub.SubmitFeedback(verdict(suggest(), request_id="r1"))
    assert await stub.SubmitFeedback(verdict(suggest(), request_id="r1")) == first


async def test_the_other_verdict_on_the_same_suggestion_is_refused(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    suggestion_id = suggest()
    await stub.SubmitFeedback(verdict(suggestion_id, helpful=True))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.SubmitFeedback(verdict(suggestion_id, helpful=False))
    assert reason(refused.value) == (grpc.StatusCode.ALREADY_EXISTS, "ALREADY_JUDGED")


async def test_another_persons_suggestion_is_not_found(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.SubmitFeedback(verdict(suggest("ben")))
    assert reason(refused.value) == (grpc.StatusCode.NOT_FOUND, "SUGGESTION_NOT_FOUND")


async def test_an_expired_suggestion_is_not_judged_any_more(
    stub: FeedbackServiceStub, suggest: Suggest, clock: Callable[[datetime], None]
) -> None:
    judged_before, judged_after = (suggest(lasting=timedelta(hours=1)) for _ in range(2))
    first = await stub.SubmitFeedback(verdict(judged_before))
    clock(NOW + timedelta(hours=1))
    assert await stub.SubmitFeedback(verdict(judged_before)) == first
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.SubmitFeedback(verdict(judged_after))
    assert reason(refused.value) == (grpc.StatusCode.FAILED_PRECONDITION, "SUGGESTION_EXPIRED")


async def test_a_verdict_without_its_word_is_refused(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.SubmitFeedback(
            pb.SubmitFeedbackRequest(person_id="ana", suggestion_id=suggest())
        )
    assert reason(refused.value) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")


async def test_fifty_at_once_make_ten_and_the_weights_of_some_order(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    answers = await asyncio.gather(
        *(stub.SubmitFeedback(verdict(suggest(), bool(number % 3))) for number in range(50)),
        return_exceptions=True,
    )
    taken = [answer for answer in answers if isinstance(answer, pb.Feedback)]
    refused = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    assert (len(taken), len(refused)) == (10, 40)
    assert {reason(error) for error in refused} == {
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "DAILY_LIMIT_REACHED")
    }
    kept = await stub.GetWeights(pb.GetWeightsRequest(person_id="ana"))
    assert _is_of_some_order(taken, kept.weights[0].weight)


def _is_of_some_order(taken: list[pb.Feedback], final: float) -> bool:
    """Follows the verdicts from weight to weight: each was taken on what another one left."""
    states = {(TraitWeight("break", "t"), frozenset(range(len(taken))))}
    for _ in taken:
        states = {
            (after, left - {index})
            for before, left in states
            for index in left
            for (after,) in [judged([before], before, taken[index].helpful, NOW)]
            if after.weight == taken[index].weight
        }
    return any(weight.weight == final for weight, _ in states)


async def test_the_eleventh_of_a_day_says_when_the_next_begins(
    stub: FeedbackServiceStub, suggest: Suggest, clock: Callable[[datetime], None]
) -> None:
    for _ in range(10):
        await stub.SubmitFeedback(verdict(suggest()))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.SubmitFeedback(verdict(suggest()))
    assert reason(refused.value) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "DAILY_LIMIT_REACHED",
    )
    retry = details.RetryInfo()
    assert _detail(refused.value, retry)
    assert retry.retry_delay.ToTimedelta() == UNTIL_MIDNIGHT
    clock(NOW + UNTIL_MIDNIGHT)
    assert (await stub.SubmitFeedback(verdict(suggest()))).local_time == "2026-11-18T00:00"


async def test_feedback_is_listed_page_by_page(
    stub: FeedbackServiceStub, suggest: Suggest, clock: Callable[[datetime], None]
) -> None:
    given = []
    for minute in range(3):
        clock(NOW + timedelta(minutes=minute))
        given.append(await stub.SubmitFeedback(verdict(suggest())))
    first = await stub.ListFeedback(pb.ListFeedbackRequest(person_id="ana", page_size=2))
    assert list(first.feedback) == [given[2], given[1]]
    second = await stub.ListFeedback(
        pb.ListFeedbackRequest(person_id="ana", page_size=2, page_token=first.next_page_token)
    )
    assert list(second.feedback) == [given[0]]
    assert second.next_page_token == ""


async def test_feedback_is_listed_by_persona(stub: FeedbackServiceStub, suggest: Suggest) -> None:
    given = [await stub.SubmitFeedback(verdict(suggest())) for _ in range(2)]
    request = pb.ListFeedbackRequest(person_id="ana", persona_id=given[0].persona_id)
    assert list((await stub.ListFeedback(request)).feedback) == [given[0]]
    nobody = pb.ListFeedbackRequest(person_id="ana", persona_id="nobody")
    assert not (await stub.ListFeedback(nobody)).feedback


@pytest.mark.parametrize(
    "content",
    [
        "x",
        "WyJwZW9wbGUiXQ",  # ["people"]
        "WyJmZWVkYmFjayJd",  # ["feedback"]
        "WyJmZWVkYmFjayIsIngiLCJ5Il0",  # ["feedback","x","y"]
    ],
)
async def test_a_forged_page_token_is_refused(stub: FeedbackServiceStub, content: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.ListFeedback(pb.ListFeedbackRequest(person_id="ana", page_token=content))
    assert reason(refused.value) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN")


async def test_analytics_sum_up_what_was_said(stub: FeedbackServiceStub, suggest: Suggest) -> None:
    for number in range(4):
        kind = "break" if number else "wrap_up"
        await stub.SubmitFeedback(verdict(suggest(suggestion_type=kind), helpful=number < 3))
    analytics = await stub.GetAnalytics(pb.GetAnalyticsRequest(person_id="ana"))
    assert analytics.totals.helpful_rate == 0.75
    assert analytics.by_suggestion_type["break"].not_helpful == 1
    assert analytics.by_part_of_day["morning"].total == 4
    assert analytics.by_week["2026-W47"].helpful == 3
    assert [weight.suggestion_type for weight in analytics.weights] == ["break", "wrap_up"]
    assert analytics.totals.helpful_rate_low == pytest.approx(0.3006, abs=1e-4)
    assert analytics.totals.helpful_rate_high == pytest.approx(0.9544, abs=1e-4)
    of_break = analytics.weight_effects[0]
    assert (of_break.raised, of_break.lowered) == (2, 0)
    assert (of_break.while_same.helpful, of_break.while_higher.total) == (1, 2)
    assert of_break.while_lower == pb.Analytics.Counts()


async def test_nobody_has_a_rate_before_the_first_verdict(stub: FeedbackServiceStub) -> None:
    analytics = await stub.GetAnalytics(pb.GetAnalyticsRequest(person_id="ana"))
    assert not analytics.totals.HasField("helpful_rate")
    weights = await stub.GetWeights(pb.GetWeightsRequest(person_id="ana"))
    assert weights == pb.GetWeightsResponse()


async def test_moves_of_weights_are_listed_page_by_page(
    stub: FeedbackServiceStub, suggest: Suggest, clock: Callable[[datetime], None]
) -> None:
    for minute in range(3):
        clock(NOW + timedelta(minutes=minute))
        last = await stub.SubmitFeedback(verdict(suggest()))
    first = await stub.ListWeightChanges(pb.ListWeightChangesRequest(person_id="ana", page_size=2))
    newest = first.changes[0]
    assert (newest.before, newest.after) == (1.21, 1.331)
    assert (newest.cause, newest.feedback_id) == (pb.WeightChange.HELPFUL, last.feedback_id)
    assert newest.change_time == last.create_time
    second = await stub.ListWeightChanges(
        pb.ListWeightChangesRequest(person_id="ana", page_token=first.next_page_token)
    )
    assert [(one.before, one.after) for one in second.changes] == [(1.0, 1.1)]
    assert second.next_page_token == ""


async def test_a_reset_is_answered_with_the_weights_and_changes_nothing_twice(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    await stub.SubmitFeedback(verdict(suggest()))
    await stub.SubmitFeedback(verdict(suggest(suggestion_type="wrap_up"), helpful=False))
    request = pb.ResetWeightsRequest(person_id="ana")
    once = await stub.ResetWeights(request)
    assert [(one.weight, one.negative_count) for one in once.weights] == [(1.0, 0), (1.0, 0)]
    assert await stub.ResetWeights(request) == once
    changes = await stub.ListWeightChanges(pb.ListWeightChangesRequest(person_id="ana"))
    assert [one.cause for one in changes.changes] == [
        pb.WeightChange.RESET,
        pb.WeightChange.HELPFUL,
    ]


async def test_what_a_type_did_by_part_of_the_day_is_told_with_the_weights(
    stub: FeedbackServiceStub, suggest: Suggest
) -> None:
    await stub.SubmitFeedback(verdict(suggest()))
    await stub.SubmitFeedback(verdict(suggest(), helpful=False))
    found = await stub.GetWeights(pb.GetWeightsRequest(person_id="ana"))
    (sums,) = found.helpfulness
    assert (sums.suggestion_type, sums.part_of_day) == ("break", "morning")
    assert (sums.helpful, sums.not_helpful) == (1.0, 1.0)
    assert found.refusals[0].suggestion_time.ToDatetime(UTC) == NOW
