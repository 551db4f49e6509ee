"""Feedback as gRPC: converts, calls a use case, converts back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from personakit.feedback.v1 import feedback_pb2 as pb
from personakit.feedback.v1 import feedback_pb2_grpc as pb_grpc
from personakit.persona.v1.persona_pb2 import SuggestionTicket
from services.feedback.model import Counts, Feedback, PersonId, Refusal, Standing, Suggestion
from services.feedback.usecases import (
    Feedbacks,
    Suggestions,
    Verdict,
    analyse,
    submit,
    weigh,
)
from services.kit.clock import Clock
from services.kit.paging import Position, page_size
from services.kit.person_data import Record, Section
from services.kit.signing import sign, verify
from services.kit.times import timestamp

LIST = "feedback"


class SignedSuggestions:
    """Reads a suggestion from its id, which only persona can have signed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def find(self, person_id: PersonId, suggestion_id: str) -> Suggestion | None:
        try:
            signed = verify(self._key, suggestion_id, person_id)
        except ValueError:
            return None
        # Base 64 can be written in more than one way; only ours names the suggestion.
        if sign(self._key, signed, person_id) != suggestion_id:
            return None
        return _suggestion(suggestion_id, SuggestionTicket.FromString(signed))


class FeedbackApi(pb_grpc.FeedbackServiceServicer):
    """Answers `personakit.feedback.v1.FeedbackService`."""

    def __init__(self, feedbacks: Feedbacks, suggestions: Suggestions, clock: Clock) -> None:
        self._feedbacks = feedbacks
        self._suggestions = suggestions
        self._clock = clock

    async def SubmitFeedback(
        self, request: pb.SubmitFeedbackRequest, context: object
    ) -> pb.Feedback:
        verdict = Verdict(
            person_id=PersonId(request.person_id),
            suggestion_id=request.suggestion_id,
            helpful=request.helpful,
            persona_id=request.persona_id,
            suggestion_type=request.suggestion_type,
            request_id=request.request_id,
        )
        feedback = await submit(self._feedbacks, self._suggestions, self._clock, verdict)
        return to_proto(feedback)

    async def ListFeedback(
        self, request: pb.ListFeedbackRequest, context: object
    ) -> pb.ListFeedbackResponse:
        size, after = page_size(request.page_size), Position.of(LIST, request.page_token)
        try:
            persona_id = UUID(request.persona_id) if request.persona_id else None
        except ValueError:
            # No persona has such an id, so there is no feedback on it.
            return pb.ListFeedbackResponse()
        person_id = PersonId(request.person_id)
        found = await self._feedbacks.page(person_id, persona_id, after, size + 1)
        return pb.ListFeedbackResponse(
            feedback=[to_proto(feedback) for feedback in found[:size]],
            next_page_token=_token(found[size - 1]) if len(found) > size else "",
        )

    async def GetAnalytics(self, request: pb.GetAnalyticsRequest, context: object) -> pb.Analytics:
        analytics = await analyse(self._feedbacks, self._clock, PersonId(request.person_id))
        return pb.Analytics(
            person_id=request.person_id,
            totals=_counts(analytics.totals),
            by_suggestion_type=_all_counts(analytics.by_suggestion_type),
            by_part_of_day=_all_counts(analytics.by_part_of_day),
            by_week=_all_counts(analytics.by_week),
            weights=[_standing(standing) for standing in analytics.weights],
        )

    async def GetWeights(
        self, request: pb.GetWeightsRequest, context: object
    ) -> pb.GetWeightsResponse:
        weights, refusals = await weigh(self._feedbacks, self._clock, PersonId(request.person_id))
        return pb.GetWeightsResponse(
            weights=[_standing(standing) for standing in weights],
            refusals=[_refusal(refusal) for refusal in refusals],
        )


def sections(feedbacks: Feedbacks, clock: Clock) -> Mapping[str, Section]:
    """Returns how to read what feedback keeps of a person."""

    async def given(person_id: str, after: str, limit: int) -> Sequence[Record]:
        place = Position.of(LIST, after)
        found = await feedbacks.page(PersonId(person_id), None, place, limit)
        return [Record.of(to_proto(one), _token(one)) for one in found]

    async def weights(person_id: str, after: str, limit: int) -> Sequence[Record]:
        # At most one for each type and trait: they fit into a page.
        standing, _ = await weigh(feedbacks, clock, PersonId(person_id))
        return [Record.of(_standing(one)) for one in standing]

    return {"feedback": given, "weights": weights}


def _suggestion(suggestion_id: str, ticket: SuggestionTicket) -> Suggestion:
    return Suggestion(
        suggestion_id=suggestion_id,
        persona_id=UUID(bytes=ticket.persona_id),
        ordinal=ticket.ordinal,
        suggestion_type=ticket.type,
        trait=ticket.trait,
        at=datetime.fromtimestamp(ticket.at, UTC),
        zone=ZoneInfo(ticket.time_zone),
    )


def to_proto(feedback: Feedback) -> pb.Feedback:
    return pb.Feedback(
        feedback_id=str(feedback.feedback_id),
        person_id=feedback.person_id,
        persona_id=str(feedback.persona_id),
        suggestion_id=feedback.suggestion_id,
        suggestion_type=feedback.suggestion_type,
        helpful=feedback.helpful,
        related_trait=feedback.trait,
        weight=feedback.weight,
        create_time=timestamp(feedback.created_at),
        local_time=f"{feedback.local_at:%Y-%m-%dT%H:%M}",
        part_of_day=feedback.part_of_day,
    )


def _all_counts(counts: Mapping[str, Counts]) -> dict[str, pb.Analytics.Counts]:
    return {name: _counts(one) for name, one in counts.items()}


def _counts(counts: Counts) -> pb.Analytics.Counts:
    return pb.Analytics.Counts(
        total=counts.total,
        helpful=counts.helpful,
        not_helpful=counts.not_helpful,
        helpful_rate=counts.helpful_rate,
    )


def _standing(standing: Standing) -> pb.TraitWeight:
    weight = standing.weight
    return pb.TraitWeight(
        suggestion_type=weight.suggestion_type,
        trait=weight.trait,
        weight=weight.weight,
        original=weight.original,
        negative_count=standing.refusals,
        update_time=timestamp(weight.updated_at) if weight.updated_at else None,
    )


def _refusal(refusal: Refusal) -> pb.GetWeightsResponse.Refusal:
    return pb.GetWeightsResponse.Refusal(
        suggestion_type=refusal.suggestion_type, create_time=timestamp(refusal.created_at)
    )


def _token(last: Feedback) -> str:
    return Position(last.created_at, last.feedback_id).token(LIST)
