"""A person's verdicts summed up, with how sure a rate is and what each weight did."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from services.feedback.model.days import iso_week
from services.feedback.model.weights import Standing

Key = TypeVar("Key")

# Of the normal distribution: 95 % lie within.
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts that share a type, a trait, a part of the day, a week (its Monday, None if long
    ago) and how the weight stood against its original (`Feedback.bias`)."""

    suggestion_type: str
    trait: str
    part_of_day: str
    week: date | None
    bias: int
    helpful: int
    not_helpful: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many verdicts, and how many of each."""

    helpful: int = 0
    not_helpful: int = 0

    @property
    def total(self) -> int:
        return self.helpful + self.not_helpful

    @property
    def helpful_rate(self) -> float | None:
        """From 0 to 1; None without verdicts."""
        return self.helpful / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of that rate; None without verdicts.

        Wilson's (doi 10.1080/01621459.1927.10502953), which holds for few verdicts and for rates
        near 0 and 1 too.
        """
        if not self.total:
            return None
        n, rate = self.total, self.helpful / self.total
        middle = (rate + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * math.sqrt(rate * (1 - rate) / n + Z**2 / (4 * n**2))
        # What the arithmetic leaves over beyond nine digits is nothing that anybody said.
        return max(0.0, round(middle - half, 9)), min(1.0, round(middle + half, 9))


@dataclass(frozen=True, slots=True)
class WeightEffect:
    """The verdicts while a weight was lower than its original, the same, and higher."""

    standing: Standing
    while_lower: Counts
    while_same: Counts
    while_higher: Counts


@dataclass(frozen=True, slots=True)
class Analytics:
    """A person's verdicts summed up; weeks are named as ISO 8601 does, such as 2026-W47."""

    totals: Counts
    by_suggestion_type: dict[str, Counts]
    by_part_of_day: dict[str, Counts]
    by_week: dict[str, Counts]
    effects: tuple[WeightEffect, ...]


def summed(tallies: Sequence[Tally], weights: Iterable[Standing]) -> Analytics:
    """Sums tallies up, over all and along each of their directions."""
    return Analytics(
        totals=_sums(tallies, lambda tally: "").get("", Counts()),
        by_suggestion_type=_sums(tallies, lambda tally: tally.suggestion_type),
        by_part_of_day=_sums(tallies, lambda tally: tally.part_of_day),
        by_week=_sums(tallies, lambda tally: iso_week(tally.week) if tally.week else None),
        effects=_effects(tallies, weights),
    )


def _effects(tallies: Iterable[Tally], weights: Iterable[Standing]) -> tuple[WeightEffect, ...]:
    sums = _sums(tallies, lambda tally: (tally.suggestion_type, tally.trait, tally.bias))
    effects = []
    for standing in weights:
        pair = standing.weight.suggestion_type, standing.weight.trait
        lower, same, higher = (sums.get((*pair, bias), Counts()) for bias in (-1, 0, 1))
        effects.append(WeightEffect(standing, lower, same, higher))
    return tuple(effects)


def _sums(tallies: Iterable[Tally], key: Callable[[Tally], Key | None]) -> dict[Key, Counts]:
    sums: dict[Key, Counts] = {}
    for tally in tallies:
        name = key(tally)
        if name is None:
            continue
        so_far = sums.get(name, Counts())
        sums[name] = Counts(so_far.helpful + tally.helpful, so_far.not_helpful + tally.not_helpful)
    return sums
