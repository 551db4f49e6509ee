"""Tells what a person's verdicts have led to, and puts weights back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from uuid_utils.compat import uuid7

from services.feedback.model import (
    RECENT_REFUSALS,
    Analytics,
    Cause,
    Helpfulness,
    PersonId,
    Refusal,
    Standing,
    TraitWeight,
    WeightChange,
    first_week_analysed,
    put_back,
    standings,
    summed,
)
from services.feedback.usecases.newcomers import Newcomers
from services.feedback.usecases.ports import Feedbacks
from services.kit.clock import Clock

# Longer than a year, so that one can look back to the same season.
CHANGES_KEPT = timedelta(days=400)
REMOVED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Weights:
    """All that the next suggestions take from a person's verdicts."""

    standings: Sequence[Standing]
    refusals: Sequence[Refusal]
    helpfulness: Sequence[Helpfulness]


async def analyse(feedbacks: Feedbacks, clock: Clock, person_id: PersonId) -> Analytics:
    """Sums up all that a person said, by week for the last 26 weeks."""
    now = clock.now()
    tallies = await feedbacks.tallies(person_id, first_week_analysed(now.date()))
    return summed(tallies, standings(await feedbacks.weights(person_id), now))


async def weigh(
    feedbacks: Feedbacks, newcomers: Newcomers, clock: Clock, person_id: PersonId
) -> Weights:
    """Returns a person's weights (the population's for types that they never judged), what they
    refused in the last two days, and when each type helps them."""
    now = clock.now()
    population = await newcomers.population()
    stand = await feedbacks.stand(person_id, now - RECENT_REFUSALS)
    weights = (*stand.weights, *population.for_other_types(stand.weights))
    sums = [one.at(now) for one in stand.helpfulness]
    return Weights(standings(weights, now), stand.refusals, sums)


async def reset(
    feedbacks: Feedbacks, clock: Clock, person_id: PersonId, suggestion_type: str
) -> None:
    """Puts the weights of a type, or of all if it is empty, back to where they started."""
    async with feedbacks.turn(person_id) as turn:
        now = clock.now()
        weights = {_pair(one): one for one in await turn.weights(suggestion_type)}
        back = put_back(weights.values(), now)
        moved = [(weights[_pair(one)], one) for one in back if weights[_pair(one)].bias]
        await turn.move(back, [_change(before, after, now) for before, after in moved])


def _pair(weight: TraitWeight) -> tuple[str, str]:
    return weight.suggestion_type, weight.trait


def _change(before: TraitWeight, after: TraitWeight, at: datetime) -> WeightChange:
    return WeightChange(
        change_id=uuid7(),
        suggestion_type=after.suggestion_type,
        trait=after.trait,
        before=before.weight,
        after=after.weight,
        cause=Cause.RESET,
        feedback_id=None,
        changed_at=at,
    )


async def forget_changes(feedbacks: Feedbacks, clock: Clock) -> None:
    """Removes the moves of weights that were made more than 400 days ago."""
    before = clock.now() - CHANGES_KEPT
    while await feedbacks.forget_changes(before, REMOVED_AT_ONCE) == REMOVED_AT_ONCE:
        pass
