"""Takes a verdict: once for each suggestion, in time, ten a local day."""

from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from services.feedback.model import (
    DAILY_LIMIT,
    Cause,
    Feedback,
    Helpfulness,
    PersonId,
    Suggestion,
    TraitWeight,
    WeightChange,
    judged,
    local_day,
    of_trait,
)
from services.feedback.usecases.newcomers import Newcomers
from services.feedback.usecases.ports import Feedbacks, Suggestions, Turn
from services.kit.clock import Clock
from services.kit.errors import (
    AlreadyExists,
    FailedPrecondition,
    Invalid,
    NotFound,
    ResourceExhausted,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of a suggestion; the empty strings are what the caller left out."""

    person_id: PersonId
    suggestion_id: str
    helpful: bool
    persona_id: str = ""
    suggestion_type: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where verdicts are taken: everything that `submit` works with."""

    feedbacks: Feedbacks
    suggestions: Suggestions
    newcomers: Newcomers
    clock: Clock


async def submit(desk: Desk, verdict: Verdict) -> Feedback:
    """Takes a verdict and moves the weight; returns the first one if it was taken before.

    A `request_id` that was used returns the feedback it led to, whatever it says now. The moment
    that the suggestion was made for decides its part of the day, the moment of the verdict the
    day that it is counted on.
    """
    suggestion = _genuine(desk.suggestions, verdict)
    beginning = await desk.newcomers.weight(suggestion.suggestion_type, suggestion.trait)
    async with desk.feedbacks.turn(verdict.person_id) as turn:
        feedback_id = suggestion.feedback_id(verdict.person_id)
        earlier = await turn.find(feedback_id, verdict.request_id)
        if earlier:
            return _repeated(earlier, verdict)
        now = desk.clock.now()
        await _admit(turn, suggestion, now)
        return await _take(turn, suggestion, beginning, verdict, now)


def _genuine(suggestions: Suggestions, verdict: Verdict) -> Suggestion:
    suggestion = suggestions.find(verdict.person_id, verdict.suggestion_id)
    if suggestion is None:
        raise NotFound(
            "SUGGESTION_NOT_FOUND",
            "no such suggestion was made to this person",
            field="suggestion_id",
        )
    if verdict.persona_id.lower() not in ("", str(suggestion.persona_id)):
        raise _mismatch("persona_id", str(suggestion.persona_id))
    if verdict.suggestion_type not in ("", suggestion.suggestion_type):
        raise _mismatch("suggestion_type", suggestion.suggestion_type)
    return suggestion


def _mismatch(field: str, actual: str) -> Invalid:
    return Invalid("SUGGESTION_MISMATCH", f"the suggestion's {field} is {actual}", field=field)


def _repeated(earlier: Feedback, verdict: Verdict) -> Feedback:
    same_request = bool(verdict.request_id) and earlier.request_id == verdict.request_id
    if same_request or earlier.helpful == verdict.helpful:
        return earlier
    raise AlreadyExists("ALREADY_JUDGED", "the suggestion was judged before, the other way")


async def _admit(turn: Turn, suggestion: Suggestion, now: datetime) -> None:
    if suggestion.expires_at <= now:
        raise FailedPrecondition(
            "SUGGESTION_EXPIRED", "the suggestion's persona has expired; ask for a new one"
        )
    midnight, next_midnight = local_day(now, suggestion.zone)
    if await turn.given_between(midnight, next_midnight) >= DAILY_LIMIT:
        raise ResourceExhausted(
            "DAILY_LIMIT_REACHED",
            f"{DAILY_LIMIT} verdicts a day are taken; the next day begins at midnight",
            retry_after=next_midnight - now,
        )


async def _take(
    turn: Turn,
    suggestion: Suggestion,
    beginning: TraitWeight,
    verdict: Verdict,
    now: datetime,
) -> Feedback:
    of_type = await turn.weights(suggestion.suggestion_type)
    before = of_trait(of_type, beginning)
    weights = judged(of_type, beginning, verdict.helpful, now)
    feedback = _feedback(suggestion, verdict, before, weights[0], now)
    await turn.keep(feedback, await _helpfulness(turn, feedback))
    await turn.move(weights, _changes(feedback, before))
    return feedback


async def _helpfulness(turn: Turn, feedback: Feedback) -> Helpfulness:
    key = feedback.suggestion_type, feedback.part_of_day
    so_far = await turn.helpfulness(*key) or Helpfulness.none_yet(*key, feedback.created_at)
    return so_far.with_verdict(feedback.helpful, feedback.created_at)


def _feedback(
    suggestion: Suggestion, verdict: Verdict, before: TraitWeight, after: TraitWeight, now: datetime
) -> Feedback:
    return Feedback(
        feedback_id=suggestion.feedback_id(verdict.person_id),
        person_id=verdict.person_id,
        persona_id=suggestion.persona_id,
        suggestion_id=suggestion.suggestion_id,
        suggestion_type=suggestion.suggestion_type,
        helpful=verdict.helpful,
        trait=suggestion.trait,
        weight=after.weight,
        bias=before.bias,
        suggested_at=suggestion.at,
        created_at=now,
        zone=suggestion.zone.key,
        part_of_day=suggestion.part_of_day,
        request_id=verdict.request_id,
    )


def _changes(feedback: Feedback, before: TraitWeight) -> list[WeightChange]:
    if feedback.weight == before.weight:
        return []
    change = WeightChange(
        change_id=uuid7(),
        suggestion_type=feedback.suggestion_type,
        trait=feedback.trait,
        before=before.weight,
        after=feedback.weight,
        cause=Cause.HELPFUL if feedback.helpful else Cause.NOT_HELPFUL,
        feedback_id=feedback.feedback_id,
        changed_at=feedback.created_at,
    )
    return [change]
