"""A family written to choose by: shapes, lengths and habits drawn wide and apart from each other.

Days begin at any hour from five to two in the afternoon and last five to eleven hours, some
weekdays fewer; some people note little of what they do, or rate next to nothing.
"""

import math
from random import Random

from clients.workbench.people import WORKDAYS, Amount, Chronotype, Person, Scale
from clients.workbench.shapes import (
    Gamma,
    Lengths,
    LogLogistic,
    LogNormal,
    Peak,
    Plateau,
    Rise,
    Tent,
    Wave,
    Weibull,
)

_LATEST_END = 23.0


def draw_at_harbour(dice: Random, seed: int, zone: str) -> Person:
    """Draw somebody of the harbour."""
    start = dice.triangular(5.0, 14.0, 8.5)
    end = min(_LATEST_END, start + dice.uniform(5.0, 11.0))
    lost = min(1.3, dice.expovariate(1 / 0.35))
    return Person(
        seed=3_000_000 + seed,
        time_zone=zone,
        chronotype=dice.choice(list(Chronotype)),
        peaks=tuple(_rise(dice, start, end, share) for share in _heights(dice)),
        start_hour=start,
        end_hour=end,
        focus=_length(dice, 18, 100),
        meetings_a_day=_meetings(dice),
        stand_up_hour=_stand_up(dice, start, end),
        recovery=_length(dice, 2, 35),
        interruptions_an_hour=min(5.0, dice.expovariate(1.0)),
        sensitivity=Amount.HIGH if lost > 0.45 else Amount.LOW,
        score_lost_per_interruption=lost,
        weekend_work=dice.choice((0.0, 0.0, 0.1, 0.4)),
        unscored=dice.uniform(0.0, 0.8),
        forgotten=dice.uniform(0.0, 0.4),
        rest_energy=dice.uniform(0.05, 0.3),
        scale=Scale(dice.uniform(1.0, 2.6), dice.uniform(2.2, 4.0), dice.uniform(0.35, 0.9)),
        clumping=dice.uniform(0.0, 1.0),
        shorter_by=tuple(
            dice.uniform(0.0, 2.5) if dice.random() < 0.25 else 0.0 for _ in range(WORKDAYS)
        ),
        punctuality=dice.uniform(0.1, 0.9),
    )


def _heights(dice: Random) -> list[float]:
    first = dice.uniform(0.4, 0.8)
    return [first, *(first * dice.uniform(0.4, 0.95) for _ in range(dice.randrange(3)))]


def _rise(dice: Random, start: float, end: float, height: float) -> Rise:
    at = dice.uniform(start - 0.5, end + 0.5)
    wide = dice.uniform(2.0, 9.0)
    sides = dice.uniform(0.5, 6.0), dice.uniform(0.5, 6.0)
    kinds: list[Rise] = [
        Peak(at, height, dice.uniform(2.5, 25.0)),
        Plateau(at, height, wide / 2, *sides),
        Wave(at, height, 1.5 * wide),
        Tent(at, height, *sides),
    ]
    return dice.choice(kinds)


def _length(dice: Random, least: float, most: float) -> Lengths:
    median = math.exp(dice.uniform(math.log(least), math.log(most)))
    kinds: list[Lengths] = [
        LogNormal(median, dice.uniform(0.2, 0.6)),
        LogLogistic(median, dice.uniform(2.5, 5.0)),
        Weibull(median, dice.uniform(1.5, 3.0)),
        Gamma(median, dice.uniform(2.0, 8.0)),
    ]
    return dice.choice(kinds)


def _stand_up(dice: Random, start: float, end: float) -> float | None:
    return round(2 * dice.uniform(start + 0.5, end - 1)) / 2 if dice.random() < 0.5 else None


def _meetings(dice: Random) -> tuple[float, ...]:
    a_day = dice.choice((0.2, 1.0, 2.5, 4.5))
    return tuple(a_day * dice.uniform(0.3, 1.7) for _ in range(WORKDAYS))
