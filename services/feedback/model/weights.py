"""The rule by which verdicts move the weights of the next suggestions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

# The plan's numbers, phase 6.
REFUSALS_TO_LOWER = 5
REFUSAL_WINDOW = timedelta(days=7)
LOWERING = 0.8
RAISING = 1.1
SMALLEST_SHARE = 0.5
LARGEST_SHARE = 2.0

WITHOUT_POPULATION = 1.0


@dataclass(frozen=True, slots=True)
class TraitWeight:
    """How much a suggestion type counts for a person by the trait it leans on first.

    `refused_at` holds the "not helpful" that have not lowered a weight yet: at most four that are
    younger than the window. `raised` and `lowered` count the moves, resets aside.
    """

    suggestion_type: str
    trait: str
    weight: float = WITHOUT_POPULATION
    original: float = WITHOUT_POPULATION
    refused_at: tuple[datetime, ...] = ()
    updated_at: datetime | None = None
    raised: int = 0
    lowered: int = 0

    @property
    def bias(self) -> int:
        """How it stands against its original: -1 lower, 0 the same, 1 higher."""
        return (self.weight > self.original) - (self.weight < self.original)

    def scaled(self, factor: float) -> "TraitWeight":
        """Returns it multiplied and kept from 0.5 to 2 times its original.

        Rounded to six places, so that 0.8 times 0.8 reads 0.64.
        """
        smallest, largest = SMALLEST_SHARE * self.original, LARGEST_SHARE * self.original
        weight = min(max(round(self.weight * factor, 6), smallest), largest)
        return replace(
            self,
            weight=weight,
            raised=self.raised + (weight > self.weight),
            lowered=self.lowered + (weight < self.weight),
        )


class Cause(Enum):
    """Why a weight moved; the names are the API's."""

    HELPFUL = "HELPFUL"
    NOT_HELPFUL = "NOT_HELPFUL"
    RESET = "RESET"


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A move of a weight; without the id of a feedback, nobody's verdict caused it."""

    change_id: UUID
    suggestion_type: str
    trait: str
    before: float
    after: float
    cause: Cause
    feedback_id: UUID | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A weight, and how many "not helpful" of its type count towards lowering it."""

    weight: TraitWeight
    refusals: int


def judged(
    of_type: Sequence[TraitWeight], new: TraitWeight, helpful: bool, at: datetime
) -> tuple[TraitWeight, ...]:
    """Returns the weights of one suggestion type after a verdict, that of its trait first.

    `of_type` are the person's weights of that type so far, one a trait; `new` is what the trait
    of the judged suggestion starts with if it is not among them.

    "+10 %" and "-20 %" are of the weight as it stands: helpful times 1.1, at most 2 times the
    original; the fifth "not helpful" of the type within 7 days times 0.8, at least 0.5 times the
    original (1, 0.8, 0.64, 0.512, 0.5), and the count starts over. A "helpful" does not touch the
    count. This reading, with one verdict a day for four weeks, gives a mean of 1.59 at 40 %
    helpful, 1.86 at 50 % and 2.0 at 90 %, where 1.6, 1.85 and 2.0 are asked for; with a count
    that "helpful" resets it would be 1.84 and 1.96.
    """
    mine = of_trait(of_type, new)
    others = [weight for weight in of_type if weight.trait != mine.trait]
    mine = replace(mine, updated_at=at)
    if helpful:
        return (mine.scaled(RAISING), *others)
    if unanswered_refusals([mine, *others], at) + 1 < REFUSALS_TO_LOWER:
        recent = (*_within_window(mine.refused_at, at), at)
        return (replace(mine, refused_at=recent), *others)
    lowered = replace(mine.scaled(LOWERING), refused_at=())
    return (lowered, *(replace(other, refused_at=()) for other in others))


def of_trait(of_type: Iterable[TraitWeight], new: TraitWeight) -> TraitWeight:
    """Returns the one with the new one's trait, else the new one."""
    return next((weight for weight in of_type if weight.trait == new.trait), new)


def put_back(weights: Iterable[TraitWeight], at: datetime) -> tuple[TraitWeight, ...]:
    """Returns those of the weights that are not as they began, as they began."""
    return tuple(
        replace(weight, weight=weight.original, refused_at=(), updated_at=at)
        for weight in weights
        if weight.bias or weight.refused_at
    )


def unanswered_refusals(of_type: Iterable[TraitWeight], at: datetime) -> int:
    """Counts a type's "not helpful" of the 7 days before `at` that have not lowered a weight."""
    return sum(len(_within_window(weight.refused_at, at)) for weight in of_type)


def standings(weights: Iterable[TraitWeight], at: datetime) -> tuple[Standing, ...]:
    """Returns each weight with its type's count, by type and trait."""
    by_type: dict[str, list[TraitWeight]] = {}
    for weight in sorted(weights, key=lambda weight: (weight.suggestion_type, weight.trait)):
        by_type.setdefault(weight.suggestion_type, []).append(weight)
    return tuple(
        Standing(weight, unanswered_refusals(of_type, at))
        for of_type in by_type.values()
        for weight in of_type
    )


def _within_window(moments: Iterable[datetime], at: datetime) -> list[datetime]:
    return [moment for moment in moments if at - moment < REFUSAL_WINDOW]
