"""What feedback does: take a verdict, list them, sum them up, tell the weights."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.feedback.model import (
    DAILY_LIMIT,
    RECENT_REFUSALS,
    Analytics,
    Feedback,
    PersonId,
    Refusal,
    Standing,
    Suggestion,
    Tally,
    TraitWeight,
    first_week_analysed,
    judged,
    local_day,
    next_local_midnight,
    part_of_day,
    standings,
    summed,
)
from services.kit.clock import Clock
from services.kit.errors import AlreadyExists, Invalid, NotFound, ResourceExhausted
from services.kit.paging import Position


class Suggestions(Protocol):
    """Knows a genuine suggestion by its signed id."""

    def find(self, person_id: PersonId, suggestion_id: str) -> Suggestion | None:
        """Returns what was suggested to the person under this id, None if nothing was."""
        ...


class Turn(Protocol):
    """One person's feedback while nobody else writes to it; kept as a whole or not at all."""

    async def find(self, feedback_id: UUID, request_id: str) -> Feedback | None:
        """Returns the feedback of that request (if it has an id), else the one of that id."""
        ...

    async def count_on(self, day: date) -> int:
        """Returns how many verdicts the person gave on a local day."""
        ...

    async def weights_of(self, suggestion_type: str) -> Sequence[TraitWeight]:
        """Returns the person's weights of a type, one a trait."""
        ...

    async def save(self, feedback: Feedback, weights: Sequence[TraitWeight], day: date) -> None:
        """Keeps the verdict and the weights after it, and counts it on the local day."""
        ...


class Feedbacks(Protocol):
    """Where verdicts and weights are kept."""

    def turn(self, person_id: PersonId) -> AbstractAsyncContextManager[Turn]:
        """Waits for its turn and opens one transaction on a person's feedback.

        Refuses with PERSON_BEING_ERASED.
        """
        ...

    async def page(
        self, person_id: PersonId, persona_id: UUID | None, after: Position | None, size: int
    ) -> list[Feedback]:
        """Returns at most `size` of a person's feedback (of a persona), newest first."""
        ...

    async def tallies(self, person_id: PersonId, first_week: date) -> list[Tally]:
        """Counts all of a person's feedback; what is before `first_week` has no week."""
        ...

    async def weights(self, person_id: PersonId) -> list[TraitWeight]:
        """Returns all of a person's weights."""
        ...

    async def refusals(self, person_id: PersonId, since: datetime) -> list[Refusal]:
        """Returns a person's "not helpful" since then, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of a suggestion; the empty strings are what the caller left out."""

    person_id: PersonId
    suggestion_id: str
    helpful: bool
    persona_id: str = ""
    suggestion_type: str = ""
    request_id: str = ""


async def submit(
    feedbacks: Feedbacks, suggestions: Suggestions, clock: Clock, verdict: Verdict
) -> Feedback:
    """Takes a verdict and moves the weight; returns the first one if it was taken before.

    A `request_id` that was used returns the feedback it led to, whatever it says now.
    """
    suggestion = _genuine(suggestions, verdict)
    async with feedbacks.turn(verdict.person_id) as turn:
        feedback_id = suggestion.feedback_id(verdict.person_id)
        earlier = await turn.find(feedback_id, verdict.request_id)
        if earlier:
            return _repeated(earlier, verdict)
        return await _take(turn, suggestion, verdict, clock.now())


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


async def _take(turn: Turn, suggestion: Suggestion, verdict: Verdict, now: datetime) -> Feedback:
    day = local_day(now, suggestion.zone)
    if await turn.count_on(day) >= DAILY_LIMIT:
        raise ResourceExhausted(
            "DAILY_LIMIT_REACHED",
            f"{DAILY_LIMIT} verdicts a day are taken; the next day begins at midnight",
            retry_after=next_local_midnight(now, suggestion.zone) - now,
        )
    weights = judged(
        await turn.weights_of(suggestion.suggestion_type),
        TraitWeight(suggestion.suggestion_type, suggestion.trait),
        verdict.helpful,
        now,
    )
    feedback = _feedback(suggestion, verdict, weights[0].weight, now)
    await turn.save(feedback, weights, day)
    return feedback


def _feedback(suggestion: Suggestion, verdict: Verdict, weight: float, now: datetime) -> Feedback:
    return Feedback(
        feedback_id=suggestion.feedback_id(verdict.person_id),
        person_id=verdict.person_id,
        persona_id=suggestion.persona_id,
        suggestion_id=suggestion.suggestion_id,
        suggestion_type=suggestion.suggestion_type,
        helpful=verdict.helpful,
        trait=suggestion.trait,
        weight=weight,
        created_at=now,
        zone=suggestion.zone.key,
        part_of_day=part_of_day(suggestion.at.astimezone(suggestion.zone)),
        request_id=verdict.request_id,
    )


async def analyse(feedbacks: Feedbacks, clock: Clock, person_id: PersonId) -> Analytics:
    """Sums up all that a person said, by week for the last 26 weeks."""
    now = clock.now()
    tallies = await feedbacks.tallies(person_id, first_week_analysed(now.date()))
    return summed(tallies, standings(await feedbacks.weights(person_id), now))


async def weigh(
    feedbacks: Feedbacks, clock: Clock, person_id: PersonId
) -> tuple[tuple[Standing, ...], list[Refusal]]:
    """Returns a person's weights, and what they refused in the last two days."""
    now = clock.now()
    weights = standings(await feedbacks.weights(person_id), now)
    return weights, await feedbacks.refusals(person_id, now - RECENT_REFUSALS)
