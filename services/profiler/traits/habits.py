"""How people's days differ: learned from many, used to read a few sightings of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from operator import mul

from services.profiler.traits.eigen import eigenvectors

HOURS = 24
FEWEST_PEOPLE = 50
"""Fewer would let one of them show, and tell too little."""
WAYS = 8
"""As many ways in which days differ are told apart; 6 to 10 do about as well."""
ROUND_THE_CLOCK = 0.5
"""How far "what differs together depends on the distance of the hours alone" is trusted beside
what was seen of fewer people than there are pairs of hours; 0.2 to 0.6 do about as well."""
ANYWHERE = 0.01
"""The share of everybody's activity that is spread evenly, so that no hour is impossible."""
LEAST_VARIANCE = 1e-4

Shares = Sequence[float]


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which days differ: how widely, and by how much at each hour.

    Deviations are in units of the square root of the mean share; directions have length 1.
    """

    variance: float
    direction: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """The mean shares of activity by local hour (adding up to 1), the ways in which people differ
    most, and the variance that is left in every other direction."""

    mean: tuple[float, ...]
    ways: tuple[Way, ...]
    rest: float

    def expected(self, shares: Shares, n: float) -> list[float]:
        """Returns the shares to expect of a person of whom `n` sightings had these shares.

        The best linear guess (Bühlmann's credibility, for 24 hours at once): what was seen counts
        in each direction as far as people differ there more than `n` sightings differ by chance.
        """
        if n <= 0:
            return list(self.mean)
        roots = [sqrt(share) for share in self.mean]
        seen = [(x - m) / r for x, m, r in zip(shares, self.mean, roots, strict=True)]
        least = self.rest / (self.rest + 1 / n)
        believed = [least * deviation for deviation in seen]
        for way in self.ways:
            extra = way.variance / (way.variance + 1 / n) - least
            along = extra * sum(map(mul, seen, way.direction))
            believed = [b + along * d for b, d in zip(believed, way.direction, strict=True)]
        return [max(0.0, m + r * b) for m, r, b in zip(self.mean, roots, believed, strict=True)]


def learn(people: Sequence[tuple[Shares, float]]) -> Habits:
    """Learns from the shares of each person, every person counting once, and from how many
    sightings they are; raises `ValueError` for fewer than `FEWEST_PEOPLE`."""
    if len(people) < FEWEST_PEOPLE:
        raise ValueError("too few people to learn from")
    everybody = [sum(hour) / len(people) for hour in zip(*(one for one, _ in people), strict=True)]
    mean = [(1 - ANYWHERE) * share + ANYWHERE / HOURS for share in everybody]
    roots = [sqrt(share) for share in mean]
    apart = [
        [(x - m) / r for x, m, r in zip(shares, everybody, roots, strict=True)]
        for shares, _ in people
    ]
    chance = sum(1 / n for _, n in people) / len(people)
    found = eigenvectors(_even(_covariance(apart, chance)))
    variances = [max(LEAST_VARIANCE, variance) for variance, _ in found]
    ways = tuple(
        Way(variance, tuple(direction))
        for variance, (_, direction) in zip(variances[:WAYS], found, strict=False)
    )
    return Habits(tuple(mean), ways, sum(variances[WAYS:]) / (HOURS - WAYS))


def _covariance(apart: Sequence[Shares], chance: float) -> list[list[float]]:
    by_hour = list(zip(*apart, strict=True))
    return [
        [
            sum(a * b for a, b in zip(one, other, strict=True)) / (len(apart) - 1)
            - (chance if one is other else 0.0)
            for other in by_hour
        ]
        for one in by_hour
    ]


def _even(covariance: Sequence[Shares]) -> list[list[float]]:
    """Returns the covariance mixed with its mean over all pairs of hours as far apart."""
    by_distance = [
        sum(covariance[hour][(hour + away) % HOURS] for hour in range(HOURS)) / HOURS
        for away in range(HOURS)
    ]
    return [
        [
            (1 - ROUND_THE_CLOCK) * value + ROUND_THE_CLOCK * by_distance[(column - row) % HOURS]
            for column, value in enumerate(values)
        ]
        for row, values in enumerate(covariance)
    ]
