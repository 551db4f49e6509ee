"""What newcomers begin with: what people's own verdicts have made of their weights."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.feedback.model.weights import WITHOUT_POPULATION, TraitWeight

# Fewer people than that say nothing about a newcomer, and too much about each other.
LEAST_PEOPLE = 20
# With 20 people one of them moves the mean by 0.075 at most: less than a step.
STEP = 0.1


@dataclass(frozen=True, slots=True)
class Start:
    """What newcomers begin with for a suggestion type and trait, and over how many people."""

    suggestion_type: str
    trait: str
    weight: float
    people: int

    @classmethod
    def of_mean(cls, suggestion_type: str, trait: str, mean: float, people: int) -> "Start":
        """Takes the mean over people of weight / original.

        Of the weights themselves it would grow with each generation that began higher.
        """
        return cls(suggestion_type, trait, round(round(mean / STEP) * STEP, 1), people)

    @property
    def may_be_told(self) -> bool:
        return self.people >= LEAST_PEOPLE


@dataclass(frozen=True, slots=True)
class Population:
    """One version of what newcomers begin with."""

    version: int
    computed_at: datetime
    starts: tuple[Start, ...] = ()

    def new_weight(self, suggestion_type: str, trait: str) -> TraitWeight:
        """Returns the weight that somebody begins with."""
        start = next(
            (
                one.weight
                for one in self.starts
                if (one.suggestion_type, one.trait) == (suggestion_type, trait)
            ),
            WITHOUT_POPULATION,
        )
        return TraitWeight(suggestion_type, trait, start, start)

    def for_other_types(self, weights: Iterable[TraitWeight]) -> tuple[TraitWeight, ...]:
        """Returns the weights of types of which there is none among these, unless they are 1."""
        judged = {weight.suggestion_type for weight in weights}
        return tuple(
            self.new_weight(one.suggestion_type, one.trait)
            for one in self.starts
            if one.suggestion_type not in judged and one.weight != WITHOUT_POPULATION
        )
