"""The shapes that a made-up person is put together from: rises of energy, and lengths of time."""

import math
from dataclasses import dataclass, replace
from random import Random
from statistics import NormalDist
from typing import Protocol, Self

HOURS = 24


class Rise(Protocol):
    """A rise of energy around a local hour, on the 24-hour circle."""

    @property
    def hour(self) -> float:
        """Where it is highest; of a flat top, the middle."""

    def at(self, hour: float) -> float:
        """Return its share of the energy at an hour, from 0 to 1."""

    def moved(self, hours: float) -> Self:
        """Return the same rise so many hours later."""


@dataclass(frozen=True)
class _Top:
    """What every rise has: the local hour around which it is, and how high it is, from 0 to 1."""

    hour: float
    height: float

    def moved(self, hours: float) -> Self:
        return replace(self, hour=self.hour + hours)

    def _away(self, hour: float) -> float:
        """Return how many hours after the top that is, or before it (negative), on the circle."""
        return (hour - self.hour + HOURS / 2) % HOURS - HOURS / 2


@dataclass(frozen=True)
class Peak(_Top):
    """A round rise, and how sharp."""

    sharpness: float

    def at(self, hour: float) -> float:
        angle = 2 * math.pi * (hour - self.hour) / HOURS
        return self.height * math.exp(self.sharpness * (math.cos(angle) - 1))


@dataclass(frozen=True)
class Plateau(_Top):
    """A flat rise of so many hours, with a steep morning side and a slow evening side, or the other
    way round: `rising` and `falling` are the hours within which it comes and goes."""

    width: float
    rising: float
    falling: float

    def at(self, hour: float) -> float:
        away = self._away(hour)
        outside = abs(away) - self.width / 2
        edge = self.rising if away < 0 else self.falling
        return self.height * min(1.0, max(0.0, 1 - outside / edge))


@dataclass(frozen=True)
class Wave(_Top):
    """A rise like the upper half of a cosine; the width is in hours, from its begin to its end."""

    width: float

    def at(self, hour: float) -> float:
        away = self._away(hour)
        if abs(away) >= self.width / 2:
            return 0.0
        return self.height * math.cos(math.pi * away / self.width)


@dataclass(frozen=True)
class Tent(_Top):
    """A rise to a point and a fall from it, each in a straight line over so many hours."""

    rising: float
    falling: float

    def at(self, hour: float) -> float:
        away = self._away(hour)
        side = self.rising if away < 0 else self.falling
        return self.height * max(0.0, 1 - abs(away) / side)


class Lengths(Protocol):
    """How long something lasts, in minutes."""

    @property
    def median(self) -> float: ...

    def draw(self, dice: Random) -> float: ...

    def quantile(self, share: float) -> float:
        """Return the minutes that this share of them stays below."""


@dataclass(frozen=True)
class LogNormal:
    """Lengths whose logarithms are normal; `spread` is their standard deviation."""

    median: float
    spread: float

    def draw(self, dice: Random) -> float:
        return self.median * math.exp(dice.gauss(0, self.spread))

    def quantile(self, share: float) -> float:
        return self.median * math.exp(self.spread * NormalDist().inv_cdf(share))


@dataclass(frozen=True)
class Weibull:
    """Lengths with many short ones and an end; the larger `steadiness`, the more alike."""

    median: float
    steadiness: float

    def draw(self, dice: Random) -> float:
        return self.quantile(dice.random())

    def quantile(self, share: float) -> float:
        return float(self.median * (math.log(1 - share) / math.log(0.5)) ** (1 / self.steadiness))


@dataclass(frozen=True)
class LogLogistic:
    """Lengths with a long tail; the larger `steadiness`, the more alike."""

    median: float
    steadiness: float

    def draw(self, dice: Random) -> float:
        return self.quantile(max(1e-9, dice.random()))

    def quantile(self, share: float) -> float:
        return float(self.median * (share / (1 - share)) ** (1 / self.steadiness))


@dataclass(frozen=True)
class Gamma:
    """Lengths that are the sum of so many steps of equal mean: `steps` is 1.5 or more."""

    median: float
    steps: float

    def draw(self, dice: Random) -> float:
        return max(0.0, self.quantile(min(0.9999, max(0.0001, dice.random()))))

    def quantile(self, share: float) -> float:
        return self.median * self._cube(NormalDist().inv_cdf(share)) / self._cube(0.0)

    def _cube(self, z: float) -> float:
        """Return the quantile for a mean of 1 (Wilson and Hilferty, 1931)."""
        width = 1 / (9 * self.steps)
        return float(max(0.02, 1 - width + z * math.sqrt(width)) ** 3)


@dataclass(frozen=True)
class TwoKinds:
    """Lengths of two kinds, short and long, that overlap; each is as likely short as long within
    its bounds, and `short_share` of all are of the short kind."""

    short: tuple[float, float]
    long: tuple[float, float]
    short_share: float

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    def draw(self, dice: Random) -> float:
        least, most = self.short if dice.random() < self.short_share else self.long
        return dice.uniform(least, most)

    def quantile(self, share: float) -> float:
        below, above = self.short[0], self.long[1]
        for _ in range(50):
            middle = (below + above) / 2
            below, above = (middle, above) if self._share(middle) < share else (below, middle)
        return above

    def _share(self, minutes: float) -> float:
        kinds = ((self.short, self.short_share), (self.long, 1 - self.short_share))
        return sum(
            share * min(1.0, max(0.0, (minutes - least) / (most - least)))
            for (least, most), share in kinds
        )


@dataclass(frozen=True)
class AtLeast:
    """Lengths of which nobody knows when they end, once they have lasted so long."""

    least: float
    more: float

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    def draw(self, dice: Random) -> float:
        return self.least + dice.expovariate(1 / self.more)

    def quantile(self, share: float) -> float:
        return self.least - self.more * math.log(1 - share)
