"""Distributions of lengths, some of which are only known to be "at least this long"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import NamedTuple

from services.profiler.traits.certainty import MEDIAN_ERROR, MIDDLE_80, normal_below, shrunk

USUAL_REACH = 0.5
"""How far lengths usually lie from their p50, a standard deviation as a share of it: with it the
spread holds about four of five after 5 lengths as after 100, of made-up people of whom nobody is
judged."""
FAR = 6.0
"""Standard deviations beyond which next to nothing lies."""


class Length(NamedTuple):
    """Some sessions of one length: the weight of those that ended there and of those cut short."""

    minutes: float
    ended: float = 0.0
    cut: float = 0.0


@dataclass(frozen=True, slots=True)
class Survival:
    """The share of sessions that are longer than each length, longest last."""

    steps: Sequence[tuple[float, float]]
    longest: float

    def quantile(self, share: float) -> float:
        """Returns the length that `share` of the sessions do not exceed.

        Where the curve keeps to that level over a stretch, it is the middle of the stretch. Where
        so much was cut short that the curve never gets there, it is the longest length seen.
        """
        for index, (minutes, surviving) in enumerate(self.steps):
            if abs(surviving - 1 + share) <= 1e-9:
                following = self.steps[index + 1 : index + 2]
                return (minutes + (following[0][0] if following else self.longest)) / 2
            if surviving < 1 - share:
                return minutes
        return self.longest

    def typical(self, share: float, n: float) -> float:
        """Returns about the length that `share` of the sessions do not exceed: of `n` sessions no
        single one decides.

        It is the geometric mean of the quantiles around that share, weighed by how likely each is
        the one meant (Harrell and Davis, 1982, with a normal distribution in place of the beta):
        about a tenth closer to the truth than the plain quantile.
        """
        deviation = sqrt(share * (1 - share) / (n + 2))
        before, total = normal_below(-share / deviation), 0.0
        least, most = before, normal_below((1 - share) / deviation)
        for minutes, surviving in self.steps:
            away = (1 - surviving - share) / deviation
            # Of many lengths, most are so far from the one meant that nothing more need be known.
            if away > -FAR:
                below = normal_below(away) if away < FAR else 1.0
                total += (below - before) * log(minutes)
                before = below
                if away >= FAR:
                    break
        total += max(0.0, most - before) * log(self.longest)
        return exp(total / (most - least))


def survival(lengths: Iterable[Length]) -> Survival:
    """Estimates how long sessions last (Kaplan and Meier, 1958).

    Of a tie, the cut ones go first: some of them had ended by themselves beside what cut them, and
    of made-up people of whom nobody is judged the p50 is then a little nearer to the truth.
    """
    ordered = sorted(lengths)
    at_risk = sum(one.ended + one.cut for one in ordered)
    surviving = 1.0
    steps: list[tuple[float, float]] = []
    for one in ordered:
        if one.ended > 0:
            surviving *= max(0.0, 1 - one.ended / at_risk)
            steps.append((one.minutes, surviving))
        at_risk -= one.ended + one.cut
    return Survival(steps, ordered[-1].minutes if ordered else 0.0)


def deviation(curve: Survival) -> float:
    """Returns the standard deviation that a normal distribution of the same quartiles has."""
    return (curve.quantile(0.75) - curve.quantile(0.25)) / 1.349


def half_middle_80(curve: Survival, n: float, usual: float, worth: float) -> float:
    """Returns how far from the median four of five further lengths stay.

    The k-th of `n` in order is not exceeded by k of n + 1 further ones. Few tell little about it:
    a `usual` standard deviation is mixed in, worth so many, and how uncertain the median is.
    """
    n = max(1.0, n)
    measured = _distance(curve, min(1.0, 0.8 * (1 + 1 / n)))
    expected = MIDDLE_80 * usual * sqrt(1 + MEDIAN_ERROR**2 / n)
    return shrunk(measured, n, expected, worth)


def _distance(curve: Survival, share: float) -> float:
    """Returns the distance from the median that so many of the lengths do not exceed, between that
    of the length at which they become as many and that of the one before."""
    middle, before, away = curve.quantile(0.5), 1.0, []
    for minutes, surviving in curve.steps:
        away.append((abs(minutes - middle), before - surviving))
        before = surviving
    away.append((abs(curve.longest - middle), before))
    reached = nearer = 0.0
    for distance, part in sorted(one for one in away if one[1]):
        if reached + part >= share - 1e-9:
            return nearer + (distance - nearer) * (share - reached) / part
        reached, nearer = reached + part, distance
    return nearer
