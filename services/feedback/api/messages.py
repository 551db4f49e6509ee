"""Feedback's nouns as messages."""

from collections.abc import Mapping

from personakit.feedback.v1 import feedback_pb2 as pb
from services.feedback.model import (
    Analytics,
    Cause,
    Counts,
    Feedback,
    Helpfulness,
    PersonId,
    Refusal,
    Standing,
    WeightChange,
    WeightEffect,
)
from services.feedback.usecases import Weights
from services.kit.times import timestamp

CAUSES = {cause: pb.WeightChange.Cause.Value(cause.value) for cause in Cause}


def feedback_to_proto(feedback: Feedback) -> pb.Feedback:
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


def weights_to_proto(weights: Weights) -> pb.GetWeightsResponse:
    return pb.GetWeightsResponse(
        weights=map(standing_to_proto, weights.standings),
        refusals=map(_refusal, weights.refusals),
        helpfulness=map(helpfulness_to_proto, weights.helpfulness),
    )


def standing_to_proto(standing: Standing) -> pb.TraitWeight:
    weight = standing.weight
    return pb.TraitWeight(
        suggestion_type=weight.suggestion_type,
        trait=weight.trait,
        weight=weight.weight,
        original=weight.original,
        negative_count=standing.refusals,
        update_time=timestamp(weight.updated_at) if weight.updated_at else None,
    )


def helpfulness_to_proto(one: Helpfulness) -> pb.GetWeightsResponse.Helpfulness:
    return pb.GetWeightsResponse.Helpfulness(
        suggestion_type=one.suggestion_type,
        part_of_day=one.part_of_day,
        helpful=one.helpful,
        not_helpful=one.not_helpful,
    )


def change_to_proto(change: WeightChange) -> pb.WeightChange:
    return pb.WeightChange(
        suggestion_type=change.suggestion_type,
        trait=change.trait,
        before=change.before,
        after=change.after,
        cause=CAUSES[change.cause],
        feedback_id=str(change.feedback_id) if change.feedback_id else "",
        change_time=timestamp(change.changed_at),
    )


def analytics_to_proto(person_id: PersonId, analytics: Analytics) -> pb.Analytics:
    return pb.Analytics(
        person_id=person_id,
        totals=_counts(analytics.totals),
        by_suggestion_type=_all_counts(analytics.by_suggestion_type),
        by_part_of_day=_all_counts(analytics.by_part_of_day),
        by_week=_all_counts(analytics.by_week),
        weights=[standing_to_proto(effect.standing) for effect in analytics.effects],
        weight_effects=map(_effect, analytics.effects),
    )


def _refusal(refusal: Refusal) -> pb.GetWeightsResponse.Refusal:
    return pb.GetWeightsResponse.Refusal(
        suggestion_type=refusal.suggestion_type,
        create_time=timestamp(refusal.created_at),
        suggestion_time=timestamp(refusal.suggested_at),
    )


def _all_counts(counts: Mapping[str, Counts]) -> dict[str, pb.Analytics.Counts]:
    return {name: _counts(one) for name, one in counts.items()}


def _counts(counts: Counts) -> pb.Analytics.Counts:
    low, high = counts.interval or (None, None)
    return pb.Analytics.Counts(
        total=counts.total,
        helpful=counts.helpful,
        not_helpful=counts.not_helpful,
        helpful_rate=counts.helpful_rate,
        helpful_rate_low=low,
        helpful_rate_high=high,
    )


def _effect(effect: WeightEffect) -> pb.Analytics.WeightEffect:
    weight = effect.standing.weight
    return pb.Analytics.WeightEffect(
        suggestion_type=weight.suggestion_type,
        trait=weight.trait,
        raised=weight.raised,
        lowered=weight.lowered,
        while_lower=_counts(effect.while_lower),
        while_same=_counts(effect.while_same),
        while_higher=_counts(effect.while_higher),
    )
