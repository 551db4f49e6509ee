"""The rows of feedback's tables, as the model has them."""

from services.feedback.model import (
    Cause,
    Feedback,
    Helpfulness,
    PersonId,
    TraitWeight,
    WeightChange,
)
from services.kit.sql import Row

FEEDBACK = """feedback_id, persona_id, suggestion_id, suggestion_type, helpful, trait, weight, bias,
    suggested_at, created_at, zone, part_of_day, coalesce(request_id, '') AS request_id"""
WEIGHT = "suggestion_type, trait, weight, original, refused_at, updated_at, raised, lowered"
HELPFULNESS = "suggestion_type, part_of_day, helpful, not_helpful, as_of"
CHANGE = "change_id, suggestion_type, trait, before, after, cause, feedback_id, changed_at"


def feedback(person_id: PersonId, row: Row) -> Feedback:
    return Feedback(person_id=person_id, **row)


def weight(row: Row) -> TraitWeight:
    return TraitWeight(**{**row, "refused_at": tuple(row.refused_at)})


def helpfulness(row: Row) -> Helpfulness:
    return Helpfulness(**row)


def change(row: Row) -> WeightChange:
    return WeightChange(**{**row, "cause": Cause(row.cause)})


def values_of_feedback(one: Feedback) -> dict[str, object]:
    return {
        "feedback_id": one.feedback_id,
        "persona_id": one.persona_id,
        "suggestion_id": one.suggestion_id,
        "suggestion_type": one.suggestion_type,
        "helpful": one.helpful,
        "trait": one.trait,
        "weight": one.weight,
        "bias": one.bias,
        "suggested_at": one.suggested_at,
        "created_at": one.created_at,
        "zone": one.zone,
        "local_day": one.local_at.date(),
        "part_of_day": one.part_of_day,
        "request_id": one.request_id,
    }


def values_of_weight(one: TraitWeight) -> dict[str, object]:
    return {
        "suggestion_type": one.suggestion_type,
        "trait": one.trait,
        "weight": one.weight,
        "original": one.original,
        "refused_at": list(one.refused_at),
        "updated_at": one.updated_at,
        "raised": one.raised,
        "lowered": one.lowered,
    }


def values_of_helpfulness(one: Helpfulness) -> dict[str, object]:
    return {
        "suggestion_type": one.suggestion_type,
        "part_of_day": one.part_of_day,
        "helpful": one.helpful,
        "not_helpful": one.not_helpful,
        "as_of": one.as_of,
    }


def values_of_change(one: WeightChange) -> dict[str, object]:
    return {
        "change_id": one.change_id,
        "suggestion_type": one.suggestion_type,
        "trait": one.trait,
        "before": one.before,
        "after": one.after,
        "cause": one.cause.value,
        "feedback_id": one.feedback_id,
        "changed_at": one.changed_at,
    }
