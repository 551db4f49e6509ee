"""Answers `personakit.feedback.v1.FeedbackService`."""

from uuid import UUID

from personakit.feedback.v1 import feedback_pb2 as pb
from personakit.feedback.v1 import feedback_pb2_grpc as pb_grpc
from services.feedback import usecases
from services.feedback.api.messages import (
    analytics_to_proto,
    change_to_proto,
    feedback_to_proto,
    weights_to_proto,
)
from services.feedback.model import Feedback, PersonId, WeightChange
from services.feedback.usecases import Desk, Verdict
from services.kit.paging import Position, page_size

FEEDBACK, CHANGES = "feedback", "weight_changes"


class FeedbackApi(pb_grpc.FeedbackServiceServicer):
    """Converts, calls a use case, converts back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._feedbacks = desk.feedbacks

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
        return feedback_to_proto(await usecases.submit(self._desk, verdict))

    async def ListFeedback(
        self, request: pb.ListFeedbackRequest, context: object
    ) -> pb.ListFeedbackResponse:
        size, after = page_size(request.page_size), Position.of(FEEDBACK, request.page_token)
        try:
            persona_id = UUID(request.persona_id) if request.persona_id else None
        except ValueError:
            # No persona has such an id, so there is no feedback on it.
            return pb.ListFeedbackResponse()
        person_id = PersonId(request.person_id)
        found = await self._feedbacks.page(person_id, persona_id, after, size + 1)
        return pb.ListFeedbackResponse(
            feedback=map(feedback_to_proto, found[:size]),
            next_page_token=place_of(found[size - 1]) if len(found) > size else "",
        )

    async def GetAnalytics(self, request: pb.GetAnalyticsRequest, context: object) -> pb.Analytics:
        person_id = PersonId(request.person_id)
        analytics = await usecases.analyse(self._feedbacks, self._desk.clock, person_id)
        return analytics_to_proto(person_id, analytics)

    async def GetWeights(
        self, request: pb.GetWeightsRequest, context: object
    ) -> pb.GetWeightsResponse:
        return await self._weights(PersonId(request.person_id))

    async def ListWeightChanges(
        self, request: pb.ListWeightChangesRequest, context: object
    ) -> pb.ListWeightChangesResponse:
        size, after = page_size(request.page_size), Position.of(CHANGES, request.page_token)
        found = await self._feedbacks.changes(PersonId(request.person_id), after, size + 1)
        return pb.ListWeightChangesResponse(
            changes=map(change_to_proto, found[:size]),
            next_page_token=place_of_change(found[size - 1]) if len(found) > size else "",
        )

    async def ResetWeights(
        self, request: pb.ResetWeightsRequest, context: object
    ) -> pb.GetWeightsResponse:
        person_id = PersonId(request.person_id)
        await usecases.reset(self._feedbacks, self._desk.clock, person_id, request.suggestion_type)
        return await self._weights(person_id)

    async def _weights(self, person_id: PersonId) -> pb.GetWeightsResponse:
        desk = self._desk
        found = await usecases.weigh(desk.feedbacks, desk.newcomers, desk.clock, person_id)
        return weights_to_proto(found)


def place_of(last: Feedback) -> str:
    return Position(last.created_at, last.feedback_id).token(FEEDBACK)


def place_of_change(last: WeightChange) -> str:
    return Position(last.changed_at, last.change_id).token(CHANGES)
